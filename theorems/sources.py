"""How a source is written: the paper with the version whose numbering is meant, and the place in our own document."""

PAPER = "arXiv 2402.07712"
V1 = f"{PAPER}v1"  # Theorems 1 to 3, Corollary 1
V2 = f"{PAPER}v2"  # 30 April 2024: Theorem 4.1 to Corollary 5.3
THEORY = "docs/theory.md"  # THEORY#E3: every result has an anchor there
