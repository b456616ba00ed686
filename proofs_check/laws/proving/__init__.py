"""The searches for certificates about exponent laws.  Nothing here is trusted."""
