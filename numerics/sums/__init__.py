"""Sums over a spectrum, to the letter and in balls: measures, power laws, digits."""
