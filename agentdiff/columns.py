"""Columns of Arrow tables from lists and numpy arrays, and back.

What pyarrow has for it looks for pandas first, and where that is installed loading it takes as long as a hundred files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

MOST_BYTES = (1 << 31) - 1
"""That the offsets of a column can tell."""


def column_of(values: Sequence[Any] | NDArray[Any], kind: pa.DataType) -> pa.Array:
    """Integers, floats, truth values, texts or bytes as a column; None, which numbers may not be, is null.

    Raises UnicodeEncodeError for a text that no UTF-8 can hold, OverflowError for more than MOST_BYTES of texts.
    """
    import numpy as np
    import pyarrow as pa

    if pa.types.is_boolean(kind):
        buffers = [None, pa.py_buffer(np.packbits(np.asarray(values, bool), bitorder="little"))]
    elif pa.types.is_string(kind) or pa.types.is_binary(kind):
        blobs = [each.encode() if isinstance(each, str) else each for each in values]
        is_known = [each is not None for each in blobs]
        ends = np.cumsum([0, *(len(each or b"") for each in blobs)])
        if ends[-1] > MOST_BYTES:
            raise OverflowError(f"{ends[-1]:,} bytes do not fit into one column")
        nulls = None if all(is_known) else pa.py_buffer(np.packbits(is_known, bitorder="little"))
        buffers = [nulls, pa.py_buffer(ends.astype("<i4")), pa.py_buffer(b"".join(each or b"" for each in blobs))]
    else:
        kept = np.ascontiguousarray(values, "<f8" if pa.types.is_floating(kind) else "<i8")
        buffers = [None, pa.py_buffer(kept)]
    return pa.Array.from_buffers(kind, len(values), buffers)


def batch_of(columns: Sequence[Sequence[Any] | NDArray[Any]], schema: pa.Schema) -> pa.RecordBatch:
    """Rows of the columns of a schema, in its order; see `column_of`."""
    import pyarrow as pa

    arrays = [column_of(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def numbers_in(column: pa.Array) -> NDArray[Any]:
    """The integers, floats or truth values of a column without nulls; not to be written to."""
    import numpy as np
    import pyarrow as pa

    if pa.types.is_boolean(column.type):
        return np.from_dlpack(column.cast(pa.uint8())).astype(bool)
    return np.from_dlpack(column)


def rows_in(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    """The rows of a batch, with their values in the order of the columns."""
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)
