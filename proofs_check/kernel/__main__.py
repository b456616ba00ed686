"""``python -m ridgeproof.proofs_check.kernel DIR``; ``python -I -S /copy/of/kernel DIR`` for a copy of this folder."""

import sys

if __package__:
    from .report import main
else:  # this folder itself was started: its parent is where it can be imported from, under whatever name it has there
    from importlib import import_module
    from pathlib import Path

    here = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if not entry or Path(entry).resolve() != here]
    sys.path.append(str(here.parent))
    main = import_module(f"{here.name}.report").main

if hasattr(sys.stdout, "reconfigure"):  # Γ ⊢ φ, also where the locale has no such letters
    sys.stdout.reconfigure(encoding="utf-8")
sys.exit(main(sys.argv[1:]))
