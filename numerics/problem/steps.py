"""The ridge fits of a scenario in order: repeats counted, a shared design taken together (docs/theory.md#E5)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ridgeproof.errors import DomainError

from .scenario import Scenario, plain_only


@dataclass(frozen=True)
class Step:
    """``times`` equal links of the chain, each standing for ``generations`` generations that share one design.

    ``noise`` is the label noise variance of one link: of all its generations together.
    """

    samples: int
    ridge: Fraction
    noise: Fraction
    times: int
    generations: int
    where: str


def is_chain_of_links(scenario: Scenario) -> bool:
    """Whether every fit, or run of fits on one design, is one link E4: `steps` then lists them."""
    return scenario.plain and not any(g.same_design and g.repeat > 1 and g.ridge > 0 for g in scenario.generators)


def steps(scenario: Scenario) -> list[Step]:
    """The generators' steps in order, and the downstream fit as the last one.

    Raises
    ------
    DomainError
        A shared design with ridge > 0 and more than one repeat, or a scenario that is not plain: neither is a sequence
        of links.
    """
    plain_only(scenario, "a chain of links")
    chain = []
    for i, generator in enumerate(scenario.generators):
        where, ridge, repeat = f"generators.{i}", generator.ridge, generator.repeat
        if generator.same_design and repeat > 1:
            if ridge > 0:
                raise DomainError(
                    f"{repeat} fits with ridge {ridge} on one design are no chain of links",
                    where=where,
                    accepted="ridge = 0 or same_design = false",
                )
            chain.append(Step(generator.samples, ridge, generator.noise * repeat, 1, repeat, where))
        else:
            chain.append(Step(generator.samples, ridge, generator.noise, repeat, 1, where))
    last = scenario.downstream
    return [*chain, Step(last.samples, last.ridge, last.noise, 1, 1, "downstream")]
