"""The theory of ridge regression under model collapse, checked by machine."""
