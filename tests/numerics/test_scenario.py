"""The scenario file of docs/scenario-files.md: everything it allows is read, everything else is one clear line."""

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from ridgeproof.errors import DomainError, InputError, RidgeproofError
from ridgeproof.numerics.problem.scenario import (
    Downstream,
    Generator,
    Scenario,
    Target,
    load_scenario,
    scenario_from_mapping,
)
from ridgeproof.numerics.problem.spectrum import Spectrum

# docs/scenario-files.md
TEXT = """
[spectrum]
kind = "power-law"
beta = "3/2"
dim = 200
[target]
kind = "source"
r = "1/2"
[[generators]]
samples = 400
ridge = "0"
noise = "1/10"
repeat = 5
same_design = false
[[generators]]
samples = 500
ridge = 1e-3
noise = 0.1
[downstream]
samples = 300
ridge = "1/20"
noise = "1/10"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "case.toml"
    path.write_text(text)
    return path


def test_the_documented_file_is_read_exactly(tmp_path) -> None:
    scenario = load_scenario(write(tmp_path, TEXT))
    assert scenario == Scenario(
        Spectrum("power-law", 200, beta=Fraction(3, 2)),
        Target("source", r=Fraction(1, 2)),
        (
            Generator(400, Fraction(0), Fraction(1, 10), repeat=5, same_design=False),
            Generator(500, Fraction(1, 1000), Fraction(1, 10)),
        ),
        Downstream(300, Fraction(1, 20), Fraction(1, 10)),
        "case",
    )


def test_floats_of_the_file_never_pass_through_binary(tmp_path) -> None:
    """1e-400 is zero as a double, which would turn ridge regression into least squares."""
    scenario = load_scenario(write(tmp_path, TEXT.replace('ridge = "1/20"', "ridge = 1e-400")))
    assert scenario.downstream.ridge == Fraction(1, 10**400)


def test_overrides_reach_every_key(tmp_path) -> None:
    path = write(tmp_path, TEXT)
    scenario = load_scenario(
        path,
        [
            "downstream.ridge=1/10",
            "spectrum.dim=100",
            "generators.samples=600",
            "generators.1.samples=700",
            "target.r=0.25",
        ],
    )
    assert scenario.downstream.ridge == Fraction(1, 10)
    assert scenario.spectrum.dim == 100
    assert [g.samples for g in scenario.generators] == [600, 700]
    assert scenario.target.r == Fraction(1, 4)
    assert load_scenario(path, ["spectrum.dim=inf"]).spectrum.dim == math.inf
    assert load_scenario(path, ["generators.0.same_design=true"]).generators[0].same_design


@pytest.mark.parametrize(
    "override",
    [
        "",
        "=1",
        "downstream.ridge",
        "downstream..ridge=1",
        "nothing.here=1",
        "generators.7.samples=1",
        "downstream.ridge.x=1",
        "downstream.rigde=1",
        "downstream.ridge=abc",
        "generators.0=1",
    ],
)
def test_bad_overrides_are_one_line(tmp_path, override: str) -> None:
    with pytest.raises(InputError) as caught:
        load_scenario(write(tmp_path, TEXT), [override])
    assert "\n" not in str(caught.value)


def test_target_coefficients_satisfy_their_definitions() -> None:
    """docs/theory.md#P1: s_j w0_j^2 = j^-(1 + 2 beta r)."""
    spectrum = Spectrum("power-law", 50, beta=Fraction(3, 2))
    j = np.arange(1, 51)
    source = Target("source", r=Fraction(2, 5))
    assert spectrum.eigenvalues() * source.coefficients(spectrum) ** 2 == pytest.approx(
        j ** -(1 + 2 * 1.5 * 0.4), rel=1e-13
    )
    assert Target("power", exponent=Fraction(3, 10)).coefficients(spectrum) == pytest.approx(j**-0.3, rel=1e-14)
    assert np.sum(Target("isotropic", norm2=Fraction(2)).coefficients(spectrum) ** 2) == pytest.approx(2, rel=1e-14)
    for target in (source, Target("power", exponent=Fraction(3, 10)), Target("isotropic", norm2=Fraction(2))):
        assert [float(w) for w in target.mp_coefficients(spectrum)] == pytest.approx(
            target.coefficients(spectrum), rel=1e-14
        )


def test_files_are_relative_to_the_scenario(tmp_path) -> None:
    np.save(tmp_path / "s.npy", np.array([1.0, 0.1]))
    (tmp_path / "w.csv").write_text("1/3\n-2\n")
    text = TEXT[TEXT.index("[[generators]]") :].replace("samples = 400", "samples = 40")
    head = '[spectrum]\nkind = "explicit"\nfile = "s.npy"\n[target]\nkind = "coefficients"\nfile = "w.csv"\n'
    scenario = load_scenario(write(tmp_path, head + text))
    assert scenario.spectrum == Spectrum("explicit", 2, values=(Fraction(1), Fraction(1, 10)))
    assert scenario.target.values == (Fraction(1, 3), Fraction(-2))


# (what is changed in the file, what the line must name, the class)
BAD = [
    ("samples = 300\n", "", "samples", InputError),
    ('kind = "source"', 'kind = "sourse"', "sourse", InputError),
    ('kind = "power-law"', 'kind = "powerlaw"', "powerlaw", InputError),
    ("[downstream]", "[downstraem]", "downstraem", InputError),
    ("repeat = 5", "repeats = 5", "repeats", InputError),
    ("repeat = 5", "repeat = 0", "generators.0.repeat", InputError),
    ("repeat = 5", "repeat = 10_000_000", "generations", InputError),
    ("same_design = false", 'same_design = "no"', "generators.0.same_design", InputError),
    ('noise = "1/10"\nrepeat', 'noise = "-1/10"\nrepeat', "generators.0.noise", InputError),
    ("ridge = 1e-3", "ridge = -1e-3", "generators.1.ridge", InputError),
    ('beta = "3/2"', "beta = 1", "spectrum.beta", InputError),
    ('beta = "3/2"\n', "", "beta", InputError),
    ('beta = "3/2"', 'beta = "three"', "spectrum.beta", InputError),
    ("dim = 200", "dim = 0", "spectrum.dim", InputError),
    ("dim = 200", "dim = 1.5", "spectrum.dim", InputError),
    ("dim = 200", "dim = nan", "spectrum.dim", InputError),
    ("dim = 200", "dim = 400", "samples = dim = 400 at ridge 0", DomainError),
    ('ridge = "1/20"', "ridge = nan", "downstream.ridge", InputError),
    ('ridge = "1/20"', "ridge = inf", "downstream.ridge", InputError),
    ('ridge = "1/20"', 'ridge = "a twentieth"', "downstream.ridge", InputError),
    ('ridge = "1/20"', "ridge = true", "downstream.ridge", InputError),
    ('r = "1/2"', 'r = "-1/2"', "target.r", InputError),
    ('r = "1/2"', 'exponent = "1/2"', "'r' is missing", InputError),
    ('r = "1/2"', 'r = "1/2"\nvalues = [1]', "values", InputError),
    ('kind = "power-law"\nbeta = "3/2"', 'kind = "isotropic"', "source", InputError),
    ('kind = "power-law"', 'kind = "isotropic"', "beta", InputError),
    ('kind = "power-law"\nbeta = "3/2"', 'kind = "explicit"\nvalues = [1, -1]', "values[1]", InputError),
    ('kind = "power-law"\nbeta = "3/2"', 'kind = "explicit"\nvalues = [1, 2]', "2 values", InputError),
    ('kind = "power-law"\nbeta = "3/2"', 'kind = "explicit"', "missing", InputError),
    ('kind = "power-law"\nbeta = "3/2"', 'kind = "explicit"\nfile = "absent.npy"', "absent.npy", InputError),
    ('kind = "source"\nr = "1/2"', 'kind = "coefficients"\nvalues = [1, 2]', "2 coefficients", InputError),
    (
        'dim = 200\n[target]\nkind = "source"\nr = "1/2"',
        'dim = "inf"\n[target]\nkind = "isotropic"\nnorm2 = 1',
        "infinite",
        InputError,
    ),
    (
        'dim = 200\n[target]\nkind = "source"\nr = "1/2"',
        'dim = "inf"\n[target]\nkind = "source"\nr = 0',
        "norm",
        DomainError,
    ),
    ("[spectrum]", "[spectrum", "TOML", InputError),
    ("[spectrum]", "spectrum = 3\n[spectrun]", "spectrun", InputError),
]


@pytest.mark.parametrize(("old", "new", "named", "kind"), BAD)
def test_unusable_input_is_one_line_that_names_the_place(
    tmp_path, old: str, new: str, named: str, kind: type[RidgeproofError]
) -> None:
    assert old in TEXT
    path = write(tmp_path, TEXT.replace(old, new, 1))
    with pytest.raises(RidgeproofError) as caught:
        load_scenario(path)
    line = str(caught.value)
    assert type(caught.value) is kind
    assert str(path) in line
    assert named in line
    assert "accepted" in line
    assert "\n" not in line


def test_absent_binary_and_directory_files(tmp_path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    for name in ("absent.toml", "binary.toml", "."):
        with pytest.raises(InputError):
            load_scenario(tmp_path / name)


def test_mappings_are_not_changed_and_need_no_file() -> None:
    mapping = {
        "spectrum": {"kind": "isotropic", "dim": 4},
        "target": {"kind": "isotropic", "norm2": 1},
        "downstream": {"samples": 8, "ridge": 0.1, "noise": 0},
    }
    scenario = scenario_from_mapping(mapping)
    assert scenario.generators == ()
    assert scenario.downstream.ridge == Fraction(1, 10)
    with pytest.raises(InputError, match="scenario: downstream"):
        scenario_from_mapping(mapping | {"downstream": 3})


def test_no_value_of_the_wrong_kind_escapes_the_typed_errors() -> None:
    """Every key in turn holds every kind of rubbish that TOML can express: a scenario or one line comes out."""
    good = {
        "name": "x",
        "spectrum": {"kind": "explicit", "dim": 2, "values": [1, 2]},
        "target": {"kind": "coefficients", "values": [1, 2]},
        "generators": [{"samples": 5, "ridge": 0, "noise": 1, "repeat": 2, "same_design": True}],
        "downstream": {"samples": 5, "ridge": 0, "noise": 1},
    }
    rubbish = [
        {},
        [],
        [[]],
        [{}],
        "",
        "x",
        "\n",
        True,
        -1,
        0,
        1.5,
        "nan",
        "inf",
        {"kind": {}},
        [None],
        10**400,
        "1e10001",
        None,
        "1/0",
    ]
    spots = [
        (table, key) for table in ("spectrum", "target", "downstream") for key in (*good[table], "file", "beta", "r")
    ]
    refused = 0
    for bad in rubbish:
        cases = [good | {key: bad} for key in good]
        cases += [good | {table: good[table] | {key: bad}} for table, key in spots]
        cases += [good | {"generators": [good["generators"][0] | {key: bad}]} for key in good["generators"][0]]
        for case in cases:
            try:
                scenario_from_mapping(case)
            except RidgeproofError as error:
                assert "\n" not in str(error)
                refused += 1
    assert refused > 400
