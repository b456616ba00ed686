"""The explorer in a notebook and with a scenario's values: they are that scenario's, and Python and page agree."""

from __future__ import annotations

import base64
import builtins
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import ridgeproof as rp
from ridgeproof.errors import InputError
from ridgeproof.proofs_check.explore import notebook

PLAIN: dict[str, Any] = {
    "spectrum": {"kind": "power-law", "beta": "7/4", "dim": 150},
    "target": {"kind": "source", "r": "1/3"},
    "generators": [{"samples": 400, "ridge": 0, "noise": "1/10", "repeat": 3}],
    "downstream": {"samples": 300, "ridge": "1/20", "noise": "1/4"},
}
SOURCES = [{"samples": 100, "labels": "truth", "noise": "1/4"}, {"samples": 233, "noise": "1/4"}]
STOPPED = PLAIN | {"downstream": {"sources": SOURCES, "filter": "gradient-flow", "time": "75/2"}}
CLEAN = {key: value for key, value in PLAIN.items() if key != "generators"}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, open_browser: Any) -> Iterator[Any]:
    """Chromium on an empty page."""
    empty = tmp_path_factory.mktemp("notebook") / "empty.html"
    empty.write_text("<!DOCTYPE html><title>notebook</title><body></body>", encoding="utf-8")
    with open_browser(empty) as driver:
        yield driver


def framed(browser: Any, markup: str) -> None:
    """Show some markup as a notebook shows an output, and go into its frame."""
    browser.switch_to.default_content()
    browser.execute_script("document.body.innerHTML = arguments[0]", markup)
    browser.switch_to.frame(browser.find_element("tag name", "iframe"))


@pytest.mark.parametrize("problem", [PLAIN, STOPPED, CLEAN], ids=["plain", "stopped", "clean"])
def test_a_notebook_shows_the_scenario(browser: Any, problem: dict[str, Any]) -> None:
    """The frame's page stands at the scenario: its error is predict's to all ten figures shown."""
    framed(browser, rp.explore(problem)._repr_html_())
    shown = browser.find_element("id", "error").text
    expected = rp.predict(problem).test_error
    assert float(shown.removeprefix("E = ")) == pytest.approx(expected, rel=1e-9)
    assert browser.find_element("id", "message").text == ""
    before = shown
    browser.find_element("id", "T").send_keys("\ue014")  # arrow right
    assert browser.find_element("id", "error").text != before


def test_the_widget_tells_and_listens(browser: Any) -> None:
    """What widget.js does with a model: the page's values and prediction go into it, and values set there move it."""
    browser.switch_to.default_content()
    source = Path(notebook.__file__).with_name("widget.js").read_bytes()
    start = rp.explore(STOPPED)
    script = """
        const done = arguments[arguments.length - 1], kept = arguments[1], on = {};
        const model = window.model = { get: key => kept[key], off: () => {}, save_changes: () => { window.saved = 1; },
          set: (key, value) => { kept[key] = value; (on['change:' + key] || (() => {}))(); },
          on: (name, act) => { on[name] = act; } };
        document.body.innerHTML = '';
        import(arguments[0]).then(m => { m.default.render({ model, el: document.body }); })
        const wait = setInterval(() => { if (kept.prediction) {
          clearInterval(wait); done([kept.values, kept.prediction]); } }, 20);
    """
    module = "data:text/javascript;base64," + base64.b64encode(source).decode()
    state = {"page": start.page(), "height": 500, "values": dict(start.values)}
    values, prediction = browser.execute_async_script(script, module, state)
    assert prediction["test_error"] == pytest.approx(rp.predict(STOPPED).test_error, rel=1e-9)
    assert values["share"] == "100/333" and values["time"] == "75/2"
    script = """
        const done = arguments[arguments.length - 1], before = model.get('prediction').test_error;
        model.set('values', {...model.get('values'), time: 'inf', share: '0'});
        const wait = setInterval(() => { if (model.get('prediction').test_error !== before) {
          clearInterval(wait); done([model.get('prediction').test_error, window.saved]); } }, 20);
    """
    error, saved = browser.execute_async_script(script)
    plain = PLAIN | {"downstream": {"samples": 333, "ridge": 0, "noise": "1/4"}}
    assert error == pytest.approx(rp.predict(plain).test_error, rel=1e-9) and saved == 1


def test_without_anywidget_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page needs nothing; the widget says in one line what to install."""
    plain = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".")[0] == "anywidget":
            raise ImportError(name)
        return plain(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    shown = rp.explore(PLAIN)
    assert "<iframe" in shown._repr_html_()
    with pytest.raises(InputError, match=r"pip install 'ridgeproof\[notebook\]'") as caught:
        shown.widget()
    assert "\n" not in str(caught.value)


def test_the_widget_is_one() -> None:
    """With anywidget: traits that Jupyter syncs, starting at the scenario's values."""
    pytest.importorskip("anywidget")
    widget = rp.explore(PLAIN, height=321).widget()
    assert widget.values["beta"] == "7/4" and widget.height == 321 and widget.prediction == {}
    assert {"values", "prediction", "page", "height", "_esm"} <= set(widget.keys)
    widget.values = {**widget.values, "beta": "2"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"spectrum": {"kind": "isotropic", "dim": 9}, "target": {"kind": "isotropic", "norm2": 1}}, "isotropic"),
        ({"spectrum": {"kind": "power-law", "beta": 2, "dim": "inf"}}, "dim = inf"),
        ({"target": {"kind": "power", "exponent": "3/10"}}, "power target"),
        ({"generators": [{"samples": 400, "ridge": "1/9", "noise": 1}]}, "generators"),
        ({"generators": [{"samples": 400, "ridge": 0, "noise": 1, "repeat": 2, "same_design": True}]}, "generators"),
        ({"generators": [PLAIN["generators"][0], {"samples": 401, "ridge": 0, "noise": 1}]}, "generators"),
        ({"downstream": {"ridge": 0, "sources": [SOURCES[0] | {"weight": 2}, SOURCES[1]]}}, "sources"),
        ({"downstream": {"ridge": 0, "sources": [SOURCES[0] | {"noise": 1}, SOURCES[1]]}}, "noises"),
        ({"downstream": {"samples": 9, "noise": 1, "filter": "gradient-descent", "steps": 3, "rate": 1}}, "descent"),
        ({"downstream": {"samples": 9, "noise": 1, "ridge": 1, "features": 5}}, "features"),
        ({"chain": {"scheme": "accumulate"}}, "scheme"),
    ],
)  # fmt: skip
def test_what_the_sliders_cannot_hold_is_refused(change: dict[str, Any], said: str) -> None:
    """Nothing is shown as something else: one line that says what the sliders hold."""
    with pytest.raises(InputError, match="sliders cannot hold") as caught:
        rp.explore(PLAIN | change)
    assert said in str(caught.value) and "accepted" in str(caught.value)


def test_the_command_takes_a_scenario(ridgeproof: Callable[..., Any], tmp_path: Path) -> None:
    """`explore FILE -o PAGE` starts there; a file that the sliders cannot hold is told in a line, status 2."""
    (tmp_path / "a.toml").write_text(
        '[spectrum]\nkind = "power-law"\nbeta = "7/4"\ndim = 150\n[target]\nkind = "source"\nr = "1/3"\n'
        '[downstream]\nsamples = 300\nridge = "1/20"\nnoise = "1/4"\n',
        encoding="utf-8",
    )
    done = ridgeproof("explore", "a.toml", "-o", "page.html")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert 'data-start="beta=7/4&amp;r=1/3&amp;d=150&amp;T=300&amp;sigma=1/2&amp;lambda=1/20&amp;n=0"' in text
    bad = (tmp_path / "a.toml").read_text(encoding="utf-8").replace("dim = 150", 'dim = "inf"')
    (tmp_path / "b.toml").write_text(bad, encoding="utf-8")
    done = ridgeproof("explore", "b.toml", "-o", "other.html")
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and not (tmp_path / "other.html").exists()
