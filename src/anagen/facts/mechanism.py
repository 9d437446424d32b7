"""How treatments are said to act: pathways, rates of the follicle model, and what is seen."""

from typing import Literal

import msgspec

from anagen.facts.base import Number, Slug, Statement, Status
from anagen.frozen import Record

Column = Literal["pathway", "rate", "seen"]
"""The three columns from left to right: what a treatment does in the skin, the rate of the model
that this is said to move, and what is then seen on the scalp."""

COLUMNS: tuple[Column, ...] = ("pathway", "rate", "seen")

Direction = Literal["raises", "lowers"]

Reported = Literal["density_per_cm2", "anagen_percent", "shaft_diameter_um", "shed_hairs_per_day"]
"""What a forecast reports."""

Assay = Literal[
    "human_controlled", "human_series", "human_tissue", "organ_culture", "human_cells", "mouse",
    "animal_cells", "laboratory", "model", "claim", "none",
]  # fmt: skip
"""In whom or in what something was seen, from the nearest to a patient to the farthest.
`laboratory`: cells or animals, which of them was not kept. `model`: it follows from the model or
was inferred by its fit. `claim`: only an article says so. `none`: nothing was collected."""

ASSAY_WORDS: dict[Assay, str] = {
    "human_controlled": "people, with a control",
    "human_series": "people, no control",
    "human_tissue": "human follicles, compared",
    "organ_culture": "human follicles in culture",
    "human_cells": "human cells in a dish",
    "mouse": "mice",
    "animal_cells": "animal cells in a dish",
    "laboratory": "laboratory, cells or animals",
    "model": "the model, no measurement",
    "claim": "claimed in an article, no study collected",
    "none": "no study collected",
}
IN_PEOPLE: tuple[Assay, ...] = ("human_controlled", "human_series")
IN_LABORATORY: tuple[Assay, ...] = (
    "human_tissue", "organ_culture", "human_cells", "mouse", "animal_cells", "laboratory",
)  # fmt: skip


class MechanismNode(Record):
    """One box of the picture.

    `also` are other names under which it is asked for; `articles` name it in so many words, and
    `claims` are what they claim of it. A rate names the `parameters` of the model that set it, each
    with the value at which it has no effect (nothing where no treatment moves it); `reported_as` is
    what a forecast reports of something seen.
    """

    label: str
    column: Column
    meaning: str
    also: list[str] = msgspec.field(default_factory=list)
    articles: list[Slug] = msgspec.field(default_factory=list)
    claims: list[Slug] = msgspec.field(default_factory=list)
    parameters: dict[Slug, Number | None] = msgspec.field(default_factory=dict)
    reported_as: Reported | None = None


class MechanismEvidence(Record):
    """What was seen, in whom or in what.

    `with_treatment` is false where something else than the treatment was studied; `found_none` is
    true where an effect was looked for and not found.
    """

    assay: Assay
    text: str
    status: Status
    source: list[Slug]
    with_treatment: bool = True
    found_none: bool = False


class Mechanism(Record):
    """One arrow: what a treatment does (`start`) raises or lowers what it points to (`end`).

    `moves` are the parameters of the model through which it moves a rate in the forecast; with
    none it moves nothing. `in_forecast` says how, or why not. `together_with` are treatments
    without which it does nothing.
    """

    treatments: list[Slug]
    start: Slug
    end: Slug
    direction: Direction
    evidence: list[MechanismEvidence]
    in_forecast: Statement
    moves: list[Slug] = msgspec.field(default_factory=list)
    together_with: list[Slug] = msgspec.field(default_factory=list)

    def assays(self, *, with_treatment: bool = True) -> list[Assay]:
        """Return in whom or in what it was seen, the nearest to a patient first."""
        found = {e.assay for e in self.evidence if e.with_treatment or not with_treatment}
        return [assay for assay in ASSAY_WORDS if assay in found]
