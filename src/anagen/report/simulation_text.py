"""A simulation in words: the page with its chart and tables, and what a terminal shows."""

from collections.abc import Sequence
from functools import partial

from rich.table import Table
from rich.text import Text

from anagen.follicle import ArmCourse, Simulation
from anagen.follicle.simulation import FEWEST_FOR_INTERVAL
from anagen.report import console as terminal
from anagen.report.course_table import change, shown_weeks
from anagen.report.page import render
from anagen.report.simulation_assumed import assumed_line, assumed_rows
from anagen.report.simulation_figure import MEASURES, MONTHS_PER_WEEK

ENGINES = {
    "mean_field": "the expectation of the average person",
    "counts": "exact counts of the follicles in the area",
    "follicles": "the life of each follicle of one person",
}
LINES = {
    "mean_field": "A line is the expected course at the values of the facts.",
    "counts": "A line is the mean over the replicates: one person with the values of the facts.",
    "follicles": "A line is what the follicles of one person did, with the values of the facts; "
    "its roughness is the chance of single follicles. Shedding is counted from report to report.",
}
BANDS_WORDS = {
    "mean_field": "The darker band holds the average person in 95 % of the draws of the "
    "parameters, the lighter one 95 % of single persons. With more than three arms the lighter "
    "bands are in the table alone.",
    "counts": "A band holds 95 % of the replicates: what the chance of single follicles does in an "
    "area of this size.",
    "follicles": "",
}
MEAN_OF_PERSONS = "the mean over single persons"
LINES_OF_PERSONS = (
    "Chance makes persons differ in their attacks or in the relief of them, so a line is the mean "
    "over single persons; what happens to each is not drawn."
)
BAND_OF_PERSONS = "The band holds 95 % of the persons."
LEFT_OUT = (
    "Numbers of the facts that are held at one value, such as those of conditions, are in no band."
)
DENSITY = "nonvellus_per_cm2"
INTERVALS = {
    "mean_field": (
        ("average_low", "average_high", "average person, 95 %"),
        ("person_low", "person_high", "single persons, 95 %"),
    ),
    "counts": (("chance_low", "chance_high", "replicates, 95 %"),),
    "follicles": (),
}


def engine_words(simulation: Simulation) -> str:
    """Return what a line is, in words."""
    return MEAN_OF_PERSONS if simulation.is_mean_of_persons else ENGINES[simulation.engine]


def how_to_read(simulation: Simulation) -> str:
    """Return what lines and bands are, in sentences."""
    by_chance = simulation.is_mean_of_persons
    lines = LINES_OF_PERSONS if by_chance else LINES[simulation.engine]
    if few := too_few(simulation):
        return f"{lines} There are {few}."
    bands = BAND_OF_PERSONS if by_chance else BANDS_WORDS[simulation.engine]
    left_out = LEFT_OUT if simulation.engine == "mean_field" else ""
    return " ".join(part for part in (lines, bands, left_out) if part)


def too_few(simulation: Simulation) -> str:
    """Return why there is no interval where people are too few for one; else nothing."""
    every = INTERVALS[simulation.engine]
    if not every or simulation.people >= FEWEST_FOR_INTERVAL:
        return ""
    whom = "persons" if simulation.engine == "mean_field" else "replicates"
    return f"fewer than {FEWEST_FOR_INTERVAL} {whom}: no interval of {whom}"


def intervals(simulation: Simulation) -> Sequence[tuple[str, str, str]]:
    """Return the intervals that the courses have: their ends, and what they hold in words."""
    if too_few(simulation):
        return ()
    every = INTERVALS[simulation.engine]
    return every[1:] if simulation.is_mean_of_persons else every


def intervals_of(
    simulation: Simulation, measure: str, arms: Sequence[ArmCourse] | None = None
) -> list[tuple[str, str, str]]:
    """Return the intervals that one measure has in any of some arms, in all of them if left out."""
    courses = [arm.measures[measure] for arm in arms or simulation.arms]
    return [
        one
        for one in intervals(simulation)
        if any(getattr(course, one[0]) is not None for course in courses)
    ]


def number(value: float | None) -> str:
    """Return a number as a table shows it.

    Examples
    --------
    >>> number(169.64), number(1.234), number(None)
    ('170', '1.2', '–')
    """
    if value is None:
        return "–"
    return (
        f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}" if value >= 10 else f"{value:.2g}"
    )


def simulation_page(simulation: Simulation, figure: str, files: Sequence[str]) -> str:
    """Return the page of a simulation: the chart, a table beneath, what it rests on.

    Parameters
    ----------
    simulation:
        What was found.
    figure:
        Its chart, as SVG.
    files:
        Names of the files that stand beside the page.
    """
    shown = shown_weeks(simulation.weeks)
    return render(
        "simulation.html",
        simulation=simulation,
        figure=figure,
        files=files,
        engine=engine_words(simulation),
        how_to_read=how_to_read(simulation),
        assumed=assumed_rows(simulation),
        intervals=partial(intervals_of, simulation),
        measures=MEASURES,
        shown=shown,
        months=[f"{simulation.weeks[k] * MONTHS_PER_WEEK:.1f}" for k in shown],
        number=number,
        others=[n for n in simulation.arms[0].measures if n not in {m for m, _, _ in MEASURES}],
    )


def terminal_text(simulation: Simulation) -> str:
    """Return the summary that a terminal shows: each arm at the start and the end."""
    console = terminal.console()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    months = simulation.weeks[-1] * MONTHS_PER_WEEK
    table.add_column(Text(_printable(simulation.scenario.name)), style="bold")
    for name in ("density\nper cm²", "change", "95 %", "anagen\n%", "shed\na day", "diameter\nµm"):
        table.add_column(name, justify="right")
    for arm in simulation.arms:
        table.add_row(Text(_printable(arm.name)), *_cells(simulation, arm))
    console.print()
    console.print(table)
    console.print(
        Text(
            f"after {months:.0f} months; {engine_words(simulation)}"
            + (f", {simulation.follicles} follicles" if simulation.follicles else "")
            + f"; shedding per 100,000 follicles{_band_words(simulation)}; seed {simulation.seed}",
            style="dim",
        )
    )
    assumed = assumed_rows(simulation)
    if assumed:
        console.print(Text("Not measured:"))
    for row in assumed:
        console.print(Text(f"  {_printable(assumed_line(row))}"))
    console.print(Text(simulation.intended_use, style="dim"))
    return terminal.said(console)


def _printable(words: str) -> str:
    """Return words without characters that would steer a terminal or turn its text around."""
    return "".join(c if c.isprintable() else "?" for c in words)


def _band_words(simulation: Simulation) -> str:
    """Return whom the interval in the table holds, or why there is none."""
    if few := too_few(simulation):
        return f"; {few}"
    every = intervals_of(simulation, DENSITY)
    return f"; 95 % of {every[-1][2].removesuffix(', 95 %')}" if every else ""


def _signed(change_: float) -> str:
    """Return a change with its sign; one that rounds to nothing has none."""
    shown = f"{change_:+.0f}".replace("-", "−")
    return "0" if shown.strip("+−") == "0" else shown


def _cells(simulation: Simulation, arm: ArmCourse) -> list[str]:
    density = arm.measures[DENSITY]
    gained = change(arm, DENSITY)
    cells = [number(density.value[-1])]
    cells.append("–" if gained is None else _signed(gained))
    low, high = _interval(simulation, arm)
    cells.append("–" if low is None else f"{number(low)} to {number(high)}")
    cells += [
        number(arm.measures[name].value[-1])
        for name in ("anagen_percent", "shed_hairs_per_day", "shaft_diameter_um")
    ]
    return cells


def _interval(simulation: Simulation, arm: ArmCourse) -> tuple[float | None, float | None]:
    """Return the widest interval of the density at the last report."""
    every = intervals_of(simulation, DENSITY, [arm])
    if not every:
        return None, None
    low, high, _ = every[-1]
    course = arm.measures[DENSITY]
    return getattr(course, low)[-1], getattr(course, high)[-1]
