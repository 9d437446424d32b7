"""The page "Ask this clinic": one sheet of questions to take along."""

from anagen.plan.documents import Plan
from anagen.plan.session_sheet import stop_lines
from anagen.report import words
from anagen.report.page import render

MEANS = {
    "good": "good answer",
    "poor": "poor answer",
    "part": "half an answer",
    "missing": "no answer",
}


def clinic_questions_page(plan: Plan) -> str:
    """Return the page of questions for the clinic, for one sheet of paper.

    Parameters
    ----------
    plan:
        The plan; its sources give the numbers in brackets.
    """
    return render(
        "clinic-questions.html",
        plan=plan,
        cite=words.Citations(plan.sources),
        stopped=[line.label for line in stop_lines(plan)],
        MEANS=MEANS,
    )
