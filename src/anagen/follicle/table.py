"""What stands on the skin on one day: the table from which a picture can be drawn."""

import numpy as np

from anagen.errors import InputError
from anagen.follicle.cycle import CycleParameters
from anagen.follicle.field import Field
from anagen.follicle.follicles import Hairs
from anagen.follicle.observe import growth_mm_per_day
from anagen.records import FollicleTable


def follicle_table(
    field: Field,
    hairs: Hairs,
    parameters: CycleParameters,
    spread_cv: float,
    day: float,
    *,
    shaved_day: float | None = None,
    stub_mm: float = 0.0,
) -> FollicleTable:
    """Return every follicle of a field on a day with the hair that it shows (F23, F24).

    Parameters
    ----------
    hairs:
        All hairs of the follicles 0 to F-1 of the field, as `live` hands them on.
    parameters:
        One set of parameters.
    spread_cv:
        Coefficient of variation of the diameter within a size.
    shaved_day:
        When all hair was cut to `stub_mm`; a hair that rests has stayed as it was left. Without it
        hair was never cut.

    Raises
    ------
    InputError
        If the day lies before the shaving, a hair has no follicle in the field, or a follicle shows
        two hairs.
    """
    if shaved_day is not None and day < shaved_day:
        raise InputError(f"day {day:g} lies before the shaving on day {shaved_day:g}")
    seen = hairs.visible_on(day)
    if seen.follicle.size and seen.follicle.max() >= field.follicles:
        raise InputError(
            f"follicle {seen.follicle.max()} has a hair, but the field holds {field.follicles}"
        )
    if np.unique(seen.follicle).size != seen.follicle.size:
        raise InputError("a follicle shows two hairs on one day; hand over the hairs of one run")
    diameter = seen.diameter_um(parameters, spread_cv)
    growth = growth_mm_per_day(parameters, diameter)
    length = seen.length_mm(growth, day)
    if shaved_day is not None:
        before = np.minimum(seen.length_mm(growth, shaved_day), stub_mm)
        grown = np.minimum(seen.grown_day, day) - np.maximum(seen.begun_day, shaved_day)
        length = before + growth * np.maximum(grown, 0.0)
    growing = seen.grown_day > day
    columns = {
        "has_hair": np.ones(seen.follicle.size, dtype=bool),
        "is_growing": growing,
        "length_mm": length,
        "diameter_um": diameter,
        "growth_mm_per_day": np.where(growing, growth, 0.0),
    }
    full = {}
    for name, values in columns.items():
        full[name] = np.zeros(field.follicles, dtype=values.dtype)
        full[name][seen.follicle] = values
    return FollicleTable(
        side_mm=field.side_mm, x_mm=field.x_mm, y_mm=field.y_mm, unit=field.unit, **full
    )
