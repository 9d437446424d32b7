"""The pictures of a network: graph, league, ranks, contributions and net heat of each part."""

import math

from anagen.evidence.network_records import NetworkAnalysis, NetworkPart
from anagen.report.evidence.contributions import (
    ContributionRow,
    Contributions,
    contribution_figure,
)
from anagen.report.evidence.forest import forest_figure
from anagen.report.evidence.forest_records import Forest, ForestGroup, ForestStudy
from anagen.report.evidence.league import League, LeagueCell, league_figure
from anagen.report.evidence.net_heat import NetHeat, NetHeatRow, net_heat_figure
from anagen.report.evidence.network import Edge, Network, Node, network_figure
from anagen.report.evidence.ranks import RankedTreatment, Ranks, rank_figure

RATIOS = frozenset({"OR", "RR", "IRR", "ROM"})
MOST_ROWS = 60
MOST_TREATMENTS = 25
MOST_CELLS = 5000
"""Cells of a picture of contributions that can still be told apart."""
MOST_DESIGNS = 60
MOST_NODES = 120


def _value(analysis: NetworkAnalysis, value: float) -> float:
    return math.exp(value) if analysis.measure in RATIOS else value


def _effect(analysis: NetworkAnalysis) -> str:
    words = analysis.words.removeprefix("log ") if analysis.measure in RATIOS else analysis.words
    unit = analysis.unit.replace("cm2", "cm²")
    return f"{words}, {unit}" if unit else words


def graph_of(analysis: NetworkAnalysis, title: str) -> str:
    """Draw who was compared with whom."""
    names = [name for part in analysis.parts for name in part.treatments]
    people = analysis.people
    return network_figure(
        "network",
        Network(
            title=title,
            nodes=tuple(Node(label=n, participants=people.get(n, 0)) for n in names),
            edges=tuple(Edge(first=a, second=b, studies=k) for a, b, k in analysis.edges),
            multi_arm=tuple(tuple(arms) for arms in analysis.multi_arm),
            notes=() if people else ("how many people were measured is not in the table",),
        ),
    )  # fmt: skip


def _league(analysis: NetworkAnalysis, part: NetworkPart, title: str) -> str:
    def cell(row: str, column: str, numbers: tuple[float, float, float]) -> LeagueCell:
        estimate, low, high = (_value(analysis, x) for x in numbers)
        return LeagueCell(row=row, column=column, estimate=estimate, low=low, high=high)

    network = [cell(c.better, c.worse, (c.estimate, c.lower, c.upper)) for c in part.league]
    direct = [
        cell(c.better, c.worse, (c.direct, c.direct_lower, c.direct_upper))
        for c in part.league
        if c.direct is not None and c.direct_lower is not None and c.direct_upper is not None
    ]
    return league_figure(
        "league",
        League(
            title=title, effect=_effect(analysis),
            treatments=tuple(rank.treatment for rank in part.ranks), network=tuple(network),
            direct=tuple(direct), is_ratio=analysis.measure in RATIOS,
            higher_is_better=not analysis.smaller_is_better,
            digits=1 if analysis.unit == "hairs/cm2" else 2,
            level_percent=round(100 * analysis.level),
        ),
    )  # fmt: skip


def _ranks(part: NetworkPart, title: str) -> str:
    return rank_figure(
        "ranks",
        Ranks(
            title=title,
            treatments=tuple(
                RankedTreatment(
                    label=rank.treatment, probabilities=tuple(rank.probability),
                    p_score=rank.p_score, rank_low=round(rank.rank_low),
                    rank_high=round(rank.rank_high),
                )
                for rank in part.ranks
            ),
        ),
    )  # fmt: skip


def _contributions(part: NetworkPart, title: str) -> str | None:
    made = part.contributions
    rows = [row for row in made.rows if part.reference in (row.treatment, row.against)]
    if not rows or len(rows) * len(made.edges) > MOST_CELLS:
        return None
    return contribution_figure(
        "contributions",
        Contributions(
            title=title,
            comparisons=tuple(f"{a} : {b}" for a, b in made.edges),
            rows=tuple(
                ContributionRow(
                    label=f"{row.treatment} : {row.against}",
                    percents=tuple(100 * share for share in row.comparisons),
                )
                for row in rows
            ),
            method=made.method.replace("_", " "),
        ),
    )  # fmt: skip


def _heat(part: NetworkPart, title: str) -> str | None:
    heat = part.heat
    if heat.reason is not None or not 2 <= len(heat.designs) <= MOST_DESIGNS:
        return None
    return net_heat_figure(
        "heat",
        NetHeat(
            title=title,
            rows=tuple(
                NetHeatRow(
                    label=design,
                    contributions=tuple(min(1.0, abs(x)) for x in heat.share[i]),
                    q_changes=tuple(heat.heat[i]),
                )
                for i, design in enumerate(heat.designs)
            ),
        ),
    )  # fmt: skip


def _against(analysis: NetworkAnalysis, part: NetworkPart, title: str) -> str:
    """Draw every treatment against the reference, with the interval of a new study in words."""
    rows = []
    for d in part.differences:
        if d.against != part.reference:
            continue
        rows.append(
            ForestStudy(
                label=d.treatment, estimate=_value(analysis, d.estimate),
                low=_value(analysis, d.low), high=_value(analysis, d.high),
                n_treated=analysis.people.get(d.treatment),
            )
        )  # fmt: skip
    return forest_figure(
        "against",
        Forest(
            title=title, effect=f"{_effect(analysis)}, against {part.reference}",
            groups=(ForestGroup(label="", studies=tuple(rows)),),
            is_ratio=analysis.measure in RATIOS, digits=1 if analysis.unit == "hairs/cm2" else 2,
            favours_low="lower", favours_high="higher",
            level_percent=round(100 * analysis.level),
        ),
    )  # fmt: skip


def has_league(part: NetworkPart) -> bool:
    """Tell whether all pairs of a part are drawn as a league."""
    return 2 < len(part.treatments) <= MOST_TREATMENTS


def undrawn(analysis: NetworkAnalysis) -> list[str]:
    """Say which pictures are left out because nobody could read them."""
    found = []
    if analysis.treatments > MOST_NODES:
        found.append(f"the network ({analysis.treatments} treatments, more than {MOST_NODES})")
    for part in analysis.parts:
        if len(part.treatments) > MOST_TREATMENTS:
            found.append(
                f"league and ranks ({len(part.treatments)} treatments, more than {MOST_TREATMENTS})"
            )
        rows = [r for r in part.contributions.rows if part.reference in (r.treatment, r.against)]
        cells = len(rows) * len(part.contributions.edges)
        if cells > MOST_CELLS:
            found.append(f"contributions ({cells} cells, more than {MOST_CELLS})")
        if len(part.heat.designs) > MOST_DESIGNS:
            found.append(f"net heat ({len(part.heat.designs)} designs, more than {MOST_DESIGNS})")
    return [f"not drawn, as too much for a picture: {one}" for one in found]


def network_figures(analysis: NetworkAnalysis, title: str) -> dict[str, str]:
    """Draw all pictures of a network; file stems by part where there are several."""
    found = {}
    if analysis.treatments <= MOST_NODES:
        found["network"] = graph_of(analysis, title)
    several = len(analysis.parts) > 1
    for k, part in enumerate(analysis.parts, start=1):
        tail = f"-{k}" if several else ""
        head = f"{title}, part {k}" if several else title
        found[f"against{tail}"] = _against(analysis, part, f"{head}: against {part.reference}")
        if has_league(part):
            found[f"league{tail}"] = _league(analysis, part, f"{head}: league")
            found[f"ranks{tail}"] = _ranks(part, f"{head}: ranks")
        drawn = {
            "contributions": _contributions(part, f"{head}: what each estimate rests on"),
            "heat": _heat(part, f"{head}: net heat"),
        }
        found |= {f"{name}{tail}": svg for name, svg in drawn.items() if svg is not None}
    return found
