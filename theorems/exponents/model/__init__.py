"""The laws of ridge regression under model collapse in exponents: rows, thresholds, formulas, sharp constants, diagrams."""
