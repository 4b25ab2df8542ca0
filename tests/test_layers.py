"""Imports run one way, and each door to the outside has one keeper."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "agentdiff"

# fmt: off
LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors",),
    ("model",),
    ("ledger", "explain", "clusters"),
    ("text",),
    ("ignoring",),
    ("marks",),
    ("files",),
    ("git",),
    ("capabilities", "models"),
    ("effects",),
    ("formats.diagnostics",),
    ("formats.base",),
    ("formats.dialects",),
    ("formats.dialects._shared",),
    ("formats.dialects.claude", "formats.dialects.gemini"),
    ("formats.dialects.*",),
    ("formats.registry",),
    ("formats._tree",),
    ("formats._json", "formats._toml_places", "formats._yaml"),
    ("formats._toml", "formats._yaml_tree"),
    ("formats._frontmatter",),
    ("formats._markdown", "formats._data"),
    ("formats.detection", "formats.naming"),
    ("formats.oddities",),
    ("formats.reading",),
    ("formats.rendering",),
    ("formats.editing", "formats.beside"),
    ("formats",),
    ("recognising",),
    ("walking",),
    ("gathering",),
    ("annotating",),
    ("limits", "activation", "decisions"),
    ("access",),
    ("granting", "carrying"),
    ("convert",),
    ("normalise", "language"),
    ("weights", "vocabulary"),
    ("columns",),
    ("semantic", "roles", "fingerprint"),
    ("comparing", "scanning"),
    ("engines.base",),
    ("engines.workers",),
    ("engines.embedded", "engines.spark"),
    ("engines", "tables"),
    ("counterparts",),
    ("clustering",),
    ("duplicates", "baseline", "index_file", "index_bodies"),
    ("index",),
    ("index_build",),
    ("similarity",),
    ("contradiction", "pairing", "candidates", "literal", "saying", "offices"),
    ("clauses", "containment", "inner_lists", "looking"),
    ("scoring",),
    ("reasons",),
    ("align",),
    ("blame", "consensus", "wording"),
    ("plan",),
    ("ordering", "passages"),
    ("headings", "hosts", "numbering"),
    ("announcing",),
    ("arranging",),
    ("outline",),
    ("field_options", "description_pieces"),
    ("merge_tools", "merge_description"),
    ("writing", "questions", "merge_fields"),
    ("account",),
    ("checking", "superset"),
    ("diff_fields",),
    ("diff",),
    ("canonical", "evidence"),
    ("covering",),
    ("consolidate",),
    ("item_evidence", "section_evidence"),
    ("explaining",),
    ("",),
    ("report",),
    ("report.lines",),
    ("report.stream", "report.words", "report.phrases", "report.progress"),
    ("report.grouping",),
    ("report.show_text", "report.diff_text", "report.merge_text", "report.json_report"),
    ("report.convert_text", "report.formats_text", "report.blame_text", "report.blame_json"),
    ("report.duplicates_text", "report.duplicates_json", "report.index_text", "report.index_json"),
    ("report.consolidate_text", "report.consolidate_json"),
    ("report.stat_text", "report.schema", "report.explain_text"),
    ("targets", "asking", "unread"),
    ("cli_merge", "cli_duplicates", "cli_consolidate", "cli_index"),
    ("cli",),
    ("__main__",),
)
# fmt: on
"""The modules, each with its peers: a module may import those of the rows above it. `""` is the package itself."""

KEEPERS = {
    "click": {"cli"},
    "deepdiff": {"diff_fields"},
    "frontmatter": {"formats._yaml"},
    "yaml": {"formats._yaml"},
    "pyromark": {"formats._markdown"},
    "rapidfuzz": {"similarity"},
    "Stemmer": {"vocabulary"},
    "sentence_transformers": {"semantic"},
    "transformers": {"semantic"},
    "torch": set(),
    "duckdb": {"engines.embedded"},
    "pyspark": {"engines.spark"},
    "sqlite3": {"index", "index_build", "index_file"},
    "subprocess": {"git"},
    "random": set(),
    "secrets": set(),
    "time": set(),
    "datetime": set(),
}
"""Who may import what; nothing may depend on chance or the clock."""

DOORS = {
    "open": {"files"},
    "io.open": {"files"},
    "os.fdopen": {"files"},
    "os.open": {"files", "report.stream"},  # the stream, for the null device behind a closed pipe
    ".open": {"files"},
    ".read_text": {"files"},
    ".read_bytes": {"files"},
    ".write_text": {"files"},
    ".write_bytes": {"files"},
    ".write": {"files", "git", "report.stream"},  # to git, what it is asked
    ".writelines": {"files", "report.stream"},
    "print": {"cli"},
    "exit": set(),
    "sys.exit": {"cli", "__main__"},
    "os._exit": set(),
}
"""Who may call what. A name with a dot before it is a method of anything."""


def module_name(path: Path) -> str:
    """`formats._yaml` for agentdiff/formats/_yaml.py, `formats` for agentdiff/formats/__init__.py."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
RANKS = {name: rank for rank, row in enumerate(LAYERS) for name in row if not name.endswith("*")}
RANKS |= {
    name: rank
    for rank, row in enumerate(LAYERS)
    for pattern in row
    for name in MODULES
    if fnmatchcase(name, pattern) and name not in RANKS
}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def imported(tree: ast.AST, importer: str) -> Iterator[str]:
    """Full names of what a module imports, anywhere in it; relative imports are resolved from `importer`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, importer)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if _own(inner) in MODULES else base


def _absolute(node: ast.ImportFrom, importer: str) -> str:
    if not node.level:
        return node.module or ""
    parts = ["agentdiff", *(part for part in importer.split(".") if part)]
    is_package = importer in MODULES and MODULES[importer].name == "__init__.py"
    kept = parts[: len(parts) - node.level + is_package]
    return ".".join([*kept, *([node.module] if node.module else [])])


def _own(name: str) -> str | None:
    """Name inside the package, None for what is not ours."""
    if name == "agentdiff":
        return ""
    return name.removeprefix("agentdiff.") if name.startswith("agentdiff.") else None


def uphill(tree: ast.AST, importer: str) -> list[str]:
    """Imports that run against the order of LAYERS."""
    rank = RANKS[importer]
    own = sorted({name for name in map(_own, imported(tree, importer)) if name is not None})
    return [name for name in own if RANKS.get(name, rank) >= rank]


def strangers(tree: ast.AST, importer: str) -> list[str]:
    """Libraries that this module may not import."""
    tops = sorted({name.split(".")[0] for name in imported(tree, importer)})
    return [top for top in tops if importer not in KEEPERS.get(top, {importer})]


def trespasses(tree: ast.AST, caller: str) -> list[str]:
    """Calls that this module may not make. Data that belongs to the package may be read by all."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            rule = called if called in DOORS else f".{called.rpartition('.')[2]}" if "." in called else ""
            if caller not in DOORS.get(rule, {caller}) and not called.startswith("resources.files("):
                found.append(f"line {node.lineno}: {called}")
    return found


@pytest.mark.parametrize("name", MODULES)
def test_every_module_has_a_place(name: str) -> None:
    assert name in RANKS, (
        f"agentdiff.{name} is in no row of LAYERS in {Path(__file__).name}: "
        "add it below the modules that it imports and above those that import it"
    )


@pytest.mark.parametrize("name", RANKS)
def test_every_place_has_a_module(name: str) -> None:
    assert name in MODULES, f"agentdiff.{name} is gone: take it out of LAYERS in {Path(__file__).name}"


@pytest.mark.parametrize("name", sorted(MODULES.keys() & RANKS.keys()))
def test_imports_run_one_way(name: str) -> None:
    assert uphill(TREES[name], name) == []


@pytest.mark.parametrize("name", MODULES)
def test_libraries_stay_with_their_keepers(name: str) -> None:
    assert strangers(TREES[name], name) == []


@pytest.mark.parametrize("name", MODULES)
def test_doors_stay_with_their_keepers(name: str) -> None:
    assert trespasses(TREES[name], name) == []


@pytest.mark.parametrize(
    ("importer", "source", "found"),
    [
        ("text", "from agentdiff.cli import main", ["cli"]),
        ("text", "def f():\n    import agentdiff.align", ["align"]),
        ("text", "from agentdiff import diff, __version__", ["", "diff"]),
        ("formats.dialects._shared", "from . import claude", ["formats.dialects.claude"]),
        ("formats", "from .. import cli", ["cli"]),
        ("text", "from agentdiff.text import plain", ["text"]),
        ("align", "from agentdiff.text import plain", []),
        ("formats.dialects.cursor", "from ..base import Format", []),
        ("formats", "from . import _yaml", []),
        ("text", "import re, os.path", []),
    ],
)
def test_the_order_is_seen(importer: str, source: str, found: list[str]) -> None:
    assert uphill(ast.parse(source), importer) == found


@pytest.mark.parametrize(
    ("importer", "source", "found"),
    [
        ("align", "import click", ["click"]),
        ("align", "def f():\n    from rapidfuzz import fuzz", ["rapidfuzz"]),
        ("cli", "from datetime import date", ["datetime"]),
        ("cli", "import click, json", []),
        ("similarity", "from rapidfuzz import fuzz", []),
    ],
)
def test_strangers_are_seen(importer: str, source: str, found: list[str]) -> None:
    assert strangers(ast.parse(source), importer) == found


@pytest.mark.parametrize(
    ("caller", "source", "found"),
    [
        ("align", "open('a')", ["line 1: open"]),
        ("align", "\nPath('a').read_text()", ["line 2: Path('a').read_text"]),
        ("align", "sys.stdout.write('a')", ["line 1: sys.stdout.write"]),
        ("align", "sys.exit(1)", ["line 1: sys.exit"]),
        ("diff", "print(1)", ["line 1: print"]),
        ("similarity", "resources.files('agentdiff').joinpath('a').read_text()", []),
        ("files", "open('a')", []),
        ("cli", "sys.exit(1)", []),
        ("align", "opened(a.reader())", []),
    ],
)
def test_trespasses_are_seen(caller: str, source: str, found: list[str]) -> None:
    assert trespasses(ast.parse(source), caller) == found
