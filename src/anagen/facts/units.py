"""Units: what each unit string of the facts means, and conversion between those that agree.

Where a source counts in an area or period that was not read, its unit carries that as a dimension
of its own (`unread_area`, `unread_period`), so that no conversion can guess it.
"""

from __future__ import annotations

import functools
import tokenize
from typing import TYPE_CHECKING, Any

from anagen import strict_yaml
from anagen.errors import FactError
from anagen.facts import base, store
from anagen.facts.vocabulary import Unit

if TYPE_CHECKING:
    import pint

_DEFINITIONS = """
milli- = 1e-3
centi- = 1e-2
micro- = 1e-6
kilo- = 1e3
percent = 0.01
meter = [length]
inch = 2.54 * centimeter
gram = [mass]
second = [time]
minute = 60 * second
hour = 60 * minute
day = 24 * hour
week = 7 * day
year = 365.25 * day
month = year / 12
joule = kilogram * meter ** 2 / second ** 2
watt = joule / second
liter = 1000 * centimeter ** 3
hair = [hair]
follicle = [follicle]
follicular_unit = [follicular_unit]
biopsy = [biopsy]
particle = [particle]
session = [session]
study = [study]
stage = [stage]
international_unit = [international_unit]
salt_point = [salt]
score_point = [score]
visual_analogue_point = [visual_analogue]
word = [word]
unread_area = [unread_area]
unread_period = [unread_period]
"""


@functools.cache
def registry() -> pint.UnitRegistry[Any]:
    """Return the registry of units in which facts are written; built once, on first use."""
    import pint

    units: pint.UnitRegistry[Any] = pint.UnitRegistry(None)
    for line in _DEFINITIONS.split("\n"):
        if line:
            units.define(line)
    return units


@functools.cache
def words() -> dict[str, Unit]:
    """Return each unit by its id and by every other spelling of it.

    Raises
    ------
    FactError
        If one spelling stands for two units.
    """
    path = store.DATA / "vocabulary" / "units.yaml"
    value = strict_yaml.read(path, max_bytes=store.MAX_FACT_BYTES)
    units = base.convert(value, dict[str, Unit], "vocabulary/units.yaml")
    found: dict[str, Unit] = {}
    for name, unit in units.items():
        for word in dict.fromkeys((name, *unit.also)):
            if word in found:
                raise FactError(
                    f"vocabulary/units.yaml: '{word}' stands for two units; keep one of them"
                )
            found[word] = unit
    return found


@functools.cache
def _quantity(unit: str) -> Any:  # a pint quantity, whose magnitude pint leaves untyped
    """Return one of a unit, known by its id, another spelling, or in the words of pint."""
    import pint

    known = words().get(unit)
    definition = unit if known is None else known.definition
    try:
        return registry().Quantity(1.0) * registry().parse_expression(definition)
    except (
        pint.errors.PintError,
        pint.errors.DefinitionSyntaxError,
        AttributeError,
        TypeError,
        ValueError,
        SyntaxError,
        tokenize.TokenError,
    ) as error:
        raise FactError(
            f"the unit '{unit}' is not known; add it to vocabulary/units.yaml or correct it"
        ) from error


def is_known(unit: str) -> bool:
    """Return whether a unit string can be read."""
    try:
        _quantity(unit)
    except FactError:
        return False
    return True


def convert(value: float, from_unit: str, to_unit: str) -> float:
    """Return a value in another unit of the same kind.

    Parameters
    ----------
    value:
        The number, in `from_unit`.
    from_unit:
        An id of the units, another spelling of it, or an expression in the words of pint.
    to_unit:
        The same.

    Raises
    ------
    FactError
        If a unit is not known, or the two measure different things.

    Examples
    --------
    >>> round(convert(107, "hairs per 5.1 cm2 circle", "hairs/cm2"), 2)
    21.12
    """
    import pint

    start, goal = _quantity(from_unit), _quantity(to_unit)
    try:
        return float(value * (start / goal).to("dimensionless").magnitude)
    except pint.errors.DimensionalityError as error:
        raise FactError(
            f"'{from_unit}' cannot be turned into '{to_unit}': they measure different things; "
            "correct the unit or ask for another"
        ) from error
