"""A user's own data in the theory's terms: spectrum and target, the chain run on its rows, and the ridge that limits it.

From the bottom up: `tables` (files, streamed), `sample` (clean rows), `kernels`, `spectra` (theory.md, section 5),
`power_laws` (capacity and source exponents), `scenarios` (files that all commands take), `experiment` (kernel ridge
chains on the rows themselves), `mitigation` (which ridge, and what fresh data would buy), `estimators` (scikit-learn).
"""
