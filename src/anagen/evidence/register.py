"""Every study of the facts: who, what, how, how trusted, and where its numbers go."""

import difflib
from collections.abc import Iterable
from typing import Literal

import msgspec

from anagen.errors import InputError
from anagen.evidence.synthesis import EvidenceSummary, evidence_for
from anagen.facts import Facts
from anagen.facts.base import Sex, Slug
from anagen.facts.review import StudySex
from anagen.facts.study import BiasLevel, DesignKind, Reading, Stage, Study
from anagen.facts.treatment import Option
from anagen.frozen import Record

How = Literal["pooled", "other_visit", "outlier", "share", "gain", "left_out"]
"""`pooled`: in a pooled mean; `other_visit`: a contrast outside the shared weeks; `outlier`: shown
apart; `share`: the share of responders is shown; `gain`: shown without a control; `left_out`."""

HOW_ORDER: tuple[How, ...] = ("pooled", "other_visit", "outlier", "share", "gain", "left_out")
NOT_ASKED = "no option of ours is what its arms received"


class Placement(Record):
    """What one option's question made of a study; `reason` says why it is not pooled."""

    option: Slug
    sex: Sex
    how: How
    reason: str | None = None


class StudyLine(Record):
    """One study in the list of all: who, what, how, how trusted, and what became of its numbers.

    `use` says in a sentence where its numbers enter, or why not. `bias` spans two levels where the
    judgement does; it is empty where nobody judged.
    """

    id: Slug
    citation: str
    condition: str
    design: DesignKind
    design_text: str
    blinding: str
    stage: Stage
    reading: Reading
    arms: list[str]
    measures: list[str]
    weeks: list[float]
    placements: list[Placement]
    use: str
    sex: StudySex | None = None
    n: int | None = None
    year: int | None = None
    follow_up_weeks: float | None = None
    bias_tool: str | None = None
    bias: list[BiasLevel] = msgspec.field(default_factory=list)
    funding: str | None = None
    never_use: str | None = None
    outlier: str | None = None


def _blinding(study: Study) -> str:
    if study.design.blinded:
        return "blinded"
    if study.design.assessor_blinded:
        return "only the assessor blinded"
    return "open" if study.design.blinded is False else "not stated"


def _placed(option: Slug, sex: Sex, summary: EvidenceSummary) -> dict[Slug, Placement]:
    """Return what one summary made of each study it names, the strongest use of each."""
    reasons = {entry.study: entry.reason for entry in summary.left_out}
    named: dict[How, Iterable[Slug]] = {
        "pooled": [c.study for c in summary.contrasts],
        "other_visit": [c.study for c in summary.other_visits],
        "outlier": [c.study for c in summary.outliers],
        "share": [r.study for r in summary.responders],
        "gain": [g.study for g in summary.gains],
        "left_out": list(reasons),
    }
    found: dict[Slug, Placement] = {}
    for how in HOW_ORDER:
        for study in named[how]:
            if study not in found:
                reason = None if how == "pooled" else reasons.get(study)
                found[study] = Placement(option=option, sex=sex, how=how, reason=reason)
    return found


def _summaries(
    option: Option, sex: Sex | None, facts: Facts
) -> Iterable[tuple[Sex, EvidenceSummary]]:
    route = option.route if "exosome" in option.components else None
    for one in option.sexes:
        if sex in (None, one):
            for condition in option.conditions:
                yield (
                    one,
                    evidence_for(
                        option.components, option.backbone, one, condition, facts, route=route
                    ),
                )


def placements(
    facts: Facts, *, option: Slug | None = None, sex: Sex | None = None
) -> dict[Slug, list[Placement]]:
    """Return for each study what the questions of our options made of it.

    Parameters
    ----------
    facts:
        All facts.
    option, sex:
        Only the questions of this option, or about this sex.
    """
    found: dict[Slug, list[Placement]] = {}
    for name, entry in facts.options.items():
        if option not in (None, name) or entry.components == ["none"]:
            continue
        for whose, summary in _summaries(entry, sex, facts):
            for study, placed in _placed(name, whose, summary).items():
                if placed not in found.setdefault(study, []):
                    found[study].append(placed)
    for placed_list in found.values():
        placed_list.sort(key=lambda p: HOW_ORDER.index(p.how))
    return found


_HOW_WORDS: dict[How, str] = {
    "pooled": "pooled for {}",
    "other_visit": "a controlled result at other weeks than the pool, for {}",
    "outlier": "shown apart as an outlier, for {}",
    "share": "its share of responders is shown, not pooled, for {}",
    "gain": "its change without a control is shown, never pooled, for {}",
    "left_out": "left out for {}",
}


def _options(placed: list[Placement], facts: Facts) -> list[str]:
    """Return the options that made the same of a study, with whose where it is not both."""
    sexes: dict[Slug, set[Sex]] = {}
    for one in placed:
        sexes.setdefault(one.option, set()).add(one.sex)
    whose = {frozenset({"male"}): " (men)", frozenset({"female"}): " (women)"}
    return [
        f"{facts.options[name].short_label}{whose.get(frozenset(found), '')}"
        for name, found in sexes.items()
    ]


def _use(study: Study, placed: list[Placement], facts: Facts) -> str:
    """Say in a sentence where the numbers of a study enter, or why they do not."""
    if not placed:
        return f"not used: {study.never_use or NOT_ASKED}"
    best = placed[0].how
    same = [p for p in placed if p.how == best]
    if best == "left_out":
        reasons = dict.fromkeys(p.reason for p in same if p.reason)
        return f"not used: {'; '.join(reasons)}"
    said = _HOW_WORDS[best].format(", ".join(_options(same, facts)))
    why = next((p.reason for p in same if p.reason), None)
    return f"{said}: {why}" if why else said


def line_of(name: Slug, study: Study, placed: list[Placement], facts: Facts) -> StudyLine:
    """Return the line of one study, from what the questions of our options made of it."""
    words = facts.vocabulary
    seen = [*study.baseline, *study.observations]
    weeks = sorted({float(o.week) for o in study.observations if o.week is not None})
    measures = dict.fromkeys(words.label("measures", o.measure) for o in seen)
    return StudyLine(
        id=name,
        citation=study.citation.text,
        year=study.citation.year,
        condition=words.label("conditions", study.condition),
        sex=study.sex,
        n=study.n_randomised or study.population.n,
        design=study.design.kind,
        design_text=study.design.text,
        blinding=_blinding(study),
        follow_up_weeks=None if study.follow_up_weeks is None else float(study.follow_up_weeks),
        weeks=weeks,
        stage=study.stage,
        reading=study.reading,
        arms=[arm.label for arm in study.arms.values()],
        measures=list(measures),
        bias_tool=None if study.bias is None else study.bias.tool,
        bias=[] if study.bias is None else study.bias.levels,
        funding=study.funding,
        never_use=study.never_use,
        outlier=study.outlier,
        placements=placed,
        use=_use(study, placed, facts),
    )


def _received(study: Study, treatment: Slug, facts: Facts) -> bool:
    """Tell whether an arm received a treatment, or one of its class."""
    terms = facts.vocabulary.treatments
    return any(
        treatment in (c.treatment, terms[c.treatment].broader)
        for arm in study.arms.values()
        for c in arm.components
    )


def studies(
    facts: Facts,
    *,
    option: Slug | None = None,
    sex: Sex | None = None,
    kind: DesignKind | None = None,
) -> list[StudyLine]:
    """Return every study in the order of the facts, with what became of its numbers.

    Parameters
    ----------
    facts:
        All facts.
    option:
        Only the studies that the question of this option names; or, by the id of a treatment such
        as exosome, those that gave it.
    sex:
        Only studies of this sex, or of both.
    kind:
        Only studies of this design.

    Raises
    ------
    InputError
        If there is no such option or treatment.
    """
    is_option = option in facts.options
    if option is not None and not is_option and option not in facts.vocabulary.treatments:
        raise InputError(_no_option(option, facts))
    placed = placements(facts, option=option if is_option else None, sex=sex)
    return [
        line_of(name, study, placed.get(name, []), facts)
        for name, study in facts.studies.items()
        if kind in (None, study.design.kind)
        and (sex is None or study.sex in (sex, "both", None))
        and (option is None or (name in placed if is_option else _received(study, option, facts)))
    ]


def _no_option(option: str, facts: Facts) -> str:
    known = [*facts.options, *facts.vocabulary.treatments]
    near = difflib.get_close_matches(option.lower()[:80], known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"try {', '.join(facts.options)}"
    return f"there is no option or treatment '{option[:60]}'; {hint}"
