"""A person file to fill in: every key with its question, made from the records that read it."""

import datetime
import textwrap
from collections.abc import Iterator
from typing import Literal, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo, fields

from anagen.candidacy.person import NOT_WRITTEN, Person
from anagen.candidacy.person_words import plain_kinds
from anagen.facts import Facts, Record, Sex

Kind = Literal["choice", "list", "number", "whole_number", "date", "text", "block", "blocks"]
"""What an answer is; `block` holds further keys, `blocks` is a list of such."""

UNKNOWN = "unknown"
WIDTH = 96
FEW = 3
"""Up to so many answers are listed again where the question names them."""
CURRENCIES = frozenset({"budget_currency", "price_currency"})
"""Keys whose answers are too many to be listed in a file."""

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("About you", ("sex", "age_years", "jurisdiction", "label")),
    ("What you notice", ("condition", "noticed", "examination", "severity", "measured")),
    ("What you have used", ("history",)),
    ("Your health", ("health",)),
    ("What a clinic offers", ("product", "session_date")),
    ("What you wish", ("wishes",)),
)
"""The headings of the file and the keys below each; a key that stands nowhere joins the first."""

FOR_SEX: dict[str, Sex] = {"Women: ": "female", "Men: ": "male"}
"""How a question begins that is for one sex only."""

INTRODUCTION = """\
A person file for anagen. Nothing here should identify anybody: no name, no address.
A line that starts with ## is a question; what may be written stands in [brackets].
Fill in what has no answer yet. To answer a key that starts with #, remove that # (and the one of
the block that it belongs to). "unknown" is an answer everywhere but for sex, age and place; it
says the same as leaving the key out. If you fill it in for a child, "you" is the child."""


class FormQuestion(Record):
    """One key of a person file, with what is asked and what may be written.

    `key` is dotted; `[]` marks the keys of a list's blocks. `answers` are the words to choose from;
    where there are none, or `unknown` alone, any text, number or day will do. A number is at least
    `least`, more than `above` and at most `most`. `is_required` holds within its block.
    """

    key: str
    group: str
    question: str
    kind: Kind
    is_required: bool
    answers: list[str] = msgspec.field(default_factory=list)
    least: float | None = None
    above: float | None = None
    most: float | None = None


def form_questions(facts: Facts, sex: Sex | None = None, *, short: bool) -> list[FormQuestion]:
    """Return every question of a person file in the order in which it is asked.

    Parameters
    ----------
    facts:
        The facts, for the ids that a key accepts and for the questions that must be asked.
    sex:
        Leaves out what is asked of the other sex only; all is asked without it.
    short:
        Only what the first answer needs: what is required, what the person notices, signs of the
        scalp, one answer about everything else, and what that one cannot stand for but a STOP
        hangs on.
    """
    group_of = {key: heading for heading, keys in GROUPS for key in keys}
    first = GROUPS[0][0]
    asked = [
        question
        for field in fields(Person)
        if field.name not in NOT_WRITTEN
        for question in _questions_of(field, "", group_of.get(field.name, first), facts)
    ]
    asked = [q for q in asked if (fitted := FOR_SEX.get(_addressee(q))) in (None, sex or fitted)]
    if sex is not None:
        asked = [
            msgspec.structs.replace(q, question=_capital(q.question.removeprefix(_addressee(q))))
            for q in asked
        ]
    if short:
        asked = _shortened(asked)
    headings = [heading for heading, _ in GROUPS]
    places = {key: place for _, keys in GROUPS for place, key in enumerate(keys)}
    return sorted(
        asked, key=lambda q: (headings.index(q.group), places.get(_top(q.key), len(places)))
    )


def _addressee(question: FormQuestion) -> str:
    """Return the words that say whom a question is for, or nothing."""
    return next((words for words in FOR_SEX if question.question.startswith(words)), "")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _top(key: str) -> str:
    return key.partition(".")[0].removesuffix("[]")


SHORT = frozenset(
    {
        "health.otherwise_healthy",
        "health.pregnant",
        "health.breastfeeding",
        "health.trying_to_conceive",
        "health.allergy_to_ingredient",
        "health.reacted_to",
        "health.suspicious_scalp_lesion",
        "health.scalp_infection",
        "health.scaling",
        "health.broken_hairs",
        "health.boggy_mass",
        "health.scarring_signs",
    }
)
"""What the short file asks beside what is required and what is noticed."""


def _shortened(asked: list[FormQuestion]) -> list[FormQuestion]:
    """Keep what the first answer needs, with the blocks that hold it."""
    kept = {q.key for q in asked if q.key in SHORT or _top(q.key) == "noticed"}
    kept |= {q.key for q in asked if q.is_required and "." not in q.key}
    for key in list(kept):
        kept |= {key[:at] for at, letter in enumerate(key) if letter == "."}
    required = {q.key for q in asked if q.is_required and q.key.rpartition(".")[0] in kept}
    return [q for q in asked if q.key in kept | required]


def _questions_of(field: FieldInfo, path: str, group: str, facts: Facts) -> Iterator[FormQuestion]:
    """Yield the question of one field, then those of the fields below it."""
    name = field.name
    key = f"{path}.{name}" if path else name
    kinds = [kind for kind in plain_kinds(field.type) if kind is not type(None)]
    below, kind = _block(kinds)
    metas = list(_metas(field.type))
    answers = _answers(key, kinds, facts)
    if not field.required and kind not in ("block", "blocks") and key != "label":
        answers = [*(word for word in answers if word != UNKNOWN), UNKNOWN]
    yield FormQuestion(
        key=key,
        group=group,
        question=next((m.description for m in metas if m.description), name.replace("_", " ")),
        kind=kind,
        is_required=field.required,
        answers=answers,
        least=max((float(m.ge) for m in metas if m.ge is not None), default=None),
        above=max((float(m.gt) for m in metas if m.gt is not None), default=None),
        most=min((float(m.le) for m in metas if m.le is not None), default=None),
    )
    if below is not None:
        inside = f"{key}[]" if kind == "blocks" else key
        for lower in fields(below):
            yield from _questions_of(lower, inside, group, facts)


def _metas(annotation: object) -> Iterator[msgspec.Meta]:
    """Yield what is said of a value in an annotation, the outermost first."""
    yield from (m for m in getattr(annotation, "__metadata__", ()) if isinstance(m, msgspec.Meta))
    if get_origin(annotation) is Literal:
        return
    for inner in get_args(annotation):
        yield from _metas(inner)


def _block(kinds: list[object]) -> tuple[type[Record] | None, Kind]:
    """Return the record below a field, if any, and the kind of its answer."""
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, Record):
            return kind, "block"
        if get_origin(kind) is list:
            (inner,) = get_args(kind)
            is_block = isinstance(inner, type) and issubclass(inner, Record)
            return (inner, "blocks") if is_block else (None, "list")
    words = [w for kind in kinds if get_origin(kind) is Literal for w in get_args(kind)]
    if any(word != UNKNOWN for word in words):
        return None, "choice"
    plain: dict[object, Kind] = {int: "whole_number", float: "number", datetime.date: "date"}
    return None, next((plain[kind] for kind in kinds if kind in plain), "text")


def _answers(key: str, kinds: list[object], facts: Facts) -> list[str]:
    """Return the words that a key accepts: of its annotation, of the vocabulary, or of a scale."""
    words = [
        str(word)
        for kind in kinds
        for inner in (get_args(kind) if get_origin(kind) is list else (kind,))
        if get_origin(inner) is Literal
        for word in get_args(inner)
    ]
    vocabulary = facts.vocabulary
    ids = {
        "condition": list(vocabulary.conditions),
        "jurisdiction": [name for name in vocabulary.jurisdictions if name != "international"],
    }
    if key.rpartition(".")[2] in CURRENCIES:
        return list(vocabulary.currencies)
    scale = key.removeprefix("severity.")
    if scale != key and scale in facts.scales and facts.scales[scale].kind == "grades":
        return list(facts.scales[scale].grades)
    return ids.get(key) or words


def blank_person(questions: list[FormQuestion], sex: Sex | None = None) -> str:
    """Return the text of a person file in which every question stands unanswered.

    It is valid as soon as what is required is filled in: an optional key is `unknown` where that is
    an answer, and commented out where it is not.

    Parameters
    ----------
    questions:
        What is asked; see `form_questions`.
    sex:
        Filled in if given.
    """
    lines = [f"# {line}" for line in INTRODUCTION.splitlines()]
    heading = ""
    for question in questions:
        if "." in question.key:
            continue  # written with the block that holds it
        if question.group != heading:
            heading = question.group
            lines += ["", f"# {heading}", f"# {'-' * len(heading)}"]
        lines += ["", *_written(question, questions, sex)]
    return "\n".join(lines) + "\n"


def _children(question: FormQuestion, questions: list[FormQuestion]) -> list[FormQuestion]:
    path = f"{question.key}[]" if question.kind == "blocks" else question.key
    return [q for q in questions if q.key.rpartition(".")[0] == path]


def _is_live(question: FormQuestion, questions: list[FormQuestion]) -> bool:
    """Say whether a key stands in the file without a # before it.

    An optional block does if one of its keys can, and none of them must be filled in first.
    """
    if question.is_required:
        return True
    if question.kind == "blocks":
        return False
    if question.kind == "block":
        children = _children(question, questions)
        return any(_is_live(q, questions) for q in children) and not any(
            q.is_required for q in children
        )
    return UNKNOWN in question.answers


def _written(question: FormQuestion, questions: list[FormQuestion], sex: Sex | None) -> list[str]:
    """Return the lines of one key, and of all keys below it."""
    name = question.key.rpartition(".")[2]
    children = _children(question, questions)
    lines = [f"{name}:{_value(question, sex, has_children=bool(children))}"]
    for child in children:
        lines += [f"  {line}" for line in _written(child, questions, sex)]
    if question.kind == "blocks":
        lines = [lines[0], *_as_item(lines[1:])]
    if not _is_live(question, questions):
        lines = [f"# {line}" for line in lines]
    return [*_comment(question), *lines]


def _as_item(lines: list[str]) -> list[str]:
    """Return the lines of a block as the first item of a list."""
    first = next(k for k, line in enumerate(lines) if not line.lstrip().startswith("#"))
    return [f"  - {line.strip()}" if k == first else f"  {line}" for k, line in enumerate(lines)]


def _value(question: FormQuestion, sex: Sex | None, *, has_children: bool) -> str:
    if question.kind == "block" and not has_children:
        return " {}"
    if question.kind in ("block", "blocks"):
        return ""
    if question.key == "sex" and sex is not None:
        return f" {sex}"
    if UNKNOWN in question.answers:
        return f" {UNKNOWN}"
    is_settled = question.is_required and len(question.answers) == 1
    return f" {question.answers[0]}" if is_settled else ""


NONE_IN_WORDS = " Write [] for none."
"""What the hint of a list says as well."""


def _comment(question: FormQuestion) -> list[str]:
    text = question.question
    if question.kind == "list":
        text = text.removesuffix(NONE_IN_WORDS)
    if hint := _hint(question):
        text += f" [{hint}]"
    return textwrap.wrap(
        text, WIDTH, initial_indent="## ", subsequent_indent="##   ", break_on_hyphens=False
    )


def _hint(question: FormQuestion) -> str:
    """Return what may be written, in words."""
    words = [word for word in question.answers if word != UNKNOWN]
    or_unknown = f"; or {UNKNOWN}" if UNKNOWN in question.answers else ""
    are_named = len(words) > FEW and all(word in question.question for word in words)
    if question.kind == "list":
        listed = "these" if are_named else ", ".join(words)
        return f"a list of {listed}; [] for none{or_unknown}"
    if question.key.rpartition(".")[2] in CURRENCIES:
        return f"a code of three letters{or_unknown}"
    if words:
        return f"one of these{or_unknown}" if are_named else ", ".join(question.answers)
    return f"{said}{or_unknown}" if (said := _plain_hint(question)) else ""


def _plain_hint(question: FormQuestion) -> str:
    """Return what may be written where there are no words to choose from."""
    if question.kind in ("number", "whole_number"):
        noun = "a whole number" if question.kind == "whole_number" else "a number"
        ends = ((question.least, "at least"), (question.above, "more than"),
                (question.most, "at most"))  # fmt: skip
        return ", ".join([noun, *(f"{side} {end:g}" for end, side in ends if end is not None)])
    return {"date": "a day", "text": "text"}.get(question.kind, "")
