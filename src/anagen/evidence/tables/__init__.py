"""Tables of studies that anyone made: read, checked, and said back in words.

Three layouts are told apart by the names of the columns: one effect per row, one contrast of two
treatments per row, or one arm per row (or all arms of a study side by side in a row). Nothing is
guessed: where two readings are possible, the table is refused with how to name the columns.
"""

from anagen.evidence.tables.draft import study_draft
from anagen.evidence.tables.read import read_table
from anagen.evidence.tables.records import (
    ArmRow,
    ContrastRow,
    Design,
    EffectRow,
    Layout,
    StudyTable,
)
from anagen.evidence.tables.study_checks import components

__all__ = [
    "ArmRow", "ContrastRow", "Design", "EffectRow", "Layout", "StudyTable", "components",
    "read_table", "study_draft",
]  # fmt: skip
