"""A multivariate model of dependent effects as sentences and tables."""

from collections.abc import Sequence

from anagen.evidence.dependent_documents import Coefficient, Predicted, TableMultivariate
from anagen.report.evidence_sheet import Sheet, Table, bounds, listed, p_said, plain, signed

MOST_ROWS = 200
RANDOM = {
    "nested": "a variance between {outer}", "none": "no random term",
    "UN": "a variance for each {inner} and a correlation for each pair",
    "CS": "one variance over {inner} and one correlation",
    "HCS": "a variance for each {inner} and one correlation",
    "AR": "one variance over {inner}; correlations fall with the steps between",
    "HAR": "a variance for each {inner}; correlations fall with the steps between",
    "CAR": "one variance over {inner}; correlations fall with the time between",
    "ID": "one variance over {inner}, no correlation",
    "DIAG": "a variance for each {inner}, no correlation",
}  # fmt: skip


def dependent_sheet(document: TableMultivariate) -> Sheet:
    """Return a multivariate model as sentences and tables."""
    model = document.model
    random = RANDOM[model.structure].format(outer=model.outer, inner=model.inner or "")
    if model.structure == "nested" and model.inner is not None:
        random += f" and one between {model.inner} within {model.outer}"
    lead = [
        f"{len(document.rows)} effects of {document.studies} groups by {model.outer}; "
        f"{model.method}, test {model.test}.",
        f"Between studies: {random}. Within studies: {model.covariance}.",
        f"Scatter beyond sampling: Q {plain(document.q_e)} on {document.q_e_df} df "
        f"(p {p_said(document.q_e_p)}). Test of coefficients: {plain(document.q_m)} on "
        f"{document.q_m_df} df (p {p_said(document.q_m_p)}).",
        f"Log-likelihood: {document.loglik_reml:.4f} restricted, {document.loglik_ml:.4f} full.",
    ]
    percent = f"{100 * model.level:g} % interval"
    tables = [
        _coefficients("Coefficients", document.coefficients, percent, _centred(document)),
        _components(document),
    ]
    if document.robust is not None:
        said = document.robust
        tables.append(
            _coefficients(
                f"Coefficients with robust standard errors ({said.correction})", said.coefficients,
                percent, f"{said.clusters} clusters by {said.cluster}",
            )
        )  # fmt: skip
    if document.contrasts:
        tables.append(_predicted("Differences between levels", document.contrasts, percent))
    if document.predictions:
        tables.append(_predicted("Predicted effects", document.predictions, percent))
    tables += [_rows(document, percent), _read(document)]
    notes = [*document.notes, *document.table.notes]
    if document.left_out:
        notes.insert(0, f"rows left out: {listed(document.left_out)}")
    return Sheet(
        title=f"Dependent effects: {document.table.name}", lead=lead, tables=tables, notes=notes
    )


def _centred(document: TableMultivariate) -> str:
    at = [f"{name} {value:g}" for name, value in document.model.moderators.items()]
    return f"moderators are counted from {', '.join(at)}" if at else ""


def _coefficients(heading: str, found: Sequence[Coefficient], percent: str, note: str) -> Table:
    has_df = any(c.df is not None for c in found)
    return Table(
        heading=heading,
        columns=("coefficient", "estimate", "SE", "t" if has_df else "z",
                 *(("df",) if has_df else ()), "p", percent),
        rows=[
            (c.name, signed(c.estimate, 4), plain(c.se, 4), signed(c.statistic, 3),
             *((plain(c.df, 4),) if has_df else ()), p_said(c.p), bounds(c.low, c.high, 4))
            for c in found
        ],
        numeric=frozenset({1, 2, 3, 4, *({5} if has_df else set())}), note=note,
    )  # fmt: skip


def _components(document: TableMultivariate) -> Table:
    rows: list[tuple[str, ...]] = []
    for term in document.components:
        for name, value in term.variances.items():
            at = "at its bound" if value == 0 or "variance 0" in term.at_bound else ""
            rows.append((term.name, "variance" if name == "all" else f"variance, {name}",
                         plain(value, 5), str(term.groups), at))  # fmt: skip
        for name, value in term.correlations.items():
            at = "at its bound" if any("corr" in b for b in term.at_bound) else ""
            rows.append((term.name, "correlation" if name == "all" else f"correlation, {name}",
                         plain(value, 4), str(term.groups), at))  # fmt: skip
    return Table(
        heading="Between studies", columns=("term", "what", "estimate", "groups", ""),
        rows=rows or [("none", "no random term", "–", "–", "")], numeric=frozenset({2, 3}),
    )  # fmt: skip


def _predicted(heading: str, found: Sequence[Predicted], percent: str) -> Table:
    has_study = any(p.study_low is not None for p in found)
    return Table(
        heading=heading,
        columns=("at", "effect", "SE", percent, *(("a new study's effect",) if has_study else ())),
        rows=[
            (p.label, signed(p.mean, 4), plain(p.se, 4), bounds(p.low, p.high, 3),
             *(((bounds(p.study_low, p.study_high, 3)
                 if p.study_low is not None and p.study_high is not None else "–"),)
               if has_study else ()))
            for p in found
        ],
        numeric=frozenset({1, 2}),
    )  # fmt: skip


def _rows(document: TableMultivariate, percent: str) -> Table:
    model = document.model
    extra = [name for name in (model.outer, model.inner) if name is not None]
    shown = document.rows[:MOST_ROWS]
    more = len(document.rows) - len(shown)
    return Table(
        heading="Effects",
        columns=("study", *extra, "effect", percent, "SE"),
        rows=[
            (row.study, row.group, *((row.inner or "–",) if model.inner else ()),
             signed(row.effect, 4), bounds(row.low, row.high, 3), plain(row.se, 4))
            for row in shown
        ],
        numeric=frozenset({1 + len(extra), 3 + len(extra)}),
        note=f"and {more} more, in the JSON document" if more else "",
    )  # fmt: skip


def _read(document: TableMultivariate) -> Table:
    return Table(
        heading="How the columns were read", columns=("column", "taken for"),
        rows=list(document.table.read_as.items()), note=f"SHA-256 {document.table.sha256}",
    )  # fmt: skip
