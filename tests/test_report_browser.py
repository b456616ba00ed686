"""The report in a real browser: quiet, offline, legible, and usable without a mouse or eyes."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ridgeproof.proofs_check.court.ledger import Ledger
from ridgeproof.proofs_check.report import write
from ridgeproof.proofs_check.verdicts import Evidence, Grade, Row
from ridgeproof.theorems.claim import Claim
from ridgeproof.theorems.registry import all_claims

WIDTHS = (390, 1200)

EVIDENCE = "evidence for the sake of the page"
KERNEL = "the statement itself, by the kernel: T[m] = 1, 2, ...; S d x d, positive definite ⊢ " + " + ".join(
    f"(1 + 1/T) 1/T^{i} tr(A (X' X)^-1 S B) tr((X' X)^-1 X' E E' X)" for i in range(9)
).join(("E[(", ")]"))  # what cannot break as a formula
# The contrast of every visible text with what is painted behind it (WCAG 2, relative luminance).
CONTRAST = """
const parse = colour => {
  let m = colour.match(/^color\\(srgb ([\\d.e-]+) ([\\d.e-]+) ([\\d.e-]+)(?: \\/ ([\\d.e-]+))?\\)/);
  if (m) return [255 * m[1], 255 * m[2], 255 * m[3], m[4] === undefined ? 1 : +m[4]];
  m = colour.match(/rgba?\\(([^)]*)\\)/); if (!m) return [0, 0, 0, 0];
  const v = m[1].split(/[ ,\\/]+/).map(Number); return [v[0], v[1], v[2], v.length > 3 ? v[3] : 1];
};
const linear = v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
const light = c => { const f = c.slice(0, 3).map(v => linear(v / 255));
  return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
const behind = e => { const box = e.closest('a, g') && e.closest('a, g').querySelector('rect.node');
  if (e.namespaceURI.endsWith('svg') && box) return parse(getComputedStyle(box).fill);
  if (e.classList.contains('region-number')) return parse(getComputedStyle(e.parentNode.querySelector('polygon')).fill);
  for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; }
  return [255, 255, 255, 1]; };
const out = [];
for (const e of document.body.querySelectorAll('*')) {
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
  if (!e.getClientRects().length) continue;
  const style = getComputedStyle(e), svg = e.namespaceURI.endsWith('svg');
  const a = light(parse(svg ? style.fill : style.color)), b = light(behind(e));
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) out.push([e.tagName, String(e.className.baseVal ?? e.className), e.textContent.slice(0, 30), ratio]);
}
return out;
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with every claim and every grade; the verdicts are made up, it is the page that is tested."""
    return page(all_claims(), tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def short_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same page with one claim of each grade."""
    return page(all_claims()[: len(Grade)], tmp_path_factory.mktemp("short-report"))


def page(claims: Sequence[Claim], folder: Path) -> Path:
    grades, test = list(Grade), {"along": ["1e+04", "1e+08"], "ratio": [0.8, 0.9]}
    rows = tuple(
        Row(
            c.id, c.title, c.source, str(c.relation), grades[i % len(grades)],
            (Evidence(grades[i % len(grades)], EVIDENCE, {"tests": [test]}), Evidence(grades[i % len(grades)], KERNEL)),
            1.0, c.expected, c.finding, certificates=({"format": "a", "lines": [{"rule": "algebra"}]},),
        )
        for i, c in enumerate(claims)
    )  # fmt: skip
    audit = {"planted": 2, "caught": 1, "equivalent": 0, "escaped": ["one"]}
    return write(Ledger(rows, "fast", 1.0), claims, folder, audit)


@pytest.fixture(scope="module")
def browser(report: Path, open_browser: Any) -> Iterator[Any]:
    """Chromium, with the page loaded."""
    with open_browser(report) as driver:
        yield driver


def look(browser: Any, width: int, scheme: str = "light") -> None:
    """Set the window's width and the colour scheme, and open whatever is closed."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")


def test_page_is_quiet_and_offline(browser: Any, report: Path) -> None:
    """No message in the console, and no request but the page itself."""
    assert browser.get_log("browser") == []
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = {m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"}
    assert report.as_uri() in urls
    assert {url for url in urls if not url.startswith(("data:", "chrome:"))} == {report.as_uri()}


@pytest.mark.parametrize("width", WIDTHS)
def test_formulas_are_drawn_and_nothing_sticks_out(browser: Any, width: int) -> None:
    """Every formula takes room on the page; the page itself never scrolls sideways, on a phone neither."""
    look(browser, width)
    sizes = browser.execute_script(
        "return [...document.querySelectorAll('math')].map(m => m.getBoundingClientRect())"
        ".map(b => [b.width, b.height])"
    )
    assert len(sizes) > 100
    assert all(w > 2 and h > 2 for w, h in sizes)
    tall = browser.execute_script(
        "return Math.max(...[...document.querySelectorAll('math mfrac')].map(m => m.getBoundingClientRect().height))"
    )
    assert tall > 25, "fractions are not stacked: MathML is not drawn"
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(browser: Any, scheme: str) -> None:
    """Every text has the contrast 4.5 : 1 with its background, in both colour schemes."""
    look(browser, 1200, scheme)
    ground = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    assert browser.execute_script(CONTRAST) == []


def test_everything_has_an_accessible_name(browser: Any) -> None:
    """Links, pictures, groups that take the focus, and the page itself have names in the accessibility tree."""
    look(browser, 1200)
    browser.execute_cdp_cmd("Accessibility.enable", {})
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    seen: dict[str, int] = {}
    for node in nodes:
        role = node.get("role", {}).get("value")
        if not node.get("ignored") and role in (
            "link",
            "image",
            "navigation",
            "RootWebArea",
            "DisclosureTriangle",
            "table",
        ):
            seen[role] = seen.get(role, 0) + 1
            assert node.get("name", {}).get("value", "").strip(), node
    assert seen["link"] > 50 and seen["image"] > 10 and seen["table"] > 3
    unnamed = browser.execute_script("return document.querySelectorAll('[tabindex]:not([aria-label])').length")
    assert unnamed == 0


def test_page_prints(browser: Any) -> None:
    """On paper: a PDF of several pages, with derivations opened and certificates left out."""
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    hidden = browser.execute_script("return getComputedStyle(document.querySelector('.certificate')).display")
    width = browser.execute_script("return document.querySelector('nav').offsetWidth")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert (hidden, width) == ("none", 0)
    pdf = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    assert pdf.startswith(b"%PDF") and pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") > 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, short_report: Path, axe: Any, scheme: str) -> None:
    """The rules of axe-core, on the page with a claim of each grade (all claims take minutes)."""
    browser.get(short_report.as_uri())
    look(browser, 1200, scheme)
    assert axe(browser) == []


SECTIONS = """
const sections = [...document.querySelectorAll('main > section')], articles = [...document.querySelectorAll('article')];
const places = new Map([...sections, ...articles].map(e => [e, document.createComment('')]));
const batches = sections.filter(s => s.id !== 'claims').map(s => [s]);
for (let i = 0; i < articles.length; i += 6) batches.push(articles.slice(i, i + 6));
window.only = i => { // the skip link leads to the findings, which stay
  for (const [e, place] of places) if (place.isConnected) place.replaceWith(e);
  const wanted = [...batches[i], document.getElementById('findings')];
  for (const [e, place] of places) if (!wanted.some(one => e.contains(one))) e.replaceWith(place);
};
return batches.length;
"""


@pytest.mark.skipif("RIDGEPROOF_REPORT" not in os.environ, reason="takes minutes: RIDGEPROOF_REPORT=DIR/index.html")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_whole_report(open_browser: Any, axe: Any, scheme: str) -> None:
    """The rules of axe-core on a report that is there, section by section and six claims at a time."""
    with open_browser(Path(os.environ["RIDGEPROOF_REPORT"]).resolve()) as driver:
        driver.set_script_timeout(300)
        look(driver, 1200, scheme)
        for i in range(driver.execute_script(SECTIONS)):
            driver.execute_script("only(arguments[0])", i)
            assert axe(driver) == [], i


def test_the_filter_shows_what_fits(browser: Any, report: Path) -> None:
    """By word, verdict and paper, in the ledger, the sidebar and the claims; the address keeps it; links still lead."""
    browser.get(report.as_uri() + "#find?word=kappa&verdict=proved")
    look(browser, 1400)
    shown = "return [...document.querySelectorAll('%s')].filter(e => !e.hidden).map(e => e.id || e.textContent)"
    articles = browser.execute_script(shown % "article[id^=claim-]")
    rows = browser.execute_script(shown % "#ledger table:last-of-type tbody tr")
    entries = browser.execute_script(shown % "#contents li")
    assert 0 < len(articles) < len(all_claims())
    assert [a.removeprefix("claim-") for a in articles] == entries
    assert len(entries) <= len(rows)
    badges = browser.execute_script(
        "return [...document.querySelectorAll('article:not([hidden])')].every(a => a.dataset.verdict === 'proved'"
        " && a.textContent.toLowerCase().includes('kappa'))"
    )
    assert badges and f"{len(articles)} of {len(all_claims())}" in browser.find_element("id", "shown").text
    hidden = next(c.id for c in all_claims() if f"claim-{c.id}" not in articles)
    browser.execute_script(f"location.hash = 'claim-{hidden}'; dispatchEvent(new HashChangeEvent('hashchange'))")
    assert browser.execute_script(f"return !document.getElementById('claim-{hidden}').hidden")
    browser.execute_script("document.querySelector('[name=paper]').selectedIndex = 1;"
                           "document.getElementById('filter').dispatchEvent(new Event('input'))")  # fmt: skip
    assert "paper=" in browser.current_url
