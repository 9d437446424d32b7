"""A map of the scalp to be marked by hand: from above and from both sides, our own drawing."""

from collections.abc import Sequence

from anagen.facts.base import Slug
from anagen.report import svg

Point = tuple[float, float]
Bezier = tuple[Point, Point, Point, Point]

WIDTH, HEIGHT = 186.0, 71.0
INK = {"fill": "none", "stroke": "#16202b", "stroke_linecap": "round", "stroke_linejoin": "round"}
OUTLINE = {**INK, "stroke_width": 0.4}
FEATURE = {**INK, "stroke_width": 0.28}
BORDER = {**INK, "stroke_width": 0.25, "stroke_dasharray": "1.4 1.1"}
HAIRLINE = {**INK, "stroke_width": 0.25}
DOTS = {**INK, "stroke": "#5b6670", "stroke_width": 0.5}
STEPS = 24
"""Straight pieces that stand for one curve where points are sought within it."""

# The head from its left side, looking to the left; in millimetres of the printed map.
PROFILE = (
    "M26,71 C26,68.6 25.6,66.4 24.2,64.2 C21,65 16.4,65.2 14.2,63.4 C12,61.6 12.2,59.6 12.3,58 "
    "C11.2,57 10.5,56.4 10.8,55.4 C11,54.6 11.9,54.2 12.2,53.8 C11,53.4 9.9,52.8 10.1,51.6 "
    "C10.3,50.3 11.2,49.6 10.9,48.5 C8.9,48.7 6,48.2 5.4,46.6 C5.6,44.3 9,40.2 9.7,35.4 "
    "C9.6,33.6 8.4,32 8.4,29.6 C8.4,23 10.4,16.8 15.8,12.2 C21.4,7.2 28,4.6 35.2,4.6 "
    "C50,4.6 62,15.8 62,30.6 C62,38.4 59.8,44.2 57,49.2 C55,53 54.6,61 56,71"
)
EAR = (
    "M33.6,37.4 C33.4,33.4 39.8,32.6 40.3,37.4 C40.6,41.2 37.8,42.6 37.3,45.4 C36.9,48 33.8,48 "
    "33.8,45 M35.2,38.2 C35.4,35.8 38.6,35.6 38.7,38 C38.8,40.4 36.4,40.4 36,43.4"
)
EYE = "M13.4,36.4 C14.6,34.9 16.6,34.8 18,36 M12,31.8 C14,30 16.6,29.8 18.8,31.2"
SCALP_SIDE: tuple[Bezier, ...] = (
    ((15.8, 12.2), (21.4, 7.2), (28, 4.6), (35.2, 4.6)),
    ((35.2, 4.6), (50, 4.6), (62, 15.8), (62, 30.6)),
    ((62, 30.6), (62, 38.4), (59.8, 44.2), (57, 49.2)),
    ((57, 49.2), (56.2, 50.8), (55.6, 52.6), (55.3, 54.8)),
    ((55.3, 54.8), (50, 54.4), (45, 51), (43, 46)),
    ((43, 46), (43.6, 40), (43, 33.4), (37.2, 32)),
    ((37.2, 32), (33.6, 31.4), (31.4, 33.8), (31.2, 38.6)),
    ((31.2, 38.6), (29.6, 38.4), (28.6, 37.6), (28, 36)),
    ((28, 36), (27.6, 31.4), (24.6, 29), (20.8, 27.8)),
    ((20.8, 27.8), (21.6, 23.6), (22.6, 20.6), (20.8, 18.2)),
    ((20.8, 18.2), (19, 16), (17.4, 13.8), (15.8, 12.2)),
)
SIDE_HAIRLINE = slice(4, 11)
SIDE_BORDERS = (
    "M20.8,18.2 C28,15.6 39,18.6 47.4,28.4",
    "M28.6,5.5 C29.6,9.6 30.4,13.4 30.6,17.6",
    "M46.2,7.2 C44.6,12.4 43.4,17.6 42,23.2",
    "M47.4,28.4 C52,27 57,24.8 61.3,23.8",
    "M47.4,28.4 C47.2,34.6 45.4,40.4 43,46",
)
SIDE_LABELS: dict[str, Point] = {
    "frontal": (24.6, 12.6),
    "mid_scalp": (37, 11.6),
    "vertex": (51.6, 18.4),
    "temporal": (36, 26),
    "occipital": (53, 38.6),
}

# The head from above, nose towards the top.
SCALP_TOP: tuple[Bezier, ...] = (
    ((93, 14.2), (99, 14.2), (103.6, 15.2), (107.4, 18.6)),
    ((107.4, 18.6), (109, 20.8), (111, 21), (114.2, 20)),
    ((114.2, 20), (116.6, 26), (117.4, 34.6), (117.4, 41.2)),
    ((117.4, 41.2), (117.4, 56.4), (107, 67), (93, 67)),
    ((93, 67), (79, 67), (68.6, 56.4), (68.6, 41.2)),
    ((68.6, 41.2), (68.6, 34.6), (69.4, 26), (71.8, 20)),
    ((71.8, 20), (75, 21), (77, 20.8), (78.6, 18.6)),
    ((78.6, 18.6), (82.4, 15.2), (87, 14.2), (93, 14.2)),
)
TOP_HEAD = (
    "M93,7 C105,7 111.4,13.4 114.2,20 C116.6,26 117.4,34.6 117.4,41.2 C117.4,56.4 107,67 93,67 "
    "C79,67 68.6,56.4 68.6,41.2 C68.6,34.6 69.4,26 71.8,20 C74.6,13.4 81,7 93,7"
)
TOP_NOSE = "M90.2,7.1 C91,5.4 91.6,3.4 93,3.4 C94.4,3.4 95,5.4 95.8,7.1"
TOP_EARS = (
    "M117.3,36.4 C119.4,35.4 121.2,37.4 120.8,40 C120.4,42.6 118.8,44.6 117.3,44.4",
    "M68.7,36.4 C66.6,35.4 64.8,37.4 65.2,40 C65.6,42.6 67.2,44.6 68.7,44.4",
)
TOP_HAIRLINE = (slice(0, 2), slice(6, 8))
TOP_BORDERS = (
    "M78.6,18.6 C76.4,26 75.6,36 78.4,46",
    "M107.4,18.6 C109.6,26 110.4,36 107.6,46",
    "M76.5,27.4 C86,29.6 100,29.6 109.5,27.4",
    "M78.4,46 C79.6,38.4 86,39.6 93,39.6 C100,39.6 106.4,38.4 107.6,46",
    "M78.4,46 C79.6,54.6 85.6,58.6 93,58.6 C100.4,58.6 106.4,54.6 107.6,46",
    "M78.4,46 C75,46.6 71.6,47 69,47.2",
    "M107.6,46 C111,46.6 114.4,47 117,47.2",
)
TOP_LABELS: dict[str, Point] = {
    "frontal": (93, 22.4),
    "mid_scalp": (93, 34.8),
    "vertex": (93, 49.4),
    "occipital": (93, 63.6),
}
TOP_SIDES: dict[str, Point] = {"temporal_left": (73.2, 33), "temporal_right": (114.4, 33)}


def scalp_map(zones: dict[Slug, str], head_length_cm: float) -> str:
    """Return the map as a picture: left side, from above, right side.

    Parameters
    ----------
    zones:
        The words for each zone.
    head_length_cm:
        Length to which the head is drawn; it sets how far the points of the grid lie apart, so
        that one stands for about 1 cm².
    """
    side = _outline(SCALP_SIDE)
    top = _outline(SCALP_TOP)
    parts = [
        *_side(zones, side, head_length_cm, "temporal_left"),
        *_top(zones, top, head_length_cm),
        svg.element(
            "g",
            {"transform": f"translate({WIDTH:g} 0) scale(-1 1)"},
            *_side_drawing(side, head_length_cm),
        ),
        *_side_labels(zones, "temporal_right", is_mirrored=True),
        _label("left side", (7, 69.4), size=2.8),
        _label("right side", (179, 69.4), size=2.8),
        _label("from above", (106, 5.6), size=2.8),
    ]
    named = ", ".join(zones.values())
    return svg.document(
        WIDTH, HEIGHT, "Map of the scalp",
        f"The head from the left, from above and from the right, with the zones {named}, and a "
        "grid of points to be marked by hand.",
        "scalp-map", *parts,
    )  # fmt: skip


def _side(
    zones: dict[Slug, str], outline: Sequence[Point], head_length_cm: float, temporal: str
) -> list[str]:
    return [*_side_drawing(outline, head_length_cm), *_side_labels(zones, temporal)]


def _side_drawing(outline: Sequence[Point], head_length_cm: float) -> list[str]:
    brow, occiput = min(x for x, _ in outline) - 7.4, max(x for x, _ in outline)
    return [
        _dots(outline, (occiput - brow) / head_length_cm),
        *(svg.element("path", {"d": d, **BORDER}) for d in SIDE_BORDERS),
        svg.element("path", {"d": _curves(SCALP_SIDE[SIDE_HAIRLINE]), **HAIRLINE}),
        svg.element("path", {"d": PROFILE, **OUTLINE}),
        svg.element("path", {"d": EAR, **FEATURE}),
        svg.element("path", {"d": EYE, **FEATURE}),
    ]


def _side_labels(zones: dict[Slug, str], temporal: str, *, is_mirrored: bool = False) -> list[str]:
    return [
        _label(
            zones[temporal if name == "temporal" else name],
            (WIDTH - x if is_mirrored else x, y),
        )
        for name, (x, y) in SIDE_LABELS.items()
    ]


def _top(zones: dict[Slug, str], outline: Sequence[Point], head_length_cm: float) -> list[str]:
    brow, occiput = 7.0, max(y for _, y in outline)
    return [
        _dots(outline, (occiput - brow) / head_length_cm),
        *(svg.element("path", {"d": d, **BORDER}) for d in TOP_BORDERS),
        *(svg.element("path", {"d": _curves(SCALP_TOP[part]), **HAIRLINE})
          for part in TOP_HAIRLINE),
        svg.element("path", {"d": TOP_HEAD, **OUTLINE}),
        svg.element("path", {"d": TOP_NOSE, **OUTLINE}),
        *(svg.element("path", {"d": d, **FEATURE}) for d in TOP_EARS),
        *(_label(zones[name], place) for name, place in TOP_LABELS.items()),
        *(_label(zones[name], (x, y), transform=f"rotate(-90 {x:g} {y:g})")
          for name, (x, y) in TOP_SIDES.items()),
    ]  # fmt: skip


def _label(words: str, place: Point, size: float = 2.8, transform: str | None = None) -> str:
    """Return words with a white edge, so that a point behind them does not spoil a letter."""
    return svg.text(
        *place, words, font_size=size, text_anchor="middle", fill="#16202b", stroke="#fff",
        stroke_width=1.0, paint_order="stroke", stroke_linejoin="round", transform=transform,
    )  # fmt: skip


def _curves(pieces: Sequence[Bezier]) -> str:
    """Return the `d` of curves that follow each other."""
    (x, y), *_ = pieces[0]
    steps = "".join(
        f" C{a:g},{b:g} {c:g},{d:g} {e:g},{f:g}" for _, (a, b), (c, d), (e, f) in pieces
    )
    return f"M{x:g},{y:g}{steps}"


def _outline(pieces: Sequence[Bezier]) -> list[Point]:
    """Return points along curves that follow each other."""
    return [_on(piece, k / STEPS) for piece in pieces for k in range(STEPS)]


def _on(piece: Bezier, t: float) -> Point:
    """Return the point of a cubic curve at t, from 0 to 1."""
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    x = sum(w * p[0] for w, p in zip(weights, piece, strict=True))
    y = sum(w * p[1] for w, p in zip(weights, piece, strict=True))
    return x, y


def _is_inside(x: float, y: float, outline: Sequence[Point]) -> bool:
    """Return whether a point lies within a closed outline: a ray to the right crosses it oddly."""
    inside = False
    for (x1, y1), (x2, y2) in zip(outline, [*outline[1:], outline[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            inside = not inside
    return inside


def grid(outline: Sequence[Point], spacing: float) -> list[Point]:
    """Return the points of a square grid that lie within an outline.

    Parameters
    ----------
    outline:
        A closed outline.
    spacing:
        Distance between neighbours, in the unit of the outline.
    """
    xs, ys = [p[0] for p in outline], [p[1] for p in outline]
    middle = (min(xs) + max(xs)) / 2
    columns = int((max(xs) - min(xs)) / 2 / spacing) + 1
    rows = int((max(ys) - min(ys)) / spacing) + 1
    return [
        (middle + column * spacing, min(ys) + (row + 0.5) * spacing)
        for row in range(rows)
        for column in range(-columns, columns + 1)
        if _is_inside(middle + column * spacing, min(ys) + (row + 0.5) * spacing, outline)
    ]


def _dots(outline: Sequence[Point], spacing: float) -> str:
    """Return the grid as one path: a line of no length with round ends is a dot."""
    return svg.element(
        "path", {"d": "".join(f"M{x:.1f} {y:.1f}h0" for x, y in grid(outline, spacing)), **DOTS}
    )
