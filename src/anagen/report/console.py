"""What a terminal is shown, written into memory first."""

import io

from rich.console import Console

LEAST_WIDTH = 60


def console() -> Console:
    """Return a console that writes into memory, as wide and as coloured as the terminal is."""
    outside = Console()
    return Console(
        file=io.StringIO(),
        highlight=False,
        width=max(outside.width, LEAST_WIDTH),
        force_terminal=outside.is_terminal,
        color_system="auto" if outside.is_terminal else None,
    )


def said(console: Console) -> str:
    """Return what was written on such a console."""
    stream = console.file
    return stream.getvalue() if isinstance(stream, io.StringIO) else ""
