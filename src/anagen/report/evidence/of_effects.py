"""The picture of effect sizes that are not pooled."""

from anagen.evidence.effect_table import EffectSize, TableEffectSizes
from anagen.report.evidence.forest import forest_figure
from anagen.report.evidence.forest_records import Forest, ForestGroup, ForestStudy

MOST_ROWS = 80
"""More rows than this cannot be read in one picture."""


def effects_forest(document: TableEffectSizes) -> str | None:
    """Draw the effects of a table, none of them pooled; nothing where there are too many."""
    if len(document.rows) > MOST_ROWS:
        return None
    is_ratio = document.scale == "log" and all(row.back for row in document.rows)
    studies = tuple(_study(row, is_back=bool(row.back)) for row in document.rows)
    unit = f", {document.unit}" if document.unit else ""
    return forest_figure(
        "forest",
        Forest(
            title=f"{document.table.name}: {document.measure}",
            effect=f"{document.words}{unit}",
            groups=(ForestGroup(label="", studies=studies),) if document.is_controlled else (),
            uncontrolled=() if document.is_controlled else studies,
            is_ratio=is_ratio, digits=2, level_percent=round(100 * document.level),
            favours_low="lower", favours_high="higher",
            notes=("nothing is pooled", *document.notes),
        ),
    )  # fmt: skip


def _study(row: EffectSize, *, is_back: bool) -> ForestStudy:
    middle, low, high = row.back if is_back else (row.effect, row.low, row.high)
    kept = ", ".join(words for words in row.kept.values() if words)
    return ForestStudy(
        label=f"{row.study}: {kept}" if kept else row.study, estimate=middle, low=low, high=high,
        sd_status=None if row.status == "reported" else row.status,
    )  # fmt: skip
