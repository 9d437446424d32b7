"""What happens in an arm, as events on a time axis, and what is given in words."""

from collections.abc import Mapping, Sequence

from anagen.facts.parameter import ModelParameter
from anagen.follicle import scenario
from anagen.follicle.areata_draws import AreataDraws
from anagen.follicle.scenario import Arm, Condition, Treatment, end_week
from anagen.follicle.scenario_arms import PERCENT, sessions_of
from anagen.follicle.scenario_check import SESSIONED, TRANSPLANT
from anagen.follicle.simulation import Event

MOST_WEEKS_TOLD = 8
"""More weeks of sessions than this are shortened to the first two and the last."""

_CONDITION_LABELS = {
    "acute_effluvium": "telogen effluvium",
    "chronic_effluvium": "chronic telogen effluvium",
    "alopecia_areata": "attack of alopecia areata",
    "traction": "traction",
    "scarring": "scarring",
    "season": "season",
    "ageing": "ageing",
}


def events_of(
    whole: scenario.Scenario,
    arm: Arm,
    model: Mapping[str, ModelParameter],
    labels: Mapping[str, str],
    draws: AreataDraws | None = None,
) -> list[Event]:
    """Return what happens in an arm, in the order of its description.

    What chance does to many persons is no event; `draws` are those of one person, if it is one.
    """
    end_w = end_week(whole)
    found: list[Event] = []
    for one in arm.treatments:
        label = labels.get(one.what, one.what)
        if one.what in SESSIONED or one.what == TRANSPLANT:
            is_one = one.what == TRANSPLANT
            weeks = (one.from_week,) if is_one else sessions_of(one, model, end_w)
            found += [
                Event(what=one.what, label=label, kind="session", from_week=week) for week in weeks
            ]
        else:
            found.append(_span(one.what, label, one.from_week, one.to_week, end_w))
    for befalls in (*whole.conditions, *arm.conditions):
        found += _condition_events(befalls, model, end_w, draws)
    return found


def _span(
    what: str, label: str, first: float, last: float | None, end_w: float, *, ill: bool = False
) -> Event:
    to_week = min(end_w, end_w if last is None else last)
    return Event(
        what=what, label=label, kind="span", from_week=first, to_week=round(to_week, 3),
        is_condition=ill,
    )  # fmt: skip


def _condition_events(
    one: Condition,
    model: Mapping[str, ModelParameter],
    end_w: float,
    draws: AreataDraws | None,
) -> list[Event]:
    what = str(one.__struct_config__.tag)
    label = _CONDITION_LABELS[what]
    spans: Sequence[tuple[float, float | None]]
    if isinstance(one, scenario.AcuteEffluvium):
        push_w = model["te_push_w"].number() if one.push_weeks is None else one.push_weeks
        spans = [(one.week, one.week + push_w)]
    elif isinstance(one, scenario.Areata):
        by_chance = () if draws is None else draws.episodes[0]
        told = one.episodes
        spans = by_chance if isinstance(told, str) else [(s.from_week, s.to_week) for s in told]
    elif isinstance(one, scenario.Season | scenario.Ageing):
        spans = [(0.0, None)]
    else:
        spans = [(one.from_week, one.to_week)]
    found = [_span(what, label, first, last, end_w, ill=True) for first, last in spans]
    if isinstance(one, scenario.Areata | scenario.Scarring) and one.relief_percent:
        words = _relief_words(one, draws)
        found.append(_span(f"{what}_relief", words, one.relief_from_week, None, end_w))
    return found


def _relief_words(one: scenario.Areata | scenario.Scarring, draws: AreataDraws | None) -> str:
    """Return what relieves a disease in words: how strongly, if that is one number."""
    if not isinstance(one.relief_percent, str):
        return f"relief of {one.relief_percent:g} %"
    if draws is None:
        return "relief by chance"
    return f"relief of {PERCENT * draws.relief[0]:.0f} %"


def given_words(
    whole: scenario.Scenario,
    arm: Arm,
    model: Mapping[str, ModelParameter],
    labels: Mapping[str, str],
    draws: AreataDraws | None = None,
) -> list[str]:
    """Return each treatment of an arm in words, and what relieves the diseases that befall it."""
    end_w = end_week(whole)
    given = [_words(one, labels.get(one.what, one.what), model, end_w) for one in arm.treatments]
    for one in (*whole.conditions, *arm.conditions):
        if isinstance(one, scenario.Areata | scenario.Scarring) and one.relief_percent:
            what = _CONDITION_LABELS[str(one.__struct_config__.tag)]
            relief = _relief_words(one, draws)
            given.append(f"{relief} from week {one.relief_from_week:g} ({what})")
    return given


def _words(one: Treatment, label: str, model: Mapping[str, ModelParameter], end_w: float) -> str:
    parts = [label]
    if one.mg is not None:
        parts.append(f"{one.mg:g} mg")
    if one.percent is not None:
        parts.append(f"{one.percent:g} %")
    if one.grafts_per_cm2 is not None:
        parts.append(f"{one.grafts_per_cm2:g} units/cm² in week {one.from_week:g}")
    elif one.what in SESSIONED:
        words = session_words(sessions_of(one, model, end_w))
        parts.append(words if one.session_weeks is not None else f"{words} (usual schedule)")
    elif one.from_week or one.to_week is not None:
        until = f" to {one.to_week:g}" if one.to_week is not None else ""
        parts.append(f"from week {one.from_week:g}{until}")
    if one.billion_particles is not None and one.treated_area_cm2 is not None:
        parts.append(f"{one.billion_particles:g} billion particles on {one.treated_area_cm2:g} cm²")
    if one.adherence_percent is not None:
        parts.append(f"{one.adherence_percent:g} % of doses taken")
    return " · ".join(parts) if len(parts) > 1 else label


def session_words(weeks: Sequence[float]) -> str:
    """Return how many sessions there are, and when; a long list is shortened.

    Examples
    --------
    >>> session_words([4]), session_words([0, 4, 8])
    ('1 session, week 4', '3 sessions, weeks 0, 4, 8')
    >>> session_words(range(24))
    '24 sessions, weeks 0, 1, … 23'
    """
    told = [f"{week:g}" for week in weeks]
    if len(told) == 1:
        return f"1 session, week {told[0]}"
    if len(told) > MOST_WEEKS_TOLD:
        told = [*told[:2], f"… {told[-1]}"]
    return f"{len(weeks)} sessions, weeks {', '.join(told)}"
