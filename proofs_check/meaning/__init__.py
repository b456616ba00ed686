"""BELIEVED: from SymPy to the kernel's plain data, and whether a certificate's letters are the model's."""
