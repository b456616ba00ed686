"""Explicit constants behind certificates about orders of magnitude."""
