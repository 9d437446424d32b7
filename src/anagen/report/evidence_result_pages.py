"""Results of the evidence engine for a terminal and as one self-contained page."""

import re
from collections.abc import Mapping
from typing import Literal

from anagen import INTENDED_USE
from anagen.report.evidence_sheet import Sheet, shortened

MOST_IN_TEXT = 60
MOST_ON_A_PAGE = 1_000
VIEW_BOX = re.compile(r'viewBox="0 0 ([0-9.]+) ')


def page_of(sheet: Sheet, figures: Mapping[str, str]) -> str:
    """Return the page of a result: one HTML document that needs no network and no script.

    Parameters
    ----------
    sheet:
        Sentences and tables.
    figures:
        SVG pictures by name, in the order in which they are shown.
    """
    from anagen.report.page import render, with_roles

    page = render(
        "evidence-result.html",
        sheet=shortened(sheet, MOST_ON_A_PAGE),
        figures={name: _near_its_size(svg) for name, svg in figures.items()},
        intended_use=INTENDED_USE,
    )
    return with_roles(page)


def _near_its_size(svg: str) -> str:
    """Return a picture that is neither blown up nor shrunk until its letters cannot be read.

    On a narrow screen it keeps most of its width, and its frame scrolls.
    """
    found = VIEW_BOX.search(svg)
    if found is None:
        return svg
    width = float(found[1])
    style = f"max-width:{1.25 * width:.0f}px;min-width:{0.85 * width:.0f}px"
    return svg.replace("<svg ", f'<svg style="{style}" ', 1)


def text_of(sheet: Sheet) -> str:
    """Return a result for a terminal."""
    from rich.table import Table as Grid
    from rich.text import Text

    from anagen.report.console import console, said

    sheet = shortened(sheet, MOST_IN_TEXT)
    shown = console()
    shown.print(Text(sheet.title, style="bold"))
    for sentence in sheet.lead:
        shown.print(Text(sentence))
    for table in sheet.tables:
        shown.print()
        shown.print(Text(table.heading, style="bold"))
        grid = Grid(box=None, pad_edge=False, show_edge=False, header_style="dim")
        for k, name in enumerate(table.columns):
            justify: Literal["right", "left"] = "right" if k in table.numeric else "left"
            grid.add_column(name, justify=justify, overflow="fold")
        for row in table.rows:
            grid.add_row(*(Text(cell) for cell in row))
        shown.print(grid)
        if table.note:
            shown.print(Text(table.note, style="dim"))
    if sheet.notes:
        shown.print()
        for note in sheet.notes:
            shown.print(Text(f"– {note}"))
    return said(shown)
