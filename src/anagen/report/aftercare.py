"""The aftercare sheet: one sheet of paper that the person takes home."""

from anagen.plan.aftercare import Aftercare
from anagen.report.page import render


def aftercare_page(sheet: Aftercare) -> str:
    """Return the sheet for the person, in large type, for one sheet of paper.

    Parameters
    ----------
    sheet:
        What to do before and after, the diary, the urgent signs and the visits.
    """
    return render("aftercare.html", sheet=sheet)
