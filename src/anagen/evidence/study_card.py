"""Everything on one study: its arms, outcomes, harms, bias, and what a study like it can show."""

import difflib
from collections.abc import Mapping, Sequence

from anagen.errors import InputError
from anagen.evidence.ledger.arithmetic import exact_interval, three_in, zero_event_upper
from anagen.evidence.register import Placement, StudyLine, line_of, placements
from anagen.facts import Facts
from anagen.facts.base import Slug, Source, Status
from anagen.facts.judgement import SingleArmLimit
from anagen.facts.study import (
    AdverseEvent,
    BiasLevel,
    Conversion,
    DesignKind,
    Dispersion,
    Observation,
    Study,
)
from anagen.frozen import Record

WITHOUT_CONTROL: frozenset[DesignKind] = frozenset(
    {"single_arm", "cohort", "case_series", "case_report"}
)


class Outcome(Record):
    """One number or statement of a study, its ids in words; `is_baseline` marks one at the start.

    `value_per_cm2` and `conversion` are set where a count became a density.
    """

    arm: str
    measure: str
    statistic: str
    status: Status
    source: list[Slug]
    is_baseline: bool
    week: float | None = None
    from_week: float | None = None
    value: float | str | list[float | list[float]] | None = None
    unit: str | None = None
    versus: str | None = None
    n: int | None = None
    dispersion: Dispersion | None = None
    spread_text: str | None = None
    value_per_cm2: float | None = None
    conversion: Conversion | None = None
    p_value: str | None = None
    text: str | None = None
    note: str | None = None


class HarmOfStudy(Record):
    """How often a harm was seen, with its exact 95 % bounds in percent where it was counted.

    With no event `upper_percent` is the exact one-sided bound and `rule_of_three_percent` what the
    head computes; with events the two bounds are two-sided.
    """

    arm: str
    event: str
    status: Status
    source: list[Slug]
    events: int | None = None
    n: int | None = None
    percent: float | None = None
    low_percent: float | None = None
    upper_percent: float | None = None
    rule_of_three_percent: float | None = None
    text: str | None = None
    note: str | None = None


class StudyHarm(Record):
    """A harm that one study counted, with its exact bounds."""

    study: Slug
    harm: HarmOfStudy


class BiasLine(Record):
    """One domain of a bias judgement: its levels, mildest first, with the reason."""

    domain: str
    asks: str
    levels: list[BiasLevel]
    reason: str | None = None


class StudyCard(Record):
    """Everything on one study.

    `study` is the fact itself. `limits` says what a study without a control can and cannot show,
    where this is one.
    """

    line: StudyLine
    study: Study
    outcomes: list[Outcome]
    harms: list[HarmOfStudy]
    bias: list[BiasLine]
    limits: list[SingleArmLimit]
    sources: dict[Slug, Source]
    bias_basis: str | None = None


def _arm(study: Study, name: str) -> str:
    """Return an arm's label; results of everybody together name no arm."""
    return study.arms[name].label if name in study.arms else "everybody"


def _outcome(study: Study, o: Observation, facts: Facts, *, is_baseline: bool) -> Outcome:
    words = facts.vocabulary
    return Outcome(
        arm=_arm(study, o.arm),
        versus=None if o.versus is None else _arm(study, o.versus),
        measure=words.label("measures", o.measure),
        statistic=words.label("statistics", o.statistic),
        status=o.status,
        source=o.source,
        is_baseline=is_baseline,
        week=o.week,
        from_week=o.from_week,
        value=o.value,
        unit=o.unit,
        n=o.n,
        dispersion=o.dispersion,
        spread_text=o.spread_text,
        value_per_cm2=o.value_per_cm2,
        conversion=o.conversion,
        p_value=o.p_value,
        text=o.text,
        note=o.note,
    )


def _harm(study: Study, event: AdverseEvent) -> HarmOfStudy:
    low = upper = head = None
    if event.events is not None and event.n:
        if event.events == 0:
            upper, head = zero_event_upper(event.n), three_in(event.n)
        else:
            low, upper = exact_interval(event.events, event.n)
    return HarmOfStudy(
        arm=_arm(study, event.arm),
        event=event.event,
        status=event.status,
        source=event.source,
        events=event.events,
        n=event.n,
        percent=event.percent,
        low_percent=low,
        upper_percent=upper,
        rule_of_three_percent=head,
        text=event.text,
        note=event.note,
    )


def harms_of(facts: Facts, names: Sequence[Slug]) -> list[StudyHarm]:
    """Return the harms that some studies counted, zero events with their exact bound.

    Parameters
    ----------
    facts:
        All facts.
    names:
        Ids of studies.
    """
    return [
        StudyHarm(study=name, harm=_harm(facts.studies[name], event))
        for name in names
        for event in facts.studies[name].adverse_events
        if event.status != "remembered" and (event.events is not None or event.percent is not None)
    ]


def _bias(study: Study, facts: Facts) -> list[BiasLine]:
    if study.bias is None:
        return []
    tools = {tool.name: tool for tool in facts.bias_tools.values()}
    domains = tools[study.bias.tool].domains
    return [
        BiasLine(
            domain=domains[name].label,
            asks=domains[name].asks,
            levels=judged.levels,
            reason=judged.reason,
        )
        for name, judged in study.bias.domains.items()
    ]


def _cited(study: Study) -> list[Slug]:
    cited = [
        *(o.source for o in (*study.baseline, *study.observations)),
        *(event.source for event in study.adverse_events),
        *(dropout.source for dropout in study.dropouts),
    ]
    return list(dict.fromkeys([*study.source, *(key for keys in cited for key in keys)]))


def card(
    facts: Facts, name: str, *, placed: Mapping[Slug, list[Placement]] | None = None
) -> StudyCard:
    """Return everything on one study.

    Parameters
    ----------
    facts:
        All facts.
    name:
        The id of the study.
    placed:
        What our questions made of every study, where that is known already: `placements(facts)`.

    Raises
    ------
    InputError
        If there is no such study; the message suggests the nearest ids.
    """
    study = facts.studies.get(name)
    if study is None:
        folded = {key.lower(): key for key in facts.studies}
        near = difflib.get_close_matches(name.lower()[:80], folded, n=3, cutoff=0.5)
        hint = (
            f"did you mean {' or '.join(folded[key] for key in near)}?"
            if near
            else "see 'anagen evidence studies'"
        )
        raise InputError(f"there is no study '{name[:60]}'; {hint}")
    known = placements(facts) if placed is None else placed
    without_control = study.design.kind in WITHOUT_CONTROL and not study.design.controlled
    return StudyCard(
        line=line_of(name, study, known.get(name, []), facts),
        study=study,
        outcomes=[
            *(_outcome(study, o, facts, is_baseline=True) for o in study.baseline),
            *(_outcome(study, o, facts, is_baseline=False) for o in study.observations),
        ],
        harms=[_harm(study, event) for event in study.adverse_events],
        bias=_bias(study, facts),
        bias_basis=None if study.bias is None else study.bias.basis,
        limits=list(facts.single_arm_limits.values()) if without_control else [],
        sources={key: facts.sources[key] for key in _cited(study)},
    )
