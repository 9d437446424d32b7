"""Tables in Parquet: courses, where follicles stand, and every hair, written as it comes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from anagen.errors import InputError
from anagen.follicle import Field, HairTable, Simulation
from anagen.report.course_table import columns

if TYPE_CHECKING:
    import pyarrow

COMPRESSION = "zstd"
_MARK = {b"written_by": b"anagen"}
FIELD_TYPES = {
    "arm": "string", "follicle": "int64", "x_mm": "float32", "y_mm": "float32", "unit": "int64",
}  # fmt: skip
HAIR_TYPES = {
    "arm": "string", "follicle": "int64", "hair": "int32", "size": "int8", "driven": "bool",
    "diameter_um": "float32", "growth_mm_per_day": "float32", "begun_day": "float64",
    "grown_day": "float64", "shed_day": "float64",
}  # fmt: skip


def _arrow() -> Any:
    """Return pyarrow, which is loaded only where Parquet is written."""
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError as error:
        raise InputError(
            "Parquet needs the package pyarrow; install it, or write --format csv"
        ) from error
    return pa


def _schema(types: Mapping[str, str], about: Mapping[str, str]) -> "pyarrow.Schema":
    pa = _arrow()
    kinds = [
        pa.field(name, getattr(pa, f"{kind}_" if kind == "bool" else kind)())
        for name, kind in types.items()
    ]
    told = {key.encode(): value.encode() for key, value in about.items()}
    return pa.schema(kinds, metadata={**_MARK, **told})


def write_courses(simulation: Simulation, path: Path) -> None:
    """Write the courses of a simulation as one table."""
    pa = _arrow()
    whole = columns(simulation)
    texts = ("arm", "measure")
    types = {name: "string" if name in texts else "float64" for name in whole}
    table = pa.table(whole, schema=_schema(types, {"engine": simulation.engine}))
    pa.parquet.write_table(table, path, compression=COMPRESSION)


class FollicleFiles:
    """Two files that grow while follicles live: where they stand, and their hairs.

    A chunk becomes a row group at once, so that memory does not grow with the number of hairs.
    """

    def __init__(self, fields: Path, hairs: Path) -> None:
        """Open both files."""
        pa = _arrow()
        self._pa = pa
        about = {"days": "from the start of the run; a null has not happened by its end"}
        self._schemas = _schema(FIELD_TYPES, {}), _schema(HAIR_TYPES, about)
        self._writers = tuple(
            pa.parquet.ParquetWriter(path, schema, compression=COMPRESSION)
            for path, schema in zip((fields, hairs), self._schemas, strict=True)
        )

    def __enter__(self) -> Self:
        """Return the files."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close both files."""
        for writer in self._writers:
            writer.close()

    def tell_field(self, arm: str, field: Field) -> None:
        """Write where the follicles of an arm stand."""
        self._write(0, arm, [np.arange(field.follicles), field.x_mm, field.y_mm, field.unit])

    def tell_hairs(self, table: HairTable) -> None:
        """Write some hairs of an arm."""
        hairs = table.hairs
        self._write(
            1,
            table.arm,
            [
                hairs.follicle, table.number, hairs.size, hairs.is_driven, table.diameter_um,
                table.growth_mm_per_day, hairs.begun_day, hairs.grown_day, hairs.shed_day,
            ],
        )  # fmt: skip

    def _write(self, which: int, arm: str, values: Sequence[Any]) -> None:
        pa, schema = self._pa, self._schemas[which]
        arrays = [pa.repeat(pa.scalar(arm), len(values[0]))]
        for value, field in zip(values, list(schema)[1:], strict=True):
            plain = np.asarray(value)
            gone = ~np.isfinite(plain) if plain.dtype.kind == "f" else None
            arrays.append(pa.array(plain, mask=gone).cast(field.type, safe=False))
        self._writers[which].write_table(pa.Table.from_arrays(arrays, schema=schema))
