"""``python -m proofs_check`` is the command ``ridgeproof``."""

import sys

from .cli import main

sys.exit(main())
