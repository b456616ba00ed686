"""The searches: from the steps of a derivation to lines of a certificate.  The kernel judges them."""
