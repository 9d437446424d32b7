"""Where the treatments of a network stand: each part on a circle, its labels kept apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import cos, hypot, pi, sin, sqrt

from anagen.report.evidence.lettering import LINE, width_of, wrap

LABEL = 11.0
LABEL_ROOM = 150.0
LABEL_LINES = 2
MOST_RADIUS, LEAST_RADIUS = 24.0, 5.0
GAP = 10.0
SWAP_ROUNDS = 6
HIDDEN = 2.5
"""What an edge costs that passes behind its widest possible neighbour, in circle diameters."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Placed:
    """A treatment on paper: its node, and the middle and side of its label."""

    node: Point
    radius: float
    label: Point
    anchor: str
    is_led: bool
    """Whether a thin line leads from the node to its label."""


def parts_of(count: int, pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the connected parts of a network, the largest first.

    Examples
    --------
    >>> parts_of(4, [(0, 1), (1, 3)])
    [[0, 1, 3], [2]]
    """
    home = list(range(count))
    for a, b in pairs:
        kept, lost = sorted((home[a], home[b]))
        home = [kept if each == lost else each for each in home]
    found = [[k for k in range(count) if home[k] == root] for root in sorted(set(home))]
    return sorted(found, key=lambda part: (-len(part), part))


def circle_order(
    part: Sequence[int], pairs: Iterable[tuple[int, int]], sizes: Sequence[float]
) -> list[int]:
    """Return an order around the circle with short edges that large nodes do not hide."""
    order, members = list(part), set(part)
    joined = [(a, b) for a, b in pairs if a in members and b in members]
    count = len(order)
    sines = [sin(pi * k / count) for k in range(count)]

    def cost(trial: Sequence[int]) -> float:
        place = {t: k for k, t in enumerate(trial)}
        total = 0.0
        for a, b in joined:
            first, last = sorted((place[a], place[b]))
            apart = last - first
            total += sines[apart]
            if 2 in (apart, count - apart) and count > 4:
                between = first + 1 if apart == 2 else (last + 1) % count
                total += HIDDEN * sqrt(sizes[trial[between]])
        return total

    best = cost(order)
    for _ in range(SWAP_ROUNDS if count > 3 else 0):
        before = best
        for i, j in combinations(range(count), 2):
            order[i], order[j] = order[j], order[i]
            tried = cost(order)
            if tried < best - 1e-9:
                best = tried
            else:
                order[i], order[j] = order[j], order[i]
        if best > before - 1e-9:
            break
    return order


def circle_radius(count: int) -> float:
    """Return how large the circle of a part is."""
    return 0.0 if count == 1 else max(70.0, min(250.0, count * 62 / (2 * pi) + 20))


def part_size(labels: Sequence[str]) -> tuple[float, float]:
    """Return how wide and tall a part is with its labels."""
    radius = circle_radius(len(labels))
    wide = max(min(width_of(words, LABEL), LABEL_ROOM) for words in labels)
    across = 2 * (radius + MOST_RADIUS + GAP + wide)
    if len(labels) == 2:  # side by side
        return across, 2 * (MOST_RADIUS + GAP + LABEL * LINE)
    return across, 2 * (radius + MOST_RADIUS + GAP + LABEL * LINE * LABEL_LINES)


def place_part(labels: Sequence[str], sizes: Sequence[float], centre: Point) -> list[Placed]:
    """Return where the treatments of one part stand, in their order around the circle.

    Parameters
    ----------
    labels:
        Their names.
    sizes:
        The share of each in the largest node, 0 to 1.
    centre:
        The middle of the circle.
    """
    count, (cx, cy) = len(labels), centre
    circle = circle_radius(count)
    turns = [-pi / 2 + 2 * pi * (k + 0.5 * (count % 2 == 0)) / count for k in range(count)]
    nodes = [(cx + circle * cos(t), cy + circle * sin(t)) for t in turns]
    most = MOST_RADIUS if count <= 8 else max(15.0, MOST_RADIUS - 0.7 * (count - 8))
    radii = [max(LEAST_RADIUS, most * sqrt(size)) for size in sizes]
    if count == 1:
        below = (cx, cy + radii[0] + GAP + LABEL * LINE)
        return [Placed((cx, cy), radii[0], below, "middle", is_led=False)]
    wanted = [(cos(t), cy + (circle + r + GAP) * sin(t)) for t, r in zip(turns, radii, strict=True)]
    heights = [LABEL * LINE * len(wrap(w, LABEL, LABEL_ROOM, LABEL_LINES)) + 3 for w in labels]
    tops = _kept_apart(wanted, heights)
    found = []
    for k in range(count):
        side = 1 if wanted[k][0] >= -1e-9 else -1
        reach = circle + radii[k] + GAP
        off = tops[k] - cy
        out = sqrt(max(reach * reach - off * off, 0.0))
        out = max(out, abs(nodes[k][0] - cx) + (radii[k] + 5 if abs(off) < circle else 0))
        x = cx + side * max(out, 4.0)
        is_led = hypot(x - nodes[k][0], tops[k] - nodes[k][1]) > radii[k] + GAP + 9
        anchor = "start" if side > 0 else "end"
        found.append(Placed(nodes[k], radii[k], (x, tops[k]), anchor, is_led))
    return found


def _kept_apart(wanted: Sequence[tuple[float, float]], heights: Sequence[float]) -> list[float]:
    """Return the middles of labels on either side, moved no further than they must be."""
    places = [y for _, y in wanted]
    for is_right in (True, False):
        side = [k for k in range(len(wanted)) if (wanted[k][0] >= -1e-9) == is_right]
        side.sort(key=lambda k: wanted[k][1])
        blocks: list[tuple[float, list[int]]] = []
        for k in side:
            blocks.append((wanted[k][1], [k]))
            while len(blocks) > 1 and _touch(blocks[-2], blocks[-1], heights):
                (first, above), (second, below) = blocks[-2], blocks[-1]
                middle = (first * len(above) + second * len(below)) / (len(above) + len(below))
                blocks[-2:] = [(middle, above + below)]
        for middle, members in blocks:
            y = middle - sum(heights[k] for k in members) / 2
            for k in members:
                places[k] = y + heights[k] / 2
                y += heights[k]
    return places


def _touch(
    above: tuple[float, list[int]], below: tuple[float, list[int]], heights: Sequence[float]
) -> bool:
    tall = sum(heights[k] for k in above[1]) + sum(heights[k] for k in below[1])
    return below[0] - above[0] < tall / 2
