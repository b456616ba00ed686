"""Formulas of ridge regression and its neighbours in a line, each with a subtle fault beside it.

Written from docs/adding-a-claim.md alone: (name, source, true formula, its conditions, false formula, its conditions);
the conditions of the false one are those of the true one unless they are said.
"""

from __future__ import annotations

LAW = "power-law; source; infinite dimension; sigma2 = 0; beta > 1; lambda = T^(-beta); as T grows; "
PAIRS: list[tuple[str, str, str, str, str, str | None]] = [
    ("least-squares", "Breiman and Freedman 1983", "E_test = sigma2*d/(T - d - 1)", "T >= d + 2",
     "E_test = sigma2*d/(T - d)", None),
    ("least-squares-dropped", "Breiman and Freedman 1983", "E_test = sigma2*d/(T - d - 1)", "T >= d + 2",
     "E_test = sigma2*d/(T - d - 1)", ""),
    ("minimum-norm", "Hastie et al. 2022", "E_test = norm2*(1 - T/d) + sigma2*T/(d - T - 1)",
     "isotropic; T <= d - 2; lambda = 0", "E_test = norm2*(1 - T/d) + sigma2*T/(d - T)", None),
    ("fake-data", "arXiv 2402.07712", "E_test = sigma2*d/(T - d - 1) + n*sigma02*d/(T0 - d - 1)",
     "T >= d + 2; T0 >= d + 2", "E_test = sigma2*d/(T - d - 1) + n*sigma02*d/(T - d - 1)", None),
    ("fake-data-equivalent", "arXiv 2402.07712", "E_test ~= (n*sigma02/(T0 - d) + sigma2/(T - d))*d",
     "T > d; T0 > d; lambda = 0", "E_test ~= (n*sigma02/(T0 - d) + sigma2/(T - d))*d*101/100", None),
    ("implicit-ridge", "Simon et al. 2023", "kappa > lambda", "lambda > 0",
     "kappa > lambda + d/T", "lambda > 0; isotropic"),
    ("degrees-square", "Cauchy and Schwarz", "df1^2 <= d*df2", "lambda > 0", "df1^2 < d*df2", None),
    ("degrees-of-one", "textbook", "df2 <= df1^2", "lambda > 0; d = 1", "df2 >= df1^2/d + df1", "lambda > 0"),
    ("degrees-below-samples", "Simon et al. 2023", "df1 < T", "lambda > 0", "df1 < T/2", None),
    ("ridge-equivalent", "Cui et al. 2021",
     "E_test ~= kappa^2*sum_j[s w2/(s + kappa)^2]*T/(T - df2) + sigma2*df2/(T - df2)", "lambda > 0",
     "E_test ~= kappa^2*sum_j[s w2/(s + kappa)^2]*T/(T - df1) + sigma2*df2/(T - df2)", None),
    ("source-law", "Caponnetto and De Vito 2007", "E_test =<>= T^(-2*beta*r)", LAW + "r > 0; r < 1",
     "E_test =<>= T^(-2*beta*r)", LAW + "r > 0"),
    ("saturation-logarithm", "Caponnetto and De Vito 2007", "E_test =<>= T^(-2*beta)*log(T)", LAW + "r = 1",
     "E_test =<>= T^(-2*beta)", None),
    ("wishart-square", "von Rosen 1988", "E[tr(W*W)] = T*(T + 1)*tr(S*S) + T*tr(S)^2", "",
     "E[tr(W*W)] = T*(T - 1)*tr(S*S) + T*tr(S)^2", None),
    ("inverse-wishart-square", "von Rosen 1988",
     "E[tr(S*Winv*S*Winv)] = d*(T - 1)/((T - d)*(T - d - 1)*(T - d - 3))", "T >= d + 4",
     "E[tr(S*Winv*S*Winv)] = d*T/((T - d)*(T - d - 1)*(T - d - 3))", None),
    ("peak", "Belkin et al. 2020", "sigma2*d/(T - d - 1) > sigma2*d/T", "T >= d + 2; sigma2 > 0",
     "sigma2*d/(T - d - 1) > sigma2*d/T", "T >= d + 2"),
    ("noise-through-the-design", "textbook", "E[tr(A*X'*E*E'*X)] = sigma2*T*tr(A*S)", "",
     "E[tr(A*X'*E*E'*X)] = sigma2*d*tr(A*S)", None),
    ("residuals", "textbook", "E[tr(E'*E)] - E[tr(E'*X*Winv*X'*E)] = sigma2*(T - d)", "T >= d",
     "E[tr(E'*E)] - E[tr(E'*X*Winv*X'*E)] = sigma2*(T - d - 1)", None),
    ("harmonic", "Euler", "sum_{k=1}^{n} 1/k ~ log(n)", "as n grows", "sum_{k=1}^{n} 1/k ~ log(n)^2", None),
    ("basel", "Euler", r"\sum_{k=1}^{\infty} 1/k^2 = pi^2/6", "", r"\sum_{k=1}^{\infty} 1/k^2 = pi^2/8", None),
    ("shrinkage", "Das, Sanghavi 2023", "s/(s + x) > s^2/(s + x)^2", "x > 0; s > 0", "s/(s + x) > s^2/(s + x)", None),
    ("far-threshold", "textbook", "T^(-min(x, 40)) =<>= max(T^(-x), T^(-40))", "x > 0; as T grows",
     "T^(-min(x, 40)) =<>= T^(-x)", None),
    ("far-tie", "textbook", "T^x + T^45 =<>= T^max(x, 45)", "x > 0; as T grows", "T^x + T^45 =<>= T^45", None),
    ("far-case", "textbook", "Piecewise((x, x < 111), (111, otherwise)) = min(x, 111)", "x > 0",
     "Piecewise((x, x < 111), (112, otherwise)) = min(x, 111)", None),
    ("far-absolute-value", "textbook", "|x - 77| = max(x, 77) - min(x, 77)", "x > 0", "|x - 77| = 77 - x", None),
]  # fmt: skip
