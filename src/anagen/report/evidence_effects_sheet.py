"""Effect sizes without pooling, and the list of measures, as sentences and tables."""

from anagen.evidence.effect_table import EffectMeasures, TableEffectSizes
from anagen.report.evidence_sheet import Sheet, Table, bounds, plain, signed

NOT_POOLED = "Nothing is pooled here: each row is one study's own result."


def effects_sheet(document: TableEffectSizes) -> Sheet:
    """Return the effect sizes of a table as sentences and tables."""
    unit = document.unit.replace("cm2", "cm²")
    lead = [
        f"{len(document.rows)} effects: {document.words} ({document.measure}"
        + (f", {unit})." if unit else f"), on the {document.scale.replace('_', ' ')} scale."),
        NOT_POOLED,
    ]
    if not document.is_controlled:
        lead.insert(0, "WARNING: values of single groups have no control and show no efficacy.")
    tables = [_rows(document)]
    if document.left_out:
        tables.append(
            Table(
                heading="Rows left out", columns=("row", "why"),
                rows=[_split(reason) for reason in document.left_out],
            )
        )  # fmt: skip
    tables.append(
        Table(
            heading="How the columns were read", columns=("column", "taken for"),
            rows=list(document.table.read_as.items()), note=f"SHA-256 {document.table.sha256}",
        )
    )  # fmt: skip
    notes = [*document.notes, *document.table.notes]
    return Sheet(title=f"Effect sizes: {document.table.name}", lead=lead, tables=tables,
                 notes=notes)  # fmt: skip


def _split(reason: str) -> tuple[str, str]:
    row, _, why = reason.partition(": ")
    return row, why


def _rows(document: TableEffectSizes) -> Table:
    is_read_back = any(row.back for row in document.rows)
    titles = list(document.rows[0].kept) if document.rows else []
    percent = f"{100 * document.level:g} % interval"
    return Table(
        heading="Effects",
        columns=("study", *titles, "effect", percent, "variance", "SE",
                 *(("as people read it",) if is_read_back else ()), "people", "spread"),
        rows=[
            (
                row.study, *(row.kept[t] for t in titles), signed(row.effect, 4),
                bounds(row.low, row.high, 3), plain(row.variance, 5), plain(row.se, 5),
                *((_read_back(row.back),) if is_read_back else ()),
                "–" if row.n is None else str(row.n), row.status,
            )
            for row in document.rows
        ],
        numeric=frozenset({1 + len(titles), 3 + len(titles), 4 + len(titles)}),
    )  # fmt: skip


def _read_back(back: list[float]) -> str:
    if not back:
        return "–"
    middle, low, high = (plain(b, 4) for b in back)
    return f"{middle} ({low} to {high})"


def measures_sheet(document: EffectMeasures) -> Sheet:
    """Return the list of measures."""
    tables = [
        Table(
            heading=heading,
            columns=("name", "what it is", "columns it needs", "scale"),
            rows=[
                (m.name, m.words, ", ".join(m.inputs), m.scale.replace("_", " "))
                for m in document.measures
                if m.is_comparison is compares
            ],
        )
        for heading, compares in (("Comparisons, changes and correlations", True),
                                  ("Single groups", False))
    ]  # fmt: skip
    words = {word: told for m in document.measures for word, told in m.inputs.items()}
    tables.append(
        Table(heading="The columns", columns=("column", "what it holds"), rows=list(words.items()))
    )
    return Sheet(
        title=f"{len(document.measures)} measures of effect",
        lead=["Give one with --effect-size NAME; each needs a table with the columns named here."],
        tables=tables,
        notes=[
            "a trailing i is accepted (m1i, sd1i, ni, ri); ai, ci are x1, x2; with bi, di the "
            "people are ai + bi and ci + di; of before and after, m1, sd1 are after and m2, sd2 "
            "before",
        ],
    )  # fmt: skip
