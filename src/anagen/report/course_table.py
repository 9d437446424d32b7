"""The courses of a simulation as rows: of CSV, of a table of columns, of a page."""

import csv
import io
from collections.abc import Iterator

from anagen.follicle import BANDS, ArmCourse, Course, Simulation

COLUMNS = ("arm", "week", "measure", "value", *BANDS)
Cell = str | float | None


def rows(simulation: Simulation) -> Iterator[tuple[Cell, ...]]:
    """Yield one row for each arm, measure and week, as `COLUMNS` name them; units are in names."""
    for arm in simulation.arms:
        for name, course in arm.measures.items():
            for k, week in enumerate(simulation.weeks):
                yield (arm.name, week, name, *_numbers(course, k))


def _numbers(course: Course, k: int) -> tuple[float | None, ...]:
    bands = (getattr(course, name) for name in BANDS)
    return (course.value[k], *(None if band is None else band[k] for band in bands))


def as_csv(simulation: Simulation) -> bytes:
    """Return the courses as CSV with one header line; an empty cell is a number that is not."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows(simulation))
    return stream.getvalue().encode()


def columns(simulation: Simulation) -> dict[str, list[Cell]]:
    """Return the same rows by column."""
    return dict(zip(COLUMNS, map(list, zip(*rows(simulation), strict=True)), strict=True))


def shown_weeks(weeks: list[float], about: int = 8) -> list[int]:
    """Return which of the reports a short table shows: the first, the last, some between.

    Examples
    --------
    >>> shown_weeks([0, 4, 8, 12, 16], about=3)
    [0, 2, 4]
    """
    last = len(weeks) - 1
    return sorted({round(k * last / max(about - 1, 1)) for k in range(about)}) if last else [0]


def change(arm: ArmCourse, measure: str) -> float | None:
    """Return the change of a measure from the first report to the last, none if it has none."""
    values = arm.measures[measure].value
    first, last = values[0], values[-1]
    return None if first is None or last is None else last - first
