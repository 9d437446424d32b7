"""What is known of how a treatment, a pathway or a rate of the model acts: one name, its arrows."""

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from anagen.errors import InputError
from anagen.facts.base import Number, Slug, Source, Status
from anagen.facts.mechanism import (
    ASSAY_WORDS,
    IN_LABORATORY,
    IN_PEOPLE,
    Mechanism,
    MechanismEvidence,
    MechanismNode,
)
from anagen.facts.store import Facts
from anagen.frozen import Record

Kind = Literal["treatment", "pathway", "rate", "seen", "parameter"]

Footing = Literal["controlled", "series", "laboratory", "recalled", "nothing"]

FOOTING_WORDS: dict[Footing, tuple[str, str, str]] = {
    "controlled": (
        "was measured in people against a control",
        "1 was measured in people against a control",
        "{} were measured in people against a control",
    ),
    "series": (
        "was seen in people, without a control",
        "1 was seen in people without a control",
        "{} were seen in people without a control",
    ),
    "laboratory": (
        "was seen in animals, cells or cultures alone",
        "1 was seen in animals, cells or cultures alone",
        "{} were seen in animals, cells or cultures alone",
    ),
    "recalled": (
        "is recalled and was not read",
        "1 is recalled and was not read",
        "{} are recalled and were not read",
    ),
    "nothing": (
        "rests on no study that was collected",
        "1 rests on no study that was collected",
        "{} rest on no study that was collected",
    ),
}
"""How near to a patient something was seen: for the only one, for one of several, for more."""


class ExplainedNode(MechanismNode, kw_only=True):
    """A box with its id."""

    id: Slug


class ExplainedArrow(Mechanism, kw_only=True):
    """An arrow with its id and the words for its ends.

    `for_treatments` are the treatments that are shown, in words; `seen_in` says in whom or in what
    it was seen.
    """

    id: Slug
    start_label: str
    end_label: str
    for_treatments: list[str]
    seen_in: str

    @property
    def is_moving(self) -> bool:
        """Whether it moves a rate in the forecast."""
        return bool(self.moves)


class ExplainedParameter(Record):
    """A parameter of the model that an arrow moves."""

    name: Slug
    meaning: str
    value: Number | list[Number] | str
    unit: str
    status: Status
    basis: str
    low: Number | None = None
    high: Number | None = None


class Explanation(Record):
    """What `anagen explain` shows: the words first, then boxes, arrows, parameters and sources.

    `name` is what was asked for, `asked` the ids of the treatments that it means, or that of the
    box or parameter.
    """

    schema: Literal["anagen/explanation/1"]
    name: str
    kind: Kind
    asked: list[Slug]
    label: str
    summary: list[str]
    nodes: list[ExplainedNode]
    arrows: list[ExplainedArrow]
    parameters: list[ExplainedParameter]
    sources: dict[str, Source]

    def in_column(self, column: str) -> list[ExplainedNode]:
        """Return the boxes of a column."""
        return [node for node in self.nodes if node.column == column]


def _plain(name: str) -> str:
    """Return a name as it is compared: small letters, one kind of gap."""
    return "_".join(name.lower().replace("-", " ").replace("_", " ").replace("/", " ").split())


def _treatment_names(facts: Facts) -> dict[str, set[Slug]]:
    """Return every treatment that has an arrow by every name of it or of its kind."""
    used = {name for arrow in facts.mechanisms.values() for name in arrow.treatments}
    found: dict[str, set[Slug]] = {}
    for name, term in facts.vocabulary.treatments.items():
        own = {n for n in used if n == name or facts.vocabulary.treatments[n].broader == name}
        for word in (name, term.label, *term.also) if own else ():
            found.setdefault(_plain(word), set()).update(own)
    return found


def _node_names(facts: Facts) -> dict[str, Slug]:
    names: dict[str, Slug] = {}
    for name, node in facts.mechanism_nodes.items():
        for word in (node.label, *node.also):
            names.setdefault(_plain(word), name)
    return names | {name: name for name in facts.mechanism_nodes}


def _unknown(name: str, facts: Facts, known: Iterable[str]) -> InputError:
    """Say in one sentence why nothing can be explained, with what comes near."""
    plain = _plain(name)
    if name in facts.model:
        return InputError(
            f"no mechanism that was collected touches the parameter '{name}'; "
            f"'anagen facts show {name}' says what it is"
        )
    if name in facts.vocabulary.treatments:
        return InputError(
            f"no mechanism was collected for '{name}'; 'anagen facts list mechanisms' lists all"
        )
    near = difflib.get_close_matches(plain, sorted(known), n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "see 'anagen facts list mechanisms'"
    return InputError(
        f"'{name[:60]}' is no treatment, pathway or rate whose mechanism was collected; {hint}"
    )


def explain(facts: Facts, name: str) -> Explanation:
    """Return what is known of how something acts.

    Parameters
    ----------
    facts:
        The package's facts.
    name:
        A treatment, a box of the mechanisms or a parameter of the model, by its id or other names.

    Raises
    ------
    InputError
        If nothing has that name, or no mechanism was collected for it.
    """
    treatments, nodes = _treatment_names(facts), _node_names(facts)
    moved = {
        _plain(parameter): (parameter, node)
        for node, box in facts.mechanism_nodes.items()
        for parameter in box.parameters
    }
    plain = _plain(name)
    if plain in treatments:
        own = treatments[plain]
        term = facts.vocabulary.treatments.get(plain)
        labels = [facts.vocabulary.treatments[one].label for one in sorted(own)]
        label = term.label if term is not None else " and ".join(labels)
        chosen = _chosen(facts, lambda _, arrow: bool(own & set(arrow.treatments)))
        return _explanation(facts, name, "treatment", sorted(own), label, chosen, own)
    if plain in nodes:
        box = facts.mechanism_nodes[nodes[plain]]
        chosen = _about(facts, nodes[plain])
        return _explanation(facts, name, box.column, [nodes[plain]], box.label, chosen)
    if plain in moved:
        parameter, node = moved[plain]
        chosen = _chosen(facts, lambda _, arrow: parameter in arrow.moves)
        chosen = chosen or _about(facts, node)
        label = f"{parameter}, {facts.model[parameter].meaning}"
        return _explanation(facts, name, "parameter", [parameter], label, chosen)
    raise _unknown(name, facts, {*treatments, *nodes, *moved})


def _chosen(facts: Facts, wanted: Callable[[Slug, Mechanism], bool]) -> dict[Slug, Mechanism]:
    return {name: arrow for name, arrow in facts.mechanisms.items() if wanted(name, arrow)}


def _about(facts: Facts, node: Slug) -> dict[Slug, Mechanism]:
    """Return the arrows of a box; those of a pathway lead on to what is seen."""
    own = _chosen(facts, lambda _, arrow: node in (arrow.start, arrow.end))
    if facts.mechanism_nodes[node].column != "pathway":
        return own
    ends = {(arrow.end, one) for arrow in own.values() for one in arrow.treatments}
    return own | _chosen(
        facts, lambda _, arrow: any((arrow.start, one) in ends for one in arrow.treatments)
    )


def _assay_words(piece: MechanismEvidence) -> str:
    """Return in whom or in what something was seen, with what has to be said beside it."""
    words = ASSAY_WORDS[piece.assay] + ("" if piece.with_treatment else ", without the treatment")
    words += " (no effect)" if piece.found_none else ""
    return words + (" (recalled)" if piece.status == "remembered" else "")


def _seen_in(arrow: Mechanism) -> str:
    """Return in whom or in what an arrow was seen, in a few words."""
    seen: dict[str, None] = {}
    for assay in ASSAY_WORDS:
        for piece in arrow.evidence:
            if piece.assay == assay and (piece.with_treatment or assay not in IN_PEOPLE):
                seen[_assay_words(piece)] = None
    shown = [words for words in seen if "without the treatment" not in words]
    if any(assay not in ("claim", "none") for assay in arrow.assays()):
        shown = [words for words in shown if words not in ASSAY_ALONE]
    else:
        shown += [words for words in seen if words not in shown]
    return "; ".join(shown)


ASSAY_ALONE = (ASSAY_WORDS["claim"], ASSAY_WORDS["none"])
"""What is not said where anything better was collected."""


def _explanation(
    facts: Facts,
    name: str,
    kind: Kind,
    asked: list[Slug],
    label: str,
    chosen: dict[Slug, Mechanism],
    own: set[Slug] | None = None,
) -> Explanation:
    nodes = facts.mechanism_nodes
    touched = {end for arrow in chosen.values() for end in (arrow.start, arrow.end)}
    arrows = [
        ExplainedArrow(
            **{field: getattr(arrow, field) for field in Mechanism.__struct_fields__},
            id=arrow_id,
            start_label=nodes[arrow.start].label,
            end_label=nodes[arrow.end].label,
            for_treatments=[
                facts.vocabulary.treatments[one].label
                for one in arrow.treatments
                if own is None or one in own
            ],
            seen_in=_seen_in(arrow),
        )
        for arrow_id, arrow in chosen.items()
    ]
    lists = [e.source for a in arrows for e in a.evidence] + [a.in_forecast.source for a in arrows]
    cited = {key for keys in lists for key in keys}
    moves = dict.fromkeys(parameter for arrow in arrows for parameter in arrow.moves)
    parameters = [_parameter(facts, parameter) for parameter in moves]
    return Explanation(
        schema="anagen/explanation/1",
        name=name,
        kind=kind,
        asked=asked,
        label=label,
        summary=_summary(facts, kind, label, arrows, parameters),
        nodes=[_node(facts, one) for one in nodes if one in touched],
        arrows=arrows,
        parameters=parameters,
        sources={key: facts.sources[key] for key in facts.sources if key in cited},
    )


def _node(facts: Facts, name: Slug) -> ExplainedNode:
    node = facts.mechanism_nodes[name]
    return ExplainedNode(
        id=name, **{field: getattr(node, field) for field in MechanismNode.__struct_fields__}
    )


def _parameter(facts: Facts, name: Slug) -> ExplainedParameter:
    fact = facts.model[name]
    return ExplainedParameter(
        name=name,
        meaning=fact.meaning or fact.basis,
        value=fact.value,
        unit=fact.unit,
        status=fact.status,
        basis=fact.basis,
        low=fact.low,
        high=fact.high,
    )


def _summary(
    facts: Facts,
    kind: Kind,
    label: str,
    arrows: Sequence[ExplainedArrow],
    parameters: Sequence[ExplainedParameter],
) -> list[str]:
    """Say in plain sentences how much is known in people, and how much moves the forecast."""
    ways = [a for a in arrows if facts.mechanism_nodes[a.start].column == "pathway"]
    seen = [a for a in arrows if facts.mechanism_nodes[a.start].column == "rate"]
    sentences = [_known(kind, label.partition(" (")[0], ways)] if ways else []
    sentences += _looked_for(seen)
    sentences.append(_moving(arrows))
    assumed = [p.name for p in parameters if p.status in ("assumed", "remembered")]
    fitted = [p.name for p in parameters if p.name not in assumed]
    sizes = [
        f"{words} ({', '.join(names)})"
        for words, names in (("assumed", assumed), ("taken from trials of medicines", fitted))
        if names
    ]
    return [*sentences, f"The sizes are {' or '.join(sizes)}."] if sizes else sentences


def _footing(arrow: ExplainedArrow) -> Footing:
    """Return in whom an arrow of a treatment was seen; what is recalled was not read."""
    read = {e.assay for e in arrow.evidence if e.with_treatment and e.status != "remembered"}
    if "human_controlled" in read:
        return "controlled"
    if "human_series" in read:
        return "series"
    if read & set(IN_LABORATORY):
        return "laboratory"
    return "recalled" if any(e.status == "remembered" for e in arrow.evidence) else "nothing"


def _known(kind: Kind, label: str, ways: Sequence[ExplainedArrow]) -> str:
    """Say how many of the ways of acting were seen in whom."""
    only = len(ways) == 1
    subject = {
        "treatment": f"in which {label} would act",
        "pathway": f"that {'starts' if only else 'start'} from “{label}”",
        "rate": f"that {'leads' if only else 'lead'} to “{label}”",
    }.get(kind, f"through which {label.partition(',')[0]} is moved")
    if only:
        return f"The one way collected {subject} {FOOTING_WORDS[_footing(ways[0])][0]}."
    found = Counter(_footing(arrow) for arrow in ways)
    parts = [
        FOOTING_WORDS[footing][1 if found[footing] == 1 else 2].format(found[footing])
        for footing in FOOTING_WORDS
        if found[footing]
    ]
    if not found["controlled"]:
        parts.insert(0, "none was measured in people against a control")
    listed = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
    return f"Of {len(ways)} ways collected {subject}, {listed}."


def _looked_for(seen: Sequence[ExplainedArrow]) -> list[str]:
    """Say what was counted on people's heads, and what was not."""
    best: dict[str, Footing] = {}
    order = list(FOOTING_WORDS)
    for arrow in seen:
        words = arrow.end_label[:1].lower() + arrow.end_label[1:]
        best[words] = min(best.get(words, "nothing"), _footing(arrow), key=order.index)
    counted = [
        f"{words} ({'against a control' if footing == 'controlled' else 'without a control'})"
        for words, footing in best.items()
        if footing in ("controlled", "series")
    ]
    others = [words for words, footing in best.items() if footing not in ("controlled", "series")]
    return [
        f"{head}: {', '.join(items)}."
        for head, items in (("Looked for in people", counted), ("Not looked for", others))
        if items
    ]


def _moving(arrows: Sequence[ExplainedArrow]) -> str:
    moving = sum(arrow.is_moving for arrow in arrows)
    if moving == len(arrows):
        return f"Each of the {moving} arrows moves a rate in the forecast."
    if not moving:
        return f"None of the {len(arrows)} arrows moves a rate in the forecast; each says why."
    still = len(arrows) - moving
    return (
        f"Of {len(arrows)} arrows {moving} {'moves' if moving == 1 else 'move'} a rate in the "
        f"forecast; {still} {'moves nothing and says' if still == 1 else 'move nothing and say'} "
        "why."
    )
