"""The exponent calculus: exact scales, affine functions, polygons, minimax and linear programs.  It knows of no law."""
