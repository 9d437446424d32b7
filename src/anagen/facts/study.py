"""Studies as facts: who was treated with what, what was measured, and what is known second-hand.

One record holds studies of cell products and of the drugs and devices they are compared with.
Densities and counts are kept as the source gave them and, where the counted area is recorded, once
more in hairs per cm².
"""

from collections.abc import Iterator
from typing import Literal

import msgspec

from anagen.facts.base import Number, Slug, Status
from anagen.facts.evidence_rules import EvidenceRules
from anagen.facts.review import Background, Citation, RegisteredTrial, StudySex, Synthesis
from anagen.frozen import Record

__all__ = [
    "INERT", "AdverseEvent", "Arm", "Background", "Bias", "BiasDomain", "BiasLevel", "Citation",
    "Component", "Conversion", "Design", "DesignKind", "Dispersion", "Dropout", "EvidenceRules",
    "Intervention", "Method", "Observation", "Population", "Reading", "Regimen",
    "RegisteredTrial", "Remembered", "Stage", "Study", "StudySex", "Synthesis", "TargetArea",
]  # fmt: skip

DesignKind = Literal[
    "randomised_trial", "randomised_withdrawal", "non_randomised_trial", "single_arm", "cohort",
    "case_series", "case_report", "cross_study", "surgical_comparison", "review_statement",
    "not_stated",
]  # fmt: skip

Stage = Literal[
    "peer_reviewed", "preprint", "conference_abstract", "registry_only", "registry_results",
    "company_statement", "clinical_summary", "unverifiable", "not_stated",
]  # fmt: skip
"""How a study was published."""

Reading = Literal["numbers", "statements", "safety_or_disposition", "recalled", "citation"]
"""The most that was read of a study: numbers of an outcome, only statements about it, only harms or
dropouts, nothing (its numbers are recalled), or its citation."""

Method = Literal["hand_count", "phototrichogram", "unit_area_trichogram", "digital_imaging"]
"""How hairs were counted, where that is known; hand counts of the 1980s are never pooled."""

Regimen = Literal[
    "once_daily", "twice_daily", "three_times_weekly", "every_other_day", "weekly", "every_2_weeks",
    "every_4_weeks", "monthly", "single_session", "sessions", "titrated",
]  # fmt: skip

BiasLevel = Literal[
    "low", "some_concerns", "moderate", "high", "serious", "critical", "no_information",
    "not_assessable",
]  # fmt: skip

INERT = frozenset({"none", "placebo", "vehicle", "saline", "sham"})
"""Treatments that serve as a control."""


class Design(Record):
    """What kind of study it is; null means that the pages read do not say."""

    kind: DesignKind
    text: str
    randomised: bool | None = None
    controlled: bool | None = None
    blinded: bool | None = None
    assessor_blinded: bool | None = None
    split_scalp: bool = False


class Population(Record):
    """Who took part; `sex_text`, `age`, `severity` and `condition_text` are the source's words."""

    status: Status
    n: int | None = None
    sex_text: str | None = None
    age: str | None = None
    severity: str | None = None
    condition_text: str | None = None
    country: str | None = None
    note: str | None = None


class Component(Record):
    """One treatment within an arm: the words of a trial description.

    A list of two numbers is a range. `from_week` and `to_week` bound the weeks in which it is given
    (crossover, withdrawal, change of dose).
    """

    treatment: Slug
    route: Slug | None = None
    dose: Number | list[Number] | None = None
    dose_unit: str | None = None
    regimen: Regimen | None = None
    sessions: int | list[int] | None = None
    interval_weeks: Number | list[Number] | None = None
    session_weeks: list[Number] = msgspec.field(default_factory=list)
    origin: str | None = None
    product: str | None = None
    volume_ml: Number | None = None
    volume_ml_per_cm2: Number | None = None
    depth_mm: Number | list[Number] | None = None
    from_week: Number | None = None
    to_week: Number | None = None
    note: str | None = None

    def is_given(self, week: Number) -> bool:
        """Return whether it is given at a week: after its start and up to its end."""
        started = self.from_week is None or self.from_week < week or self.from_week == 0
        return started and (self.to_week is None or week <= self.to_week)


class Arm(Record):
    """One group of people, or one side of the scalp, with what it received.

    `label` holds the source's words. Arms of different `part` belong to separate randomisations and
    are never compared.
    """

    label: str
    components: list[Component]
    n_randomised: int | None = None
    n_analysed: int | None = None
    n_completed: int | None = None
    n_randomised_status: Status = "measured"
    n_analysed_status: Status = "measured"
    regimen_text: str | None = None
    people: str | None = None
    part: Slug | None = None
    note: str | None = None

    def active(self, week: Number) -> frozenset[str]:
        """Return the treatments given at a week, without placebo, vehicle, saline, sham, none."""
        return frozenset(c.treatment for c in self.components if c.is_given(week)) - INERT


class TargetArea(Record):
    """The area in which hairs were counted."""

    area_cm2: Number | None = None
    status: Status | None = None
    note: str | None = None


class Conversion(Record):
    """How a count became hairs per cm²; `area_cm2` is null where the source gave a density."""

    how: Literal["as_reported", "recorded_area", "assumed_area", "area_unknown"]
    area_cm2: Number | None = None


class Dispersion(Record):
    """How far a value scatters: a standard deviation or error, a 95 % interval, an IQR width."""

    kind: Literal["sd", "se", "ci95", "iqr", "range"]
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    value_per_cm2: Number | None = None
    low_per_cm2: Number | None = None
    high_per_cm2: Number | None = None


class Observation(Record):
    """One number or statement of one arm at one week.

    `value` and `unit` are the source's; `measure` and `statistic` are ids of the vocabulary;
    `versus` names the other arm of a comparison; `from_week` the start of a change that does not
    start at week 0. `text` and `spread_text` keep the source's words where they say more.
    """

    arm: Slug
    measure: Slug
    statistic: Slug
    status: Status
    source: list[Slug]
    week: Number | None = None
    value: Number | str | list[Number | list[Number]] | None = None
    unit: str | None = None
    versus: Slug | None = None
    from_week: Number | None = None
    n: int | None = None
    dispersion: Dispersion | None = None
    value_per_cm2: Number | None = None
    conversion: Conversion | None = None
    p_value: str | None = None
    site: str | None = None
    via: Literal["secondary"] | None = None
    text: str | None = None
    spread_text: str | None = None
    note: str | None = None


class AdverseEvent(Record):
    """How often a harm was seen in an arm; `text` is a statement without a number."""

    arm: Slug
    event: str
    status: Status
    source: list[Slug]
    percent: Number | None = None
    events: int | None = None
    n: int | None = None
    upper_95_percent: Number | None = None
    text: str | None = None
    note: str | None = None


class Dropout(Record):
    """How many of an arm left, with the reasons that were given."""

    arm: Slug
    left: int
    n: int
    status: Status
    source: list[Slug]
    reasons: dict[str, int] = msgspec.field(default_factory=dict)


class BiasDomain(Record):
    """One domain of a bias judgement; two levels are a span from the milder to the worse."""

    levels: list[BiasLevel]
    reason: str | None = None


class Bias(Record):
    """A judgement of the risk of bias, from the part of the study that was read."""

    tool: str
    levels: list[BiasLevel]
    basis: str
    status: Status
    domains: dict[Slug, BiasDomain] = msgspec.field(default_factory=dict)


class Remembered(Record):
    """A number that was recalled and not read: kept apart, and never used."""

    measure_text: str
    text: str
    status: Literal["remembered"]
    source: list[Slug]


class Intervention(Record):
    """What a cell product was and how it was given, in the words of the collected file."""

    origin: str | None = None
    product: str | None = None
    dose: str | None = None
    volume: str | None = None
    route_text: str | None = None
    sessions: str | None = None
    interval: str | None = None
    co_treatments: str | None = None
    note: str | None = None


class Study(Record):
    """One study of people: design, arms, what was measured, harms, bias, cautions.

    `collection` says which of the two collected files it came from; `never_use` gives the reason
    for which no number of it may feed a result. `outlier` gives the reason for which its contrasts
    are shown apart and never enter a pooled mean. `flags` are cautions that a reader should see.
    """

    collection: Literal["exosome", "comparator"]
    citation: Citation
    condition: Slug
    design: Design
    stage: Stage
    reading: Reading
    population: Population
    arms: dict[Slug, Arm]
    source: list[Slug]
    sex: StudySex | None = None
    follow_up_weeks: Number | None = None
    n_randomised: int | None = None
    method: Method | None = None
    target_area: TargetArea | None = None
    baseline: list[Observation] = msgspec.field(default_factory=list)
    observations: list[Observation] = msgspec.field(default_factory=list)
    adverse_events: list[AdverseEvent] = msgspec.field(default_factory=list)
    dropouts: list[Dropout] = msgspec.field(default_factory=list)
    bias: Bias | None = None
    remembered: list[Remembered] = msgspec.field(default_factory=list)
    flags: list[str] = msgspec.field(default_factory=list)
    never_use: str | None = None
    outlier: str | None = None
    role: str | None = None
    preparation_class: str | None = None
    intervention: Intervention | None = None
    comparator: str | None = None
    registration: str | None = None
    registry_ids: list[str] = msgspec.field(default_factory=list)
    source_depth: str | None = None
    stage_text: str | None = None
    funding: str | None = None
    use: str | None = None
    note: str | None = None

    def arm_ids_named(self) -> Iterator[tuple[str, str]]:
        """Yield (arm id, where) for each arm that an entry of this study names."""
        for kind in ("baseline", "observations", "adverse_events", "dropouts"):
            for index, entry in enumerate(getattr(self, kind)):
                yield entry.arm, f"{kind}[{index}]"
                versus = getattr(entry, "versus", None)
                if versus is not None:
                    yield versus, f"{kind}[{index}].versus"
