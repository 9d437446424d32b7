"""A finding: what one rule says about one person, and on what it rests."""

import functools
import re
from collections.abc import Iterable

import msgspec

from anagen.candidacy.noticed import Examination, Noticed
from anagen.candidacy.person import Health, Person, Product, Severity
from anagen.candidacy.wishes import Wishes
from anagen.errors import FactError
from anagen.facts import Grade, Line, Record, Verdict
from anagen.facts.rule import Rule, Strength

ORDER: tuple[Verdict, ...] = ("STOP", "REFER", "DEFER", "ASK", "CAUTION", "OK", "INFORM")
"""From worst to mildest. A question stands before CAUTION, so that a line with an open question of
a rule that could stop or refer never reads as fine."""

NOT_REVIEWED = "not reviewed by a clinician"
PRECAUTION = "This is our precaution, not an established rule."
RECALLED = "This is recalled and was not read: take it as our precaution."


class Finding(Record, omit_defaults=False):
    """What one rule says about this person.

    `reason` is a plain sentence for the person. `value` and `limit` are the numbers compared, in
    `unit`. `source` is what the verdict rests on; `also_cited` weaker pages that were read too.
    `footing` is the strongest kind of page among `source`, `footing_note` says so in words.
    `missing` names the keys of the person file that were not answered, `questions` asks for them,
    and `could_become` is what the answers could turn the verdict into.
    """

    rule: str
    line: Line
    verdict: Verdict
    reason: str
    strength: Strength
    source: list[str]
    reviewed: str = NOT_REVIEWED
    value: float | None = None
    limit: float | None = None
    unit: str | None = None
    until: str | None = None
    urgency: str | None = None
    conflicts: str | None = None
    note: str | None = None
    articles: list[str] = msgspec.field(default_factory=list)
    regulation: list[str] = msgspec.field(default_factory=list)
    also_cited: list[str] = msgspec.field(default_factory=list)
    footing: Grade | None = None
    footing_note: str | None = None
    is_precaution: bool = False
    missing: list[str] = msgspec.field(default_factory=list)
    questions: list[str] = msgspec.field(default_factory=list)
    could_become: Verdict | None = None


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst verdict; OK if there is none.

    Examples
    --------
    >>> worst(["CAUTION", "STOP", "ASK"])
    'STOP'
    """
    return min(verdicts, key=ORDER.index, default="OK")


def limit(fact: Rule, name: str, unit: str) -> float:
    """Return a rule's limit in the unit that the code compares in.

    Raises
    ------
    FactError
        If the rule has no such limit, or it stands in another unit.
    """
    quantity = fact.limits.get(name)
    if quantity is None:
        raise FactError(f"a rule lacks the limit '{name}'; add it to rules.yaml ('{fact.when}')")
    if quantity.unit != unit:
        raise FactError(
            f"the limit '{name}' is in '{quantity.unit}', but the rule compares in '{unit}'; "
            "convert it in rules.yaml"
        )
    return quantity.number()


def reviewed(reviewed_by: str | None) -> str:
    """Return who reviewed a fact, or that nobody did."""
    return f"reviewed by {reviewed_by}" if reviewed_by else NOT_REVIEWED


def singular(words: str) -> str:
    """Return words in which a count of one has its unit in the singular.

    Examples
    --------
    >>> singular("You have been well for 1 days, not 21 days.")
    'You have been well for 1 day, not 21 days.'
    """
    return re.sub(r"(?<![\d.,])1 (hour|day|week|month|year)s\b", r"1 \1", words)


def found(
    rule: str,
    fact: Rule,
    what: str,
    *,
    verdict: Verdict | None = None,
    value: float | None = None,
    limit: float | None = None,
    unit: str | None = None,
    missing: tuple[str, ...] = (),
    jurisdiction: str | None = None,
) -> Finding:
    """Return the finding of a rule that applies.

    Parameters
    ----------
    rule, fact:
        The rule's id and its fact.
    what:
        What about the person made it apply: a sentence.
    verdict:
        A milder verdict than the fact's, where the rule itself says so.
    value, limit, unit:
        The numbers compared, if any.
    missing:
        Keys whose answers would sharpen the finding.
    jurisdiction:
        Where the person is treated, for rules that rest on regulation.
    """
    is_precaution = fact.strength in ("P", "S")
    verdict = verdict or fact.verdict
    sentences = [singular(what), fact.text, fact.text_for.get(jurisdiction or "", "")]
    if fact.status == "remembered":
        sentences.append(RECALLED)
    elif is_precaution and ORDER.index(verdict) <= ORDER.index("DEFER"):
        sentences.append(PRECAUTION)
    return Finding(
        rule=rule,
        line=fact.line,
        verdict=verdict,
        reason=" ".join(s for s in sentences if s),
        strength=fact.strength,
        source=fact.source,
        reviewed=reviewed(fact.reviewed_by),
        value=value,
        limit=limit,
        unit=unit,
        until=fact.until,
        urgency=fact.urgency,
        conflicts=fact.conflicts,
        note=fact.note,
        articles=fact.articles,
        regulation=list(fact.regulation.get(jurisdiction or "", [])),
        is_precaution=is_precaution,
        missing=list(missing),
        questions=[question(name) for name in missing],
    )


def ask(rule: str, fact: Rule, missing: Iterable[str], jurisdiction: str | None = None) -> Finding:
    """Return the question that a rule asks when an answer it needs is missing."""
    names = tuple(missing)
    return msgspec.structs.replace(
        found(rule, fact, "", missing=names, verdict="ASK", jurisdiction=jurisdiction),
        reason=" ".join(["Not answered yet:", *(question(name) for name in names)]),
        could_become=fact.verdict,
        until=None,
        urgency=None,
    )


def unanswered(block: Record | None, prefix: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the dotted keys among `names` that a block leaves out or answers with unknown."""
    return tuple(
        f"{prefix}.{name}"
        for name in names
        if block is None or getattr(block, name) in (None, "unknown")
    )


def yes(block: Record, names: Iterable[str]) -> tuple[str, ...]:
    """Return the keys among `names` that are answered with yes."""
    return tuple(name for name in names if getattr(block, name) == "yes")


@functools.cache
def _questions() -> dict[str, str]:
    """Return the question of every key, from the descriptions of the records."""
    blocks = {
        "": Person, "health.": Health, "product.": Product, "noticed.": Noticed,
        "examination.": Examination, "severity.": Severity, "wishes.": Wishes,
    }  # fmt: skip
    result: dict[str, str] = {}
    for prefix, record in blocks.items():
        for name, annotation in record.__annotations__.items():
            for meta in getattr(annotation, "__metadata__", ()):
                if getattr(meta, "description", None):
                    result[f"{prefix}{name}"] = meta.description
    return result


def question(name: str) -> str:
    """Return the question behind a key of the person file.

    Examples
    --------
    >>> question("health.smoker")
    'Do you smoke?'
    """
    asked = _ADDRESSEE.sub("", _questions()[name]).removesuffix(" Write [] for none.")
    asked = _ID.sub(lambda word: word[0].replace("_", " "), asked)
    return asked[:1].upper() + asked[1:]


def short_question(name: str) -> str:
    """Return a question without the answers that it lists, where it can be understood so.

    Examples
    --------
    >>> short_question("noticed.shedding")
    'Does more hair fall than it used to?'
    """
    asked = question(name)
    head, colon, _ = asked.partition(": ")
    return f"{head}?" if colon and not head.startswith("If ") else asked


def is_for_women(name: str) -> bool:
    """Return whether the question behind a key is for women only."""
    return _questions().get(name, "").startswith("Women: ")


_ADDRESSEE = re.compile(
    r"^(?:Women|Men|United States|European Union or United Kingdom|Traction|Alopecia areata): "
)
"""Whom a question is for: said in the file's description, not to the person who is asked."""
_ID = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
