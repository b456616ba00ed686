"""The claims: what is stated, in SymPy, and how it is derived.  No floating point, no sampling."""
