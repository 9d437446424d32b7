"""Rows that hold a whole study: numbered arms, two groups side by side, and 2 x 2 tables."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

STEMS: dict[str, str] = {
    "treatment": "treatment", "treat": "treatment", "trt": "treatment", "t": "treatment",
    "mean": "mean", "m": "mean", "y": "mean",
    "sd": "sd", "std_dev": "sd", "se": "se",
    "n": "n", "total": "n",
    "events": "events", "event": "events", "r": "events", "d": "events", "x": "events",
    "resp": "events", "responders": "events", "deaths": "events",
    "exposure": "exposure", "years": "exposure",
    "median": "median", "q1": "q1", "q3": "q3", "min": "minimum", "max": "maximum",
}  # fmt: skip
WORDS = {
    "median": "median", "q1": "first quartile", "q3": "third quartile",
    "minimum": "smallest value", "maximum": "largest value",
    "treatment": "treatment", "mean": "mean", "sd": "standard deviation", "se": "standard error",
    "n": "number of people", "events": "people or times with the event",
    "non_events": "people without the event", "exposure": "person-time",
}  # fmt: skip
TWO_BY_TWO = (
    ({"events": "tpos", "non_events": "tneg"}, {"events": "cpos", "non_events": "cneg"}),
    ({"events": "ai", "non_events": "bi"}, {"events": "ci", "non_events": "di"}),
    ({"events": "ai", "n": "n1i"}, {"events": "ci", "n": "n2i"}),
)
GROUPS = {"t": "treated", "c": "control", "e": "experimental", "1": "group 1", "2": "group 2"}
NOT_GROUPS = frozenset(
    {
        "baseline", "change", "pre", "post", "start", "end", "low", "high", "lower", "upper", "i",
        "randomised", "randomized", "analysed", "analyzed", "value", "score", "age", "diff",
        "difference", "te", "ratio",
    }
)  # fmt: skip
_NUMBERED = re.compile(r"([a-z_]+?)_?([1-9])i?\Z")
_LETTER = re.compile(r"(n|x|m|mean|sd|events?)([TCE])i?\Z")
_SMALL = re.compile(r"(n|x|m|mean|sd|events?)([tce])\Z")
_SUFFIXED = re.compile(r"(n|x|mean|sd|se|median|q1|q3|min|max|events?|total|years|exposure)_(.+)\Z")


Letters = Callable[[str], re.Match[str] | None]


def _any_letter(title: str) -> re.Match[str] | None:
    return _LETTER.match(title) or _SMALL.match(title)


@dataclass(frozen=True, slots=True)
class Wide:
    """The columns of each arm of a row, by role, and the arms' names where no column has them."""

    arms: list[dict[str, int]]
    names: list[str | None]
    meanings: dict[int, str]


def _is_whole(arm: dict[str, int]) -> bool:
    has = set(arm)
    if "mean" in has and ({"sd", "n"} <= has or "se" in has):
        return True
    if {"median", "n"} <= has and ({"q1", "q3"} <= has or {"minimum", "maximum"} <= has):
        return True
    return "events" in has and bool({"n", "exposure", "non_events"} & has)


def _wide(arms: list[dict[str, int]], names: list[str | None]) -> Wide:
    meanings = {
        column: f"{WORDS[role]} of {name or f'arm {number}'}"
        for number, (arm, name) in enumerate(zip(arms, names, strict=True), 1)
        for role, column in arm.items()
    }
    return Wide(arms, names, meanings)


def _two_by_two(keys: Sequence[str]) -> Wide | None:
    for groups in TWO_BY_TWO:
        if all(word in keys for group in groups for word in group.values()):
            arms = [{role: keys.index(word) for role, word in g.items()} for g in groups]
            return _wide(arms, ["treated", "control"])
    return None


def _numbered(keys: Sequence[str]) -> Wide | None:
    groups: dict[int, dict[str, int]] = {}
    for column, word in enumerate(keys):
        found = _NUMBERED.match(word)
        role = STEMS.get(found.group(1)) if found else None
        if word in ("t1i", "t2i"):  # metafor's names of person-time; treatments are t1 and t2
            role = "exposure"
        if found and role and role not in groups.setdefault(int(found.group(2)), {}):
            groups[int(found.group(2))][role] = column
    numbers = [number for number in sorted(groups) if _is_whole(groups[number])]
    if len(numbers) < 2 or numbers != list(range(1, len(numbers) + 1)):
        return None
    arms = [groups[number] for number in numbers]
    if all("treatment" in arm for arm in arms):
        return _wide(arms, [None] * len(arms))
    if len(arms) != 2 or any("treatment" in arm for arm in arms):
        return None
    return _wide(arms, [GROUPS["1"], GROUPS["2"]])


def _suffixed(header: Sequence[str], keys: Sequence[str], letter_of: Letters) -> Wide | None:
    groups: dict[str, dict[str, int]] = {}
    for column, (title, word) in enumerate(zip(header, keys, strict=True)):
        letter, suffixed = letter_of(title), _SUFFIXED.match(word)
        if letter:
            stem, group = letter.group(1), letter.group(2).lower()
        elif suffixed and suffixed.group(2) not in NOT_GROUPS:
            stem, group = suffixed.group(1), suffixed.group(2)
        else:
            continue
        groups.setdefault(group, {}).setdefault(STEMS[stem], column)
    whole = {group: arm for group, arm in groups.items() if _is_whole(arm)}
    if len(whole) != 2 or len({frozenset(arm) for arm in whole.values()}) != 1:
        return None
    return _wide(list(whole.values()), [GROUPS.get(group, group) for group in whole])


def _with_means(found: Wide, other: Wide | None) -> Wide:
    """Return arms of counts with the means that stand beside them in the same rows."""
    if other is None or len(other.arms) != 2 or any("events" in arm for arm in other.arms):
        return found
    if other.names not in ([None, None], [GROUPS["1"], GROUPS["2"]], list(found.names)):
        return found
    arms = [{**means, **counts} for means, counts in zip(other.arms, found.arms, strict=True)]
    return _wide(arms, other.names if other.names[0] is None else found.names)


def wide_arms(
    header: Sequence[str], keys: Sequence[str], *, has_effects: bool = False
) -> Wide | None:
    """Return the arms that each row holds side by side; nothing where a row is one arm.

    Columns such as `xt` and `nc` are arms only where no column holds the effect (`has_effects`).
    """
    letter_of = _LETTER.match if has_effects else _any_letter
    found = _two_by_two(keys)
    if found is not None:
        return _with_means(found, _numbered(keys) or _suffixed(header, keys, letter_of))
    found = _numbered(keys)
    if found is None and not {"treatment", "treat", "trt", "t"} & set(keys):
        found = _suffixed(header, keys, letter_of)
    return found
