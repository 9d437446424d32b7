"""The plausibility bound as facts, and gains that were reported outside the collected studies."""

from typing import Literal

from anagen.facts.base import Number, Sex, Slug, Status
from anagen.frozen import Record


class PlausibleGain(Record):
    """The largest gain by each week that the follicle model allows from one baseline (B1 to B8).

    Percent of the baseline, with standard errors. `average` is the bound of a mean over many
    people, `person` that of one person; `net` is over no treatment. `is_trial_average` marks the
    start of the average patient of the trials. No error of a count and no drift of a trial is in
    it. Computed by `scripts/plausibility.py`, never edited.
    """

    measure: Literal["nonvellus_density", "total_hair_density", "terminal_density"]
    baseline_per_cm2: Number
    is_trial_average: bool
    hidden_percent: Number
    weeks: list[Number]
    average_percent: list[Number]
    average_se_percent: list[Number]
    average_net_percent: list[Number]
    average_net_se_percent: list[Number]
    person_percent: list[Number]
    person_se_percent: list[Number]
    person_net_percent: list[Number]
    person_net_se_percent: list[Number]
    status: Literal["derived"]
    source: list[Slug]


class ReportedGain(Record):
    """A published gain that stands among the parameters and in no collected study.

    `parameter` names the fact that holds the value; the rest says what it is a gain of.
    """

    label: str
    parameter: Slug
    treatments: list[Slug]
    measure: Slug
    week: Number
    is_net: bool
    condition: Slug
    status: Status
    source: list[Slug]
    sex: Sex | None = None
    n: int | None = None
    note: str | None = None
