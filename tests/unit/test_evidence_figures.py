"""The pictures of evidence synthesis: whole, readable, honest; what cannot be drawn is refused."""

import itertools
import math
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from anagen.errors import InputError
from anagen.report import svg
from anagen.report.evidence import contributions as shares
from anagen.report.evidence import network_layout, palette
from anagen.report.evidence.course_records import Curve, DoseResponse, StudyPoint, TimeCourses
from anagen.report.evidence.dose_response import dose_response_figure
from anagen.report.evidence.forest import UNCONTROLLED, forest_figure
from anagen.report.evidence.forest_layout import columns
from anagen.report.evidence.forest_records import (
    Forest,
    ForestGroup,
    ForestPool,
    ForestStudy,
    Heterogeneity,
)
from anagen.report.evidence.funnel import EggerLine, Funnel, FunnelPoint, funnel_figure
from anagen.report.evidence.judgement import JUDGEMENTS
from anagen.report.evidence.league import League, LeagueCell, league_figure
from anagen.report.evidence.lettering import width_of, wrap
from anagen.report.evidence.net_heat import NetHeat, NetHeatRow, net_heat_figure
from anagen.report.evidence.network import Edge, Network, Node, network_figure
from anagen.report.evidence.ranks import RankedTreatment, Ranks, rank_figure
from anagen.report.evidence.risk_of_bias import (
    AssessedStudy,
    RiskOfBias,
    bias_summary_figure,
    traffic_light_figure,
)
from anagen.report.evidence.time_courses import time_course_figure

NS = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert('x')</script> & \"quotes\" \x00 \u202e ]]>"
DOMAINS = ("D1 randomisation", "D2 deviations from the intended interventions", "All overall")


def parsed(picture):
    return ElementTree.fromstring(picture)  # noqa: S314 - our own text


def named(kind, k, length):
    """A name of so many letters that no other has."""
    rest = " of vesicles from adipose stem cells given by microneedling in pattern hair loss, 2024"
    return f"{kind} {k + 1:02d}{rest}"[:length]


def names(kind, count, length=80):
    return [named(kind, k, length if k % 3 else 12) for k in range(count)]


def study(label, k=0, **more):
    given = {
        "estimate": 5.0 + 7 * math.sin(k), "low": -3.0 + 7 * math.sin(k),
        "high": 13.0 + 7 * math.sin(k), "weight_percent": 1.0 + k % 5, "n_treated": 20 + k,
        "n_control": 22 + k, "bias": ("low", "some", "high"),
        "sd_status": ("reported", "algebraic", "borrowed", "assumed")[k % 4],
    }  # fmt: skip
    return ForestStudy(label=label, **{**given, **more})


def forest(count=6, length=80):
    labels = names("Study", count, length)
    first = tuple(study(label, k) for k, label in enumerate(labels[: count // 2]))
    rest = tuple(study(label, k) for k, label in enumerate(labels[count // 2 :]))
    het = Heterogeneity(tau2=31.0, i2_percent=71, q=17.4, df=5, p=0.0001)
    pool = ForestPool(label="Group A, random effects", estimate=6, low=2, high=10)
    return Forest(
        title="Change of hair density", effect="mean difference, hairs/cm²",
        groups=(ForestGroup(label="Group A", studies=first, pool=pool),
                ForestGroup(label="Group B", studies=rest)),
        overall=ForestPool(label="All", estimate=5, low=1, high=9, prediction_low=-11,
                           prediction_high=21, heterogeneity=het),
        uncontrolled=(study("Open series, 2023", 3, n_control=None),), mid=8.0,
        bias_domains=DOMAINS, bias_tool="RoB 2",
    )  # fmt: skip


def funnel(count=12, length=80):
    points = tuple(
        FunnelPoint(label=n, estimate=math.sin(k), se=0.1 + k / 20, is_imputed=k > count - 3)
        for k, n in enumerate(names("Study", count, length))
    )
    egger = EggerLine(limit=0.1, slope=-1.2, words="Egger test: p = 0.03")
    return Funnel(title="Funnel", effect="odds ratio", points=points, pooled=-0.3, filled=-0.1,
                  egger=egger, is_ratio=True)  # fmt: skip


def network(count=6, length=80):
    labels = names("Treatment", count, length)
    edges = tuple(Edge(first=labels[0], second=n, studies=k + 1) for k, n in enumerate(labels[1:]))
    return Network(
        title="Network", edges=edges, multi_arm=(tuple(labels[:3]),),
        nodes=tuple(Node(label=n, participants=30 * (k + 1)) for k, n in enumerate(labels)),
    )  # fmt: skip


def league(count=6, length=80):
    labels = names("Treatment", count, length)
    cells = tuple(
        LeagueCell(row=a, column=b, estimate=-1.0 - k % 4, low=-4.5 - k % 4, high=k % 3 - 0.5)
        for k, (a, b) in enumerate(itertools.combinations(labels, 2))
    )
    return League(title="League", effect="mean difference", treatments=tuple(labels),
                  network=cells, direct=cells[:3])  # fmt: skip


def ranks(count=6, length=80):
    rows = []
    for k, label in enumerate(names("Treatment", count, length)):
        chances = [1 / (1 + abs(k - m)) for m in range(count)]
        chances = tuple(c / sum(chances) for c in chances)
        rows.append(RankedTreatment(label=label, probabilities=chances, p_score=1 - k / count,
                                    rank_low=max(1, k), rank_high=min(count, k + 3)))  # fmt: skip
    return Ranks(title="Ranks", treatments=tuple(rows))


def contributions(count=6, length=80):
    labels = names("Comparison", count, length)
    rows = tuple(
        shares.ContributionRow(label=n, percents=tuple(100.0 / count for _ in labels))
        for n in labels
    )
    return shares.Contributions(title="Contributions", comparisons=tuple(labels), rows=rows)


def bias_bars(count=6, length=80):
    rows = tuple(
        shares.BiasShares(label=n, percents=(20.0, 30.0, 50.0))
        for n in names("Comparison", count, length)
    )
    return shares.BiasContributions(title="Bias", levels=("low", "some", "high"), rows=rows)


def bias(count=6, length=80):
    studies = tuple(
        AssessedStudy(label=n, levels=("low", "some", "critical"), weight_percent=1.0 + k)
        for k, n in enumerate(names("Study", count, length))
    )
    return RiskOfBias(title="Risk of bias", tool="RoB 2 (2019)", domains=DOMAINS, studies=studies)


def curve(label, k=0, **more):
    at = (0.0, 4.0, 12.0, 24.0)
    value = tuple(-(1 + k) * t / (5 + t) for t in at)
    points = tuple(
        StudyPoint(study=f"S{m}", at=t, value=-1.0 - k, low=-2.0 - k, high=-0.5, participants=20)
        for m, t in enumerate(at[1:])
    )
    return Curve(label=label, at=at, value=value, low=tuple(v - 0.4 for v in value),
                 high=tuple(v + 0.4 for v in value), points=points, **more)  # fmt: skip


def courses(count=4, length=80):
    made = tuple(
        curve(n, k, is_assumed=k == 1) for k, n in enumerate(names("Treatment", count, length))
    )
    return TimeCourses(title="Courses", quantity="change, hairs/cm²", curves=made, mid=1.0)


def doses(count=1, length=80):
    own = curve(named("Curve", 0, length))
    return DoseResponse(title="Doses", quantity="change, hairs/cm²", dose="particles, 10⁹",
                        curve=own, is_log_dose=True, mid=1.0)  # fmt: skip


def heat(count=6, length=80):
    labels = names("Design", count, length)
    rows = tuple(
        NetHeatRow(label=n, contributions=tuple(1 / count for _ in labels),
                   q_changes=tuple(-4.0 if k == m else 2.5 * (k - m) for m in range(count)))
        for k, n in enumerate(labels)
    )  # fmt: skip
    return NetHeat(title="Net heat", rows=rows)


PICTURES = {
    "forest": (forest_figure, forest, 60),
    "funnel": (funnel_figure, funnel, 60),
    "network": (network_figure, network, 22),
    "league": (league_figure, league, 22),
    "ranks": (rank_figure, ranks, 22),
    "contributions": (shares.contribution_figure, contributions, 22),
    "bias-bars": (shares.bias_contribution_figure, bias_bars, 22),
    "lights": (traffic_light_figure, bias, 60),
    "summary": (bias_summary_figure, bias, 60),
    "courses": (time_course_figure, courses, 22),
    "doses": (dose_response_figure, doses, 1),
    "heat": (net_heat_figure, heat, 22),
}
KINDS = pytest.mark.parametrize("kind", PICTURES)


def drawn(kind, *, large=False):
    draw, make, most = PICTURES[kind]
    return draw(kind, make(most) if large else make())


def boxes(picture):
    """Every word on the paper with its box: left, top, right, bottom."""
    found = []
    root = parsed(picture)
    hidden = {t for d in root.iter(f"{NS}defs") for t in d.iter()}
    for each in root.iter(f"{NS}text"):
        words = (each.text or "") + "".join(child.tail or "" for child in each)
        if each in hidden or not words.strip():
            continue
        x, y, size = (float(each.get(k)) for k in ("x", "y", "font-size"))
        wide = width_of(words, size, bold=each.get("font-weight") == "bold")
        back = {None: 0.0, "start": 0.0, "middle": wide / 2, "end": wide}[each.get("text-anchor")]
        if "rotate(-90" in (each.get("transform") or ""):
            found.append((words, (x - 0.7 * size, y + back - wide, x, y + back)))
        else:
            found.append((words, (x - back, y - 0.7 * size, x - back + wide, y)))
    return found


def paper(picture):
    return [float(v) for v in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture).groups()]


def everything_said(picture):
    return " ".join(parsed(picture).itertext())


@KINDS
@pytest.mark.parametrize("large", [False, True])
def test_a_picture_is_one_whole_svg_with_its_title_and_description(kind, large):
    picture = drawn(kind, large=large)
    root = parsed(picture)
    assert root.get("role") == "img"
    title, told = root.findall(f"{NS}title") + root.findall(f"{NS}desc")
    assert root.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"
    assert title.text
    assert len(told.text) > 40
    assert not re.search(
        r"(?i)\bnan\b|\binf\b|http(?!://www.w3.org/2000/svg)|<image|@font", picture
    )


@KINDS
@pytest.mark.parametrize("large", [False, True])
def test_no_word_leaves_the_paper(kind, large):
    picture = drawn(kind, large=large)
    width, height = paper(picture)
    for words, (left, top, right, bottom) in boxes(picture):
        assert left >= 0, words
        assert top >= 0, words
        assert right <= width, words
        assert bottom <= height, words


@KINDS
@pytest.mark.parametrize("large", [False, True])
def test_no_two_words_overlap(kind, large):
    found = boxes(drawn(kind, large=large))
    for (one, a), (two, b) in itertools.combinations(found, 2):
        apart = a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1
        assert apart, f"{one!r} covers {two!r}"


@KINDS
def test_every_name_can_be_read_in_full(kind):
    draw, make, most = PICTURES[kind]
    said = everything_said(draw(kind, make(most)))
    prefix = {"forest": "Study", "funnel": "Study", "lights": "Study", "network": "Treatment",
              "league": "Treatment", "ranks": "Treatment", "courses": "Treatment",
              "contributions": "Comparison", "bias-bars": "Comparison", "heat": "Design",
              "doses": "Curve", "summary": None}[kind]  # fmt: skip
    wanted = (
        DOMAINS if prefix is None else names(prefix, most) if most > 1 else [named(prefix, 0, 80)]
    )
    for name in wanted:
        assert name in said, name


@KINDS
def test_numbers_have_a_true_minus(kind):
    for words, _ in boxes(drawn(kind)):
        assert not re.search(r"(?<![\w)])-\d", words), words


def renamed(record, old, new):
    """The same record with one name exchanged wherever it stands."""
    if isinstance(record, str):
        return new if record == old else record
    if isinstance(record, tuple):
        return tuple(renamed(each, old, new) for each in record)
    if hasattr(record, "__dataclass_fields__"):
        fields = {f: renamed(getattr(record, f), old, new) for f in record.__dataclass_fields__}
        return replace(record, **fields)
    return record


FIRST_NAME = {
    "forest": "Study 01 of ", "funnel": "Study 01 of ", "network": "Treatment 01",
    "league": "Treatment 01", "ranks": "Treatment 01", "contributions": "Comparison 0",
    "lights": "Study 01 of ", "courses": "Treatment 01", "heat": "Design 01 of",
    "bias-bars": "Comparison 0", "summary": "D1 randomisation", "doses": named("Curve", 0, 80),
}  # fmt: skip


@KINDS
def test_a_hostile_name_is_written_and_not_obeyed(kind):
    draw, make, _ = PICTURES[kind]
    made = make()
    changed = renamed(renamed(made, FIRST_NAME[kind], HOSTILE), made.title, HOSTILE)
    assert changed != made
    picture = draw(kind, changed)
    assert "<script" not in picture
    assert "\x00" not in picture
    assert "\u202e" not in picture
    assert "<script>alert('x')</script> & \"quotes\"" in everything_said(picture)


def with_first_number(record, value):
    """The same record with its first fraction exchanged; none where it has no fraction."""
    if isinstance(record, float):
        return value
    if isinstance(record, tuple):
        for k, each in enumerate(record):
            changed = with_first_number(each, value)
            if changed is not None:
                return (*record[:k], changed, *record[k + 1 :])
    if hasattr(record, "__dataclass_fields__"):
        for field in record.__dataclass_fields__:
            changed = with_first_number(getattr(record, field), value)
            if changed is not None:
                return replace(record, **{field: changed})
    return None


@KINDS
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e308, -1e308])
def test_a_number_that_cannot_be_drawn_is_refused_in_one_sentence(kind, value):
    draw, make, _ = PICTURES[kind]
    broken = with_first_number(make(), value)
    if kind == "network":
        edge = replace(make().edges[0], precision=value)
        broken = replace(make(), edges=(edge,))
    told = "too large to draw" if math.isfinite(value) else "which cannot be drawn"
    with pytest.raises(InputError, match=told):
        draw(kind, broken)


@KINDS
def test_a_name_that_is_no_id_is_refused(kind):
    draw, make, _ = PICTURES[kind]
    with pytest.raises(InputError, match="letters, digits"):
        draw('x" onload="', make())


def test_an_svg_element_refuses_a_place_that_is_not_a_number():
    with pytest.raises(InputError, match="no place on paper"):
        svg.line(0.0, math.nan, 1.0, 1.0)
    with pytest.raises(InputError, match="no place on paper"):
        svg.path([(0.0, 1.0), (math.inf, 1.0)])


def test_risks_of_bias_differ_in_grey_and_by_shape():
    order = [JUDGEMENTS[level].colour for level in ("unclear", "low", "some", "high", "critical")]
    for lighter, darker in itertools.pairwise(order):
        ratio = (palette.lightness(lighter) + 0.05) / (palette.lightness(darker) + 0.05)
        assert ratio > 1.3, (lighter, darker)
    letters = [own.letters for own in JUDGEMENTS.values()]
    assert len(set(letters)) == len(letters)


def test_letters_can_be_read_on_every_colour():
    colours = [own.colour for own in JUDGEMENTS.values()]
    colours += [palette.mixed(k / 10, shares.FULL) for k in range(11)]
    for colour in colours:
        pair = sorted(
            (
                palette.lightness(colour) + 0.05,
                palette.lightness(palette.readable_on(colour)) + 0.05,
            )
        )
        assert pair[1] / pair[0] > 4, colour


def test_an_interval_that_leaves_the_axis_ends_in_an_arrow():
    calm = forest(12)
    far = study("Far", 1, low=-900.0, high=900.0)
    wild = replace(calm, groups=(*calm.groups, ForestGroup(label="", studies=(far,))))
    scale = columns(wild).scale
    assert scale.low > -100
    assert scale.high < 100
    arrows = forest_figure("f", wild).count(f"M{scale.end + 6:.1f} ")
    assert arrows == 1
    assert forest_figure("f", calm).count(f"M{columns(calm).scale.end + 6:.1f} ") == 0
    assert "−900.0 to 900.0" in forest_figure("f", wild)


def test_one_far_study_does_not_press_the_others_together():
    calm = forest(12)
    far = study("Far", 1, estimate=1e6, low=9e5, high=1.1e6)
    wild = replace(calm, groups=(*calm.groups, ForestGroup(label="", studies=(far,))))
    assert columns(wild).scale.high < 100
    assert "Far" in everything_said(forest_figure("f", wild))


def test_ratios_are_drawn_on_a_logarithmic_axis():
    rows = tuple(study(f"S{v}", estimate=v, low=v / 2, high=v * 2) for v in (0.5, 2.0))
    made = Forest(title="Ratio", effect="risk ratio", groups=(ForestGroup(label="", studies=rows),),
                  is_ratio=True, bias_domains=DOMAINS)  # fmt: skip
    scale = columns(made).scale
    assert scale.at(2.0) - scale.at(1.0) == pytest.approx(scale.at(1.0) - scale.at(0.5))
    bad = replace(rows[0], low=-0.5)
    with pytest.raises(InputError, match="not its logarithm"):
        forest_figure("f", replace(made, groups=(ForestGroup(label="", studies=(bad,)),)))


def test_squares_grow_with_weight_and_are_open_where_an_sd_is_assumed():
    rows = tuple(study(f"S{k}", weight_percent=w, sd_status=s) for k, (w, s) in
                 enumerate(((4.0, "reported"), (16.0, "reported"), (16.0, "assumed"))))  # fmt: skip
    made = Forest(title="T", effect="e", groups=(ForestGroup(label="", studies=rows),),
                  bias_domains=DOMAINS)  # fmt: skip
    square = r'width="([\d.]+)" height="\1" fill="(#\w+)" stroke="#\w+" stroke-width="1.4"'
    found = re.findall(square, forest_figure("f", made))
    sides = [float(side) for side, _ in found]
    assert sides[1] ** 2 / sides[0] ** 2 == pytest.approx(4, rel=0.01)
    assert [fill == "#ffffff" for _, fill in found] == [False, False, True]


def test_uncontrolled_studies_stand_apart_without_a_weight():
    words = [w for w, _ in boxes(drawn("forest"))]
    after = words[words.index(UNCONTROLLED) :]
    assert "Open series, 2023" in after
    assert "–" in after
    plain = replace(forest(), uncontrolled=())
    assert UNCONTROLLED not in forest_figure("f", plain)


def test_a_study_without_an_estimate_keeps_its_row_and_its_reason():
    lost = ForestStudy(label="Lost 2020", estimate=None, note="medians without quartiles")
    made = replace(forest(), groups=(ForestGroup(label="", studies=(lost,)),))
    words = [w for w, _ in boxes(forest_figure("f", made))]
    assert {"Lost 2020", "not estimable", "medians without quartiles"} <= set(words)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"low": None}, "one end only"),
        ({"low": 20.0, "high": 1.0}, "exchange them"),
        ({"sd_status": "guessed"}, "use one of reported"),
        ({"bias": ("low",)}, "1 judgements for 3 domains"),
        ({"bias": ("low", "some", "fine")}, "judged 'fine'"),
        ({"weight_percent": -1.0}, "from 0 to 100"),
    ],
)
def test_a_row_that_would_mislead_is_refused(change, match):
    rows = (study("S1", **change),)
    with pytest.raises(InputError, match=match):
        forest_figure("f", replace(forest(), groups=(ForestGroup(label="", studies=rows),)))


def test_an_empty_forest_is_refused():
    with pytest.raises(InputError, match="no study"):
        forest_figure("f", Forest(title="T", effect="e", groups=()))


def test_a_network_in_parts_is_drawn_in_parts_and_said_so():
    nodes = tuple(Node(label=n, participants=10) for n in "ABCDE")
    split = (Edge(first="A", second="B", studies=1), Edge(first="C", second="D", studies=2))
    picture = network_figure("n", Network(title="N", nodes=nodes, edges=split))
    assert "falls into 3 parts" in everything_said(picture)
    joined = (
        *split,
        Edge(first="B", second="C", studies=1),
        Edge(first="D", second="E", studies=1),
    )
    whole = network_figure("n", Network(title="N", nodes=nodes, edges=joined))
    assert "parts" not in everything_said(whole)


def test_the_nodes_of_a_network_keep_apart():
    for count in (2, 3, 6, 22):
        spots = network_layout.place_part(names("T", count), [1.0] * count, (0.0, 0.0))
        for a, b in itertools.combinations(spots, 2):
            assert math.dist(a.node, b.node) > a.radius + b.radius


def test_an_edge_to_a_treatment_that_is_not_there_is_refused():
    nodes = (Node(label="A", participants=1), Node(label="B", participants=1))
    lost = (Edge(first="A", second="Z", studies=1),)
    with pytest.raises(InputError, match="'Z'"):
        network_figure("n", Network(title="N", nodes=nodes, edges=lost))


def test_a_league_cell_is_bold_only_where_its_interval_excludes_no_effect():
    clear = LeagueCell(row="A", column="B", estimate=-2.0, low=-3.0, high=-1.0)
    open_ = LeagueCell(row="A", column="C", estimate=-1.0, low=-3.0, high=1.0)
    made = League(title="L", effect="e", treatments=("A", "B", "C"), network=(clear, open_))
    root = parsed(league_figure("l", made))
    bold = {t.text: t.get("font-weight") for t in root.iter(f"{NS}text")}
    assert bold["−3.0 to −1.0"] == "bold"
    assert bold["−3.0 to 1.0"] is None


def test_a_direct_cell_below_the_diagonal_is_read_row_against_column():
    direct = LeagueCell(row="A", column="B", estimate=2.0, low=1.0, high=4.0)
    made = League(title="L", effect="e", treatments=("A", "B"), network=(), direct=(direct,))
    assert "−4.0 to −1.0" in [w for w, _ in boxes(league_figure("l", made))]
    ratio = replace(made, is_ratio=True, digits=2)
    assert "0.25 to 1.00" in [w for w, _ in boxes(league_figure("l", ratio))]


def test_a_rank_is_never_shown_without_its_score_and_interval():
    words = [w for w, _ in boxes(drawn("ranks"))]
    assert sum(bool(re.match(r"P-score \d\.\d\d, rank \d", w)) for w in words) == 6
    made = ranks()
    broken = replace(made.treatments[0], probabilities=(0.5,) * 6)
    with pytest.raises(InputError, match="add up to 3"):
        rank_figure("r", replace(made, treatments=(broken, *made.treatments[1:])))


def test_contributions_that_do_not_add_up_are_refused():
    made = contributions()
    broken = replace(made.rows[0], percents=(30.0,) * 6)
    with pytest.raises(InputError, match="add up to 180"):
        shares.contribution_figure("c", replace(made, rows=(broken,)))


def test_a_summary_of_bias_weighs_studies_by_their_share():
    light = AssessedStudy(label="A", levels=("low",) * 3, weight_percent=25.0)
    heavy = AssessedStudy(label="B", levels=("high",) * 3, weight_percent=75.0)
    made = replace(bias(), studies=(light, heavy))
    assert "low 25 %, high 75 %" in everything_said(bias_summary_figure("b", made))
    mixed = (light, replace(heavy, weight_percent=None))
    with pytest.raises(InputError, match="all weights or none"):
        bias_summary_figure("b", replace(made, studies=mixed))


def test_an_assumed_course_is_hatched_dashed_and_said_to_be_assumed():
    picture = drawn("courses")
    assert 'fill="url(#courses-assumed-1)"' in picture
    assert "(assumed, not measured)" in everything_said(picture)
    measured = replace(
        courses(), curves=tuple(replace(c, is_assumed=False) for c in courses().curves)
    )
    assert "assumed" not in time_course_figure("courses", measured)


def test_every_point_of_a_study_is_drawn_and_told():
    said = everything_said(drawn("courses"))
    assert said.count(", 20 people") == 4 * 3


def test_a_dose_of_zero_stands_apart_on_a_logarithmic_axis():
    made = doses()
    zero = StudyPoint(study="Vehicle", at=0.0, value=0.2)
    with_zero = replace(made, curve=replace(made.curve, points=(*made.curve.points, zero)))
    said = everything_said(dose_response_figure("d", with_zero))
    assert "Vehicle, 0: 0.20" in said
    negative = replace(made.curve, points=(replace(zero, at=-1.0),))
    with pytest.raises(InputError, match="0 or more"):
        dose_response_figure("d", replace(made, curve=negative))


def test_wrapped_words_fit_their_room_and_lose_nothing_but_the_end():
    name = named("Study", 0, 80)
    lines = wrap(name, 11, 200, 3)
    assert all(width_of(line, 11) <= 200 for line in lines)
    assert " ".join(lines) == name
    assert wrap(name, 11, 120, 1)[0].endswith("…")
    assert all(width_of(line, 11) <= 60 for line in wrap("x" * 200, 11, 60, 2))


@KINDS
def test_a_shortened_word_tells_a_pointer_the_whole(kind):
    for each in parsed(drawn(kind, large=True)).iter(f"{NS}text"):
        shown = (each.text or "") + "".join(child.tail or "" for child in each)
        if shown.endswith("…"):
            title = each.find(f"{NS}title")
            assert title is not None, shown
            assert len(title.text) >= len(shown)


def test_labels_of_a_network_that_want_one_place_are_moved_apart():
    middles = network_layout._kept_apart([(1.0, 50.0)] * 4, [20.0] * 4)
    assert sorted(middles) == [20.0, 40.0, 60.0, 80.0]


def test_names_at_the_ends_of_courses_that_meet_are_kept_apart():
    same = tuple(replace(curve(f"Treatment {k}", -3), points=()) for k in range(5))
    found = boxes(time_course_figure("c", replace(courses(), curves=same)))
    title = next(box for words, box in found if words == "Courses")
    assert all(box[1] > title[3] for words, box in found if words.startswith("Treatment"))
    for (one, a), (two, b) in itertools.combinations(found, 2):
        apart = a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1
        assert apart, f"{one!r} covers {two!r}"


def test_a_whole_number_too_large_for_a_float_is_refused():
    nodes = (Node(label="A", participants=10**400),)
    with pytest.raises(InputError, match="too large to draw"):
        network_figure("n", Network(title="N", nodes=nodes, edges=()))
