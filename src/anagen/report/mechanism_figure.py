"""The picture of mechanisms: what is done in the skin, the rate that it moves, what is seen."""

import textwrap
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from anagen.facts.explanation import ExplainedArrow, ExplainedNode, Explanation
from anagen.facts.mechanism import COLUMNS, Column
from anagen.report import svg

INK = "#1d2733"
SOFT = "#55616d"
PALE = "#7d8893"
FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"

WIDTH = 1080.0
LEFT: Mapping[Column, float] = {"pathway": 4.0, "rate": 540.0, "seen": 950.0}
BOX: Mapping[Column, float] = {"pathway": 212.0, "rate": 172.0, "seen": 126.0}
STUB: Mapping[Column, float] = {"pathway": 236.0, "rate": 164.0}
"""How far an arrow runs straight, under its words, before it bends."""
LETTERS: Mapping[Column, int] = {"pathway": 41, "rate": 25}
"""How many letters of an arrow's words fit on one line over its straight part."""
BOX_LETTERS: Mapping[Column, int] = {"pathway": 30, "rate": 24, "seen": 16}
HEADS: Mapping[Column, str] = {
    "pathway": "What it would do in the skin",
    "rate": "Rate of the follicle model",
    "seen": "What is seen",
}
TOP = 62.0
LINE = 12.0
GAP = 7.0
SIGNS = {"raises": "+", "lowers": "−"}


@dataclass(frozen=True, slots=True)
class _Words:
    """What stands over and under the straight part of an arrow."""

    over: list[str]
    under: list[str]

    @property
    def height(self) -> float:
        """Height of the row that holds them and the line between."""
        return (len(self.over) + len(self.under)) * LINE + 10


@dataclass(frozen=True, slots=True)
class _Box:
    """A box with its place and the arrows that enter and leave it, from above."""

    node: ExplainedNode
    y: float
    height: float
    enter: tuple[ExplainedArrow, ...]
    leave: tuple[ExplainedArrow, ...]

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def _words(arrow: ExplainedArrow, column: Column, everybody: Collection[str]) -> _Words:
    """Return the words of an arrow: whose it is if not all of `everybody`'s, and what is known."""
    width, own = LETTERS[column], arrow.for_treatments
    whose = [", ".join(w.partition(" (")[0] for w in own)] if set(own) < set(everybody) else []
    seen = [arrow.seen_in] if len(arrow.seen_in) <= width else arrow.seen_in.split("; ")
    over = [part for piece in (*whose, *seen) for part in textwrap.wrap(piece, width)]
    moved = f"moves {', '.join(arrow.moves)}" if arrow.is_moving else "moves nothing"
    return _Words(over, textwrap.wrap(moved, width, break_long_words=False))


def _stacked(
    sizes: Sequence[tuple[float, float]], least: float, most: float, gap: float
) -> list[float]:
    """Return the tops of boxes near their wanted middles, in order, none over another.

    Parameters
    ----------
    sizes:
        Wanted middle and height of each.
    least, most:
        Where the first may begin and the last has to end, if there is room.
    gap:
        Free height between two.
    """
    tops: list[float] = []
    y = least
    for middle, height in sizes:
        tops.append(max(y, middle - height / 2))
        y = tops[-1] + height + gap
    floor = most
    for k in range(len(sizes) - 1, -1, -1):
        tops[k] = min(tops[k], floor - sizes[k][1])
        floor = tops[k] - gap
    return tops


def _placed(explanation: Explanation, words: Mapping[str, _Words]) -> list[_Box]:
    """Return every box at its place."""
    arrows, nodes = explanation.arrows, explanation.nodes
    place = {node.id: k for k, node in enumerate(nodes)}

    def towards(node: ExplainedNode, pick: Callable[[ExplainedArrow], tuple[str, str]]) -> float:
        ends = [place[to] for at, to in map(pick, arrows) if at == node.id]
        return sum(ends) / len(ends) if ends else 0.0

    columns = {
        "pathway": sorted(
            explanation.in_column("pathway"),
            key=lambda node: towards(node, lambda a: (a.start, a.end)),
        ),
        "rate": explanation.in_column("rate"),
        "seen": sorted(
            explanation.in_column("seen"),
            key=lambda node: towards(node, lambda a: (a.end, a.start)),
        ),
    }
    order = {node.id: k for found in columns.values() for k, node in enumerate(found)}
    leave = {n.id: sorted((a for a in arrows if a.start == n.id), key=lambda a: order[a.end])
             for n in nodes}  # fmt: skip
    enter = {n.id: sorted((a for a in arrows if a.end == n.id), key=lambda a: order[a.start])
             for n in nodes}  # fmt: skip

    def height(node: ExplainedNode) -> float:
        rows = sum(words[a.id].height for a in leave[node.id])
        lines = len(_label(node)) + (1 if node.articles else 0)
        return max(rows, 13.0 * lines + 9, 12.0 * len(enter[node.id]) + 10)

    boxes: list[_Box] = []
    middles: dict[str, float] = {}
    tall = {name: sum(height(n) + GAP for n in found) - GAP for name, found in columns.items()}
    most = TOP + max(tall.values())
    for name in COLUMNS:
        found = columns[name]
        sizes = []
        for k, node in enumerate(found):
            before = [middles[a.start] for a in enter[node.id]]
            even = TOP + (k + 0.5) * (most - TOP) / len(found)
            sizes.append((sum(before) / len(before) if before else even, height(node)))
        for node, (_, size), y in zip(found, sizes, _stacked(sizes, TOP, most, GAP), strict=True):
            middles[node.id] = y + size / 2
            boxes.append(_Box(node, y, size, tuple(enter[node.id]), tuple(leave[node.id])))
    return boxes


def _label(node: ExplainedNode) -> list[str]:
    return textwrap.wrap(node.label, BOX_LETTERS[node.column])


def _named(node: ExplainedNode) -> str:
    """Say which articles name it; their ids end in one less than their number."""
    numbers = [str(int(article[-1]) + 1) for article in node.articles]
    return f"named in article{'s' * (len(numbers) > 1)} {', '.join(numbers)}" if numbers else ""


def _drawn_box(box: _Box) -> str:
    """Return a box; one that nothing of the forecast touches is grey and dashed."""
    node, x = box.node, LEFT[box.node.column]
    is_moved = any(a.is_moving for a in (*box.enter, *box.leave))
    ink = INK if is_moved else SOFT
    lines = _label(node)
    named = _named(node)
    first = box.middle - 6.5 * (len(lines) + bool(named)) + 10
    frame = svg.element(
        "rect",
        {
            "x": x, "y": box.y, "width": BOX[node.column], "height": box.height, "rx": 5,
            "fill": "#fff", "stroke": ink if is_moved else PALE,
            "stroke_width": 1.8 if is_moved else 1.2,
            "stroke_dasharray": None if is_moved else "4 3",
        },
    )  # fmt: skip
    parts = [frame]
    for k, words in enumerate(lines):
        parts.append(
            svg.text(x + 9, first + 13 * k, words, font_size=12, font_weight=600, fill=ink)
        )
    if named:
        parts.append(svg.text(x + 9, first + 13 * len(lines), named, font_size=10.5, fill=SOFT))
    return "".join(parts)


def _rows(box: _Box, words: Mapping[str, _Words]) -> dict[str, float]:
    """Return the height of the line of every arrow that leaves a box."""
    total = sum(words[a.id].height for a in box.leave)
    y = box.middle - total / 2
    found = {}
    for arrow in box.leave:
        found[arrow.id] = y + len(words[arrow.id].over) * LINE + 6
        y += words[arrow.id].height
    return found


def _drawn_arrow(
    arrow: ExplainedArrow, words: _Words, start: tuple[float, float], end: tuple[float, float],
    column: Column,
) -> str:  # fmt: skip
    """Return an arrow: solid and dark with its sign, or grey and dashed where it moves nothing."""
    (x, y), (to_x, to_y) = start, end
    bend = x + STUB[column]
    reach = (to_x - 8 - bend) * 0.55
    ink, soft = (INK, SOFT) if arrow.is_moving else (PALE, SOFT)
    run = (
        f"M{x:.1f} {y:.1f}L{bend:.1f} {y:.1f}C{bend + reach:.1f} {y:.1f} "
        f"{to_x - 8 - reach:.1f} {to_y:.1f} {to_x - 8:.1f} {to_y:.1f}"
    )
    dashes = None if arrow.is_moving else "5 4"
    width = 1.8 if arrow.is_moving else 1.3
    parts = [
        svg.element("path", {"d": run, "fill": "none", "stroke": ink, "stroke_width": width,
                             "stroke_dasharray": dashes}),
        svg.element("path", {"d": svg.path([(to_x - 9, to_y - 4.5), (to_x, to_y),
                                            (to_x - 9, to_y + 4.5)], closed=True),
                             "fill": ink if arrow.is_moving else "#fff", "stroke": ink}),
    ]  # fmt: skip
    left = x + 8
    if arrow.is_moving:
        left = x + 24
        parts.append(svg.element("circle", {"cx": x + 12, "cy": y, "r": 8, "fill": "#fff",
                                            "stroke": INK, "stroke_width": 1.4}))  # fmt: skip
        parts.append(svg.text(x + 12, y + 4.5, SIGNS[arrow.direction], font_size=14,
                              font_weight=700, text_anchor="middle", fill=INK))  # fmt: skip
    for k, piece in enumerate(words.over):
        parts.append(svg.text(left, y - 5 - LINE * (len(words.over) - 1 - k), piece,
                              font_size=11, fill=INK if arrow.is_moving else SOFT))  # fmt: skip
    for k, piece in enumerate(words.under):
        parts.append(svg.text(left, y + LINE * (k + 1), piece, font_size=11, fill=soft,
                              font_style="italic"))  # fmt: skip
    return "".join(parts)


def _told(arrows: Iterable[ExplainedArrow]) -> str:
    """Return all arrows in words, for who cannot see them."""
    return " ".join(
        f"{a.start_label} {a.direction} {a.end_label}: {a.seen_in}; "
        + (f"moves {', '.join(a.moves)}." if a.is_moving else "moves nothing.")
        for a in arrows
    )


def _key(y: float) -> list[str]:
    """Return the key under the heads of the columns."""
    dark = {"stroke": INK, "stroke_width": 1.8}
    grey = {"stroke": PALE, "stroke_width": 1.3, "stroke_dasharray": "5 4"}
    said = {"font_size": 11, "fill": SOFT}
    return [
        svg.line(4, y, 40, y, **dark),
        svg.text(46, y + 3.5, "moves a rate in the forecast (+ raises, − lowers)", **said),
        svg.line(350, y, 386, y, **grey),
        svg.text(392, y + 3.5, "moves nothing in the forecast", **said),
        svg.text(590, y + 3.5, "over an arrow: in whom or in what it was seen", **said),
    ]


def mechanism_figure(explanation: Explanation) -> str:
    """Return the picture of an explanation as one SVG that can stand alone.

    Parameters
    ----------
    explanation:
        What is drawn: three columns of boxes, arrows from left to right.
    """
    everybody = {name for a in explanation.arrows for name in a.for_treatments}
    column_of = {node.id: node.column for node in explanation.nodes}
    words = {a.id: _words(a, column_of[a.start], everybody) for a in explanation.arrows}
    boxes = {box.node.id: box for box in _placed(explanation, words)}
    height = max(box.y + box.height for box in boxes.values()) + 8
    drawn: list[tuple[bool, str]] = []
    for box in boxes.values():
        column = box.node.column
        right = LEFT[column] + BOX[column]
        for arrow_id, y in _rows(box, words).items():
            arrow = next(a for a in box.leave if a.id == arrow_id)
            target = boxes[arrow.end]
            step = (target.enter.index(arrow) + 1) / (len(target.enter) + 1)
            end = (LEFT[target.node.column], target.y + step * target.height)
            shape = _drawn_arrow(arrow, words[arrow_id], (right, y), end, column)
            drawn.append((arrow.is_moving, shape))
    heads = [
        svg.text(LEFT[name], 18, HEADS[name], font_size=13.5, font_weight=700, fill=INK)
        for name in COLUMNS
        if explanation.in_column(name)
    ]
    parts = [
        svg.element("rect", {"width": WIDTH, "height": height, "fill": "#fff"}),
        *heads,
        *_key(40),
        *(shape for _, shape in sorted(drawn, key=lambda entry: entry[0])),
        *(_drawn_box(box) for box in boxes.values()),
    ]
    return svg.document(
        WIDTH,
        height,
        f"How it would act: {explanation.label}",
        f"Boxes in three columns, arrows from left to right. {_told(explanation.arrows)} "
        "Drawn by anagen.",
        "mechanisms",
        svg.element("g", {"font_family": FONT}, *parts),
    )
