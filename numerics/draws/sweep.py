"""Sweeps: one simulation for every combination of listed values, as one tidy table with the theory beside it."""

from __future__ import annotations

import csv
import io
import itertools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ridgeproof import files
from ridgeproof.errors import DomainError, InputError
from ridgeproof.frames import Rows

from ..predictions.equivalents import predict
from ..problem.numbers import exact
from ..problem.scenario import Scenario
from .simulation import Simulation, run, z_score
from .workers import Job

COLUMNS = ("mean", "standard_error", "replicates", "predicted", "gap", "z")
MAX_POINTS = 100_000

Row = dict[str, Any]


def grid(overrides: Sequence[str]) -> list[dict[str, str]]:
    """The points of a sweep: every combination of the values of ``KEY=V1,V2,...``, the last key varying fastest.

    Parameters
    ----------
    overrides : sequence of str
        ``KEY=VALUE``, or ``KEY=V1,V2,...`` for several values, each
        of which may be START:STOP:STEP; a value in brackets or quotes is one value.

    Returns
    -------
    list of dict
        The swept keys and their values; a single empty one where nothing is swept.

    Raises
    ------
    InputError
        An empty value in a list, a key swept twice, or too many points.
    """
    axes: dict[str, list[str]] = {}
    for override in overrides:
        if not is_list(override):
            continue
        key, _, text = override.partition("=")
        values = [x for value in text.split(",") for x in _spread(value.strip(), f"--set {override}")]
        if "" in values:
            raise InputError("an empty value", where=f"--set {override}", accepted="KEY=V1,V2,...")
        if key.strip() in axes:
            raise InputError(f"{key.strip()} is swept twice", where=f"--set {override}", accepted="one list for a key")
        axes[key.strip()] = values
    if (count := math.prod(map(len, axes.values()))) > MAX_POINTS:
        raise InputError(f"{count} points", where="--set", accepted=f"at most {MAX_POINTS}")
    return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]


def is_list(override: str) -> bool:
    """Whether ``KEY=VALUE`` holds a list of values, or a range, to sweep over."""
    text = override.partition("=")[2].strip()
    return ("," in text or _RANGE.fullmatch(text) is not None) and text[:1] not in ("[", "{", '"', "'")


_RANGE = re.compile(r"[-+.0-9/e]+:[-+.0-9/e]+:[-+.0-9/e]+", re.IGNORECASE)


def _spread(text: str, where: str) -> list[str]:
    """The values of ``START:STOP:STEP``, in rationals, STOP included; any other text is itself."""
    if not _RANGE.fullmatch(text):
        return [text]
    start, stop, step = (exact(end, where=where) for end in text.split(":"))
    if step == 0 or (stop - start) / step < 0:
        raise InputError(f"{text!r} never reaches its end", where=where, accepted="START:STOP:STEP towards STOP")
    count = (stop - start) // step + 1
    if count > MAX_POINTS:
        raise InputError(f"{text!r} has {count} values", where=where, accepted=f"at most {MAX_POINTS}")
    return [str(start + i * step) for i in range(int(count))]


def sweep(
    points: Sequence[tuple[Mapping[str, str], Scenario]],
    *,
    method: str,
    seed: int,
    replicates: int | None = None,
    relative_error: float | None = None,
    workers: int = 1,
    store: str | Path | None = None,
    progress: Callable[[int, int | None], None] | None = None,
    scheduler: str | None = None,
) -> Rows:
    """Simulate every point; points that differ in the downstream ridge alone share their designs.

    Parameters
    ----------
    points : sequence of (values, scenario)
        The swept keys and values, and what they lead to.
    method, seed, replicates, relative_error, workers, store, progress, scheduler
        As in `ridgeproof.numerics.draws.simulation.simulate`.

    Returns
    -------
    list of dict, with ``to_frame()``
        One row for each point, in order: the swept keys, then ``COLUMNS``: mean and standard error of the simulation,
        the deterministic equivalent, gap = mean/predicted - 1, z = (mean - predicted)/standard_error; None where
        there is no equivalent or no standard error.

    Raises
    ------
    InputError, DomainError, NotConverged
        As `ridgeproof.numerics.draws.simulation.simulate`.
    """
    groups: dict[Scenario, list[int]] = {}
    for i, (_, scenario) in enumerate(points):
        common = replace(scenario, downstream=replace(scenario.downstream, ridge=exact(1, where="sweep")), name="")
        groups.setdefault(common, []).append(i)
    jobs = [
        Job(common, tuple(points[i][1].downstream.ridge for i in members), method, seed)
        for common, members in groups.items()
    ]
    found = run(
        jobs,
        replicates=replicates,
        relative_error=relative_error,
        workers=workers,
        store=store,
        progress=progress,
        scheduler=scheduler,
    )
    rows: dict[int, Row] = {}
    for members, results in zip(groups.values(), found, strict=True):
        for i, result in zip(members, results, strict=True):
            rows[i] = {**points[i][0], **beside_theory(points[i][1], result)}
    return Rows(rows[i] for i in range(len(points)))


def beside_theory(scenario: Scenario, result: Simulation) -> Row:
    """``COLUMNS`` for one simulation."""
    try:
        predicted: float | None = float(predict(scenario).test_error)
    except DomainError:
        predicted = None
    gap = result.mean / predicted - 1 if predicted else None
    z = None if predicted is None else z_score(result, predicted, scenario)
    return dict(zip(COLUMNS, (result.mean, result.error_bar, result.replicates, predicted, gap, z), strict=True))


def write_table(rows: Sequence[Row], path: str | Path) -> None:
    """Write rows to ``*.csv`` or ``*.parquet``; swept values become numbers where they are.

    The file appears whole or not at all.

    Raises
    ------
    InputError
        Another suffix, a file that cannot be written, or Parquet without pyarrow.
    """
    check_table_path(path)
    path = Path(path)
    table = [{key: _number(value) for key, value in row.items()} for row in rows]
    if path.suffix == ".csv":
        lines = io.StringIO(newline="")
        writer = csv.DictWriter(lines, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
        files.write(path, lines.getvalue())
    else:
        import pyarrow
        import pyarrow.parquet

        columns = pyarrow.table({key: _one_type([row[key] for row in table]) for key in table[0]})
        files.write(path, lambda file: pyarrow.parquet.write_table(columns, file))


def check_table_path(path: str | Path, inputs: Sequence[str | Path] = ()) -> None:
    """Raise InputError, before the work begins, for a table that `write_table` could not write, or one of inputs."""
    path = Path(path)
    if path.suffix not in (".csv", ".parquet"):
        raise InputError(f"suffix {path.suffix!r}", where=str(path), accepted=".csv, .parquet")
    files.target(path, inputs=inputs)
    if path.suffix == ".parquet":
        try:
            import pyarrow  # noqa: F401
        except ImportError:
            raise InputError(
                "pyarrow is not installed", where=str(path), accepted="pip install 'ridgeproof[parquet]', or .csv"
            ) from None


def _one_type(column: list[Any]) -> list[Any]:
    """A column of integers, of doubles, or of texts; None stays."""
    types = {type(value) for value in column} - {type(None)}
    if len(types) <= 1:
        return column
    common = str if str in types else float
    return [None if value is None else common(value) for value in column]


def _number(value: Any) -> Any:
    """A swept value as a number where it is one: integers stay whole, fractions become doubles."""
    if not isinstance(value, str):
        return value
    try:
        number = exact(value, where="")
    except InputError:
        return value
    return int(number) if number.denominator == 1 and "." not in value and "/" not in value else float(number)
