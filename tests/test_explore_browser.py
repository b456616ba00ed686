"""The explorer in a real browser: its numbers are predict's, it is quick, small, offline and legible."""

from __future__ import annotations

import base64
import itertools
import json
import runpy
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.predictions.optimum import minimise_ridge
from ridgeproof.numerics.problem.scenario import scenario_from_mapping
from ridgeproof.proofs_check.explore import page
from ridgeproof.theorems.exponents import exponent_row
from ridgeproof.theorems.exponents.calculus.scales import INF

webdriver = pytest.importorskip("selenium.webdriver")
_REPORT = runpy.run_path(str(Path(__file__).with_name("test_report_browser.py")))
CONTRAST, look = _REPORT["CONTRAST"], _REPORT["look"]
TOLERANCE = 1e-9  # relative, asked for by the design; the two computations are the same sums of positive terms


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page in a file."""
    file = tmp_path_factory.mktemp("explore") / "page.html"
    file.write_text(page(), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def browser(place: Path, open_browser: Any) -> Iterator[Any]:
    """Chromium, with the page loaded."""
    with open_browser(place) as driver:
        yield driver


def scenario(beta: str, r: str, dim: int, teacher: int, n: int, samples: int, ridge: str, noise: str) -> dict[str, Any]:
    """Return a scenario as its file writes it."""
    generators = [{"samples": teacher, "ridge": "0", "noise": noise, "repeat": n}] if n else []
    return {
        "spectrum": {"kind": "power-law", "beta": beta, "dim": dim},
        "target": {"kind": "source", "r": r},
        "generators": generators,
        "downstream": {"samples": samples, "ridge": ridge, "noise": noise},
    }


GRID = [
    scenario(*point)
    for point in itertools.product(
        ("11/10", "3/2", "3"), ("1/10", "1/2", "3/2"), (40, 300), (25, 500), (0, 1, 7), (30, 1000),
        ("0", "1/1000000", "1/20", "3"), ("0", "1/10"),
    )
]  # fmt: skip
OTHERS = [
    {
        "spectrum": {"kind": "isotropic", "dim": 50},
        "target": {"kind": "isotropic", "norm2": 1},
        "generators": [{"samples": 90, "ridge": "0", "noise": "1/5", "repeat": 3, "same_design": True},
                       {"samples": 30, "ridge": "1/3", "noise": 0}],
        "downstream": {"samples": 20, "ridge": "1/7", "noise": "1/2"},
    },
    {
        "spectrum": {"kind": "explicit", "values": [1, 5, "1/2", 0.25]},
        "target": {"kind": "coefficients", "values": [1, -2, 3, "1/3"]},
        "downstream": {"samples": 3, "ridge": "0", "noise": "1/2"},
    },
    {
        "spectrum": {"kind": "power-law", "beta": 2, "dim": 64},
        "target": {"kind": "power", "exponent": "3/10"},
        "generators": [{"samples": 64, "ridge": "1/100", "noise": "1/10", "repeat": 2}],
        "downstream": {"samples": 64, "ridge": "1/1000000000", "noise": "1/2"},
    },
]  # fmt: skip


def close(mine: Any, theirs: Any) -> bool:
    """Whether two predictions agree in every figure."""
    if isinstance(theirs, list | tuple):
        return len(mine) == len(theirs) and all(map(close, mine, theirs))
    return abs(mine - theirs) <= TOLERANCE * abs(theirs)


def test_numbers_are_those_of_predict(browser: Any, tmp_path: Path) -> None:
    """Every figure of `predict` on a grid of the scenarios above and other kinds of them, to a relative 1e-9."""
    problems = GRID + OTHERS
    found = browser.execute_script("return arguments[0].map(s => window.ridgeproof.predict(s))", problems)
    for problem, mine in zip(problems, found, strict=True):
        theirs = predict(scenario_from_mapping(problem, where="test", base_dir=tmp_path))
        for name in ("test_error", "noise_free", "downstream_noise", "noise_by_generation", "kappa"):
            assert close(mine[name], getattr(theirs, name)), (problem, name, mine[name], getattr(theirs, name))
        assert mine["radius"] is None


def test_the_sliders_names_give_the_same(browser: Any, tmp_path: Path) -> None:
    """`predict({beta, r, d, T, T0, n, sigma, sigma0, lambda})` is the scenario of these values."""
    flat = {"beta": "3/2", "r": "1/2", "d": 300, "T": 1000, "T0": 100, "n": 4, "sigma": "1/2", "sigma0": "1/2",
            "lambda": "1/30"}  # fmt: skip
    mine = browser.execute_script("return window.ridgeproof.predict(arguments[0])", flat)
    theirs = predict(
        scenario_from_mapping(scenario("3/2", "1/2", 300, 100, 4, 1000, "1/30", "1/4"), where="test", base_dir=tmp_path)
    )
    assert close(mine["test_error"], theirs.test_error)


@pytest.mark.parametrize("which", [5, 200, 431, 800, 1201, 1700])
def test_the_marked_optimum_is_the_optimum(browser: Any, tmp_path: Path, which: int) -> None:
    """The marked optimum has the error of `optimal_ridge` to a relative 1e-8."""
    problem = GRID[which]
    mine = browser.execute_script("return window.ridgeproof.optimal_ridge(arguments[0])", problem)
    theirs = minimise_ridge(scenario_from_mapping(problem, where="test", base_dir=tmp_path))
    assert mine["test_error"] == pytest.approx(float(theirs.test_error), rel=1e-8)


def test_exponents_are_exact(browser: Any) -> None:
    """The page's fractions are those of `exponents` with a = inf, to the letter, limiting terms too."""
    points = list(
        itertools.product(("3/2", "7/3"), ("1/7", "1/2", "2"), ("0", "1/3", "1", "9/4"), ("-inf", "0", "2/5", "3"),
                          ("0", "1/2"), ("0", "1", "inf"))
    )  # fmt: skip
    names = ("beta", "r", "b", "g", "s", "s0")
    given = [dict(zip(names, point, strict=True)) for point in points]
    found = browser.execute_script("return arguments[0].map(p => window.ridgeproof.exponents(p))", given)
    for point, mine in zip(given, found, strict=True):
        scales = {k: -INF if v == "-inf" else INF if v == "inf" else Fraction(v) for k, v in point.items()}
        theirs = exponent_row(**scales, a=INF)
        for name in ("ell", "rate", "ell_clean", "rate_clean", "rate_with_clean_ell"):
            assert mine[name] == str(getattr(theirs, name)), (point, name)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"beta": "1"}, "beta"), ({"n": 1.5}, "n"), ({"lambda": "-1"}, "lambda"), ({"gamma": 1}, "gamma"),
        ({"beta": "alert(1)"}, "beta"),
        ({**GRID[0], "chain": {"scheme": "mix"}}, "chain"),
        ({**GRID[0], "downstream": {"samples": 3, "ridge": 1, "noise": 0, "filter": "gradient-flow"}}, "filter"),
        ({**GRID[0], "spectrum": {"kind": "power-law", "beta": 2, "dim": "inf"}}, "dim"),
        ({**GRID[0], "downstream": {"samples": 40, "ridge": 0, "noise": 0}}, "samples"),
    ],
)  # fmt: skip
def test_bad_values_are_refused(browser: Any, given: dict[str, Any], said: str) -> None:
    """What the page cannot compute is refused by name with what is accepted; never computed as something else."""
    words = browser.execute_script(
        "try { return window.ridgeproof.predict(arguments[0]); } catch (e) { return String(e.message); }", given
    )
    assert isinstance(words, str) and said in words and ("accepted" in words or "40" in words)


def test_address_sets_the_sliders_and_sliders_the_address(browser: Any, place: Path) -> None:
    """`#beta=7/4&r=1/3` sets both exactly; an arrow key moves a slider, the page and the address; nonsense is told."""
    browser.get(place.as_uri() + "#beta=7/4&r=1/3")
    values = browser.execute_script("return window.ridgeproof.values()")
    assert (values["beta"], values["r"], values["T"]) == ("7/4", "1/3", "2000")
    assert "7/4, 1/3" in browser.find_element("id", "exact").text
    before = browser.find_element("id", "error").text
    browser.find_element("id", "T").send_keys(webdriver.Keys.ARROW_RIGHT)
    assert browser.find_element("id", "error").text != before and "T=" in browser.current_url
    browser.execute_script("location.hash = 'beta=<img src=x onerror=alert(1)>&nonsense&d=30'")
    alert = browser.find_element("id", "message")
    browser.execute_script("window.dispatchEvent(new HashChangeEvent('hashchange'))")
    assert alert.is_displayed() and "accepted: a number above 1" in alert.text
    assert browser.execute_script("return document.querySelectorAll('img').length") == 0
    browser.execute_script("location.hash = ''; window.dispatchEvent(new HashChangeEvent('hashchange'))")
    assert not alert.is_displayed()


def test_a_slider_is_answered_at_once(browser: Any, place: Path) -> None:
    """At d = 1000 the page needs under 50 ms a move: the least of ten, as other work on the machine only adds."""
    browser.get(place.as_uri() + "#d=1000")
    times = []
    for i in range(10):
        browser.execute_script(
            "const s = document.getElementById('lambda'); s.value = 400 + 10 * arguments[0];"
            "s.dispatchEvent(new Event('input'))",
            i,
        )
        times.append(browser.execute_script("return window.ridgeproof.milliseconds"))
    assert min(times) < 50, times


def test_the_page_is_small_quiet_and_offline(browser: Any, place: Path) -> None:
    """Under 1 MB, no message, no request but the page itself."""
    assert place.stat().st_size < 1_000_000
    assert browser.get_log("browser") == []
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = {m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"}
    assert {url.partition("#")[0] for url in urls if not url.startswith(("data:", "chrome:"))} == {place.as_uri()}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1400])
def test_it_is_legible(browser: Any, place: Path, width: int, scheme: str) -> None:
    """Nothing sticks out sideways, text has contrast 4.5 : 1, every control and picture has a name."""
    browser.get(place.as_uri())
    look(browser, width, scheme)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.execute_script(CONTRAST) == []
    unnamed = browser.execute_script(
        "return [...document.querySelectorAll('input, svg')].filter(e => !(e.ariaLabel || e.ariaHidden"
        " || e.labels && e.labels.length || e.closest('[aria-hidden]'))).length"
    )
    assert unnamed == 0


def test_it_prints(browser: Any) -> None:
    """On paper the values stand without their sliders."""
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown = browser.execute_script("return getComputedStyle(document.getElementById('T')).display")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert shown == "none"
    assert base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {})["data"]).startswith(b"%PDF")


def test_the_command_writes_the_page(ridgeproof: Callable[..., Any], tmp_path: Path) -> None:
    """`explore -o FILE` writes what `page` returns; a folder that does not exist is told in a line."""
    done = ridgeproof("explore", "-o", "page.html")
    assert done.returncode == 0 and (tmp_path / "page.html").read_text(encoding="utf-8") == page()
    bad = ridgeproof("explore", "-o", "nowhere/page.html")
    assert bad.returncode == 2 and bad.stderr.count("\n") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, place: Path, axe: Any, scheme: str) -> None:
    """The rules of axe-core, on the page as it is opened."""
    browser.get(place.as_uri())
    look(browser, 1200, scheme)
    assert axe(browser) == []
