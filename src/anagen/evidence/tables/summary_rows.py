"""Rows that sum up the others: a spreadsheet's total is no study."""

import re
from collections.abc import Iterable

from anagen.errors import InputError
from anagen.evidence.tables.numerals import clean

SUMMARY = re.compile(
    r"(sub[ -]?)?totals?( \(.*)?|(overall|pooled|summary)( (effect|estimate|result|mean))?"
    r"|(random|fixed|common)[ -]effects?( model)?|heterogeneity.*"
)


def refuse_summaries(rows: Iterable[tuple[int, str]], name: str) -> None:
    """Refuse a row that is named as the sum of the others, which would count every study twice.

    Parameters
    ----------
    rows:
        The line and the study of each row.
    name:
        What to call the table in a message.

    Raises
    ------
    InputError
        If a study is named so.
    """
    for line, study in rows:
        if SUMMARY.fullmatch(study.casefold().strip(" .:")):
            raise InputError(
                f"{name}: line {line}: '{clean(study)}' names a sum of studies and no study; "
                "remove the row, or give the study its own name"
            )
