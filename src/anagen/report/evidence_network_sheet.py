"""A network as sentences and tables."""

import math

from anagen.evidence.documents import FactsNetwork, TableNetwork
from anagen.evidence.network_records import NetworkAnalysis, NetworkPart
from anagen.report.evidence.of_network import has_league, undrawn
from anagen.report.evidence_sheet import (
    Sheet,
    Table,
    bounds,
    counted,
    listed,
    p_said,
    plain,
    signed,
)

RATIOS = frozenset({"OR", "RR", "IRR", "ROM", "HR"})
MOST_ROWS = 60


def _digits(analysis: NetworkAnalysis) -> int:
    return 1 if analysis.unit == "hairs/cm2" else 3


def _as_ratios(low: float | None, high: float | None) -> str:
    """Return the ratios of two logarithms; a dash where there are none."""
    if low is None or high is None:
        return "–"
    return f"{plain(math.exp(low))} to {plain(math.exp(high))}"


def _intervals_said(analysis: NetworkAnalysis) -> str:
    by = (
        "the normal distribution; --interval t takes t with the degrees of freedom of Q"
        if analysis.interval == "normal"
        else "t with the degrees of freedom of Q"
    )
    return (
        f"Intervals ({100 * analysis.level:g} %) of effects are by {by}; those of a new trial are "
        "always by t."
    )


def _differences(analysis: NetworkAnalysis, part: NetworkPart, head: str) -> Table:
    d = _digits(analysis)
    rows = [x for x in part.differences if x.against == part.reference]
    ratio = analysis.measure in RATIOS
    columns = ["treatment", "effect", "interval", "interval of a new trial", "direct share"]
    return Table(
        heading=f"{head}against {part.reference}",
        columns=(
            *columns[:3], *(("as ratio",) if ratio else ()), columns[3],
            *(("as ratio, new trial",) if ratio else ()), columns[4],
        ),
        rows=[
            (
                x.treatment, signed(x.estimate, d), bounds(x.low, x.high, d),
                *(
                    (f"{math.exp(x.estimate):.2f} ({_as_ratios(x.low, x.high)})",)
                    if ratio
                    else ()
                ),
                "–" if x.prediction_low is None or x.prediction_high is None
                else bounds(x.prediction_low, x.prediction_high, d),
                *((_as_ratios(x.prediction_low, x.prediction_high),) if ratio else ()),
                "–" if x.proportion_direct is None else f"{100 * x.proportion_direct:.0f} %",
            )
            for x in rows
        ],
        numeric=frozenset({1}),
        note=_other_pairs(part),
    )  # fmt: skip


def _other_pairs(part: NetworkPart) -> str:
    if len(part.treatments) < 3:
        return ""
    also = " and the league picture" if has_league(part) else ""
    return f"all other pairs are in network.json{also}"


def _scatter(part: NetworkPart) -> str:
    """Say how far trials of one comparison differ; with a single trial nobody can know."""
    if part.q_df < 1:
        return "scatter between trials not evaluable, as no two inform the same comparison"
    i2 = "" if part.i2_percent is None else f", I² {part.i2_percent:.0f} %"
    return f"tau² {plain(part.tau2)}{i2}"


def _ranks(analysis: NetworkAnalysis, part: NetworkPart, head: str) -> Table:
    better = "a smaller" if analysis.smaller_is_better else "a larger"
    least = analysis.meaningful_difference
    return Table(
        heading=f"{head}ranks: never without their intervals",
        columns=("treatment", "P-score", "by more than what matters", "SUCRA", "rank, 95 %"),
        rows=[
            (
                r.treatment, f"{r.p_score:.2f}", f"{r.p_score_meaningful:.2f}", f"{r.sucra:.2f}",
                f"{r.rank_low:.0f} to {r.rank_high:.0f}",
            )
            for r in part.ranks
        ],
        numeric=frozenset({1, 2, 3}),
        note=f"{better} value counts as better"
        + (f"; what matters: {plain(least)} or more" if least else "; no least difference is set"),
    )  # fmt: skip


def _splits(analysis: NetworkAnalysis, part: NetworkPart, head: str) -> Table | None:
    d = _digits(analysis)
    rows = [
        (
            f"{s.first} : {s.second}", str(s.studies),
            "–" if s.direct is None else signed(s.direct, d),
            "–" if s.indirect is None else signed(s.indirect, d),
            "–" if s.difference is None else signed(s.difference, d), p_said(s.p),
        )
        for s in part.splits
        if s.studies
    ]  # fmt: skip
    if not rows:
        return None
    return Table(
        heading=f"{head}direct and indirect evidence",
        columns=("comparison", "studies", "direct", "indirect", "difference", "p"), rows=rows,
        numeric=frozenset({1, 2, 3, 4, 5}),
    )  # fmt: skip


def _consistency(part: NetworkPart) -> list[str]:
    found = part.consistency
    said = [
        f"Q within designs {plain(found.within.q)} on {found.within.df} df "
        f"(p {p_said(found.within.p)})."
    ]
    if found.not_evaluable is not None:
        said.append(f"Consistency: not evaluable, {found.not_evaluable}.")
        return said
    said.append(
        f"Q between designs {plain(found.between.q)} on {found.between.df} df "
        f"(p {p_said(found.between.p)})."
    )
    if found.tau_within is None:
        said.append("No design has a second study, so scatter within designs cannot be seen.")
    elif found.between_random is not None:
        again = found.between_random
        said.append(
            f"Design by treatment, with scatter within designs: Q {plain(again.q)} on {again.df} "
            f"df (p {p_said(again.p)})."
        )
    return said


def _components(analysis: NetworkAnalysis) -> Table | None:
    model = analysis.component_model
    if model is None:
        return None
    d = _digits(analysis)
    tested = f"Q additive {plain(model.additive.q)} on {model.additive.df} df"
    if model.difference is not None:
        tested += (
            f"; what additivity costs: Q {plain(model.difference.q)} on {model.difference.df} df, "
            f"p {p_said(model.difference.p)}"
        )
    if model.not_identifiable:
        tested += f"; cannot be told apart: {listed(model.not_identifiable)}"
    return Table(
        heading="What single components add, IF effects add up",
        columns=("component", "effect", "interval", "p"),
        rows=[
            (e.name, signed(e.estimate, d), bounds(e.lower, e.upper, d), p_said(e.p))
            for e in model.effects
        ],
        numeric=frozenset({1, 3}),
        note=tested,
    )  # fmt: skip


def network_sheet(document: FactsNetwork | TableNetwork, title: str) -> Sheet:
    """Return a network as sentences and tables."""
    analysis = document.analysis
    lead = [
        f"{counted(analysis.studies, 'trial')} of {analysis.treatments} treatments: "
        + analysis.words
        + (f" in {analysis.unit.replace('cm2', 'cm²')}." if analysis.unit else ".")
    ]
    if analysis.disconnected is not None:
        lead.insert(0, f"{analysis.disconnected[0].upper()}{analysis.disconnected[1:]}.")
    if isinstance(document, FactsNetwork):
        lead += [f"{said[0].upper()}{said[1:]}." for said in document.warnings]
    lead.append(_intervals_said(analysis))
    tables: list[Table] = []
    notes = list(analysis.notes)
    for k, part in enumerate(analysis.parts, start=1):
        head = f"Part {k}: " if len(analysis.parts) > 1 else ""
        inside = "; " + " ".join(_consistency(part)) if part.q_df else "."
        lead.append(f"{head}{counted(len(part.studies), 'trial')}, {_scatter(part)}{inside}")
        tables.append(_differences(analysis, part, head))
        if len(part.treatments) > 2:  # of two, a rank says the comparison once more
            tables.append(_ranks(analysis, part, head))
        split = _splits(analysis, part, head)
        tables += [split] if split else []
        notes += part.flags
        reasons = (part.contributions.reason, part.heat.reason)
        notes += [f"{head}{reason}" for reason in reasons if reason and part.q_df]
    notes += undrawn(analysis)
    components = _components(analysis)
    tables += [components] if components else []
    if isinstance(document, FactsNetwork):
        tables.append(
            Table(
                heading="Randomised studies that are not in the network",
                columns=("study", "why"), rows=[(x.study, x.reason) for x in document.left_out],
            )
        )  # fmt: skip
    else:
        tables.append(
            Table(
                heading="How the columns were read", columns=("column", "taken for"),
                rows=list(document.table.read_as.items()),
                note=f"SHA-256 {document.table.sha256}",
            )
        )  # fmt: skip
        notes += document.table.notes
    return Sheet(
        title=f"Network: {title}",
        lead=lead,
        tables=tables,
        notes=list(dict.fromkeys(notes)),
        document="network.json",
    )
