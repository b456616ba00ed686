"""``python -m proofs_check.cli`` is the command ``ridgeproof``."""

import sys

from proofs_check.cli import main

sys.exit(main())
