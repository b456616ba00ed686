"""A user's own law: its file, its exact optimum, its formulas and its diagrams."""
