"""The explorer in a real browser: its numbers are predict's, it is quick, small, offline and legible."""

from __future__ import annotations

import base64
import itertools
import json
import re
import runpy
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
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


def mixed(beta: str, r: str, dim: int, teacher: int, n: int, shares: tuple[int, int], ridge: str, time: Any) -> Any:
    """Return a scenario with rows labelled by the truth beside the others; with a stopping time unless it is None."""
    real, fake = shares
    made = scenario(beta, r, dim, teacher, n, 1, ridge, "1/10")
    sources = [{"samples": real, "labels": "truth", "noise": "1/5"}, {"samples": fake, "noise": "1/7"}]
    flow = {} if time is None else {"filter": "gradient-flow", "time": time}
    return made | {"downstream": {"ridge": ridge, "sources": [one for one in sources if one["samples"]], **flow}}


MIXED = [
    mixed(*point, None)
    for point in itertools.product(
        ("11/10", "3"), ("1/10", "3/2"), (40, 300), (25, 500), (0, 1, 7), ((90, 10), (20, 700), (100, 0)), ("0", "1/20")
    )
]
FLOWS = [  # one of 23 of a larger grid, since `predict` takes 0.1 s for each
    mixed(*point)
    for point in itertools.product(
        ("11/10", "3"), ("1/10", "3/2"), (40, 300), (25, 500), (0, 1, 4), ((0, 30), (400, 600), (100, 0)),
        ("0", "1/20"), ("0", "1/2", 50, "1e5"),
    )
][::23]  # fmt: skip
OTHERS = [
    {
        "spectrum": {"kind": "explicit", "values": [1, 5, "1/2", 0.25]},
        "target": {"kind": "coefficients", "values": [1, -2, 3, "1/3"]},
        "generators": [{"samples": 90, "ridge": "1/10", "noise": "1/5", "repeat": 3}],
        "downstream": {"samples": 3, "ridge": 0, "noise": "1/2", "filter": "gradient-flow", "time": "7/2"},
    },
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


def close(mine: Any, theirs: Any, floor: float = 0.0) -> bool:
    """Whether two predictions agree in every figure."""
    if isinstance(theirs, list | tuple):
        return len(mine) == len(theirs) and all(close(*pair, floor) for pair in zip(mine, theirs, strict=True))
    if theirs is None:
        return mine is None
    return abs(mine - theirs) <= TOLERANCE * abs(theirs) + floor


def test_numbers_are_those_of_predict(browser: Any, tmp_path: Path) -> None:
    """Every figure of `predict` on a grid of the scenarios above and other kinds of them, to a relative 1e-9."""
    problems = GRID + MIXED + OTHERS
    found = browser.execute_script("return arguments[0].map(s => window.ridgeproof.predict(s))", problems)
    for problem, mine in zip(problems, found, strict=True):
        theirs = predict(scenario_from_mapping(problem, where="test", base_dir=tmp_path))
        for name in ("test_error", "noise_free", "downstream_noise", "noise_by_generation", "kappa"):
            assert close(mine[name], getattr(theirs, name)), (problem, name, mine[name], getattr(theirs, name))
        assert mine["radius"] is None


def test_stopped_flows_are_those_of_predict(browser: Any, tmp_path: Path) -> None:
    """The test error of gradient flow with and without real rows to a relative 1e-9; its parts to that and 1e-13.

    Both computations write 1 - e^-x as a sum of fractions to within 1e-13, so that a noise-free part that has died out
    to 1e-19, as at t = 1e5 with more rows than dimensions, is rounding in both.
    """
    assert len(FLOWS) == 51 and {f["downstream"]["time"] for f in FLOWS} == {"0", "1/2", 50, "1e5"}
    found = browser.execute_script("return arguments[0].map(s => window.ridgeproof.predict(s))", FLOWS)
    for problem, mine in zip(FLOWS, found, strict=True):
        theirs = predict(scenario_from_mapping(problem, where="test", base_dir=tmp_path))
        assert close(mine["test_error"], theirs.test_error), (problem, mine["test_error"], theirs.test_error)
        for name in ("noise_free", "downstream_noise", "noise_by_generation", "kappa"):
            assert close(mine[name], getattr(theirs, name), 1e-13), (problem, name, mine[name], getattr(theirs, name))


def test_the_sliders_names_give_the_same(browser: Any, tmp_path: Path) -> None:
    """`predict({beta, r, d, T, T0, n, sigma, sigma0, lambda})` is the scenario of these values."""
    flat = {"beta": "3/2", "r": "1/2", "d": 300, "T": 1000, "T0": 100, "n": 4, "sigma": "1/2", "sigma0": "1/2",
            "lambda": "1/30"}  # fmt: skip
    mine = browser.execute_script("return window.ridgeproof.predict(arguments[0])", flat)
    theirs = predict(
        scenario_from_mapping(scenario("3/2", "1/2", 300, 100, 4, 1000, "1/30", "1/4"), where="test", base_dir=tmp_path)
    )
    assert close(mine["test_error"], theirs.test_error)
    script = "return window.ridgeproof.predict(arguments[0])"
    mine = browser.execute_script(script, {**flat, "T": 1001, "share": 0.3, "time": 20})
    whole = scenario("3/2", "1/2", 300, 100, 4, 1000, "1/30", "1/4") | {
        "downstream": {
            "sources": [{"samples": 300, "labels": "truth", "noise": "1/4"}, {"samples": 701, "noise": "1/4"}],
            "ridge": "1/30", "filter": "gradient-flow", "time": 20,
        }
    }  # fmt: skip
    theirs = predict(scenario_from_mapping(whole, where="test", base_dir=tmp_path))
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
        ({"share": 1.5}, "share"), ({"time": -1}, "time"), ({"time": "later"}, "time"),
        ({**GRID[0], "downstream": {"samples": 3, "ridge": 1, "noise": 0, "filter": "gradient-flow"}}, "time"),
        ({**GRID[0], "downstream": {"samples": 3, "ridge": 1, "noise": 0, "filter": "gradient-descent"}}, "filter"),
        ({**GRID[0], "downstream": {"samples": 3, "ridge": 1, "noise": 0, "time": 3}}, "time"),
        ({**GRID[0], "downstream": {"ridge": 1, "sources": [{"samples": 3, "noise": 0, "weight": 2}]}}, "weight"),
        ({**GRID[0], "downstream": {"ridge": 1, "sources": [{"samples": 3, "noise": 0, "labels": 0}]}}, "labels"),
        ({**GRID[0], "downstream": {"samples": 3, "ridge": 1, "sources": []}}, "samples"),
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


@pytest.mark.parametrize("where", ["#d=1000", "#d=1000&share=3/10&time=200"])
def test_every_slider_is_answered_at_once(browser: Any, place: Path, where: str) -> None:
    """At d = 1000 the page needs under 50 ms a move: the least of ten moves, as other work on the machine only adds."""
    browser.get("about:blank")
    browser.get(place.as_uri() + where)
    script = """
        const key = arguments[0], out = [], move = (id, value) => {
          const input = document.getElementById(id); input.value = value; input.dispatchEvent(new Event('input')); };
        const begin = window.ridgeproof.values()[key];
        for (let i = 0; i < 10; i++) {
          const before = window.ridgeproof.values()[key];
          move(key, 300 + 50 * i);
          if (key === 'd') move('d-text', 1000 - i); // from another d back to this one
          if (window.ridgeproof.values()[key] !== before) out.push(window.ridgeproof.milliseconds);
        }
        move(key + '-text', begin);
        return out;"""
    for key in ("beta", "r", "d", "T", "T0", "n", "sigma", "sigma0", "lambda", "share", "time"):
        for _ in range(8):  # tries: it needs half of that on an idle machine
            times = browser.execute_script(script, key)
            if min(times) < 50:
                break
        assert len(times) > 5 and min(times) < 50, (key, times)
    assert browser.find_element("id", "message").text == ""


def test_the_poles_of_the_flow(browser: Any) -> None:
    """The page's sums of fractions are 1 - e^-x on the whole positive axis: to 2e-13, and for pictures to 3e-8."""
    nodes = browser.execute_script("return window.ridgeproof.flow_nodes")
    x = np.concatenate([[0.0], np.logspace(-9, 9, 4001)])
    for count, error in (("14", 2e-13), ("8", 3e-8)):
        found = sum(2 * (complex(c, e) * x / (x + complex(a, b))).real for a, b, c, e in nodes[count])
        assert len(nodes[count]) == int(count) // 2 and np.abs(found + np.expm1(-x)).max() < error


def test_the_marked_stopping_time_is_the_best(browser: Any, place: Path) -> None:
    """The dot on the curve over t lies where `predict` has less error than at times 30 % off."""
    browser.get("about:blank")
    browser.get(place.as_uri() + "#d=200&lambda=0&share=1/4&T=500&T0=100&n=3")
    told = browser.find_element("id", "stopping").text
    time = float(re.search(r"n = 3: t\* ≈ ([\d.]+)", told)[1])  # type: ignore[index]
    found = browser.execute_script(
        "return arguments[0].map(time => window.ridgeproof.predict({...window.ridgeproof.values(), time}).test_error)",
        [time / 1.3, time, 1.3 * time],
    )
    assert found[1] < min(found[0], found[2])


def test_the_page_is_small_quiet_and_offline(browser: Any, place: Path) -> None:
    """Under 1 MB, no message, no request but the page itself."""
    assert place.stat().st_size < 1_000_000
    assert browser.get_log("browser") == []
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = {m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"}
    assert {url.partition("#")[0] for url in urls if not url.startswith(("data:", "chrome:"))} == {place.as_uri()}


@pytest.mark.parametrize("where", ["", "#n=50&T=99999&T0=12345", "#share=1/3&time=0.1&sigma=1.15&sigma0=2.35"])
def test_no_number_of_a_formula_is_cropped(browser: Any, place: Path, where: str) -> None:
    """On a phone, too, every formula ends inside its box: sums break before their signs."""
    browser.get("about:blank")
    browser.get(place.as_uri() + where)
    for width in (390, 768):
        look(browser, width)
        outside = browser.execute_script(
            "const end = e => e.getBoundingClientRect().right;"
            "return [...document.querySelectorAll('.scroll math')].filter(m => end(m) > end(m.closest('.scroll')) + 1)"
            ".map(m => m.textContent)"
        )
        assert outside == []


@pytest.mark.parametrize("where", ["", "#beta=3&r=3/2", "#sigma=0&beta=2&r=1/4"])
def test_the_phase_diagram_is_exact(browser: Any, place: Path, where: str) -> None:
    """Its polygons tile the window, and a point inside of one has the regime that the key gives to its colour."""
    browser.get("about:blank")
    browser.get(place.as_uri() + where)
    regions, key, values = browser.execute_script(
        "const at = e => e.getAttribute('fill'), key = e => [e.querySelector('i').style.background, e.textContent];"
        "return [[...document.querySelectorAll('#phases polygon')].map(e => [at(e), e.getAttribute('points')]),"
        "Object.fromEntries([...document.querySelectorAll('#phases .key li')].map(key)), window.ridgeproof.values()]"
    )
    area, checked = 0.0, set()
    for colour, text in regions:  # the frame is 464 by 276, from (44, 286) up to b = g = 2
        corners = [tuple(map(float, pair.split(","))) for pair in text.split()]
        turned = zip(corners, [*corners[1:], corners[0]], strict=True)
        twice = [(x0 * y1 - x1 * y0, x0 + x1, y0 + y1) for (x0, y0), (x1, y1) in turned]
        own = abs(sum(t for t, _, _ in twice)) / 2
        area += own
        if own < 500:
            continue
        x, y = (sum(t * pair[i] for t, *pair in twice) / (3 * sum(t for t, _, _ in twice)) for i in (0, 1))
        point = {"b": str(Fraction(2 * (x - 44) / 464).limit_denominator(500)), "beta": values["beta"],
                 "g": str(Fraction(2 * (286 - y) / 276).limit_denominator(500)), "r": values["r"],
                 "s": "0" if float(values["sigma"].split("/")[0]) else "inf"}  # fmt: skip
        row = browser.execute_script("return window.ridgeproof.exponents(arguments[0])", point)
        name = "collapse: no rate" if row["rate"] != "inf" and Fraction(row["rate"]) <= 0 else " = ".join(row["terms"])
        assert key[colour] == name, point
        checked.add(name)
    assert area == pytest.approx(464 * 276, rel=1e-3) and checked == set(key.values())


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
