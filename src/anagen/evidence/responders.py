"""Shares of people who responded, with the control's share and the difference where known."""

import math
from statistics import NormalDist

import msgspec

from anagen.errors import InputError
from anagen.evidence.contrasts import pairs
from anagen.evidence.question import Question, is_about, is_treated
from anagen.evidence.spread import NS_COUNTED, is_read, is_usable, people
from anagen.facts import Facts
from anagen.facts.base import Slug
from anagen.facts.study import Observation, Study
from anagen.frozen import Record


class Responders(Record):
    """The share of an arm that responded; `difference_points` (95 % bounds) is treated − control.

    `control` is missing where the study has no arm that received the control asked for; where it
    has one whose share was not read, `control` names it and `control_percent` and the difference
    are missing. `is_randomised` is about the study alone.
    """

    study: Slug
    arm: Slug
    arm_label: str
    measure: Slug
    week: float
    percent: float
    is_randomised: bool
    source: list[Slug]
    n: int | None = None
    control: Slug | None = None
    control_percent: float | None = None
    control_n: int | None = None
    difference_points: float | None = None
    low_points: float | None = None
    high_points: float | None = None
    dose: str | None = None
    cautions: list[str] = msgspec.field(default_factory=list)
    note: str | None = None


def wilson(share: float, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's interval of a share between 0 and 1 among n people: (E14).

    Raises
    ------
    InputError
        If n is below 1 or the share lies outside 0 to 1.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22:209-212.
    """
    if n < 1 or not 0 <= share <= 1:
        raise InputError(
            f"a share between 0 and 1 of at least 1 person is needed, got {share}, {n}"
        )
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = share + z**2 / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    below = 1 + z**2 / n
    return max(0.0, (middle - half) / below), min(1.0, (middle + half) / below)


def newcombe(p: float, n: int, q: float, m: int) -> tuple[float, float]:
    """Return the 95 % interval of the difference p − q of two independent shares: (E15).

    Raises
    ------
    InputError
        If a share or a number of people is impossible.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17:873-890, method 10.
    """
    (low_p, high_p), (low_q, high_q) = wilson(p, n), wilson(q, m)
    low = p - q - math.sqrt((p - low_p) ** 2 + (high_q - q) ** 2)
    high = p - q + math.sqrt((high_p - p) ** 2 + (q - low_q) ** 2)
    return max(-1.0, low), min(1.0, high)


def _share(study: Study, arm: str, measure: str, week: float) -> Observation | None:
    for o in study.observations:
        is_share = o.statistic in ("responder_percent", "share_percent") and is_read(o)
        if is_share and (o.arm, o.measure, o.week) == (arm, measure, week):
            return o
    return None


def _dose(study: Study, arm_id: str) -> str | None:
    doses = [
        f"{c.treatment} {c.dose:g} {c.dose_unit}"
        for c in study.arms[arm_id].components
        if isinstance(c.dose, int | float) and c.dose_unit
    ]
    return ", ".join(doses) or None


def _printed(study: Study, arm: str, control: str, o: Observation) -> Observation | None:
    for other in study.observations:
        key = (other.arm, other.versus, other.measure, other.week, other.statistic)
        if key == (arm, control, o.measure, o.week, "net_difference") and is_read(other):
            return other
    return None


def _compared(
    study: Study, arm: str, control: str | None, o: Observation, n: int | None
) -> dict[str, object]:
    """Return what is known of the control's share and of the difference."""
    if control is None or o.week is None or not isinstance(o.value, int | float):
        return {}
    other = _share(study, control, o.measure, o.week)
    if other is None or not isinstance(other.value, int | float):
        return {"control": control}
    counted = people(study, control, other)
    m = counted[0] if counted and counted[1] in NS_COUNTED else None
    found: dict[str, object] = {
        "control": control, "control_percent": float(other.value), "control_n": m,
    }  # fmt: skip
    printed = _printed(study, arm, control, o)
    if printed is not None and isinstance(printed.value, int | float):
        found["difference_points"] = float(printed.value)
        if printed.dispersion is not None:
            found["low_points"] = printed.dispersion.low
            found["high_points"] = printed.dispersion.high
    else:
        found["difference_points"] = float(o.value) - float(other.value)
        if n and m:
            low, high = newcombe(o.value / 100, n, other.value / 100, m)
            found["low_points"], found["high_points"] = 100 * low, 100 * high
    return found


def responders(question: Question, facts: Facts) -> list[Responders]:
    """Return the shares of responders among people who receive what is asked, at every dose."""
    terms, measures = facts.vocabulary.treatments, facts.evidence_rules.responder_measures
    found = []
    for study_id, study in facts.studies.items():
        if not is_about(study, question) or not is_usable(study):
            continue
        if study.design.kind == "randomised_withdrawal":
            continue
        for o in study.observations:
            arm = study.arms.get(o.arm)
            if arm is None or o.week is None or o.measure not in measures:
                continue
            if o.statistic not in ("responder_percent", "share_percent") or not is_read(o):
                continue
            if not isinstance(o.value, int | float):
                continue
            if not is_treated(arm, o.week, question, terms).fits:
                continue
            counted = people(study, o.arm, o)
            n = counted[0] if counted and counted[1] in NS_COUNTED else None
            controls = dict(pairs(study, question, o.week, facts, any_dose=True))
            compared = _compared(study, o.arm, controls.get(o.arm), o, n)
            found.append(
                Responders(
                    study=study_id,
                    arm=o.arm,
                    arm_label=arm.label,
                    measure=o.measure,
                    week=float(o.week),
                    percent=float(o.value),
                    n=n,
                    source=o.source,
                    is_randomised=study.design.kind == "randomised_trial",
                    dose=_dose(study, o.arm),
                    cautions=study.flags,
                    note=o.note,
                    **compared,  # type: ignore[arg-type]  # the keys differ by what was compared
                )
            )
    return found
