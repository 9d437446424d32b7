"""What a simulation assumes, in words: each number with its unit, range, status and arms."""

from dataclasses import dataclass

from anagen.follicle import Simulation
from anagen.follicle.simulation import Assumption
from anagen.report.words import UNIT_WORDS, words_of

UNITS = {
    **UNIT_WORDS,
    "per_year": "a year",
    "micrometre_per_year": "µm a year",
    "square_centimetres": "cm²",
    "follicles_per_cm2": "follicles/cm²",
    "particles_per_cm2": "particles/cm²",
}
STATUS_WORDS = {
    "assumed": "assumed",
    "remembered": "recalled, never read",
    "derived": "derived",
    "measured": "measured",
}
EVERY_ARM = "every arm"
MANY = 1e5
"""Numbers from here on are written out with commas."""


@dataclass(frozen=True, slots=True)
class AssumedRow:
    """One assumption in words; `spread` is empty where no range is known."""

    name: str
    meaning: str
    value: str
    spread: str
    status: str
    arms: str


def assumed_rows(simulation: Simulation) -> list[AssumedRow]:
    """Return what the courses assume, in the order of the arms."""
    return [_row(simulation, one) for one in simulation.assumptions]


def assumed_line(row: AssumedRow) -> str:
    """Return one assumption as a line of a terminal."""
    spread = f" ({row.spread})" if row.spread else ""
    return f"{row.meaning}: {row.value}{spread}, {row.status} – {row.arms}"


def _row(simulation: Simulation, one: Assumption) -> AssumedRow:
    arms = [arm.name for arm in simulation.arms if one.name in arm.assumed]
    low, high = one.low, one.high
    return AssumedRow(
        name=one.name,
        meaning=one.meaning,
        value=f"{_shown(one.value)} {UNITS.get(one.unit, words_of(one.unit))}".strip(),
        spread="" if low is None or high is None else f"{_shown(low)} to {_shown(high)}",
        status=STATUS_WORDS[one.status],
        arms=EVERY_ARM if len(arms) == len(simulation.arms) else ", ".join(arms),
    )


def _shown(value: float) -> str:
    words = f"{value:,.0f}" if abs(value) >= MANY else f"{value:g}"
    return words.replace("-", "−")
