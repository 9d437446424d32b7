"""The rules by which trial results are chosen and judged, as facts."""

from anagen.facts.base import Number, Quantity, Slug, Status
from anagen.frozen import Record


class StandardDose(Record):
    """The dose whose arm stands for a treatment where a trial has arms of several doses."""

    treatment: Slug
    dose: Number
    dose_unit: str
    status: Status
    source: list[Slug]
    note: str | None = None


class Window(Record):
    """A span of follow-up weeks that counts as one follow-up; both ends belong to it."""

    from_week: Number
    to_week: Number
    label: str


class Values(Record):
    """Several values of one number that are tried in turn."""

    values: list[Number]
    unit: str
    meaning: str
    status: Status
    source: list[Slug]
    note: str | None = None


class NotTheSame(Record):
    """Treatments that are close to each other and are never pooled together, and why."""

    treatments: list[Slug]
    text: str
    status: Status
    source: list[Slug]


class EvidenceRules(Record):
    """How trial results are chosen and judged before they are pooled: our judgements."""

    standard_doses: list[StandardDose]
    apart_by_dose: list[Slug]
    not_the_same: list[NotTheSame]
    windows: list[Window]
    window_note: str
    density_measures: list[Slug]
    responder_measures: list[Slug]
    least_sds_to_borrow: Quantity
    least_correlations_to_borrow: Quantity
    correlation_before_after: Quantity
    correlation_between_sides: Quantity
    correlations_tried: Values
    correlations_within_arm_tried: Values
    meaningful_difference: Quantity
    prior_scale_of_tau: Quantity
    bias_of_single_arms: Quantity
    bias_of_single_arms_sd: Quantity
    least_people: Quantity
    least_share_analysed: Quantity
    i2_serious: Quantity
    i2_very_serious: Quantity
    i2_conflict: Quantity
    weight_share_serious: Quantity
    spread_factor_tried: Quantity
    least_studies_for_publication_bias: Quantity
    egger_p_serious: Quantity
