"""The report as a document: it is whole, it asks the network for nothing, and it says what the ledger says."""

from __future__ import annotations

import dataclasses
import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ridgeproof.proofs_check.court.court import verify
from ridgeproof.proofs_check.court.ledger import Ledger
from ridgeproof.proofs_check.report import page, plots, write
from ridgeproof.proofs_check.report.graph import layers
from ridgeproof.proofs_check.verdicts import Evidence, Grade, Row
from ridgeproof.proofs_check.writing.html_prose import GLUE, prose
from ridgeproof.proofs_check.writing.mathml import mathml
from ridgeproof.proofs_check.writing.tex import low_brackets, tex
from ridgeproof.theorems.claim import Claim
from ridgeproof.theorems.registry import all_claims

pytest.importorskip("latex2mathml")
VOID = {"input", "meta", "link", "wbr"}
IDS = (
    "inverse-wishart",
    "kappa-fixed-point",
    "kappa-large-ridge",
    "bias-sum-at-saturation",
    "bias-sum-order-at-saturation",
)
GROWING = {
    "tests": [{
        "at": {"T": "72", "d": "24"}, "sizes": [24, 48], "relative_discrepancy": [-0.01, 0.002],
        "error_bars": [0.004, 0.003], "limit": 0.001, "standard_error": 0.004, "z": 0.25,
    }],
    "threshold_z": 4.6, "false_alarm": 4.4e-06, "would_have_seen": 0.026,
}  # fmt: skip
AUDIT = {"planted": 12, "caught": 9, "equivalent": 2, "escaped": ["a planted <fault>"], "by_proof": 5}


class Checker(HTMLParser):
    """Reads a page strictly: every element is closed in order, ids are unique, and what refers to outside is noted."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.loaded: list[str] = []
        self.headings: list[int] = []
        self.scripts = 0  # one, our own, inside the page
        self.feed(source)
        assert self.open == [] and self.scripts == 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in found:
            self.ids.append(str(found["id"]))
        if tag == "a":
            self.targets.append(str(found.get("href")))
        elif "href" in found:
            self.loaded.append(str(found["href"]))
        if tag == "script":
            self.scripts += 1
        if "src" in found or tag in ("iframe", "object", "embed"):
            self.loaded.append(f"{tag} {found.get('src')}")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag


@pytest.fixture(scope="module")
def claims() -> list[Claim]:
    """Five claims that are judged quickly and whose verdicts differ; two more whose rows are made by hand below."""
    known = {c.id: c for c in all_claims()}
    return [known[name] for name in (*IDS, "two-resolvents", "link")]


@pytest.fixture(scope="module")
def ledger(claims: list[Claim]) -> Ledger:
    """The five verdicts, and one row each of the grades that take long, with evidence of every form."""
    made = verify(claims[:5])
    rows = []
    for claim, grade, evidence in (
        (claims[5], Grade.ORDER_K, Evidence(Grade.ORDER_K, "every term up to 1/lambda^4", {"order": 4})),
        (claims[6], Grade.ENCLOSED, Evidence(Grade.ENCLOSED, "balls at 3 points", {"points": 3})),
    ):
        growing = Evidence(Grade.CONFRONTED, "the discrepancy to simulation is zero", GROWING)
        rows.append(Row(claim.id, claim.title, claim.source, str(claim.relation), grade, (evidence, growing), 1.0))
    return Ledger((*made.rows, *rows), "fast", made.seconds)


@pytest.fixture(scope="module")
def source(ledger: Ledger, claims: list[Claim]) -> str:
    """The page."""
    return page(ledger, claims, AUDIT, date="2000-01-01")


def test_page_is_well_formed_and_self_contained(source: str) -> None:
    """A page sent by mail works: nothing is loaded, every link inside leads somewhere, headings do not skip a level."""
    read = Checker(source)
    assert read.loaded == ["data:,"]
    assert "@import" not in source and "url(" not in source
    assert len(read.ids) == len(set(read.ids))
    inside = {target[1:] for target in read.targets if target.startswith("#")}
    assert inside <= set(read.ids)
    assert {t for t in read.targets if not t.startswith("#")} == {"https://arxiv.org/abs/2402.07712"}
    assert all(after <= before + 1 for before, after in zip(read.headings, read.headings[1:], strict=False))


def test_page_says_what_the_ledger_says(source: str, ledger: Ledger) -> None:
    """Every claim stands there once, with its own verdict, source and finding; findings come before the ledger."""
    for row in ledger.rows:
        (article,) = re.findall(rf'<article id="claim-{row.id}"[^>]*>.*?</article>', source, re.DOTALL)
        meta = re.search(r'class="meta">(.*?)</p>', article)
        assert meta and f"</span> {row.verdict}" in meta[1]
        assert "<math" in article
        assert ("<strong>Finding. </strong>" in article) == bool(row.finding)
        assert ("<summary>Certificate</summary>" in article) == bool(row.certificates)
    order = [
        source.index(f'id="{name}"')
        for name in ("findings", "ledger", "graph", "claims", "exponents", "audit", "reproduce")
    ]
    assert order == sorted(order)


def test_certificates_on_the_page_are_the_ledgers(source: str, ledger: Ledger) -> None:
    """What a reader copies from the page is the certificate that was checked, to the letter."""
    shown = re.findall(r'class="certificate">.*?<code>(.*?)</code>', source, re.DOTALL)
    assert [json.loads(html.unescape(code)) for code in shown] == [c for r in ledger.rows for c in r.certificates]


def test_every_grade_is_explained(source: str) -> None:
    """A grade without its meaning is a bare word: all six are in the key, used or not."""
    key = source[source.index("How to read a verdict") :]
    assert all(str(grade) in key[: key.index("</table>")] for grade in Grade)


def test_every_claim_has_a_page(tmp_path: Path) -> None:
    """All registered claims can be shown: every formula of statement and derivation becomes MathML."""
    rows = tuple(
        Row(c.id, c.title, c.source, str(c.relation), Grade.ASSUMED, (), 0.0, c.expected, c.finding)
        for c in all_claims()
    )
    file = write(Ledger(rows, "fast", 0.0), all_claims(), tmp_path)
    text = file.read_text(encoding="utf-8")
    Checker(text)
    assert text.count("<article") == len(all_claims())
    formulas = re.sub(r"<annotation.*?</annotation>", "", "".join(re.findall(r"<math.*?</math>", text, re.DOTALL)))
    assert "\\" not in re.sub(r"<[^>]*>", "", formulas), "a LaTeX command was not understood"


def test_page_escapes_what_authors_write(ledger: Ledger, claims: list[Claim]) -> None:
    """A title, a finding or an audit line is text: it cannot bring its own markup."""
    row = dataclasses.replace(
        ledger.rows[0], title="<script>1</script>", finding="<img src=x onerror=1>", source="a & b"
    )
    claim = dataclasses.replace(claims[0], title=row.title, finding=row.finding, source=row.source)
    text = page(Ledger((row,), "fast", 0.0), [claim], AUDIT)
    assert text.count("<script") == 1 and "<script>1" not in text and "<img" not in text and "<fault>" not in text
    Checker(text)


def test_prose_keeps_ids_and_sets_small_formulas() -> None:
    """A claim's id is not a formula although it begins with kappa; exponents with parentheses are kept whole."""
    assert prose("see kappa-min-norm", {"kappa-min-norm"}) == 'see <a href="#claim-kappa-min-norm">kappa-min-norm</a>'
    assert read(prose("T0 >= d + 2: enough")) == "[T 0 ≥ d + 2]: enough"
    assert read(prose("like k^-(1 + 2(r - 1))")) == "like [k − ( 1 + 2 ( r − 1 ) )]"
    assert read(prose("1 - E|w_m - w0|^2/|w0|_S^2 holds")).replace(" ", "") == "[1−𝔼‖wm−w0‖2/‖w0‖Σ2]holds"
    assert read(prose("ratio -> 2 +- 3e-06, |c| > 1")).replace(" ", "") == "ratio[→2±3·10−6],[|c|>1]"
    assert read(prose("a: dimension exponent")) == "[a]: dimension exponent"
    assert read(prose("SNR_0 = 10")) == "[SNR 0 = 10]"
    assert prose("1 & 2, arXiv 2402.07712") == "1 &amp; 2, arXiv 2402.07712"
    assert read(prose("rows iid N(0, S), T <= P4")) == "rows iid [N ( 0 , Σ )], [T ≤] P4"
    long = "kappa_0 + kappa_1 + kappa_2 + kappa_3 + kappa_4 >= T0 - d"
    assert read(prose(long)).count("][") == 6, "a long formula may break before each of its signs"
    assert read(prose("Lemma A.2 and Fig. 3(b): the sum over m")) == "Lemma A.2 and Fig. 3(b): the sum over [m]"
    assert read(prose("sigma02: of generators, sigma2 >= 0")) == "[σ 0 2]: of generators, [σ 2 ≥ 0]"
    assert read(prose("is sum_m Q_m, T_m = mT")) == "is [∑ m Q m], [T m = m T]"
    assert read(prose("off by 1e-12 - or less")) == "off by 1e-12 – or less"


def read(markup: str) -> str:
    """Markup without its elements; a formula in brackets, its parts apart."""
    formulas = re.sub(r"<math.*?</math>", lambda m: f"[{' '.join(re.findall('>([^<>]+)<', m[0]))}]", markup)
    return html.unescape(re.sub("<.*?>", "", formulas)).replace(GLUE, "")


def test_brackets_stretch_only_around_tall_things() -> None:
    """Brackets around a fraction stretch, others do not; none is lost."""
    assert low_brackets(r"\left(a + \left(b\right)\right)") == "(a + (b))"
    tall = r"\left(\frac{a}{b}\right)"
    assert low_brackets(tall) == tall


def test_formulas_carry_the_vocabularys_letters() -> None:
    """kappa, sums and traces are set as the paper writes them."""
    from ridgeproof.theorems.functions import E_test, df, trace
    from ridgeproof.theorems.vocabulary import S, kappa

    assert tex(df(2, kappa)) == r"\operatorname{df}_{2}(\kappa)"
    shown = mathml(tex(trace(S)))
    assert "<mi>tr</mi>" in shown and "Σ" in shown
    assert "<mi>test</mi>" in mathml(tex(E_test))


THIN = '<mspace width="0.17em" />'


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (r"\kappa \operatorname{df}_{1}(\kappa)", f"κ{THIN}df1(κ)"),
        (r"2\log T", f"2{THIN}log{THIN}T"),
        (r"\left(a\right)\operatorname{tr}\left(A\right)", f"(a){THIN}tr(A)"),
        (r"\operatorname{tr}\frac{a}{b}", f"tr{THIN}ab"),
        (r"a + \max(b, c)", "a+max(b,c)"),
        (r"\|w\|^{2}\operatorname{tr} A", f"‖w‖2{THIN}tr{THIN}A"),
        (r"\operatorname{tr}^{2} A", f"tr2{THIN}A"),
        (r"E_{\mathrm{test}} x", "Etestx"),
        (r"\Gamma(2r)\zeta(3)", "Γ(2r)ζ(3)"),
    ],
)
def test_names_have_texs_spaces(code: str, shown: str) -> None:
    """A thin space between a name and what is no bracket or sign, as in TeX's table of atoms, and nowhere else."""
    assert re.sub(r"<(?!mspace)[^>]*>", "", mathml(code)) == shown


def test_sums_have_their_limits_below_and_bars_no_spaces() -> None:
    """In a block the limits of a sum stand below it; differentials are upright; a bar or a slash has no spaces."""
    assert "<munder><mo>∑</mo>" in mathml(r"\sum_{m<n} X_m")
    assert '<mi mathvariant="normal">d</mi><mi>T</mi>' in mathml(r"\mathrm{d}T")
    assert mathml(r"\|w\|/|x|").count('lspace="0" rspace="0"') == 5


@pytest.mark.parametrize(
    ("tests", "marks", "bars"),
    [
        (GROWING["tests"], 3, 3),
        ([{"along": ["1e+04", "1e+06"], "ratio": [0.9, 1.1]}], 2, 0),
        ([{"formula": 2.0, "simulation": 1.9, "standard_error": 0.1}], 1, 1),
        (
            [{"relative_difference": 0.1, "standard_error": 0.1}, {"relative_difference": 0.2, "standard_error": 0.1}],
            2,
            2,
        ),
        ([{"formula": 0.5, "measured": 0.49, "tolerance": 0.02}], 1, 1),
    ],
)
def test_plot_draws_every_number(tests: list[dict], marks: int, bars: int) -> None:
    """One mark for each number, one bar for each error bar, all inside the frame."""
    drawn = plots.confrontation({"about": "the ratio tends to 1", "tests": tests})
    assert len(re.findall('class="mark ', drawn)) == marks
    assert len(re.findall('class="bar ', drawn)) == bars
    for x, y in re.findall(r'<circle cx="([^"]*)" cy="([^"]*)"', drawn):
        assert plots.LEFT <= float(x) <= plots.WIDTH - plots.RIGHT
        assert plots.TOP <= float(y) <= plots.HEIGHT - plots.BOTTOM


def test_error_bars_have_their_length() -> None:
    """A bar of one standard error is as long as the axis says: from 1 % to 3 % when the difference is 2 % +- 1 %."""
    drawn = plots.confrontation({"tests": [{"relative_difference": 0.02, "standard_error": 0.01}]})
    ticks = {float(label): float(y) - 4 for y, label in re.findall(r'y="([^"]*)" text-anchor="end">([^<]*)<', drawn)}
    low, high = min(ticks), max(ticks)
    scale = (ticks[high] - ticks[low]) / (high - low)
    top, bottom = (float(v) for v in re.search(r'y1="([^"]*)" y2="([^"]*)" class="bar', drawn).groups())
    assert abs(top - bottom) == pytest.approx(2 * abs(scale), abs=0.3)


def test_graph_puts_premises_to_the_left() -> None:
    """In the graph of claims everything stands to the right of all that it rests on."""
    rests_on = {"c": ("a", "b"), "d": ("c",), "b": ("a",)}
    level = {node: i for i, layer in enumerate(layers(rests_on)) for node in layer}
    assert all(level[node] > level[premise] for node, premises in rests_on.items() for premise in premises)
    assert sorted(level) == ["a", "b", "c", "d"]


def test_report_command(ridgeproof, tmp_path: Path) -> None:
    """`report` writes page, ledger and certificates, prints the page's path, and fails when a claim fails."""
    done = ridgeproof("report", "-o", "out", "inverse-wishart")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "out/index.html\n"
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "index.html",
        "ledger.json",
        "inverse-wishart.certificate.json",
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["report"], "-o"),
        (["report", "-o", "x", "no-such-claim"], "no claim has the id"),
        (["report", "-o", "x", "--audit", "a.json"], "a.json"),
        (["report", "-o", "x", "--audit", "b.json"], "planted"),
        (["report", "-o", "b.json", "inverse-wishart"], "b.json"),
    ],
)
def test_report_refuses_in_one_line(ridgeproof, tmp_path: Path, words: list[str], said: str) -> None:
    """Unusable input is status 2 and one line that names it."""
    (tmp_path / "b.json").write_text("[]", encoding="utf-8")
    done = ridgeproof(*words)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1 and said in done.stderr
