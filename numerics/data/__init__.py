"""A user's own data in the theory's terms: its spectrum and target, the chain run on its rows, the ridge to use.

From the bottom up: `tables` (files, streamed), `sample` (clean rows), `kernels`, `spectra` (docs/theory.md#kernels),
`power_laws` (capacity and source exponents), `scenarios` (files that all commands take), `finite_rows` (the equivalent
for rows drawn from few), `experiment` and `cross_validation` (kernel ridge chains on the rows themselves, without
theory), `mitigation` (which ridge, and what fresh data would buy), `estimators` (scikit-learn).
"""
