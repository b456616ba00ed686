"""Claims in a line: a formula in LaTeX or as SymPy writes it, read by a grammar of our own; nothing is evaluated."""
