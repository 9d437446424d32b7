"""Numbers as people write them: which sign is the decimal one, and why a text is no number."""

import enum
import re

SHOWN = 40
LARGEST = 1e15
SMALLEST = 1e-100
MISSING = frozenset({"", "NA", "N/A", "."})
MINUS = str.maketrans({"\u2212": "-"})

_POINT = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?\Z")
_COMMA = re.compile(r"[-+]?(?:[0-9]+(?:,[0-9]*)?|,[0-9]+)(?:[eE][-+]?[0-9]{1,4})?\Z")
_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?\Z")
_DATE = re.compile(
    r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}\Z|[0-9]{1,2}[-./ ][A-Za-z]{3,9}(?:[-./ ][0-9]+)?\Z"
    r"|[A-Za-z]{3,9}[-./ ][0-9]{1,4}\Z"
)
_BOUND = re.compile(r"[<>≤≥=]")
_AGO = re.compile(r"[-+]?[0-9]+(?:[ '’][0-9]{3})+(?:[.,][0-9]+)?\Z")


class Numeral(enum.Enum):
    """How a cell could be read as a number."""

    PLAIN = "digits alone"
    POINT = "a decimal point"
    COMMA = "a decimal comma"
    COMMA_OR_THOUSANDS = "a decimal comma or a separator of thousands"
    TEXT = "no number"


def clean(text: str) -> str:
    """Return a text from the table, short and without what a line cannot show."""
    shown = "".join(c if c.isprintable() else "?" for c in text)
    shown = shown.encode("utf-8", "replace").decode("utf-8")
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}..."


def is_missing(text: str) -> bool:
    """Return whether a cell says that nothing is known."""
    return len(text) < 4 and text.upper() in MISSING


def _with_hyphen(text: str) -> str:
    return text if text.isascii() else text.translate(MINUS)


def numeral_kind(text: str) -> Numeral:
    """Return how a cell could be read as a number.

    Examples
    --------
    >>> numeral_kind("1,234").value, numeral_kind("0,234").value
    ('a decimal comma or a separator of thousands', 'a decimal comma')
    """
    text = _with_hyphen(text)
    if _POINT.match(text):
        return Numeral.POINT if "." in text else Numeral.PLAIN
    if _COMMA.match(text):
        return Numeral.COMMA_OR_THOUSANDS if _THOUSANDS.match(text) else Numeral.COMMA
    return Numeral.TEXT


def why_no_number(text: str) -> str:
    """Return why a text is no number, and how to write it."""
    shown = f"'{clean(text)}'"
    if _THOUSANDS.match(text):
        return f"{shown} has a comma; write {text.replace(',', '')} or {text.replace(',', '.', 1)}"
    if _AGO.match(text):
        return f"{shown} has separators of thousands; write the digits without them"
    if numeral_kind(text) is Numeral.COMMA:
        return f"{shown} has a decimal comma; write {text.replace(',', '.')}"
    if text.casefold().strip("-+") in ("nan", "inf", "infinity"):
        return f"{shown} is not a number that anything can be computed from; leave the cell empty"
    if _DATE.match(text):
        return f"{shown} looks like a date; a spreadsheet may have changed it: write the number"
    if text.endswith("%"):
        return f"{shown} has a percent sign; write the number alone and name its unit"
    if _BOUND.match(text):
        return f"{shown} is a bound; write the number itself, or leave the cell empty"
    return f"{shown} is not a number; write digits, or leave the cell empty"


def number_of(text: str, decimal: str) -> float:
    """Return a number.

    Raises
    ------
    ValueError
        If it is none, with the reason in words.
    """
    plain = _with_hyphen(text)
    if _POINT.match(plain) is None:
        if decimal != "," or _COMMA.match(plain) is None:
            raise ValueError(why_no_number(text))
        plain = plain.replace(",", ".")
    value = float(plain)
    if not abs(value) <= LARGEST:
        raise ValueError(f"{clean(text)} is impossibly large; correct it")
    if abs(value) < SMALLEST and (value != 0 or re.search("[1-9]", plain.split("e")[0])):
        raise ValueError(f"{clean(text)} is too small to compute with; correct it")
    return value


def half_digit(text: str, decimal: str = ".") -> float:
    """Return half a unit of the last digit that is printed.

    Examples
    --------
    >>> half_digit("1.50"), half_digit("12")
    (0.005, 0.5)
    """
    plain = _with_hyphen(text).lower().replace(decimal, ".")
    mantissa, _, exponent = plain.partition("e")
    places = len(mantissa.partition(".")[2])
    return float(0.5 * 10.0 ** (int(exponent or 0) - places))
