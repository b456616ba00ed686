"""Exact laws at finite size: Wishart moments and densities, matrices of fractions, words of letters."""
