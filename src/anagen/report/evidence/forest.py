"""The forest: every study, every group, what was pooled, and what a new study would show."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from anagen.report import svg
from anagen.report.evidence.forest_layout import (
    ROW,
    SECOND_LINE,
    Columns,
    columns,
    estimate_words,
    prediction_words,
    row_height,
)
from anagen.report.evidence.forest_marks import (
    SD_WORDS,
    diamond,
    prediction_bar,
    status_mark,
    study_mark,
)
from anagen.report.evidence.forest_records import (
    SD_STATUSES,
    Forest,
    ForestPool,
    ForestStudy,
    check_forest,
)
from anagen.report.evidence.judgement import judgement_keys, judgement_mark
from anagen.report.evidence.lettering import label, width_of, wrap
from anagen.report.evidence.numerals import number, short_number
from anagen.report.evidence.palette import BAND, BAND_LOOK, FAINT, GRID, HALO, INK, PALE, SOFT
from anagen.report.evidence.plate import (
    BODY,
    MARGIN,
    SMALL,
    Key,
    box,
    heading,
    legend,
    notes,
    plate,
)

HEAD = 34.0
UNCONTROLLED = "Uncontrolled: shown, never pooled"
UNCONTROLLED_NOTE = "change in one arm; not an effect of treatment"


@dataclass(slots=True)
class _Sheet:
    """What was drawn so far: grounds below everything, marks above, and where the next row is."""

    forest: Forest
    at: Columns
    y: float
    grounds: list[str]
    marks: list[str]


def forest_figure(name: str, forest: Forest) -> str:
    """Draw a forest.

    Parameters
    ----------
    name:
        An id that is unique on the page.
    forest:
        What to draw.

    Raises
    ------
    InputError
        If the forest cannot be drawn honestly.
    """
    check_forest(forest)
    at = columns(forest)
    head, top = heading(forest.title, at.width, forest.subtitle)
    sheet = _Sheet(forest, at, top + HEAD, [], [])
    most = max((s.weight_percent or 0.0 for s in forest.pooled), default=0.0)
    for group in forest.groups:
        if group.label:
            _group_head(sheet, group.label)
        for k, study in enumerate(group.studies):
            _study_row(sheet, study, most, is_dark=k % 2 == 1, is_pooled=True)
        if group.pool is not None:
            _pool_rows(sheet, group.pool, is_overall=False)
    if forest.overall is not None:
        _overall(sheet, forest.overall)
    effects_end = sheet.y + 4
    if forest.uncontrolled:
        _uncontrolled(sheet)
    end = sheet.y + 6
    parts = [*head, *sheet.grounds, *_head_row(sheet, top)]
    parts += _axis(sheet, top + HEAD, effects_end, end)
    parts += sheet.marks
    below = end + 50
    for keys in (_keys(forest), _bias_keys(forest)):
        drawn, below = legend(keys, below + 2, at.width)
        parts += drawn
    words, bottom = notes((_tool(forest), *forest.notes), below, at.width)
    height = bottom + MARGIN
    return plate(name, forest.title, _told(forest), at.width, height, [*parts, *words])


def _head_row(sheet: _Sheet, top: float) -> list[str]:
    forest, at = sheet.forest, sheet.at
    base = top + HEAD - 9
    look: dict[str, object] = {"font_size": SMALL, "fill": SOFT, "font_weight": "bold"}
    level = f"[{forest.level_percent} % CI]"
    of_whom = ("n", "treated") if at.control is not None else ("", "n")
    right = [(at.treated, *of_whom), (at.control, "n", "control"),
             (at.estimate, "Effect", level), (at.weight, "Weight", "%")]  # fmt: skip
    parts = [svg.text(MARGIN + 8, base, "Study", **look)]
    for x, first, second in right:
        if x is not None:
            parts.append(svg.text(x, base - 12, first, text_anchor="end", **look))
            parts.append(svg.text(x, base, second, text_anchor="end", **look))
    if at.status is not None:
        parts.append(svg.text(at.status, base, "SD", text_anchor="middle", **look))
    for x, domain in zip(at.lights, forest.bias_domains, strict=True):
        short = _domain_letters(domain)
        parts.append(svg.text(x, base, short, domain, text_anchor="middle", **look))
    if at.lights and width_of("Risk of bias", SMALL, bold=True) < at.width - at.lights[0]:
        parts.append(svg.text(at.lights[0] - 7, base - 12, "Risk of bias", **look))
    parts.append(
        svg.line(MARGIN, base + 6, at.width - MARGIN, base + 6, stroke=INK, stroke_width=1.2)
    )
    return parts


def _domain_letters(domain: str) -> str:
    """Return the first word of a domain, such as "D1" of "D1 randomisation"."""
    first = domain.split(maxsplit=1)[0] if domain.strip() else "?"
    return first if len(first) <= 3 else first[:2]


def _row(sheet: _Sheet, words: str, *, bold: bool = False) -> tuple[float, float]:
    """Take the room of a row and return its height and its middle."""
    height = row_height(words, sheet.at.label_room, bold=bold)
    sheet.y += height
    return height, sheet.y - height / 2


def _ground(sheet: _Sheet, height: float, colour: str) -> None:
    wide = sheet.at.width - 2 * MARGIN
    sheet.grounds.append(box(MARGIN, sheet.y - height, wide, height, fill=colour))


def _group_head(sheet: _Sheet, words: str) -> None:
    sheet.y += 5
    room = sheet.at.scale.start - MARGIN - 16
    # three lines: a control that is cut off makes another comparison of it
    tall = ROW + SECOND_LINE * (len(wrap(words, BODY + 0.5, room, 3, bold=True)) - 1)
    sheet.y += tall
    sheet.marks += label(
        MARGIN + 2, sheet.y - tall / 2, words, size=BODY + 0.5, room=room, lines=3, bold=True
    )  # fmt: skip


def _study_row(
    sheet: _Sheet, study: ForestStudy, most: float, *, is_dark: bool, is_pooled: bool
) -> None:
    at, forest = sheet.at, sheet.forest
    height, y = _row(sheet, study.label)
    if is_dark and is_pooled:
        _ground(sheet, height, FAINT)
    fill = INK if is_pooled else SOFT
    sheet.marks += label(
        MARGIN + 8, y, study.label, size=BODY, room=at.label_room, lines=2, fill=fill
    )  # fmt: skip
    sheet.marks += study_mark(at.scale, y, study, most, is_pooled=is_pooled)
    if study.estimate is None:
        sheet.marks += label(
            at.scale.start + 6, y, study.note or "says too little to give an effect",
            size=SMALL, room=at.scale.end - at.scale.start - 12, fill=SOFT,
            look={"font_style": "italic", **HALO},
        )  # fmt: skip
    shown: list[tuple[float | None, str]] = [
        (at.treated, "" if study.n_treated is None else f"{study.n_treated:,}"),
        (at.control, "" if study.n_control is None else f"{study.n_control:,}"),
        (at.estimate, estimate_words(forest, study)),
        (at.weight, _weight(study, is_pooled=is_pooled)),
    ]
    sheet.marks += _numbers(shown, y, fill, full=study.note)
    if at.status is not None and study.sd_status is not None:
        sheet.marks += status_mark(at.status, y, study.sd_status)
    for x, level in zip(at.lights, study.bias, strict=False):
        sheet.marks += judgement_mark(x, y, level)


def _weight(study: ForestStudy, *, is_pooled: bool) -> str:
    if not is_pooled or study.weight_percent is None:
        return "–"
    return number(study.weight_percent, 1)


def _numbers(
    shown: Sequence[tuple[float | None, str]], y: float, fill: str, *, bold: bool = False,
    full: str = "",
) -> list[str]:  # fmt: skip
    return [
        svg.text(
            x, y + BODY * 0.35, words, full or None, font_size=BODY, fill=fill, text_anchor="end",
            font_weight="bold" if bold else None,
        )
        for x, words in shown
        if x is not None and words
    ]  # fmt: skip


def _pool_rows(sheet: _Sheet, pool: ForestPool, *, is_overall: bool) -> None:
    at, forest = sheet.at, sheet.forest
    _, y = _row(sheet, pool.label, bold=True)
    sheet.marks += label(
        MARGIN + (2 if is_overall else 8), y, pool.label, size=BODY, room=at.label_room, lines=2,
        bold=True,
    )  # fmt: skip
    sheet.marks.append(diamond(at.scale, y, pool, is_overall=is_overall))
    sheet.marks += _numbers([(at.estimate, estimate_words(forest, pool))], y, INK, bold=True)
    if pool.prediction_low is not None and pool.prediction_high is not None:
        _prediction_row(sheet, pool, pool.prediction_low, pool.prediction_high)
    told = [pool.heterogeneity.words()] if pool.heterogeneity else []
    told += [pool.note] if pool.note else []
    for words in told:
        sheet.y += 15
        room = at.scale.start - MARGIN - 20
        sheet.marks += label(
            MARGIN + 8, sheet.y - 7.5, words, size=SMALL, room=room, fill=SOFT
        )  # fmt: skip


def _prediction_row(sheet: _Sheet, pool: ForestPool, low: float, high: float) -> None:
    at = sheet.at
    sheet.y += 17
    y = sheet.y - 8.5
    words = f"{sheet.forest.level_percent} % prediction interval, a new study"
    sheet.marks += label(MARGIN + 8, y, words, size=SMALL, room=at.scale.start - MARGIN - 20)
    sheet.marks += prediction_bar(at.scale, y, low, high)
    sheet.marks += _numbers([(at.estimate, prediction_words(sheet.forest, pool))], y, INK)


def _overall(sheet: _Sheet, pool: ForestPool) -> None:
    sheet.y += 4
    sheet.grounds.append(
        svg.line(MARGIN, sheet.y, sheet.at.width - MARGIN, sheet.y, stroke=SOFT, stroke_width=0.8)
    )
    sheet.y += 4
    _pool_rows(sheet, pool, is_overall=True)


def _uncontrolled(sheet: _Sheet) -> None:
    sheet.y += 12
    first = sheet.y
    sheet.y += 4
    _group_head(sheet, UNCONTROLLED)
    sheet.y += 15
    sheet.marks += label(
        MARGIN + 2, sheet.y - 8.5, UNCONTROLLED_NOTE, size=SMALL,
        room=sheet.at.scale.start - MARGIN - 16, lines=1, fill=SOFT,
    )  # fmt: skip
    for study in sheet.forest.uncontrolled:
        _study_row(sheet, study, 0.0, is_dark=False, is_pooled=False)
    sheet.y += 4
    wide = sheet.at.width - 2 * MARGIN
    sheet.grounds.insert(0, box(MARGIN, first, wide, sheet.y - first, fill=PALE))


def _axis(sheet: _Sheet, top: float, effects_end: float, end: float) -> list[str]:
    """Return the band of what cannot be noticed, the marked values and the words below them."""
    forest, scale = sheet.forest, sheet.at.scale
    parts = []
    if forest.mid is not None:
        low = 1 / forest.mid if forest.is_ratio else -forest.mid
        left, right = scale.inside(low), scale.inside(forest.mid)
        parts.append(
            box(left, top - 3, right - left, effects_end - top + 3, fill=BAND, **BAND_LOOK)
        )
    for value in scale.marks(SMALL):
        x = scale.at(value)
        parts.append(svg.line(x, end, x, end + 4, stroke=INK))
        parts.append(svg.line(x, top - 3, x, end, stroke=GRID, stroke_width=0.7))
        parts.append(
            svg.text(x, end + 15, short_number(value), font_size=SMALL, text_anchor="middle")
        )
    zero = scale.at(forest.no_effect)
    parts.append(svg.line(zero, top - 3, zero, effects_end, stroke=INK, stroke_width=1.3))
    if forest.overall is not None:
        x = scale.at(forest.overall.estimate)
        parts.append(
            svg.line(
                x, top - 3, x, effects_end, stroke=SOFT, stroke_width=1, stroke_dasharray="2 3"
            )
        )
    parts.append(svg.line(scale.start, end, scale.end, end, stroke=INK))
    return parts + _axis_words(sheet, zero, end)


def _axis_words(sheet: _Sheet, zero: float, end: float) -> list[str]:
    forest, scale = sheet.forest, sheet.at.scale
    low, high = f"← {forest.favours_low}", f"{forest.favours_high} →"
    parts = []
    left, right = MARGIN, sheet.at.width - MARGIN
    for words, x, anchor, room in (
        (low, min(zero, scale.end) - 8, "end", zero - 8 - left),
        (high, max(zero, scale.start) + 8, "start", right - zero - 8),
    ):
        parts += label(
            x, end + 29, words, size=SMALL, room=room, bold=True, anchor=anchor, fill=INK
        )  # fmt: skip
    middle = (scale.start + scale.end) / 2
    kind = " (logarithmic axis)" if forest.is_ratio else ""
    room = 2 * min(middle - MARGIN, sheet.at.width - MARGIN - middle)
    return parts + label(
        middle, end + 43, f"{forest.effect}{kind}", size=SMALL, room=room, anchor="middle",
        fill=SOFT,
    )  # fmt: skip


def _keys(forest: Forest) -> list[Key]:
    """Return the legend of what this forest holds, and of nothing else."""
    rows = [*forest.pooled, *forest.uncontrolled]
    statuses = {row.sd_status for row in rows}
    keys = [
        Key(partial(status_mark, status=status), SD_WORDS[status])
        for status in SD_STATUSES
        if status in statuses
    ]
    if forest.mid is not None:
        words = "smaller than the difference that counts as meaningful"
        keys.append(Key(lambda x, y: [box(x - 9, y - 5, 18, 10, fill=BAND, **BAND_LOOK)], words))
    return keys


def _bias_keys(forest: Forest) -> list[Key]:
    rows = [*forest.pooled, *forest.uncontrolled]
    return judgement_keys([level for row in rows for level in row.bias])


def _tool(forest: Forest) -> str:
    if not forest.bias_domains:
        return ""
    tool = f" ({forest.bias_tool})" if forest.bias_tool else ""
    return f"Risk of bias{tool}: {'; '.join(forest.bias_domains)}."


def _told(forest: Forest) -> str:
    """Return every row in words, for a person who does not see the picture."""
    unit = forest.effect
    told = [f"{unit}; below {forest.no_effect:g} {forest.favours_low}, above it "
            f"{forest.favours_high}"]  # fmt: skip
    for group in forest.groups:
        told += [f"{group.label}:"] if group.label else []
        told += [f"{s.label} {estimate_words(forest, s)}" for s in group.studies]
        told += [_pool_told(forest, group.pool)] if group.pool else []
    told += [_pool_told(forest, forest.overall)] if forest.overall else []
    if forest.uncontrolled:
        told.append(UNCONTROLLED)
        told += [f"{s.label} {estimate_words(forest, s)}" for s in forest.uncontrolled]
    return "; ".join(told)


def _pool_told(forest: Forest, pool: ForestPool) -> str:
    told = f"{pool.label} {estimate_words(forest, pool)}"
    if pool.prediction_low is not None:
        told += f", a new study {prediction_words(forest, pool)}"
    return f"{told}, {pool.heterogeneity.words()}" if pool.heterogeneity else told
