"""Scales of hair loss: their spellings, their formulas, and whether two of them agree."""

import difflib
import re
from collections.abc import Mapping
from typing import get_args

from anagen.candidacy.person import Person, Salt, Severity
from anagen.errors import FactError, InputError
from anagen.facts import Record
from anagen.facts.rule import Extent, Scale
from anagen.facts.words import LONGEST_SHOWN, shown

GRADED = ("norwood_hamilton", "ludwig", "sinclair", "savin")
EXTENTS: tuple[Extent, ...] = get_args(Extent)

Scales = Mapping[str, Scale]


class Basp(Record):
    """A BASP code taken apart: one basic type, and the specific types of the top and the vertex."""

    code: str
    basic: str
    frontal: str | None = None
    vertex: str | None = None


def _plainest(text: str) -> str:
    """Return a spelling without case and without separators."""
    return re.sub(r"[\s_-]+", "", text).lower()


def grade(scale: str, value: str | int, scales: Scales) -> str:
    """Return a grade as it is spelled in the facts.

    Parameters
    ----------
    scale:
        Id of a scale with grades, such as ``norwood_hamilton``.
    value:
        The grade as written.
    scales:
        The scales among the facts.

    Raises
    ------
    InputError
        If the scale has no such grade; the message suggests the nearest spelling.
    """
    known = scales[scale].grades
    text = str(value)
    if text in known:
        return text
    same = [k for k in known if _plainest(k) == _plainest(text)]
    near = same or difflib.get_close_matches(text[:LONGEST_SHOWN], known, n=1, cutoff=0.75)
    hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known)}"
    raise InputError(f"{scales[scale].label} has no grade {shown(text)}; {hint}")


def basp(code: str, scales: Scales) -> Basp:
    """Return a BASP code taken apart.

    Raises
    ------
    InputError
        If the code is not one basic type followed by at most one F and one V type.
    """
    pattern = scales["basp"].pattern
    if pattern is None:
        raise FactError("the scale 'basp' has no pattern; add it to scales.yaml")
    found = re.fullmatch(pattern, code)
    if found is None:
        tidy = _plainest(code).upper()
        turned = re.sub(r"^(.*?)(V[1-3])(F[1-3])$", r"\1\3\2", tidy)
        hint = f"did you mean {turned}?" if re.fullmatch(pattern, turned) else "such as M2F1V1"
        raise InputError(
            f"{shown(code)} is not a BASP code: one basic type (L, M0-M3, C0-C3, U1-U3), then "
            f"F1-F3 and V1-V3 where they apply; {hint}"
        )
    basic, frontal, vertex = found.groups()
    return Basp(code=code, basic=basic, frontal=frontal, vertex=vertex)


def salt_score(salt: Salt, scales: Scales) -> float:
    """Return the share of scalp hair lost in percent (0 to 100).

    Each region's loss is multiplied by its share of the scalp, a fact of the scale; see
    https://dermapp.in/salt.
    """
    weights = scales["salt"].weights
    lost: dict[str, float] = {region: getattr(salt, region) for region in weights}
    return sum(lost[region] * weight.number() for region, weight in weights.items())


def salt_band(score: float, scales: Scales) -> str:
    """Return the band of a SALT score, S0 to S5.

    A score between two bands belongs to the lower one, and any loss at all is at least S1.

    Raises
    ------
    InputError
        If the score lies outside 0 to 100.
    """
    bands = scales["salt"].bands
    rounded = round(score, 9)  # the weights are decimal fractions: 100 must stay 100
    if not 0 <= rounded <= max(band.high for band in bands.values()):
        raise InputError(f"a SALT score of {score:g} is not possible; it runs from 0 to 100")
    reached = [name for name, band in bands.items() if rounded >= band.low]
    if len(reached) == 1 and rounded > bands[reached[0]].high:
        return list(bands)[1]
    return reached[-1]


def extent(scale: str, value: str, scales: Scales) -> Extent | None:
    """Return how far loss has gone in the words that all pattern scales share; None if unordered.

    A BASP code has the extent of its furthest part.
    """
    known = scales[scale].grades
    if scale != "basp":
        return known[value].extent
    code = basp(value, scales)
    parts = [known[p].extent for p in (code.basic, code.frontal, code.vertex) if p]
    return max((p for p in parts if p is not None), key=EXTENTS.index, default=None)


def severity_rank(scale: str, value: str, scales: Scales) -> float | None:
    """Return where a grade stands in the order of its scale; None if it stands in none.

    A variant has the rank of its grade. The codes of BASP have no order of their own: theirs is
    that of `extent`, from 0 for none.
    """
    if scale == "basp":
        reached = extent(scale, value, scales)
        return None if reached is None else float(EXTENTS.index(reached))
    own = scales[scale].grades[value]
    ranked = own if own.variant_of is None else scales[scale].grades[own.variant_of]
    return None if ranked.rank is None else float(ranked.rank)


def _stated(severity: Severity) -> dict[str, str]:
    """Return the pattern scales that are stated, as text."""
    return {
        name: str(getattr(severity, name))
        for name in (*GRADED, "basp")
        if getattr(severity, name) is not None
    }


def check_severity(person: Person, scales: Scales) -> None:
    """Check that every scale fits the person and that no two contradict each other.

    Raises
    ------
    InputError
        If a scale is for the other sex or another type of loss, a grade does not exist, or two
        scales lie two or more steps apart.
    """
    severity = person.severity
    if severity is None:
        return
    stated = _stated(severity)
    for name in (*stated, *(["salt"] if severity.salt is not None else [])):
        _check_fit(name, person, scales)
    for name, value in stated.items():
        try:
            basp(value, scales) if name == "basp" else grade(name, value, scales)
        except InputError as error:
            raise InputError(f"severity.{name}: {error}") from error
    extents = [(n, v, e) for n, v in stated.items() if (e := extent(n, v, scales)) is not None]
    for first, a, extent_a in extents:
        for second, b, extent_b in extents:
            if EXTENTS.index(extent_b) - EXTENTS.index(extent_a) > 1:
                raise InputError(
                    f"severity: {scales[first].label} {a} and {scales[second].label} {b} "
                    "contradict each other; keep the one you are sure of"
                )


def _check_fit(name: str, person: Person, scales: Scales) -> None:
    scale = scales[name]
    if person.sex not in scale.sexes:
        fits = ", ".join(other for other in (*GRADED, "basp") if person.sex in scales[other].sexes)
        raise InputError(
            f"severity.{name}: {scale.label} is a scale for {' and '.join(scale.sexes)} pattern "
            f"hair loss, and sex is {person.sex}; use {fits}"
        )
    if person.condition not in scale.conditions:
        raise InputError(
            f"severity.{name}: {scale.label} is for {' or '.join(scale.conditions)}, and condition "
            f"is {person.condition}; leave it out or correct the condition"
        )
