"""The court: derivations are certified by the kernel, statements confronted with witnesses, and a verdict is given."""
