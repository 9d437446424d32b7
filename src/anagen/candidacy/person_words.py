"""The words of a message about a person file: what was wrong, and what may be written instead."""

import difflib
import re
from typing import Literal, get_args, get_origin

from msgspec.structs import fields

from anagen.candidacy.finding import question
from anagen.candidacy.person import NOT_WRITTEN, Person
from anagen.facts import Facts, Record
from anagen.facts.words import near, shown

_BOUND = re.compile(r"expected a number (<=|>=|<|>) ([0-9.e+-]+)")
_BOUND_WORDS = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}
_UNION = re.compile(r"expected `([^`]*)`")
_UNION_WORDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "array": "a list",
    "object": "a block of keys",
}
_ENUM = re.compile(r"invalid enum value (?:'(.*)'|([0-9-]+))", re.DOTALL)
_PATTERNS = {
    "measured.site": "use letters, digits and signs that can be printed",
    "label": "use letters, digits, - and _ only",
    "product.ind_number": "use letters, digits, spaces and . / : - only",
    "product.trial_number": "use letters, digits, spaces and . / : - only",
}


def blocks(record: type[Record] = Person, path: str = "") -> dict[str, type[Record]]:
    """Return every block of a person file by its dotted path; `[]` marks the blocks of a list."""
    found = {path: record}
    for name, annotation in record.__annotations__.items():
        if name in NOT_WRITTEN:
            continue
        for kind in plain_kinds(annotation):
            below = f"{path}.{name}" if path else name
            if get_origin(kind) is list:
                kind, below = get_args(kind)[0], f"{below}[]"
            if isinstance(kind, type) and issubclass(kind, Record):
                found |= blocks(kind, below)
    return found


def plain_kinds(annotation: object) -> list[object]:
    """Return the plain types inside an annotation; those inside a list are left out."""
    if get_origin(annotation) in (list, Literal):
        return [annotation]
    arguments = get_args(annotation)
    if not arguments:
        return [annotation]
    if hasattr(annotation, "__metadata__"):
        arguments = arguments[:1]
    return [kind for argument in arguments for kind in plain_kinds(argument)]


def allowed(where: str) -> list[str]:
    """Return the words that a key accepts; empty if it accepts any."""
    path, _, key = where.rpartition(".")
    in_list = key.endswith("[]")
    record = blocks().get(path)
    annotation = record.__annotations__.get(key.removesuffix("[]")) if record else None
    words: list[str] = []
    for kind in plain_kinds(annotation) if annotation is not None else []:
        inside = get_args(kind)[0] if get_origin(kind) is list and in_list else kind
        if get_origin(inside) is Literal and in_list == (get_origin(kind) is list):
            words.extend(map(str, get_args(inside)))
    return words


def _named(kinds: str, *, is_number: bool) -> str:
    """Return in words what was expected; of a number not that it may be the word unknown too."""
    left_out = {"null", "str"} if is_number else {"null"}
    return " or ".join(_UNION_WORDS.get(k, k) for k in kinds.split(" | ") if k not in left_out)


def _kinds_at(where: str) -> list[object]:
    """Return the plain types of a key; none if there is no such key."""
    path, _, key = where.rpartition(".")
    record = blocks().get(path)
    return plain_kinds(record.__annotations__.get(key)) if record else []


def _is_number(where: str) -> bool:
    return bool({int, float} & {kind for kind in _kinds_at(where) if isinstance(kind, type)})


def _is_required(where: str) -> bool:
    path, _, key = where.rpartition(".")
    record = blocks().get(path)
    return record is not None and any(f.required for f in fields(record) if f.name == key)


_UNITS = (
    ("months_", "months; 0.5 for two weeks"),
    ("years_", "years; 0.5 for six months"),
    ("weeks_", "weeks; 8 for two months"),
    ("days_", "days"),
    ("hours_", "hours; 48 for two days"),
)
"""How the name of a key begins, and in what its number is given."""


def _number_wanted(where: str, noun: str) -> str:
    """Return what to write where a number is wanted."""
    path, _, key = where.rpartition(".")
    unit = next((f" ({said})" for start, said in _UNITS if key.startswith(start)), "")
    wanted = f"write {noun} in digits{unit}"
    if not _is_required(where):
        return f"{wanted}, or unknown"
    return f"{wanted}, or leave out {path}" if path and "[]" not in path else wanted


def said(explained: str, facts: Facts) -> str:
    """Return a message about a person file that says what may be written instead.

    Parameters
    ----------
    explained:
        ``key: what``, or only ``what``, as `anagen.facts.base.explain` gives it.
    facts:
        The facts, for the grades of the scales.
    """
    where, colon, what = explained.partition(": ")
    if not colon:
        where, what = "", explained
    if missing := re.fullmatch(r"missing key `(.*)`", what):
        return _missing(where, missing[1])
    if unknown := _ENUM.fullmatch(what):
        words = allowed(where)
        if _is_number(where):
            return f"{where}: {shown(unknown[1] or unknown[2])} is no number; {_hint(where, facts)}"
        word = unknown[2] or unknown[1]
        entries = allowed(f"{where}[]")
        if entries:
            entry = difflib.get_close_matches(word[:80], entries, n=1, cutoff=0.6)
            hint = f"write a list such as [{(entry or entries)[0]}], [] for none, or unknown"
        else:
            hint = near(word, words, cutoff=0.6) if words else "see examples/"
        if where == "sex" and hint.startswith("write"):
            hint = f"write {' or '.join(words)}, as recorded at birth: scales and rules go by it"
        return f"{where}: {shown(word)} is not known; {hint}"
    if bound := _BOUND.fullmatch(what):
        return f"{where}: must be {_BOUND_WORDS[bound[1]]} {float(bound[2]):g}; correct the number"
    if "matching regex" in what:
        return f"{where}: holds characters that are not allowed; {_PATTERNS.get(where, 'shorten')}"
    if length := re.fullmatch(r"expected text of length <= ([0-9]+)", what):
        return f"{where}: is longer than {length[1]} characters; shorten it"
    is_number = _is_number(where)
    what = _UNION.sub(lambda m: f"expected {_named(m[1], is_number=is_number)}", what)
    return f"{where}: {what}; {_hint(where, facts)}" if where else what


def _missing(where: str, key: str) -> str:
    full = f"{where}.{key}" if where else key
    known = where in ("", "health", "product")
    return f"{full}: is missing; " + (f"add it ({question(full)})" if known else "add it")


def _hint(where: str, facts: Facts) -> str:
    """Return what may stand at a key whose value has the wrong type."""
    words = allowed(where)
    kinds = _kinds_at(where)
    if float in kinds:
        return _number_wanted(where, "a number")
    if words:
        return f"write {' or '.join([', '.join(words[:-1]), words[-1]] if words[1:] else words)}"
    if where == "jurisdiction":
        places = [name for name in facts.vocabulary.jurisdictions if name != "international"]
        return f"write one of {', '.join(places)}"
    scale = where.removeprefix("severity.")
    if scale != where and scale in facts.scales and facts.scales[scale].kind == "grades":
        return f"write one of {', '.join(facts.scales[scale].grades)}"
    if int in kinds:
        return _number_wanted(where, "a whole number")
    return "see examples/"
