"""``python -m ridgeproof.proofs_check.cli`` is the command ``ridgeproof``."""

import sys

from . import main

sys.exit(main())
