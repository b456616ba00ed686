"""User's numbers are read exactly or refused with one line: nothing is rounded on the way in, nothing is evaluated."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeproof.errors import DomainError, InputError
from ridgeproof.numerics.problem.numbers import as_float, count, exact, nonnegative, positive, read_values


@pytest.mark.parametrize(
    ("given_value", "value"),
    [
        (3, Fraction(3)),
        (0.1, Fraction(1, 10)),  # the decimal that the user wrote, not the binary neighbour
        (np.float64(0.1), Fraction(1, 10)),
        (np.int64(7), Fraction(7)),
        ("0.05", Fraction(1, 20)),
        ("1e-300", Fraction(1, 10**300)),
        ("-2.5E+3", Fraction(-2500)),
        (" 3/5 ", Fraction(3, 5)),
        ("-6/4", Fraction(-3, 2)),
        (".5", Fraction(1, 2)),
        ("5.", Fraction(5)),
    ],
)
def test_exact_reads_the_number_that_was_written(given_value: object, value: Fraction) -> None:
    assert exact(given_value, where="x") == value


@pytest.mark.parametrize(
    "bad",
    [
        True,
        None,
        [],
        "",
        "abc",
        "nan",
        "inf",
        float("nan"),
        float("inf"),
        "1/0",
        "1e999999",
        "__import__('os')",
        "1+1",
        "0x10",
        "1/2/3",
        "٣",
        "1" * 5000,
        1 + 2j,
        "1e",
        "--1",
    ],
)
def test_anything_else_is_refused_in_one_line(bad: object) -> None:
    with pytest.raises(InputError, match="spot") as caught:
        exact(bad, where="spot")
    assert "\n" not in str(caught.value)
    assert "accepted" in str(caught.value)


@given(st.fractions())
def test_every_fraction_survives_the_trip_through_text(number: Fraction) -> None:
    assert exact(str(number), where="x") == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_and_its_text_are_the_same_number(number: float) -> None:
    assert exact(number, where="x") == exact(repr(number), where="x")
    assert float(exact(number, where="x")) == number


def test_signs_and_counts_are_enforced() -> None:
    assert positive("1e-9", where="x") == Fraction(1, 10**9)
    assert nonnegative(0, where="x") == 0
    assert count("200", where="x") == count(200.0, where="x") == 200
    for read, bad in [
        (positive, 0),
        (positive, "-1"),
        (nonnegative, "-1e-300"),
        (count, 0),
        (count, "3/2"),
        (count, "inf"),
        (count, True),
    ]:
        with pytest.raises(InputError):
            read(bad, where="x")


def test_doubles_that_would_change_the_problem_are_refused() -> None:
    assert as_float(Fraction(1, 10**300), where="x") == 1e-300
    assert as_float(Fraction(0), where="x") == 0.0
    for number in (Fraction(1, 10**320), Fraction(10**320)):
        with pytest.raises(DomainError):
            as_float(number, where="x")


def test_files_of_numbers(tmp_path) -> None:
    np.save(tmp_path / "x.npy", np.array([0.1, 2.0]))
    assert read_values(tmp_path / "x.npy", where="file") == (Fraction(1, 10), Fraction(2))
    (tmp_path / "x.csv").write_text("0.1, 1/3\n2\n")
    assert read_values(tmp_path / "x.csv", where="file") == (Fraction(1, 10), Fraction(1, 3), Fraction(2))


def test_unreadable_files_are_one_line(tmp_path) -> None:
    np.save(tmp_path / "square.npy", np.eye(2))
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.save(tmp_path / "nan.npy", np.array([1.0, np.nan]))
    (tmp_path / "broken.npy").write_bytes(b"\x93NUMPY rubbish")
    (tmp_path / "empty.npy").write_bytes(b"")
    (tmp_path / "words.csv").write_text("one,two")
    (tmp_path / "empty.csv").write_text("\n")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "x.txt").write_text("1")
    (tmp_path / "folder.csv").mkdir()
    names = [
        "square.npy",
        "objects.npy",
        "nan.npy",
        "broken.npy",
        "empty.npy",
        "words.csv",
        "empty.csv",
        "binary.csv",
        "x.txt",
        "absent.csv",
        "folder.csv",
    ]
    for name in names:
        with pytest.raises(InputError, match=name) as caught:
            read_values(tmp_path / name, where="file")
        assert "\n" not in str(caught.value)
