"""The searches: from the steps of a derivation to lines of a certificate.  Nothing here is trusted; the kernel judges."""
