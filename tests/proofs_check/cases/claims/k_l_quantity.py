"""'Quantity' gives a symbol of the vocabulary another meaning: d is 2 T."""

import sympy as sp

from ridgeproof.theorems.claim import Claim, Equation, Fit, Relation, Setting
from ridgeproof.theorems.order_steps import Balance, Order, Quantity
from ridgeproof.theorems.vocabulary import T, d, lam, norm2, phi, sigma2

st = Setting("any", "any", (), Fit(T, lam, sigma2))
q = Claim(
    id="phi-is-of-order-t",
    title="phi = d/T is of the order of T",
    source="attack",
    relation=Relation.ORDER,
    statement=(Equation(phi, T),),
    setting=st,
    limit=(T, sp.oo),
    derive=lambda: (Quantity("name", phi, 2 * T), Balance("", phi, 2 * T), Order("", phi, T)),
)
