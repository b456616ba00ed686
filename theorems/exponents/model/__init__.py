"""Exponents of ridge regression under model collapse: rows, thresholds, formulas, sharp constants, diagrams."""
