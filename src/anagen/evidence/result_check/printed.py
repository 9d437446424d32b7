"""Numbers as they are printed: the digits say how far the true value may lie."""

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from anagen.errors import InputError

_NUMBER = re.compile(r"([-+\u2212]?)((?:[0-9]{1,12}(?:\.[0-9]{0,12})?|\.[0-9]{1,12}))\s*%?\Z")
_P = re.compile(
    r"(?:p\s*)?([<>=≤≥]?)\s*((?:[01](?:\.[0-9]{0,12})?|\.[0-9]{1,12})(?:[eE]-[0-9]{1,3})?)\Z"
)
SHOWN = 40


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed number, exactly, with half a unit of its last digit."""

    text: str
    value: Fraction
    half: Fraction

    @property
    def low(self) -> Fraction:
        """The least true value that is rounded to it."""
        return self.value - self.half

    @property
    def high(self) -> Fraction:
        """The largest true value that is rounded to it."""
        return self.value + self.half


def printed(text: str | int, what: str) -> Printed:
    """Read a number with its printed digits.

    Parameters
    ----------
    text:
        The number as printed, such as "12.50" or "80 %".
    what:
        What it is, for a message.

    Raises
    ------
    InputError
        If it is not a number in digits.

    Examples
    --------
    >>> one = printed("12.50", "mean")
    >>> float(one.low), float(one.high)
    (12.495, 12.505)
    """
    shown = str(text).strip()
    found = _NUMBER.match(shown)
    if found is None:
        raise InputError(
            f"{what}: '{_clean(shown)}' is not a number as printed; write digits with a decimal "
            'point, such as "12.5"'
        )
    digits = found.group(2)
    value = Fraction(digits if digits[-1] != "." else digits[:-1])
    places = len(digits.partition(".")[2])
    return Printed(shown, -value if found.group(1) in "-\u2212" and found.group(1) else value,
                   Fraction(1, 2 * 10**places))  # fmt: skip


def people(n: int, what: str = "n", least: int = 1) -> int:
    """Return a number of people, or refuse it."""
    if n < least or n > 10**9:
        raise InputError(f"{what}: {n} is no number of people from {least} to a thousand million")
    return n


def p_interval(text: str) -> tuple[float, float]:
    """Return the least and the largest p-value that print as a text.

    Raises
    ------
    InputError
        If it is not a p-value.

    Examples
    --------
    >>> p_interval("0.03"), p_interval("<0.05")
    ((0.025, 0.035), (0.0, 0.05))
    """
    shown = str(text).strip().casefold()
    found = _P.match(shown)
    if found is None or float(found.group(2)) > 1:
        raise InputError(
            f"p_value: '{_clean(shown)}' is no p-value; write a number from 0 to 1, or <0.05"
        )
    sign, digits = found.groups()
    value = float(digits)
    if sign in ("<", "≤"):
        return 0.0, value
    if sign in (">", "≥"):
        return value, 1.0
    mantissa, _, exponent = digits.lower().partition("e")
    half = 0.5 * 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    low, high = max(0.0, value - half), min(1.0, value + half)
    return round(low, 15), round(high, 15)


def _clean(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)[:SHOWN]


def said(value: float | Fraction) -> str:
    """Return a number in at most four digits."""
    number = float(value)
    return f"{number:.4g}" if math.isfinite(number) else "none"
