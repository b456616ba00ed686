"""Deterministic equivalents of a scenario, in doubles, many digits and balls, and the ridge that minimises them."""
