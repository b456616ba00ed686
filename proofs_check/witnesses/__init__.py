"""Numbers against statements: instances of a claim, its formulas in numbers, and comparisons at a stated level."""
