"""How probable each rank of each treatment is: never a bare order."""

from dataclasses import dataclass
from itertools import accumulate

from anagen.errors import InputError
from anagen.report import svg
from anagen.report.evidence.lettering import label
from anagen.report.evidence.numerals import check_numbers, number
from anagen.report.evidence.palette import ACCENT, ASSUMED, GRID, INK, SOFT
from anagen.report.evidence.plate import (
    MARGIN,
    SMALL,
    Key,
    box,
    heading,
    legend,
    notes,
    plate,
    trace,
)

PANEL_WIDTH, PANEL_HEIGHT, HEAD, FOOT, GAP = 200.0, 84.0, 44.0, 34.0, 26.0
LEFT = 28.0
WITHIN = "#e3e8ec"
SUM_TOLERANCE = 0.02
WARNING = (
    "A rank says nothing about how large a difference is; see the effects and their intervals."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedTreatment:
    """A treatment, the probability of each rank from the best on, and what sums them up."""

    label: str
    probabilities: tuple[float, ...]
    p_score: float
    rank_low: int
    rank_high: int
    """The interval of its rank at the level of the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """The ranks of all treatments, drawn in the given order."""

    title: str
    treatments: tuple[RankedTreatment, ...]
    level_percent: int = 95
    subtitle: str = ""
    notes: tuple[str, ...] = ()


def rank_figure(name: str, ranks: Ranks) -> str:
    """Draw a small chart of rank probabilities for each treatment.

    Raises
    ------
    InputError
        If probabilities are missing, do not add up to 1, or an interval leaves the ranks.
    """
    _check(ranks)
    count = len(ranks.treatments)
    across = min(count, 4 if count > 4 else 3)
    width = 2 * MARGIN + across * (PANEL_WIDTH + GAP) - GAP + LEFT
    head, top = heading(ranks.title, width, ranks.subtitle)
    parts = list(head)
    for k, treatment in enumerate(ranks.treatments):
        x = MARGIN + LEFT + (k % across) * (PANEL_WIDTH + GAP)
        y = top + (k // across) * (HEAD + PANEL_HEIGHT + FOOT)
        parts += _panel(treatment, x, y, is_first=k % across == 0)
    bottom = top + -(-count // across) * (HEAD + PANEL_HEIGHT + FOOT) - 4
    key, bottom = legend(_keys(ranks), bottom, width)
    told, bottom = notes((f"Rank 1 is the best. {WARNING}", *ranks.notes), bottom, width)
    parts += [*key, *told]
    return plate(name, ranks.title, _told(ranks), width, bottom + MARGIN, parts)


def _check(ranks: Ranks) -> None:
    if not ranks.treatments:
        raise InputError("rank plot: there is no treatment to draw; give at least one")
    check_numbers("rank plot", ranks)
    count = len(ranks.treatments)
    for each in ranks.treatments:
        if len(each.probabilities) != count:
            raise InputError(
                f"rank plot: {each.label} has {len(each.probabilities)} probabilities for {count} "
                f"ranks; give one for each rank"
            )
        total = sum(each.probabilities)
        if abs(total - 1) > SUM_TOLERANCE or min(each.probabilities) < 0:
            raise InputError(
                f"rank plot: the probabilities of {each.label} add up to {total:.3f}; "
                f"they are 0 or more and add up to 1"
            )
        if not 1 <= each.rank_low <= each.rank_high <= count or not 0 <= each.p_score <= 1:
            raise InputError(
                f"rank plot: {each.label} has ranks {each.rank_low} to {each.rank_high} and a "
                f"P-score of {each.p_score:g}; ranks lie from 1 to {count}, the score from 0 to 1"
            )


def _panel(treatment: RankedTreatment, x: float, y: float, *, is_first: bool) -> list[str]:
    count = len(treatment.probabilities)
    base, step = y + HEAD + PANEL_HEIGHT, PANEL_WIDTH / count
    parts = label(x, y + 12, treatment.label, size=11.5, room=PANEL_WIDTH, bold=True)
    parts += label(x, y + 28, _summary(treatment), size=SMALL, room=PANEL_WIDTH, fill=SOFT)
    span = (treatment.rank_high - treatment.rank_low + 1) * step
    first = x + (treatment.rank_low - 1) * step
    parts.append(box(first, base - PANEL_HEIGHT, span, PANEL_HEIGHT, fill=WITHIN))
    for share in (0.0, 0.5, 1.0):
        level = base - PANEL_HEIGHT * share
        parts.append(svg.line(x, level, x + PANEL_WIDTH, level, stroke=GRID, stroke_width=0.8))
        if is_first:
            parts.append(svg.text(x - 5, level + 3.5, f"{100 * share:g}", font_size=9.5,
                                  text_anchor="end", fill=SOFT))  # fmt: skip
    for k, p in enumerate(treatment.probabilities):
        tall = PANEL_HEIGHT * p
        parts.append(box(x + (k + 0.12) * step, base - tall, step * 0.76, tall, fill=ACCENT))
    sums = list(accumulate(treatment.probabilities))
    points = [(x + (k + 0.5) * step, base - PANEL_HEIGHT * min(s, 1.0)) for k, s in enumerate(sums)]
    parts.append(trace(points, stroke=ASSUMED, stroke_width=1.5, stroke_dasharray="5 2"))
    parts.append(svg.line(x, base, x + PANEL_WIDTH, base, stroke=INK))
    every = 1 if count <= 12 else 3
    parts += [
        svg.text(x + (k + 0.5) * step, base + 13, f"{k + 1}", font_size=9.5, text_anchor="middle",
                 fill=SOFT)
        for k in range(0, count, every)
    ]  # fmt: skip
    return parts


def _summary(treatment: RankedTreatment) -> str:
    ranks = f"rank {treatment.rank_low} to {treatment.rank_high}"
    if treatment.rank_low == treatment.rank_high:
        ranks = f"rank {treatment.rank_low}"
    return f"P-score {number(treatment.p_score, 2)}, {ranks} of {len(treatment.probabilities)}"


def _keys(ranks: Ranks) -> list[Key]:
    return [
        Key(lambda x, y: [box(x - 6, y - 6, 12, 12, fill=ACCENT)], "probability, %", 12.0),
        Key(lambda x, y: [svg.line(x - 13, y, x + 13, y, stroke=ASSUMED, stroke_width=1.6,
                                   stroke_dasharray="5 2")],
            "of this rank or a better one, %", 26.0),
        Key(lambda x, y: [box(x - 9, y - 6, 18, 12, fill=WITHIN)],
            f"ranks within the {ranks.level_percent} % interval"),
    ]  # fmt: skip


def _told(ranks: Ranks) -> str:
    rows = [f"{each.label}: {_summary(each)}, {_most_often(each)}" for each in ranks.treatments]
    return f"{WARNING} {'; '.join(rows)}"


def _most_often(each: RankedTreatment) -> str:
    most = max(each.probabilities)
    return f"most often {each.probabilities.index(most) + 1} ({100 * most:.0f} %)"
