"""The questions that the studies of one treatment answer: alone, or with something else."""

from anagen.errors import InputError
from anagen.evidence.question import Question, is_about
from anagen.facts import Facts
from anagen.facts.base import Slug
from anagen.facts.study import INERT, Study
from anagen.frozen import Record


class Group(Record):
    """One question, and in words what was given and what it was compared with."""

    question: Question
    label: str


def treatment_named(name: str, facts: Facts) -> Slug:
    """Return the id of a treatment or option by its id or another spelling of it.

    Raises
    ------
    InputError
        If no treatment and no option has this name; it says which come near.
    """
    import difflib

    terms = facts.vocabulary.treatments
    if name in terms or name in facts.options:
        return name
    spellings = {other.lower(): key for key, term in terms.items() for other in term.also}
    if name.lower() in spellings:
        return spellings[name.lower()]
    known = sorted({*terms, *facts.options} - INERT)
    near = difflib.get_close_matches(name, known, n=3)
    helped = f"is it {' or '.join(near)}?" if near else "see 'anagen facts list options'"
    raise InputError(f"no option or treatment is called {name[:60]!r}; {helped}")


def _sets_given(study: Study, treatment: str) -> set[frozenset[str]]:
    """Return what was given together with a treatment in the arms of a study, at any week."""
    weeks = {float(o.week) for o in study.observations if o.week} or {1.0}
    return {
        active
        for arm in study.arms.values()
        if arm.people is None
        for week in weeks
        if treatment in (active := arm.active(week))
    }


def _label(components: list[str], backbone: list[str], facts: Facts) -> str:
    """Return in words what was given and against what."""

    def words(names: list[str]) -> str:
        return " and ".join(facts.vocabulary.label("treatments", name) for name in names)

    alone = " alone" if len(components) == 1 else ""
    against = words(backbone) if backbone else "an inert control"
    return f"{words(components)}{alone}, against {against}"


def groups(name: Slug, asked: Question, facts: Facts) -> list[Group]:
    """Return the questions that the studies of a treatment, or one option, can answer.

    Parameters
    ----------
    name:
        Id of a treatment, or of an option of several treatments.
    asked:
        The condition and whatever narrows the question; its components are not read.
    facts:
        All facts.
    """
    import msgspec

    if name not in facts.vocabulary.treatments:
        option = facts.options[name]
        question = msgspec.structs.replace(
            asked,
            components=option.components,
            backbone=option.backbone,
            route=asked.route or option.route,
        )
        return [Group(question=question, label=_label(option.components, option.backbone, facts))]
    together: set[frozenset[str]] = {frozenset({name})}
    backbones: set[tuple[frozenset[str], frozenset[str]]] = set()
    for study in facts.studies.values():
        if not is_about(study, asked):
            continue
        given = _sets_given(study, name)
        together |= given
        weeks = {float(o.week) for o in study.observations if o.week} or {1.0}
        others = {arm.active(week) for arm in study.arms.values() for week in weeks}
        backbones |= {(g, g - {name}) for g in given if g - {name} and g - {name} in others}
    pairs = [(g, frozenset[str]()) for g in together] + list(backbones)
    found = []
    for active, base in sorted(pairs, key=lambda p: (len(p[0]), sorted(p[0]), sorted(p[1]))):
        components, backbone = [name, *sorted(active - {name})], sorted(base)
        question = msgspec.structs.replace(asked, components=components, backbone=backbone)
        found.append(Group(question=question, label=_label(components, backbone, facts)))
    return found
