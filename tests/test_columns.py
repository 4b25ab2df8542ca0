"""Columns are those that pyarrow would make, without what it loads for them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from folders import put

from agentdiff import columns
from agentdiff.columns import batch_of, column_of, numbers_in


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([3, -1 << 63, (1 << 63) - 1], pa.int64()),
        ([0.5, 1.0, -0.0], pa.float64()),
        ([True, False, True, True, False, False, True, False, True], pa.bool_()),
        (["", "a", "日本\n", "\0"], pa.string()),
        ([b"", b"\xff\0", b"abc"], pa.binary()),
        ([None, b"", None, b"x"] * 5, pa.binary()),
        (["a", None], pa.string()),
        (np.arange(5), pa.int64()),
        (np.arange(10)[::2], pa.int64()),
        (np.array([7, 1], np.uint32), pa.int64()),
        (np.array([True, False]), pa.bool_()),
        *(([], kind) for kind in (pa.int64(), pa.float64(), pa.bool_(), pa.string(), pa.binary())),
    ],
)
def test_columns_are_those_of_pyarrow(values: Sequence[Any], kind: pa.DataType) -> None:
    found = column_of(values, kind)
    found.validate(full=True)
    assert found.equals(pa.array(values, kind))


def test_a_text_that_is_none_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        column_of(["\ud800"], pa.string())


def test_too_much_for_a_column_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "MOST_BYTES", 5)
    assert column_of([b"abc", b"de"], pa.binary()).to_pylist() == [b"abc", b"de"]
    with pytest.raises(OverflowError, match="6 bytes do not fit"):
        column_of([b"abc", b"def"], pa.binary())


def test_columns_of_other_lengths_are_no_batch() -> None:
    schema = pa.schema([("a", pa.int64()), ("b", pa.string())])
    assert batch_of([[1, 2], ["x", "y"]], schema).to_pylist() == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
    with pytest.raises(ValueError, match="same length"):
        batch_of([[1, 2], ["x"]], schema)
    with pytest.raises(ValueError, match="zip"):
        batch_of([[1, 2]], schema)


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64(), pa.bool_()])
@pytest.mark.parametrize("part", [slice(None), slice(3, 7), slice(0, 0)])
def test_numbers_come_back(kind: pa.DataType, part: slice) -> None:
    values = column_of([0, 1, 1, 0, 0, 1, 0, 1, 1, 1], kind)
    found = numbers_in(values[part])
    assert found.tolist() == values.to_pylist()[part]
    assert found.dtype == {"int64": np.int64, "double": np.float64, "bool": np.bool_}[str(kind)]


_WITHOUT_PANDAS = """
import sys
from agentdiff.cli import main
sys.argv = ["agentdiff", "duplicates", "--roles", "--format", "json", *sys.argv[1:]]
try:
    main()
finally:
    sys.exit("pandas is loaded" if "pandas" in sys.modules else 0)
"""


@pytest.mark.parametrize("files", [0, 2, 500], ids="{} copies".format)
def test_duplicates_are_found_without_pandas(files: int, tmp_path: Path) -> None:
    """Loading it takes as long as a hundred files."""
    page = "---\nname: {}\ndescription: Prunes trees\n---\n\nPrune in March, never below the graft, never in frost.\n"
    put(tmp_path, {f"{number % 7}/agents/a{number}.md": page.format(number) for number in range(files)})
    command = [sys.executable, "-c", _WITHOUT_PANDAS, str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert '"agentdiff.clusters/1"' in ran.stdout
