"""Deterministic equivalents of a scenario, in doubles, in many digits and in balls, and the ridge that minimises them."""
