"""The audit: faults planted in claims, and how many verification catches."""
