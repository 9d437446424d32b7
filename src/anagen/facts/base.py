"""What every fact carries: a status, sources with a grade, a unit; and how a record is read."""

import re
from typing import Annotated, Literal, TypeVar

import msgspec

from anagen.errors import InputError
from anagen.frozen import Record

Status = Literal["measured", "derived", "assumed", "remembered"]
"""How a number came to be: read in its source; computed from read numbers; a judgement of ours or
of the collector; recalled without having been read (never feeds a result unmarked)."""

Grade = Literal[
    "trial", "guideline", "regulator", "journal", "vendor", "press", "mirror", "ours", "unlocated"
]
"""What kind of page was read; `mirror` is a copy kept by a third party, `ours` a proposal of this
project, `unlocated` a source that is named but whose address was not kept."""

GRADE_ORDER: tuple[Grade, ...] = (
    "regulator", "guideline", "trial", "journal", "mirror", "press", "vendor", "unlocated", "ours",
)  # fmt: skip
"""From the strongest footing to the weakest."""

Verdict = Literal["STOP", "REFER", "DEFER", "CAUTION", "OK", "ASK", "INFORM"]
"""Worst wins: STOP > REFER > DEFER > CAUTION > OK; ASK is an answer that is missing, INFORM a
statement that binds nobody."""

Line = Literal["health", "product", "law", "evidence"]
"""The four lines of a verdict; they are never merged."""

Sex = Literal["male", "female"]

Slug = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]*(?!\n)$", max_length=80)]
"""An identifier."""

Number = float | int


class Source(Record):
    """One page, paper or person that numbers were read from.

    `via` is set where the page read was a copy or a summary of the graded document.
    """

    grade: Grade
    title: str | None = None
    url: str | None = None
    via: Literal["mirror", "secondary"] | None = None
    note: str | None = None


class Statement(Record):
    """A sentence with its source."""

    text: str
    status: Status
    source: list[Slug]
    note: str | None = None


class Quantity(Record):
    """A number with its unit, interval, population, source and status.

    `low` and `high` bound the value; `interval` says what kind of bounds they are.
    """

    value: Number | list[Number] | str
    unit: str
    status: Status
    source: list[Slug]
    low: Number | None = None
    high: Number | None = None
    interval: str | None = None
    meaning: str | None = None
    population: str | None = None
    note: str | None = None

    def number(self) -> float:
        """Return the value as one number.

        Raises
        ------
        InputError
            If the fact is a word or a list.
        """
        if isinstance(self.value, str | list):
            raise InputError(f"the fact {self.meaning or self.value!r} is not one number")
        return float(self.value)


T = TypeVar("T")
_PATH = re.compile(r" - at `\$?\.?(.*)`$")


def explain(error: msgspec.ValidationError) -> str:
    """Turn a validation error into words: where, and what was expected.

    Examples
    --------
    >>> try:
    ...     msgspec.convert({"grade": 3}, Source)
    ... except msgspec.ValidationError as error:
    ...     explain(error)
    'grade: expected text, got a whole number'
    """
    text = str(error)
    found = _PATH.search(text)
    where = re.sub(r"\[(\.\.\.|\d*)\]", "[]", found.group(1)) if found else ""
    what = _PATH.sub("", text)
    for python, word in _WORDS:
        what = what.replace(python, word)
    what = what[:1].lower() + what[1:]
    return f"{where}: {what}" if where else what


_WORDS = (
    ("`str`", "text"),
    ("`int`", "a whole number"),
    ("`float`", "a number"),
    ("`bool`", "true or false"),
    ("`null`", "nothing"),
    ("`object`", "a block of keys"),
    ("`array`", "a list"),
    ("Object contains unknown field", "unknown key"),
    ("Object missing required field", "missing key"),
)


def convert(value: object, kind: type[T], name: str) -> T:
    """Read plain values into a record, refusing what the record does not allow.

    Parameters
    ----------
    value:
        Plain values as read from YAML or JSON.
    kind:
        The record.
    name:
        What to call the document in a message.

    Raises
    ------
    InputError
        If a key is unknown or missing, or a value has the wrong type or lies outside its bounds.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise InputError(f"{name}: {explain(error)}") from error
