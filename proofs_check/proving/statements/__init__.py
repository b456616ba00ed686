"""The searches for certificates of statements (``proofs_check/statements``); nothing here is believed."""
