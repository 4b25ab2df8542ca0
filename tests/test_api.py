"""The public names of the package."""

from __future__ import annotations

import subprocess
import sys
from types import FunctionType

import pytest

import agentdiff
from agentdiff import errors, model


def test_names_are_sorted_and_there() -> None:
    assert list(agentdiff.__all__) == sorted(agentdiff.__all__)
    assert all(getattr(agentdiff, name) is not None for name in agentdiff.__all__)
    assert set(agentdiff.__all__) <= set(dir(agentdiff))


@pytest.mark.parametrize("module", [errors, model])
def test_every_record_and_error_is_public(module: object) -> None:
    own = {name for name, value in vars(module).items() if getattr(value, "__module__", "") == vars(module)["__name__"]}
    assert own - {"STATEMENTS"} <= set(agentdiff.__all__)


def test_other_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'patch'"):
        getattr(agentdiff, "patch")  # noqa: B009
    with pytest.raises(ImportError):
        exec("from agentdiff import patch")


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


ORDERS = [
    "import agentdiff; print(type(agentdiff.diff).__name__)",
    "import agentdiff.diff; print(type(agentdiff.diff).__name__)",
    "from agentdiff.diff import diff; from agentdiff import diff as again; print(type(again).__name__)",
    "from agentdiff import merge, diff; import agentdiff.align; print(type(diff).__name__)",
    "import agentdiff.align; from agentdiff import align; print(type(align).__name__)",
    "from agentdiff import *; print(type(diff).__name__)",
]


@pytest.mark.parametrize("code", ORDERS)
def test_functions_win_over_modules_of_the_same_name(code: str) -> None:
    assert python(code) == FunctionType.__name__


HEAVY = ("yaml", "frontmatter", "deepdiff", "rapidfuzz", "pyromark", "jsonschema", "Stemmer")


@pytest.mark.parametrize("module", ["agentdiff", "agentdiff.cli"])
def test_starting_is_cheap(module: str) -> None:
    assert python(f"import {module}, sys; print([name for name in {HEAVY!r} if name in sys.modules])") == "[]"


def test_importing_the_package_loads_nothing_else() -> None:
    code = "import sys, agentdiff; print([name for name in sys.modules if name.startswith('agentdiff.')])"
    assert python(code) == "[]"
