"""Risk of bias: every judgement of every study, and how much weight stands at each level."""

from dataclasses import dataclass

from anagen.errors import InputError
from anagen.report import svg
from anagen.report.evidence.contributions import level_keys, percent_axis, stacked_bar, stripes
from anagen.report.evidence.judgement import (
    JUDGEMENTS,
    check_levels,
    judgement_keys,
    judgement_mark,
)
from anagen.report.evidence.lettering import label, width_of
from anagen.report.evidence.matrix import head_room, upright
from anagen.report.evidence.numerals import check_numbers, number
from anagen.report.evidence.palette import FAINT, INK, SOFT
from anagen.report.evidence.plate import MARGIN, box, heading, legend, notes, plate

LABEL = 11.0
LABEL_ROOM = 260.0
ROW, SECOND_LINE = 22.0, 13.0
COLUMN = 46.0
HEAD = 11.0
BAR_ROW, BAR_WIDTH = 24.0, 420.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedStudy:
    """A study, its judgement in each domain, and the weight it has in the pool."""

    label: str
    levels: tuple[str, ...]
    weight_percent: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskOfBias:
    """The judgements of all studies by one tool."""

    title: str
    tool: str
    """The tool with its version, such as "RoB 2 (2019)"."""
    domains: tuple[str, ...]
    studies: tuple[AssessedStudy, ...]
    subtitle: str = ""
    notes: tuple[str, ...] = ()


def traffic_light_figure(name: str, bias: RiskOfBias) -> str:
    """Draw every judgement as a mark with letters, a shape and a colour.

    Raises
    ------
    InputError
        If there is no study or domain, or a judgement is missing or unknown.
    """
    _check(bias)
    room = min(max(width_of(s.label, LABEL) for s in bias.studies), LABEL_ROOM)
    left = MARGIN + room + 14
    width = max(left + COLUMN * len(bias.domains) + MARGIN, 420.0)
    subtitle = bias.subtitle or f"Judged by {bias.tool}"
    head, top = heading(bias.title, width, subtitle)
    tall = head_room(bias.domains, HEAD) + 4
    parts = [*head, *_domain_heads(bias, left, top + tall)]
    y = top + tall + 4
    for k, study in enumerate(bias.studies):
        drawn, height = _study(study, left, room, y)
        if k % 2:
            parts.append(box(MARGIN, y, width - 2 * MARGIN, height, fill=FAINT))
        parts += drawn
        y += height
    levels = [level for study in bias.studies for level in study.levels]
    key, bottom = legend(judgement_keys(levels), y + 12, width)
    words, bottom = notes((f"Tool: {bias.tool}.", *bias.notes), bottom, width)
    return plate(name, bias.title, _told(bias), width, bottom + MARGIN, [*parts, *key, *words])


def _check(bias: RiskOfBias) -> None:
    if not bias.studies or not bias.domains:
        raise InputError("risk of bias: there is nothing to draw; give a study and a domain")
    check_numbers("risk of bias", bias)
    for study in bias.studies:
        check_levels("risk of bias", study.label, study.levels, len(bias.domains))


def _domain_heads(bias: RiskOfBias, left: float, base: float) -> list[str]:
    parts = list[str]()
    for k, domain in enumerate(bias.domains):
        x = left + COLUMN * (k + 0.5)
        parts += upright(x, base - 6, domain, HEAD, lines=2, fill=SOFT)
    right = left + COLUMN * len(bias.domains)
    return [*parts, svg.line(MARGIN, base, right, base, stroke=INK, stroke_width=1.2)]


def _study(study: AssessedStudy, left: float, room: float, y: float) -> tuple[list[str], float]:
    height = ROW + (SECOND_LINE if width_of(study.label, LABEL) > room else 0)
    middle = y + height / 2
    parts = label(MARGIN + 4, middle, study.label, size=LABEL, room=room, lines=2)
    for k, level in enumerate(study.levels):
        parts += judgement_mark(left + COLUMN * (k + 0.5), middle, level, 8.0)
    return parts, height


def bias_summary_figure(name: str, bias: RiskOfBias) -> str:
    """Draw for each domain how much weight stands at each level.

    Every study counts alike where no study has a weight.

    Raises
    ------
    InputError
        If it cannot be drawn, or some studies have a weight and others none.
    """
    _check(bias)
    shares, is_weighted = _shares(bias)
    present = {level for study in bias.studies for level in study.levels}
    levels = tuple(level for level in JUDGEMENTS if level in present)
    room = min(max(width_of(d, LABEL) for d in bias.domains), LABEL_ROOM)
    left = MARGIN + room + 10
    width = left + BAR_WIDTH + MARGIN + 12
    how = "weighted by the share in the pool" if is_weighted else "every study counts alike"
    subtitle = bias.subtitle or f"{bias.tool}; {how}"
    head, top = heading(bias.title, width, subtitle)
    parts = [svg.element("defs", None, *stripes(name, levels)), *head]
    told = []
    for k, domain in enumerate(bias.domains):
        percents = tuple(shares[k].get(level, 0.0) for level in levels)
        y = top + BAR_ROW * k
        parts += label(left - 8, y + BAR_ROW / 2, domain, size=LABEL, room=room, anchor="end")
        parts += stacked_bar(name, left, y + 4, BAR_WIDTH, levels, percents, domain)
        pairs = zip(levels, percents, strict=True)
        each = ", ".join(f"{JUDGEMENTS[level].words} {number(p, 0)} %" for level, p in pairs)
        told.append(f"{domain}: {each}")
    base = top + BAR_ROW * len(bias.domains)
    parts += percent_axis(left, base, BAR_WIDTH)
    key, bottom = legend(level_keys(name, levels), base + 26, width)
    words, bottom = notes((f"Tool: {bias.tool}; {how}.", *bias.notes), bottom, width)
    said = f"{bias.tool}, {how}. {'; '.join(told)}"
    return plate(name, bias.title, said, width, bottom + MARGIN, [*parts, *key, *words])


def _shares(bias: RiskOfBias) -> tuple[list[dict[str, float]], bool]:
    """Return the percentage at each level of each domain, and whether studies are weighted."""
    given = [s.weight_percent for s in bias.studies if s.weight_percent is not None]
    if given and len(given) < len(bias.studies):
        raise InputError(
            "risk of bias: some studies have a weight and others none; give all weights or none"
        )
    weights = given or [1.0] * len(bias.studies)
    total = sum(weights)
    if min(weights) < 0 or total <= 0:
        raise InputError("risk of bias: weights are 0 or more, and one is above 0; correct them")
    found: list[dict[str, float]] = [{} for _ in bias.domains]
    for study, weight in zip(bias.studies, weights, strict=True):
        for k, level in enumerate(study.levels):
            found[k][level] = found[k].get(level, 0.0) + 100 * weight / total
    return found, bool(given)


def _told(bias: RiskOfBias) -> str:
    rows = []
    for study in bias.studies:
        pairs = zip(bias.domains, study.levels, strict=True)
        rows.append(f"{study.label}: " + ", ".join(f"{d} {JUDGEMENTS[v].words}" for d, v in pairs))
    return f"Judged by {bias.tool}. {'; '.join(rows)}"
