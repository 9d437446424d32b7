"""The session sheet: one sheet of paper for the room."""

from anagen.plan.session_sheet import SessionSheet
from anagen.report.page import render
from anagen.report.scalp_map import scalp_map


def session_sheet_page(sheet: SessionSheet) -> str:
    """Return the sheet for the room, for one sheet of paper.

    Parameters
    ----------
    sheet:
        The session, to be filled by hand.
    """
    return render(
        "session-sheet.html", sheet=sheet, map=scalp_map(sheet.zones, sheet.head_length_cm)
    )
