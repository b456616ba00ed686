"""BELIEVED: what certificates about exponent laws have to say, and whether they say it."""
