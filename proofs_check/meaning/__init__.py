"""BELIEVED: from SymPy to the kernel's plain data, and whether accepted certificates prove what a claim says."""
