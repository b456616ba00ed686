"""A scenario: one model-collapse problem in numbers, and the TOML file that holds it (docs/scenario-files.md)."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ridgeproof import reading
from ridgeproof.errors import DomainError, InputError

from .fits import REPLACE, Chain, Downstream, Generator
from .plan import Plan, plan
from .reading import check_keys, fit_from_mapping
from .spectrum import Spectrum, spectrum_from_mapping
from .target import Target, target_from_mapping

# What a caller of scenarios needs besides: their parts.
__all__ = [
    "MAX_GENERATIONS",
    "REPLACE",
    "Chain",
    "Downstream",
    "Generator",
    "Plan",
    "Scenario",
    "Spectrum",
    "Target",
    "load_scenario",
    "plain_only",
    "plan",
    "scenario_from_mapping",
]

MAX_GENERATIONS = 1_000_000

_TOP = ("name", "spectrum", "target", "chain", "generators", "downstream")
_CHAIN = ("scheme", "true_share", "xi")
_SPECTRUM = ("kind", "dim", "beta", "values", "file")
_TARGET = ("kind", "r", "exponent", "norm2", "values", "file")


@dataclass(frozen=True)
class Scenario:
    """A chain of generators and the downstream fit at the end of it.

    Parameters
    ----------
    spectrum : Spectrum
        Eigenvalues s_j, d of them, of the covariance of the inputs.
    target : Target
        The truth w0, of length d.
    generators : tuple of Generator
        In order; may be empty.
    downstream : Downstream
    name : str
        For titles.
    chain : Chain
        What a one-line preset has said of all fits.

    Raises
    ------
    InputError
        A target that does not fit the spectrum, too many generations, or a fit that `plan` refuses.
    DomainError
        A fit with ``samples = dim`` at ridge 0 (infinite error), or a target of infinite norm |w0|_S.

    Notes
    -----
    Source: docs/theory.md#setup.  Ridges have the unit of s_j, noises the square of the labels' unit.

    Examples
    --------
    >>> import ridgeproof as rp
    >>> chain = rp.Scenario(
    ...     rp.Spectrum("isotropic", 20),
    ...     rp.Target("isotropic", norm2=1),
    ...     (rp.Generator(60, 0, "1/10", repeat=3),),
    ...     rp.Downstream(80, "0.05", "1/10"),
    ... )
    >>> round(rp.predict(chain).test_error, 6)
    0.1654
    """

    spectrum: Spectrum
    target: Target
    generators: tuple[Generator, ...]
    downstream: Downstream
    name: str = ""
    chain: Chain = REPLACE

    def __post_init__(self) -> None:
        spectrum, target = self.spectrum, self.target
        if target.kind == "source" and spectrum.kind != "power-law":
            raise InputError(
                f"a source target with a spectrum of kind {spectrum.kind!r}",
                where="target.kind",
                accepted='"source" with a power-law spectrum only',
            )
        if target.values is not None and len(target.values) != spectrum.dim:
            raise InputError(
                f"{len(target.values)} coefficients for dim = {spectrum.dim}",
                where="target.values",
                accepted="one per eigenvalue",
            )
        if spectrum.dim == math.inf:
            power = target.power(spectrum)
            if power is None:
                raise InputError(
                    f"a target of kind {target.kind!r} in infinite dimension",
                    where="target.kind",
                    accepted="source, power",
                )
            assert spectrum.beta is not None
            if spectrum.beta - 2 * power <= 1:
                raise DomainError(
                    "the target has infinite norm sum_j s_j w0_j^2 in infinite dimension",
                    where="target",
                    accepted="r > 0, or beta + 2 exponent > 1",
                )
        object.__setattr__(self, "generators", tuple(self.generators))
        if (total := sum(g.repeat for g in self.generators)) > MAX_GENERATIONS:
            raise InputError(f"{total} generations", where="generators", accepted=f"at most {MAX_GENERATIONS}")
        fits: list[tuple[str, Generator | Downstream]] = [(f"generators.{i}", g) for i, g in enumerate(self.generators)]
        plain = self.plain  # asked once: it looks at every fit
        if not plain:
            self._check_plan()
        for place, fit in [*fits, ("downstream", self.downstream)]:
            if plain and fit.ridge == 0 and fit.samples == spectrum.dim and fit.noise:
                raise DomainError(
                    f"samples = dim = {fit.samples} at ridge 0, where the error is infinite",
                    where=place,
                    accepted="samples different from dim, ridge > 0, or noise 0",
                )

    def _check_plan(self) -> None:
        spelled = self.plan()
        for fit in spelled.fits:
            for use in fit.uses:
                covariance = spelled.rows[use.rows].covariance
                if covariance is not None and covariance.dim != self.spectrum.dim:
                    raise InputError(
                        f"a covariance of {covariance.dim} eigenvalues for dim = {self.spectrum.dim}",
                        where=f"{fit.where}.sources.covariance",
                        accepted="one per eigenvalue",
                    )

    @property
    def plain(self) -> bool:
        """Whether every fit is a ridge fit on fresh rows (or those of its repeats) labelled by the model before."""
        return self.chain.scheme == "replace" and all(fit.plain for fit in (*self.generators, self.downstream))

    def plan(self) -> Plan:
        """Every fit by itself, with its rows and labels; see `ridgeproof.numerics.problem.plan`."""
        if "_plan" not in self.__dict__:  # a scenario does not change
            object.__setattr__(self, "_plan", plan(self.generators, self.downstream, self.chain))
        spelled: Plan = self.__dict__["_plan"]
        return spelled


def plain_only(scenario: Scenario, what: str) -> None:
    """Raise DomainError, naming ``what`` was asked, for a scenario with sources, schemes, filters or features."""
    if scenario.plain:
        return
    fits = [*((f"generators.{i}", g) for i, g in enumerate(scenario.generators)), ("downstream", scenario.downstream)]
    where = next((where for where, fit in fits if not fit.plain), "chain.scheme")
    raise DomainError(
        f"{what} is not known for sources, schemes, filters or features",
        where=where,
        accepted="ridge fits on fresh rows labelled by the model before",
    )


def load_scenario(path: str | Path, overrides: Sequence[str] = ()) -> Scenario:
    """Read a scenario file.

    Parameters
    ----------
    path : str or Path
        A TOML file as in docs/scenario-files.md.  Floats are read exactly as written, never through binary.
    overrides : sequence of str
        ``"KEY=VALUE"`` with dotted keys: ``"downstream.ridge=1/10"``, ``"generators.0.samples=500"``,
        ``"generators.samples=500"`` (all generators).

    Returns
    -------
    Scenario

    Raises
    ------
    InputError
        Unreadable file, bad TOML, missing, unknown or meaningless keys, values that are no numbers.
    DomainError
        Well-formed input without a finite answer; see `Scenario`.

    Notes
    -----
    Source: docs/scenario-files.md.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> text = '''
    ... spectrum = {kind = "isotropic", dim = 20}
    ... target = {kind = "isotropic", norm2 = 1}
    ... downstream = {samples = 80, ridge = "1/20", noise = 0.1}
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "chain.toml")
    ...     _ = file.write_text(text)
    ...     load_scenario(file, ["downstream.ridge=1/10"]).downstream
    Downstream(samples=80, ridge=Fraction(1, 10), noise=Fraction(1, 10))
    """
    path = Path(path)
    text = reading.text(path, accepted="an existing scenario file (TOML)")
    mapping = reading.toml(text, where=str(path), accepted="a scenario file (TOML)", parse_float=_float_text)
    for override in overrides:
        mapping = _overridden(mapping, override)
    return scenario_from_mapping({"name": path.stem} | mapping, where=str(path), base_dir=path.parent)


def _float_text(text: str) -> str:
    """TOML floats stay text, so that 1e-400 or 0.1 keep their exact value."""
    return text.replace("_", "")


def scenario_from_mapping(
    mapping: Mapping[str, Any], *, where: str = "scenario", base_dir: str | Path | None = None
) -> Scenario:
    """Build a scenario from nested mappings shaped like the TOML file.

    Parameters
    ----------
    mapping : mapping
        Keys spectrum, target, downstream, and optionally generators (a list) and name.
    where : str
        Name of the scenario in messages.
    base_dir : path, optional
        Directory that ``file`` keys are relative to; the current one by default.

    Raises
    ------
    InputError, DomainError
    """
    base = Path(base_dir) if base_dir is not None else Path()
    check_keys(mapping, _TOP, ("spectrum", "target", "downstream"), where)
    name = mapping.get("name", "")
    if not isinstance(name, str):
        raise InputError(f"{name!r} is not a text", where=f"{where}: name", accepted="a text")
    generators = mapping.get("generators", ())
    if not isinstance(generators, list | tuple):
        raise InputError("'generators' is not a list of tables", where=where, accepted="[[generators]] tables")
    table = {key: mapping[key] for key in ("spectrum", "target", "downstream")}
    chain = _placed(lambda: _chain(mapping.get("chain", {}), f"{where}: chain"), where, "")
    check_keys(table["spectrum"], _SPECTRUM, (), f"{where}: spectrum")
    check_keys(table["target"], _TARGET, ("kind",), f"{where}: target")
    spectrum = spectrum_from_mapping(table["spectrum"], where=where, base_dir=base)
    parts: dict[str, Any] = {}

    def read(fit: Any, kind: type, place: str) -> Any:
        return fit_from_mapping(fit, kind, where=f"{where}: {place}", base_dir=base, dim=spectrum.dim)

    for place, make in (
        [("target", lambda: target_from_mapping(table["target"], where=where, base_dir=base))]
        + [
            (f"generators.{i}", lambda g=g, i=i: read(g, Generator, f"generators.{i}"))
            for i, g in enumerate(generators)
        ]
        + [("downstream", lambda: read(table["downstream"], Downstream, "downstream"))]
    ):
        parts[place] = _placed(make, where, place)
    fits = tuple(parts[f"generators.{i}"] for i in range(len(generators)))
    scenario: Scenario = _placed(
        lambda: Scenario(spectrum, parts["target"], fits, parts["downstream"], name, chain), where, ""
    )
    return scenario


def _chain(table: Any, where: str) -> Chain:
    check_keys(table, _CHAIN, (), where)
    return Chain(**table)


def _placed(make: Any, where: str, place: str) -> Any:
    """Run ``make`` with the file's name, and the generator's index, put in front of an error's place."""
    try:
        return make()
    except (InputError, DomainError) as error:
        if error.where.startswith(where):
            raise
        inner = place + error.where.removeprefix("generator") if error.where.startswith("generator.") else error.where
        raise type(error)(error.what, where=f"{where}: {inner}", accepted=error.accepted) from None


def _overridden(mapping: dict[str, Any], override: str) -> dict[str, Any]:
    """A copy of the mapping with one ``KEY=VALUE`` set; every table on the way must exist."""
    place = f"--set {override}"
    accepted = "KEY=VALUE such as downstream.ridge=1/10 or generators.0.samples=500"
    key, equals, text = override.partition("=")
    steps = [step.strip() for step in key.split(".")]
    if not equals or not all(steps):
        raise InputError("not of the form KEY=VALUE", where=place, accepted=accepted)
    mapping = copy.deepcopy(mapping)
    tables: list[Any] = [mapping]
    for step in steps[:-1]:
        following: list[Any] = []
        for table in tables:
            if isinstance(table, dict) and isinstance(table.get(step), dict | list):
                following.append(table[step])
            elif (
                isinstance(table, list)
                and step.isascii()
                and step.isdecimal()
                and len(step) < 10
                and int(step) < len(table)
            ):
                following.append(table[int(step)])
            else:
                raise InputError(f"the scenario has no {step!r} there", where=place, accepted=accepted)
        tables = following
    for table in tables:
        for entry in table if isinstance(table, list) else [table]:
            if not isinstance(entry, dict):
                raise InputError("the key names no table's entry", where=place, accepted=accepted)
            entry[steps[-1]] = _override_value(text.strip())
    return mapping


def _override_value(text: str) -> Any:
    """A TOML value where the text is one (a list, true, 200), else the text itself (1/10, power-law)."""
    try:
        parsed = reading.toml(f"value = {text}", where="", accepted="", parse_float=_float_text)
    except InputError:
        return text
    return parsed["value"] if set(parsed) == {"value"} else text
