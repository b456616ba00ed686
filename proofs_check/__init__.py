"""The court: the kernel, certificates, confronting claims with witnesses, verdicts, reports, the command line."""
