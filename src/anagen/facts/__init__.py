"""The package's facts: numbers and statements with unit, source and status."""

from anagen.facts.base import Grade, Line, Quantity, Sex, Source, Status, Verdict
from anagen.facts.store import Facts, load, read
from anagen.frozen import Record

__all__ = [
    "Facts", "Grade", "Line", "Quantity", "Record", "Sex", "Source", "Status", "Verdict",
    "load", "read",
]  # fmt: skip
