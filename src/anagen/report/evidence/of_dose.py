"""The picture of a dose-response: the curve with its band, and what each trial showed."""

from anagen.evidence.doses import DoseAnalysis
from anagen.report.evidence.course_records import Curve, DoseResponse, StudyPoint
from anagen.report.evidence.dose_response import dose_response_figure
from anagen.report.evidence.numerals import Z_95
from anagen.report.evidence_dose_sheet import shown_curve

WIDE = 20.0
"""Doses that span more than this factor stand on a logarithmic axis."""


def dose_figure(analysis: DoseAnalysis, title: str, *, mid: float | None) -> str | None:
    """Draw a dose-response; nothing where no trial has dose 0.

    Parameters
    ----------
    analysis:
        The fit.
    title:
        Of the picture.
    mid:
        The smallest difference that matters, if one is known.
    """
    points = tuple(
        StudyPoint(
            study=o.study, at=o.dose, value=o.difference, low=o.difference - Z_95 * o.se,
            high=o.difference + Z_95 * o.se, participants=o.n,
        )
        for o in analysis.observed if o.against == 0
    )  # fmt: skip
    curve = shown_curve(analysis)
    if curve is None and not points:
        return None
    doses = [p.at for p in points]
    made = () if curve is None else tuple(curve.points)
    unit = f", {analysis.unit.replace('cm2', 'cm²')}" if analysis.unit else ""
    notes = [*analysis.words]
    if curve is None:
        notes.append(f"no curve: {analysis.not_evaluable[0].reason}")
    return dose_response_figure(
        "dose",
        DoseResponse(
            title=title, quantity=f"difference from dose 0{unit}",
            dose=f"dose, {analysis.dose_unit}" if analysis.dose_unit else "dose",
            curve=Curve(
                label="" if curve is None else f"shape {curve.shape.replace('_', ' ')}",
                at=tuple(p.dose for p in made), value=tuple(p.estimate for p in made),
                low=tuple(p.low for p in made), high=tuple(p.high for p in made), points=points,
            ),
            is_log_dose=bool(doses) and max(doses) > WIDE * min(doses), mid=mid,
            digits=1 if analysis.unit == "hairs/cm2" else 2, notes=tuple(notes),
        ),
    )  # fmt: skip
