"""Dose and response as sentences and tables."""

from anagen.evidence.doses import DoseAnalysis, FactsDose, TableDose
from anagen.report.evidence_sheet import Sheet, Table, bounds, p_said, plain, signed
from anagen.synthesis.dose_response import DoseCurve


def dose_sheet(document: FactsDose | TableDose, title: str) -> Sheet:
    """Return a dose-response as sentences and tables."""
    a = document.analysis
    lead = [*a.words, *_said(a)]
    tables = [_shapes(a), _curve(a), _observed(a)] if a.arms else []
    notes = list(document.notes)
    if isinstance(document, TableDose):
        tables.append(
            Table(
                heading="How the columns were read", columns=("column", "taken for"),
                rows=list(document.table.read_as.items()),
                note=f"SHA-256 {document.table.sha256}",
            )
        )  # fmt: skip
        notes += document.table.notes
    else:
        tables.append(
            Table(heading="Studies left out", columns=("study", "why"),
                  rows=[(x.study, x.reason) for x in document.left_out])
        )  # fmt: skip
    return Sheet(
        title=f"Dose and response: {title}", lead=lead,
        tables=[table for table in tables if table is not None and table.rows], notes=notes,
    )  # fmt: skip


def _digits(a: DoseAnalysis) -> int:
    return 1 if a.unit == "hairs/cm2" else 3


def _dose(a: DoseAnalysis) -> str:
    return f"dose, {a.dose_unit}" if a.dose_unit else "dose"


def shown_curve(a: DoseAnalysis) -> DoseCurve | None:
    """Return the curve that is drawn; nothing where no shape can be told."""
    return next((c for c in a.curves if c.shape == a.shown), None)


def _said(a: DoseAnalysis) -> list[str]:
    curve, d = shown_curve(a), _digits(a)
    if curve is None:
        reason = a.not_evaluable[0].reason if a.not_evaluable else "the doses do not tell it"
        return [f"Not evaluable: {reason}."]
    unit = a.unit.replace("cm2", "cm²")
    top = curve.points[-1]
    said = [
        f"Shape {curve.shape.replace('_', ' ')}: at dose {top.dose:g} {a.dose_unit} the difference "
        f"from dose 0 is {signed(top.estimate, d)} {unit} (95 % interval "
        f"{bounds(top.low, top.high, d)}); test that dose does nothing: p "
        f"{p_said(curve.p_no_effect)}."
    ]
    if curve.d50 is not None:
        low = "below what was tried" if curve.d50_low is None else plain(curve.d50_low)
        high = "beyond what was tried" if curve.d50_high is None else plain(curve.d50_high)
        said.append(f"Half of the largest effect at {plain(curve.d50)} {a.dose_unit} "
                    f"({low} to {high}).")  # fmt: skip
    return said


def _shapes(a: DoseAnalysis) -> Table:
    rows = [
        (c.shape.replace("_", " "), "yes" if c.shape == a.shown else "", str(c.trials),
         str(c.arms), plain(c.tau), f"{plain(c.deviance)} on {c.deviance_df}",
         p_said(c.p_no_effect))
        for c in a.curves
    ]  # fmt: skip
    rows += [
        (n.shape.replace("_", " "), "", "–", "–", "–", f"not evaluable: {n.reason}", "–")
        for n in a.not_evaluable
    ]
    return Table(
        heading="Shapes", rows=rows,
        columns=("shape", "shown", "trials", "arms", "tau", "deviance", "p, dose does nothing"),
        numeric=frozenset({2, 3, 4}),
    )  # fmt: skip


def _curve(a: DoseAnalysis) -> Table | None:
    curve, d = shown_curve(a), _digits(a)
    if curve is None:
        return None
    tried = {arm.dose for arm in a.arms}
    return Table(
        heading="Difference from dose 0, at the doses of the trials",
        columns=(_dose(a), "difference", "95 % interval"),
        rows=[
            (f"{p.dose:g}", signed(p.estimate, d), bounds(p.low, p.high, d))
            for p in curve.points
            if p.dose in tried and p.dose > 0
        ],
        numeric=frozenset({0, 1}),
    )  # fmt: skip


def _observed(a: DoseAnalysis) -> Table:
    d = _digits(a)
    return Table(
        heading="What each trial showed",
        columns=("study", _dose(a), "against", "difference", "SE", "people"),
        rows=[
            (o.study, f"{o.dose:g}", f"{o.against:g}", signed(o.difference, d), plain(o.se),
             "–" if o.n is None else str(o.n))
            for o in a.observed
        ],
        numeric=frozenset({1, 2, 3, 4, 5}),
    )  # fmt: skip
