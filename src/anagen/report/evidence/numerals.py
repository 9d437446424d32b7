"""How numbers are written in pictures, and which are refused before anything is drawn."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from math import isfinite

from anagen.errors import InputError

MOST = 1e12
"""A larger number is a mistake of units, and would overflow an axis."""
LEAST_P = 0.001
Z_95 = 1.959963984540054  # normal quantile of a 95 % interval


def number(value: float, digits: int = 1) -> str:
    """Return a number with so many decimals and a true minus.

    Examples
    --------
    >>> number(-3.14159), number(-0.01), number(2, 0)
    ('−3.1', '0.0', '2')
    """
    shown = f"{value:.{digits}f}"
    if float(shown) == 0:
        shown = shown.replace("-", "")
    return shown.replace("-", "−")


def interval(low: float, high: float, digits: int = 1) -> str:
    """Return an interval in words that no minus can blur.

    Examples
    --------
    >>> interval(-3.2, 1)
    '−3.2 to 1.0'
    """
    return f"{number(low, digits)} to {number(high, digits)}"


def few_digits(value: float, digits: int = 3) -> str:
    """Return a number in few digits; in full up to a million.

    Examples
    --------
    >>> few_digits(2260.4), few_digits(-0.01234), few_digits(2.5e9)
    ('2260', '−0.0123', '2.5e+09')
    """
    is_long = 10.0**digits <= abs(value) < 1e6
    return (f"{value:.0f}" if is_long else f"{value:.{digits}g}").replace("-", "−")


def short_number(value: float) -> str:
    """Return a number as short as an axis needs it.

    Examples
    --------
    >>> short_number(-0.5), short_number(2000.0), short_number(0.0), short_number(1e9)
    ('−0.5', '2,000', '0', '1e9')
    """
    if abs(value) >= 1e7 or 0 < abs(value) < 1e-4:
        return f"{value:g}".replace("e+0", "e").replace("e+", "e").replace("-", "−")
    return f"{value:,.6g}".replace("-", "−")


def p_words(p: float) -> str:
    """Return a p value, never as zero.

    Examples
    --------
    >>> p_words(0.00002), p_words(0.0312)
    ('p < 0.001', 'p = 0.031')
    """
    return "p < 0.001" if p < LEAST_P else f"p = {p:.3f}"


def check_numbers(picture: str, record: object) -> None:
    """Refuse a record that holds a number which cannot be drawn.

    Raises
    ------
    InputError
        If a number anywhere in the record is not finite, or larger than a picture can hold.
    """
    for where, value in _numbers(record, ""):
        if not isfinite(value):
            raise InputError(
                f"{picture}: {where} is {value}, which cannot be drawn; "
                f"correct it or leave the row out"
            )
        if abs(value) > MOST:
            raise InputError(f"{picture}: {where} is {value:g}, too large to draw; check its unit")


def check_order(picture: str, where: str, low: float | None, high: float | None) -> None:
    """Refuse an interval that has one end only or whose ends are exchanged.

    Raises
    ------
    InputError
        If it is.
    """
    if (low is None) != (high is None):
        raise InputError(f"{picture}: the interval of {where} has one end only; give both or none")
    if low is not None and high is not None and low > high:
        raise InputError(
            f"{picture}: the interval of {where} runs from {low:g} down to {high:g}; exchange them"
        )


def _numbers(record: object, where: str) -> Iterator[tuple[str, float]]:
    if isinstance(record, float):
        yield where, record
    elif isinstance(record, int):  # a larger one is no float
        yield where, float(min(max(record, -(10**30)), 10**30))
    elif isinstance(record, tuple | list):
        for k, each in enumerate(record):
            yield from _numbers(each, f"{where} {k + 1}".strip())
    elif is_dataclass(record):
        own = getattr(record, "label", "") or getattr(record, "name", "")
        for field in fields(record):
            told = f"{field.name} of {own}" if own else field.name
            yield from _numbers(getattr(record, field.name), told)
