"""The network: which treatments were compared, by how many studies, in how many people."""

from dataclasses import dataclass
from math import sqrt

from anagen.errors import InputError
from anagen.report import svg
from anagen.report.evidence.lettering import label
from anagen.report.evidence.network_layout import (
    LABEL,
    LABEL_LINES,
    LABEL_ROOM,
    Placed,
    circle_order,
    part_size,
    parts_of,
    place_part,
)
from anagen.report.evidence.numerals import check_numbers
from anagen.report.evidence.palette import ACCENT, PAPER, SOFT
from anagen.report.evidence.plate import MARGIN, Key, box, disc, heading, legend, notes, plate

GAP = 34.0
WIDEST_ROW = 980.0
THICKEST, THINNEST = 9.0, 1.2
MOST_COUNTS = 40
"""With more edges than this their counts would cover each other: a pointer is told them."""
EDGE = "#73808c"
SHADES = ("#0072b2", "#c4561a", "#2e8b6f", "#7a3b8f")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A treatment and how many people had it."""

    label: str
    participants: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A comparison that studies made directly."""

    first: str
    second: str
    studies: int
    precision: float | None = None
    """Draws the edge by precision where all edges have one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A whole network."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    multi_arm: tuple[tuple[str, ...], ...] = ()
    """The treatments of each study with three arms or more."""
    subtitle: str = ""
    notes: tuple[str, ...] = ()


def network_figure(name: str, network: Network) -> str:
    """Draw a network: its parts side by side, and a sentence where there are several.

    Raises
    ------
    InputError
        If there is no treatment, one stands twice, or an edge names one that is not there.
    """
    index = _checked(network)
    weights = _weights(network, index)
    sizes = _shares(network)
    parts = [circle_order(p, weights, sizes) for p in parts_of(len(network.nodes), list(weights))]
    width, rows = _rows(network, parts)
    head, top = heading(network.title, width, network.subtitle)
    placed, bottom = _placed(network, rows, width, top)
    drawn = _polygons(network, index, placed)
    drawn += _edges(network, index, weights, placed)
    drawn += _nodes(network, placed)
    key, below = legend(_keys(network), bottom + 8, width)
    words, end = notes((_sentence(parts), *network.notes), below, width)
    told = _told(network, parts)
    return plate(name, network.title, told, width, end + MARGIN, [*head, *drawn, *key, *words])


def _checked(network: Network) -> dict[str, int]:
    if not network.nodes:
        raise InputError("network: there is no treatment to draw; give at least one")
    check_numbers("network", network)
    index = {node.label: k for k, node in enumerate(network.nodes)}
    if len(index) < len(network.nodes):
        labels = [node.label for node in network.nodes]
        twice = next(each for each in labels if labels.count(each) > 1)
        raise InputError(f"network: treatment {twice!r} stands twice; give it once")
    named = [(edge.first, edge.second) for edge in network.edges]
    for each in [t for pair in (*named, *network.multi_arm) for t in pair]:
        if each not in index:
            raise InputError(
                f"network: a comparison names {each!r}, which is no treatment of the network"
            )
    for edge in network.edges:
        if edge.first == edge.second or edge.studies < 1:
            raise InputError(
                f"network: the comparison of {edge.first!r} and {edge.second!r} needs two "
                f"different treatments and at least one study"
            )
    return index


def _weights(network: Network, index: dict[str, int]) -> dict[tuple[int, int], float]:
    """Return how thick each edge is to be, by the pair of its treatments."""
    precise = all(edge.precision is not None for edge in network.edges)
    found: dict[tuple[int, int], float] = {}
    for edge in network.edges:
        first, second = sorted((index[edge.first], index[edge.second]))
        size = edge.precision if precise and edge.precision else float(edge.studies)
        found[first, second] = found.get((first, second), 0.0) + size
    return found


def _shares(network: Network) -> list[float]:
    """Return how many people had each treatment, in parts of the most."""
    most = max(max(node.participants for node in network.nodes), 1)
    return [node.participants / most for node in network.nodes]


def _rows(network: Network, parts: list[list[int]]) -> tuple[float, list[list[list[int]]]]:
    """Return the width of the picture, and which parts stand in which row."""
    rows: list[list[list[int]]] = [[]]
    x = widest = 0.0
    for part in parts:
        wide, _ = part_size([network.nodes[k].label for k in part])
        if rows[-1] and x + wide + GAP > WIDEST_ROW:
            rows.append([])
            x = 0.0
        rows[-1].append(part)
        x += wide + GAP
        widest = max(widest, x)
    return max(widest - GAP + 2 * MARGIN, 420.0), rows


def _placed(
    network: Network, rows: list[list[list[int]]], width: float, top: float
) -> tuple[dict[int, Placed], float]:
    shares = _shares(network)
    placed: dict[int, Placed] = {}
    for row in rows:
        sizes = [part_size([network.nodes[k].label for k in part]) for part in row]
        tall = max(high for _, high in sizes)
        x = (width - sum(wide for wide, _ in sizes) - GAP * (len(row) - 1)) / 2
        for part, (wide, _) in zip(row, sizes, strict=True):
            names = [network.nodes[k].label for k in part]
            own = [shares[k] for k in part]
            spots = place_part(names, own, (x + wide / 2, top + tall / 2))
            placed |= dict(zip(part, spots, strict=True))
            x += wide + GAP
        top += tall + 6
    return placed, top


def _polygons(network: Network, index: dict[str, int], placed: dict[int, Placed]) -> list[str]:
    """Return one shaded outline for each set of treatments that a study compared at once."""
    parts = []
    for k, arms in enumerate(dict.fromkeys(tuple(sorted(arms)) for arms in network.multi_arm)):
        spots = {placed[index[arm]].node for arm in arms}
        mx = sum(x for x, _ in spots) / len(spots)
        my = sum(y for _, y in spots) / len(spots)
        around = sorted(spots, key=lambda p: _turn(p[0] - mx, p[1] - my))
        told = svg.element("title", None, svg.escape(f"one study of {', '.join(arms)}"))
        shade = k % len(SHADES)
        look = {
            "d": svg.path(around, closed=True), "fill": SHADES[shade], "fill_opacity": 0.15,
            "stroke": SHADES[shade], "stroke_width": 1.0, "stroke_opacity": 0.5,
            "stroke_linejoin": "round",
        }  # fmt: skip
        parts.append(svg.element("path", look, told))
    return parts


def _turn(dx: float, dy: float) -> float:
    """Return a number that grows with the angle of a direction."""
    size = abs(dx) + abs(dy) or 1.0
    return (1 - dx / size) if dy >= 0 else (3 + dx / size)


def _edges(
    network: Network,
    index: dict[str, int],
    weights: dict[tuple[int, int], float],
    placed: dict[int, Placed],
) -> list[str]:
    most = max(weights.values(), default=1.0)
    lines, counts = [], []
    studies: dict[tuple[int, int], int] = {}
    for edge in network.edges:
        first, second = sorted((index[edge.first], index[edge.second]))
        studies[first, second] = studies.get((first, second), 0) + edge.studies
    taken: list[tuple[float, float]] = [spot.node for spot in placed.values()]
    for pair, size in sorted(weights.items(), key=lambda item: item[1]):
        (x1, y1), (x2, y2) = (placed[k].node for k in pair)
        names = [network.nodes[k].label for k in pair]
        words = f"{names[0]} and {names[1]}: {_studies(studies[pair])}"
        told = svg.element("title", None, svg.escape(words))
        look = {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "stroke": EDGE,
                "stroke_width": max(THINNEST, THICKEST * size / most)}  # fmt: skip
        lines.append(svg.element("line", look, told))
        if len(weights) <= MOST_COUNTS:
            spot = _free_spot(placed[pair[0]].node, placed[pair[1]].node, taken)
            taken.append(spot)
            counts.append(disc(*spot, 7.5, fill=PAPER, stroke=EDGE, stroke_width=0.7))
            counts.append(
                svg.text(spot[0], spot[1] + 3.4, f"{studies[pair]}", font_size=9.5,
                         text_anchor="middle")
            )  # fmt: skip
    return lines + counts


def _free_spot(
    a: tuple[float, float], b: tuple[float, float], taken: list[tuple[float, float]]
) -> tuple[float, float]:
    """Return the place on an edge, near its middle, that is furthest from what stands there."""
    best, room = a, -1.0
    for share in (0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72):
        x, y = a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
        near = min((sqrt((x - p) ** 2 + (y - q) ** 2) for p, q in taken), default=99.0)
        if near > 17:
            return x, y
        if near > room:
            best, room = (x, y), near
    return best


def _nodes(network: Network, placed: dict[int, Placed]) -> list[str]:
    parts = []
    for k, spot in sorted(placed.items()):
        node, (x, y) = network.nodes[k], spot.node
        if spot.is_led:
            parts.append(svg.line(x, y, *spot.label, stroke=SOFT, stroke_width=0.7))
        told = svg.element("title", None, svg.escape(f"{node.label}: {node.participants:,} people"))
        look = {"cx": x, "cy": y, "r": spot.radius, "fill": ACCENT, "stroke": PAPER,
                "stroke_width": 1.5}  # fmt: skip
        parts.append(svg.element("circle", look, told))
        shift = 3 if spot.anchor == "start" else -3 if spot.anchor == "end" else 0
        parts += label(
            spot.label[0] + shift, spot.label[1], node.label, size=LABEL, room=LABEL_ROOM,
            lines=LABEL_LINES, anchor=spot.anchor,
        )  # fmt: skip
    return parts


def _studies(count: int) -> str:
    return f"{count} study" if count == 1 else f"{count} studies"


def _sentence(parts: list[list[int]]) -> str:
    if len(parts) == 1:
        return ""
    return (
        f"The network falls into {len(parts)} parts that no study joins: treatments of different "
        f"parts cannot be compared through it."
    )


def _keys(network: Network) -> list[Key]:
    most = max(node.participants for node in network.nodes)
    keys = [Key(lambda x, y: [disc(x, y, 8, fill=ACCENT)],
                f"people who had it (largest {most:,})", 16.0)]  # fmt: skip
    keys += _edge_keys(network)
    if network.multi_arm:
        look: dict[str, object] = {"fill": SHADES[0], "fill_opacity": 0.15, "stroke": SHADES[0]}
        keys.append(
            Key(lambda x, y: [box(x - 9, y - 6, 18, 12, **look)],
                "compared at once in a study of three arms or more")
        )  # fmt: skip
    return keys


def _edge_keys(network: Network) -> list[Key]:
    def drawn(width: float, words: str) -> Key:
        return Key(lambda x, y: [svg.line(x - 13, y, x + 13, y, stroke=EDGE, stroke_width=width)],
                   words, 26.0)  # fmt: skip

    if not network.edges:
        return []
    if all(edge.precision is not None for edge in network.edges):
        return [drawn(5.0, "thicker: more precise")]
    most = max(edge.studies for edge in network.edges)
    thin = max(THINNEST, THICKEST / most)
    few = [drawn(thin, _studies(1))] if most > 1 else []
    return [*few, drawn(THICKEST, _studies(most))]


def _told(network: Network, parts: list[list[int]]) -> str:
    told = f"{len(network.nodes)} treatments, {len(network.edges)} direct comparisons"
    nodes = "; ".join(f"{n.label} {n.participants:,} people" for n in network.nodes)
    edges = "; ".join(f"{e.first} and {e.second}: {_studies(e.studies)}" for e in network.edges)
    return "; ".join(w for w in (told, _sentence(parts), nodes, edges) if w)
