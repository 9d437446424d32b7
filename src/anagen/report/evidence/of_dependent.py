"""The forest of dependent effects: by level of a factor, with the model's mean of each."""

from anagen.evidence.dependent_documents import DependentRow, Predicted, TableMultivariate
from anagen.report.evidence.forest import forest_figure
from anagen.report.evidence.forest_records import Forest, ForestGroup, ForestPool, ForestStudy

MOST_ROWS = 120
"""More rows than this cannot be read in one picture."""


def dependent_forest(document: TableMultivariate) -> str | None:
    """Draw the effects with the means that the model gives; nothing where there are too many."""
    if len(document.rows) > MOST_ROWS:
        return None
    model = document.model
    notes = [f"effects of one {model.outer} are not independent: {model.covariance}"]
    if model.moderators:
        notes.append("means depend on the moderators and are not drawn; see the predictions")
    overall = None
    if not model.moderators and model.by is None and document.predictions:
        overall = _pool("mean", document.predictions[0])
    return forest_figure(
        "forest",
        Forest(
            title=f"{document.table.name}: dependent effects", effect="effects as the table gives "
            "them", groups=_groups(document), overall=overall, digits=2, notes=tuple(notes),
            favours_low="lower", favours_high="higher", level_percent=round(100 * model.level),
        ),
    )  # fmt: skip


def _pool(label: str, found: Predicted) -> ForestPool:
    return ForestPool(
        label=f"{label} (the model's)", estimate=found.mean, low=found.low, high=found.high,
        prediction_low=found.study_low, prediction_high=found.study_high,
    )  # fmt: skip


def _study(row: DependentRow, *, is_by_inner: bool, is_nested: bool) -> ForestStudy:
    parts = [f"{row.group}: {row.study}"] if is_nested else [row.study]
    if row.inner is not None and not is_by_inner and row.inner != row.study:
        parts.append(row.inner)
    return ForestStudy(label=", ".join(parts), estimate=row.effect, low=row.low, high=row.high)


def _groups(document: TableMultivariate) -> tuple[ForestGroup, ...]:
    model = document.model
    pairs = {(row.group, row.study) for row in document.rows}
    is_nested = len(pairs) > document.studies
    if model.by is None:
        studies = tuple(
            _study(row, is_by_inner=False, is_nested=is_nested) for row in document.rows
        )
        return (ForestGroup(label="", studies=studies),)
    levels = list(dict.fromkeys(c.name for c in document.coefficients if ": " not in c.name))
    means = {p.label: p for p in document.predictions} if not model.moderators else {}
    found = []
    for level in levels:
        inside = [row for row in document.rows if row.level == level]
        if not inside:
            continue
        label = f"{model.by} {level}"
        mean = means.get(label)
        found.append(
            ForestGroup(
                label=label,
                studies=tuple(
                    _study(r, is_by_inner=model.by == model.inner, is_nested=is_nested)
                    for r in inside
                ),
                pool=None if mean is None else _pool(level, mean),
            )
        )
    return tuple(found)
