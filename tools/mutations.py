# ruff: noqa: E501
"""Hostile inputs: structured mutations of the example files and of the words of every command, drawn from a seed."""

from __future__ import annotations

import argparse
import random
import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
TRAPS = ("numpy", "scipy", "sympy", "pickle", "tomllib", "sitecustomize", "ridgeproof")
EXECUTED = "executed"  # the file that a trap leaves
VALUES = (
    "0", "-1", "1", "2", "1e10000", "-1e10000", "1e-9999", "1e15", "1e308", "1e-320", "999999999999999999999", "nan",
    "inf", "-inf", '"nan"', '"1/0"', '"1/3"', '"1e99999"', "true", "[]", "[[1]]", "[1, [2, [3]]]", "{}", '""', '"x"',
    '"\\u0000"', '"\\u001b[31m"', '"\\u202e"', '"٣"', '"１２"', '"²"', "0x7fffffffffffffff", "1979-05-27", "12:30:00",
    '"../../etc/passwd"', '"/dev/zero"', '"' + "9" * 3999 + '"', "1" + "0" * 400, '"1e400"', '"0.1"', "1.5", "1_000", "20",
    '"inf"', "100000", "1000000", "1e-300", '"$\\\\input{x}$"', '"x" * 9', '"power-law"', '"isotropic"', '"explicit"',
    '"source"', '"coefficients"', '"gradient-flow"', '"gradient-descent"', '"true"', '"previous"', "[1, 2, 3]", '["1/2", 0]', '"v.csv"', '"v.npy"', '"p.toml"',
)  # fmt: skip
KEYS = (
    "kind", "values", "x", "repeat", "file", "labels", "filter", "rate", "scheme", "samples", "ridge", "noise", "beta", "r",
    "dim", "norm2", "time", "steps", "features", "true_share", "same_design", "weight", "sources", "from", "name", "title",
    "source", "default", "domain", "range", "terms", "definitions", "subsample", "generations", "mixture", "schedule", "xi",
)  # fmt: skip
WORDS = (
    "", "0", "1", "-1", "1e10000", "nan", "inf", "1/2", "1/0", "0:1:1/4", "0:1", "a=1", "=", "beta=3/2", "x" * 5000, "\x1b[2J",
    "\u202e", "\udcff", "٣", "１２", "..", "/proc", "/dev/null", "nowhere/x", "x.svg", "x.tex", "x.csv", "out", "downstream.ridge=1e-9999",
    "generators.samples=1", "spectrum.dim=inf", "spectrum.dim=100000", "generators.0.repeat=1000000", "10", "1000",
    "json", "latex", "b", "g", "bias", "2,3,,", "9" * 30, "p.toml", "law.toml", "t.csv", "\n", "*", "$(true)", "c.py", "a.json",
    "s.db", "q.toml", "q.md", "beta=2,r=1/2", "downstream.ridge", "downstream.ridge=1/10:10", "generators.samples=10:100",
    "downstream.ridge=1,2,4", "downstream.noise=0", "kappa", "4.6", "Theorem", "2402.07712", "T > d", "lambda > 0; T >= d + 2",
    "isotropic", "b=0:2", "alpha=1,2", "1/4:4", "fixed", "falling", "ridge", "python", "sympy", "y", "c0", "0.1", "3", "file://x", "v.csv", "./p.toml",
)  # fmt: skip
PUT = "\x00\x1b\u202e\"'[]{}=.,#\\9eE-+/*()<>"


@cache
def options_of(command: str) -> tuple[tuple[str, tuple[str, ...] | None], ...]:
    """The options of a command, from its own parser: a name, and the words it takes (None: no word; empty: any)."""
    from ridgeproof.proofs_check.cli import parser

    (commands,) = (a for a in parser.build()._actions if isinstance(a, argparse._SubParsersAction))
    found: list[tuple[str, tuple[str, ...] | None]] = []
    for action in commands.choices[command]._actions:
        words = tuple(map(str, action.choices)) if action.choices else None if action.nargs == 0 else ()
        found += [(name, words) for name in action.option_strings if name != "--scheduler" or words]
    return tuple(found)


#: Options that name what a run writes; every other option that takes a file or a folder names what it reads.
OUTPUTS = ("-o", "--output", "--picture", "--certificates", "--store")
READ = ("--setting", "--law", "--audit")


@cache
def outputs_of(command: str) -> tuple[str, ...]:
    """The options of a command that name what it writes."""
    return tuple(name for name, _ in options_of(command) if name in OUTPUTS)


def only_written(words: list[str], name: str) -> bool:
    """Whether a file is named by output options alone: the user asked to write it, and it is no input of this run."""
    outputs = outputs_of(words[0]) if words and words[0] in COMMANDS else ()
    asked, previous = False, ""
    for word in words:
        option, _, value = word.partition("=")
        if option not in outputs:
            short = word[:2] in outputs and not word.startswith("--")
            option, value = (word[:2], word[2:]) if short and len(word) > 2 else (previous, word)
        if name in word and not (option in outputs and value.removeprefix("./") == name):
            return False
        asked = asked or name in word
        previous = word if word in outputs else ""
    return asked


@cache
def all_options() -> tuple[str, ...]:
    """Every option of every command."""
    return tuple(sorted({name for command in COMMANDS for name, _ in options_of(command)}))


@cache
def claim_ids() -> tuple[str, ...]:
    """The ids of all claims."""
    from ridgeproof.theorems.registry import all_claims

    return tuple(claim.id for claim in all_claims())


def mutated(draw: random.Random, text: str) -> str:
    """A text of lines with a few of them changed: values, keys, order, bytes; now and then something large."""
    lines = text.splitlines()
    for _ in range(draw.choice((0, 1, 1, 1, 2, 3))):
        at = draw.randrange(len(lines))
        key, equals, _ = lines[at].partition("=")
        kind = draw.randrange(13)
        if kind < 6 and equals:
            lines[at] = f"{key}= {draw.choice(VALUES)}"
        elif kind == 6:
            del lines[at]
            lines = lines or [""]
        elif kind == 7:
            lines.insert(at, draw.choice(lines))
        elif kind == 8:
            lines[at] = f"{draw.choice(KEYS)} = {draw.choice(VALUES)}"
        elif kind == 9:
            lines.insert(at, f"{draw.choice(KEYS)} = {draw.choice(VALUES)}")
        elif kind == 10:
            place = draw.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:place] + draw.choice(PUT) + lines[at][place:]
        elif kind == 11:
            lines[at] = draw.choice(
                ("[" * 2000, "a." * 3000 + "b = 1", "x = " + "9" * 6000, "x = '" + "(" * 3000 + "'")
            )
        else:
            lines[at] = "[" + draw.choice(("spectrum", "target", "[generators]", "downstream", "terms", "x")) + "]"
    return "\n".join(lines) + "\n"


CELLS = (
    "1", "2.5", "-3", "", "nan", "inf", "1e400", "x", '"', '"a,b"', "٣", "0x1", "1_0", "\x00", "\x1b[1m", "é", "9" * 400,
    "1e-320", "-0", "True", "1;2", "\t", "1 2", "2020-01-01", "\ufeff1", "1,5", "#",
)  # fmt: skip


def table(draw: random.Random) -> bytes:
    """A CSV table with something wrong in it, more often than not."""
    columns = draw.choice((1, 2, 3, 3, 5))
    rows = [[f"c{i}" if draw.random() < 0.9 else draw.choice(CELLS) for i in range(columns)]]
    good, constant = draw.random() < 0.6, draw.random() < 0.1
    for _ in range(draw.choice((0, 1, 2, 30, 60, 60))):
        row = [
            ("7" if constant else f"{draw.gauss(0, 1):.4f}") if good or draw.random() < 0.97 else draw.choice(CELLS)
            for _ in range(columns)
        ]
        rows.append(row[: draw.choice((columns, columns, columns, columns - 1)) if not good else columns])
    text = draw.choice(("\n", "\n", "\r\n")).join(map(draw.choice((",", ",", ",", ";", "\t")).join, rows))
    return text.encode("utf-8", "replace") + draw.choice((b"", b"\n", b"\xff", b"\x00" * 9))


def some_words(draw: random.Random, words: list[str]) -> list[str]:
    """The words of a command with a few put in, left out or exchanged."""
    words = list(words)
    for _ in range(draw.choice((0, 0, 0, 1, 1, 2))):
        kind = draw.randrange(8)
        own = options_of(words[0]) if words and words[0] in COMMANDS else ()
        if kind < 4 and own:
            name, takes = draw.choice(own)
            words += [name] if takes is None else [name, draw.choice(takes if takes and draw.random() < 0.8 else WORDS)]
        elif kind == 4 and len(words) > 1:
            del words[draw.randrange(1, len(words))]
        elif kind == 5:
            words += [draw.choice(all_options()), draw.choice(WORDS)]
        elif kind == 6:
            words.append(draw.choice(all_options()))
        elif words:
            words[draw.randrange(1, len(words)) if len(words) > 1 else 0] = draw.choice(WORDS)
    return [word.replace("\x00", "0") for word in words]


def scenario(draw: random.Random, folder: Path) -> None:
    """A mutated scenario, p.toml; a store, s.db, that may be none."""
    text = draw.choice(sorted(EXAMPLES.glob("*.toml"))).read_text("utf-8")
    (folder / "p.toml").write_bytes(mutated(draw, text).encode("utf-8", "surrogatepass"))
    (folder / "v.csv").write_text("\n".join(draw.choice(("1", "1/2", "1/3", "0", "x", "1e400")) for _ in range(3)))
    (folder / "v.npy").write_bytes(
        b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }"
        + b" " * 60
        + b"\n"
        + bytes(24)
    )
    kind = draw.randrange(4)
    if kind == 0:
        (folder / "s.db").write_bytes(draw.choice((b"", b"SQLite format 3\x00", b"x")) + draw.randbytes(300))
    elif kind == 1:
        with sqlite3.connect(folder / "s.db") as store:
            store.execute(
                draw.choice(("CREATE TABLE replicate (x)", "CREATE TABLE run (key TEXT)", "CREATE TABLE t (x)"))
            )


def law(draw: random.Random, folder: Path) -> None:
    """A mutated law, law.toml."""
    text = draw.choice(sorted((EXAMPLES / "laws").glob("*.toml"))).read_text("utf-8")
    (folder / "law.toml").write_bytes(mutated(draw, text).encode("utf-8", "surrogatepass"))


def data(draw: random.Random, folder: Path) -> None:
    """A table, t.csv, or bytes that call themselves another kind of table."""
    (folder / "t.csv").write_bytes(table(draw))
    for name in ("t.npy", "t.npz", "t.parquet"):
        (folder / name).write_bytes(
            draw.choice((b"\x93NUMPY\x01\x00", b"PK\x03\x04", b"PAR1", b"")) + draw.randbytes(200)
        )
    if draw.random() < 0.5:
        import numpy as np

        shape = draw.choice(((5,), (0, 3), (40, 3), (3, 2, 2), (40, 0), ()))
        kind = draw.choice(
            ("float64", "float32", "int8", "complex128", "U3", "S2", "bool", "datetime64[D]", "longdouble")
        )
        whole = np.asarray([draw.gauss(0, 9) for _ in range(int(np.prod(shape)))]).reshape(shape)
        with np.errstate(all="ignore"):
            array = whole.astype("int64").astype(kind) if kind.startswith("datetime") else whole.astype(kind)
        content = (folder / "t.npy", folder / "t.npz")
        np.save(content[0], array)
        np.savez(content[1], **{draw.choice(("X", "y", "a", "\u202e")): array, "y": array[:1] if array.ndim else array})
        if draw.random() < 0.3:
            for file in content:
                raw = bytearray(file.read_bytes())
                for _ in range(draw.choice((1, 3))):
                    raw[draw.randrange(len(raw))] = draw.randrange(256)
                file.write_bytes(raw)


def claims(draw: random.Random, folder: Path) -> None:
    """A file of claims with fields of the wrong kind."""
    values = (
        "None", "1", "[]", "'\\ud800'", "'\\x1b[31m'", "'a'*9999", "lambda: 1/0", "lambda: sys.exit(3)", "()", "object()", "T",
        "Piecewise((T, T > 1), (1, True))", "nested", "{}", "float('nan')", "(T,)", "Equation(T, T)", "b'x'", "'auto'",
        "(Equation(nested, T),)", "(Equation(Piecewise((T, T > 1), (1, True)), T),)", "lambda: None", "lambda: (1,)",
        "lambda: os._exit(0)", "lambda: loop()", "(Equation(T**(10**7), Integer(10)**10**6),)", "lambda: [0] * 10**12",
    )  # fmt: skip
    fields = {
        "title": "'t'", "source": "'s'", "relation": "Relation.EQUALITY", "statement": "(Equation(T, T),)",
        "hypotheses": "()", "derive": "tuple", "finding": "''", "where": "()", "setting": "None",
    }  # fmt: skip
    for name in draw.sample(sorted(fields), draw.choice((0, 1, 1, 2))):
        fields[name] = draw.choice(values)
    listed = ", ".join(f"{name}={value}" for name, value in fields.items())
    (folder / "c.py").write_text(
        "import os, sys\nfrom sympy import *\nfrom ridgeproof.theorems.claim import *\n"
        "from ridgeproof.theorems.vocabulary import *\nnested = T\ndef loop():\n  while True: pass\n"
        f"for _ in range({draw.choice((3, 30, 300, 3000))}): nested = {draw.choice(('(nested + 1)**2', 'Function(chr(102))(nested)', '1/(1 + nested)'))}\n"
        f"c = Claim('mine', {listed})\n",
    )


FORMULAS = (
    "E_test = sigma2*d/(T - d - 1)", "E_test ~= (kappa^2*norm2 + sigma2*phi)/((1 + kappa)^2 - phi)", "T = T",
    r"E_{test} = \sigma^2 \frac{d}{T-d-1}", "kappa <= lambda + d/T", "sqrt(T^2) = T", "E[tr(X'X)] = T*d",
    "rate = 1/2", "x*y <= (x^2 + y^2)/2", "df2 <= df1", r"\kappa = \lambda + \kappa df1/T",
)  # fmt: skip
TAMPER = ("(", ")", "^", "^9999", "**T", "/0", "1e400", "٣", "\\input{x}", "{", "=", "", "((((" * 200, "x", "!", "|", "inf",
          "E[", "tr(", "sqrt(", "log(", "Gamma(", "zeta(", "_0", "'", "\\frac", "<=", "~=", "1/0", "-", "9" * 5000, "i", "e")  # fmt: skip


def tampered(draw: random.Random) -> str:
    """A formula with characters put in and left out."""
    text = draw.choice(FORMULAS)
    for _ in range(draw.choice((0, 1, 1, 2))):
        place = draw.randrange(len(text) + 1)
        text = text[:place] + draw.choice(TAMPER) + text[place + draw.choice((0, 1, 3)) :]
    return text


def question(draw: random.Random, folder: Path) -> None:
    """A scenario, a law, and files of formulas, q.toml and q.md."""
    scenario(draw, folder)
    law(draw, folder)
    entries = "".join(
        f"[[claim]]\nid = 'q{i}'\nformula = '''{tampered(draw)}'''\nwhere = ['T >= d + 2']\n" for i in range(2)
    )
    (folder / "q.toml").write_bytes(mutated(draw, entries).encode("utf-8", "surrogatepass"))
    text = f"# Claims\n\n## q\n\n- where: T >= d + 2\n\n$$ {tampered(draw)} $$\n\n```toml\nformula = 'T = T'\n```\n"
    (folder / "q.md").write_bytes(mutated(draw, text).encode("utf-8", "surrogatepass"))


def audit(draw: random.Random, folder: Path) -> None:
    """A file of claims and the figures of an audit, a.json, with something wrong in them."""
    claims(draw, folder)
    good = '{"planted": 3, "caught": 2, "equivalent": 1, "escaped": [], "operators": {}, "claims": []}'
    values = ("[[1]]", "null", "-1", "1e400", '"x"', "9" * 5000, "{}", '[{"claim": "\\ud800"}]', "[" * 3000)
    for word in draw.sample(("3", "2", "1", "[]", "{}"), draw.choice((0, 1, 2))):
        good = good.replace(word, draw.choice(values), 1)
    (folder / "a.json").write_text(good)


Forms = list[list[str]]
#: What is put into the folder of a run, and the words that are then mutated: FORMULA and ID stand for drawn ones.
COMMANDS: dict[str, tuple[Callable[[random.Random, Path], None] | None, Forms]] = {
    "list": (None, [["list"], ["list", "kappa"], ["list", "--search", "4.6"], ["list", "--json"], ["list", "--ids"]]),
    "show": (None, [["show", "ID"], ["show", "kappa-order", "--constants", "beta=2"], ["show", "ID", "--format", "python"],
                    ["show", "ID", "--format", "mathml"], ["show", "ID", "--format", "json"]]),
    "predict": (scenario, [["predict", "p.toml"], ["predict", "p.toml", "--digits", "20"], ["predict", "p.toml", "--exact"],
                           ["predict", "p.toml", "--format", "csv"], ["predict", "p.toml", "--over", "downstream.ridge"]]),
    "simulate": (scenario, [["simulate", "p.toml", "--replicates", "2", "--workers", "1"],
                            ["simulate", "p.toml", "--replicates", "3", "--store", "s.db"],
                            ["simulate", "p.toml", "--replicates", "2", "--method", "averaged", "--json"],
                            ["simulate", "p.toml", "--replicates", "2", "--set", "downstream.ridge=1,2", "-o", "x.csv"]]),
    "optimal-ridge": (scenario, [["optimal-ridge", "p.toml"], ["optimal-ridge", "p.toml", "--digits", "20"],
                                 ["optimal-ridge", "p.toml", "--scaling-table"]]),
    "exponents": (law, [["exponents", "--law", "law.toml"], ["exponents", "--law", "law.toml", "--symbolic"], ["exponents"],
                        ["exponents", "--beta", "3/2", "--r", "1/2", "--b", "0:2:1/4"], ["exponents", "--thresholds"],
                        ["exponents", "--filter", "gradient-flow", "--certificates", "x"]]),
    "phase-diagram": (
        law,
        [["phase-diagram", "--x", "b", "--y", "g"], ["phase-diagram", "--x", "b", "--y", "g", "--heat-map", "--steps", "9"],
         ["phase-diagram", "--law", "law.toml", "--x", "alpha", "--y", "r", "--x-range", "1:3", "--y-range", "0:1"]],
    ),
    "data": (data, [*(["data", name] for name in ("t.csv", "t.csv", "t.csv", "t.npy", "t.npz", "t.parquet")),
                    ["data", "t.csv", "-o", "x.toml"], ["data", "t.csv", "--recommend"], ["data", "t.csv", "--measure", "2"],
                    ["data", "t.csv", "--kernel", "rbf"], ["data", "t.npy", "--target", "0", "--picture", "x.svg"]]),
    "latex": (claims, [["latex", "ID", "--fragment"], ["latex", "ID", "--fragment", "-o", "x.tex"], ["latex", "c.py"],
                       ["latex", "c.py", "-o", "x.tex"], ["latex", "c.py", "--fragment", "--verdicts"]]),
    "optimal": (scenario, [["optimal", "p.toml", "--over", "downstream.ridge"],
                           ["optimal", "p.toml", "--over", "downstream.samples=10:100"], ["optimal", "p.toml", "--doubling"],
                           ["optimal", "p.toml", "--true-rows", "0.1"], ["optimal", "p.toml", "--early-stopping"]]),
    "check": (question, [["check", "FORMULA"], ["check", "FORMULA", "--where", "T >= d + 2"], ["check", "q.toml"],
                         ["check", "FORMULA", "--setting", "p.toml"], ["check", "q.md"],
                         ["check", "FORMULA", "--law", "law.toml"]]),
    "explore": (scenario, [["explore", "-o", "x.html"], ["explore"], ["explore", "p.toml", "-o", "x.html"], ["explore", "p.toml"]]),
    "examples": (None, [["examples", "out"]]),
    "completion": (None, [["completion", "bash"], ["completion", "zsh"], ["completion", "fish"]]),
    "verify": (claims, [["verify", "c.py"], ["verify", "c.py", "-o", "out"], ["verify", "c.py", "--json", "--fresh"]]),
    "report": (audit, [["report", "c.py", "-o", "out"], ["report", "c.py", "-o", "out", "--audit", "a.json"]]),
    "audit": (claims, [["audit", "least-squares-limit"], *([["audit", "nowhere"], ["audit", "c.py"], ["audit", "ID", "nowhere"]] * 5)]),
}  # fmt: skip


#: Asked for nothing, or for --all, these judge every claim: hours of work that can be resumed, and no hostile input.
ENDLESS = ("verify", "report", "audit", "latex")


def prepared(command: str, draw: random.Random, folder: Path) -> list[str]:
    """Fill a folder, and return the words of one run in it."""
    prepare, forms = COMMANDS[command]
    for name in TRAPS:
        (folder / f"{name}.py").write_text(f"open({str(folder / EXECUTED)!r}, 'w')\n")
    if prepare is not None:
        prepare(draw, folder)
    words = [
        tampered(draw) if word == "FORMULA" else draw.choice(claim_ids()) if word == "ID" else word
        for word in draw.choice(forms)
    ]
    words = some_words(draw, words)
    if command not in ENDLESS:
        return words
    words = [word for word in words if word not in ("--all", "--paper")]
    return words if any(word.endswith(".py") or word in claim_ids() for word in words[1:]) else [*words, "nowhere"]
