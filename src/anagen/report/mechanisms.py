"""What is known of how something acts, in the terminal and as a page."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from anagen import INTENDED_USE
from anagen.facts.base import Source
from anagen.facts.explanation import ExplainedArrow, ExplainedParameter, Explanation
from anagen.report.console import console as new_console
from anagen.report.console import said

DIRECTION_SIGNS = {"raises": "+", "lowers": "−"}


def in_forecast(arrow: ExplainedArrow) -> str:
    """Say whether an arrow moves a rate in the forecast, through what, or why not."""
    head = f"Moves {', '.join(arrow.moves)}." if arrow.is_moving else "Moves nothing."
    return f"{head} {arrow.in_forecast.text}"


def _size(parameter: ExplainedParameter) -> str:
    value = parameter.value
    shown = value if isinstance(value, str) else f"{value:g}" if not isinstance(value, list) else ""
    if parameter.low is None or parameter.high is None:
        return shown
    return f"{shown} ({parameter.low:g} to {parameter.high:g})"


def _numbers(arrow: ExplainedArrow, order: Sequence[str]) -> list[int]:
    """Return the numbers of the sources of what was seen."""
    keys = {key for piece in arrow.evidence for key in piece.source}
    return [k for k, key in enumerate(order, start=1) if key in keys]


def _place(source: Source) -> str:
    return source.title or source.url or ""


def terminal_text(explanation: Explanation) -> str:
    """Return the explanation for a terminal: the sentences, the arrows, sizes and sources.

    Parameters
    ----------
    explanation:
        What is shown.
    """
    console = new_console()
    order = list(explanation.sources)
    says_whose = len({name for a in explanation.arrows for name in a.for_treatments}) > 1
    console.print(Text(explanation.label, style="bold"))
    for sentence in explanation.summary:
        console.print(Text(f"  • {sentence}"))
    console.print()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    names = ("from → to", "seen in", "in the forecast", "source")
    for name, ratio in zip(names, (5, 4, 8, 2), strict=True):
        table.add_column(name, ratio=ratio)
    for arrow in explanation.arrows:
        sign = DIRECTION_SIGNS[arrow.direction]
        way = f"{arrow.start_label} → ({sign}) {arrow.end_label}"
        whose = f"{', '.join(arrow.for_treatments)}: " if says_whose else ""
        numbers = " ".join(f"[{k}]" for k in _numbers(arrow, order))
        style = "" if arrow.is_moving else "dim"
        table.add_row(
            *(Text(t, style=style) for t in (whose + way, arrow.seen_in, in_forecast(arrow))),
            Text(numbers, style=style),
        )
        table.add_row("")
    console.print(table)
    if explanation.parameters:
        sizes = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for name in ("parameter", "value (range)", "status", "meaning"):
            sizes.add_column(name)
        for one in explanation.parameters:
            sizes.add_row(*(Text(t) for t in (one.name, _size(one), one.status, one.meaning)))
        console.print(sizes)
        console.print()
    for k, (key, source) in enumerate(explanation.sources.items(), start=1):
        console.print(Text(f"[{k}] {source.grade}: {_place(source)} ({key})"), soft_wrap=True)
    console.print()
    console.print(Text(INTENDED_USE, style="dim"))
    return said(console)


def explanation_page(explanation: Explanation, figure: str) -> str:
    """Return the page of an explanation: sentences, picture, table, sizes, sources.

    Parameters
    ----------
    explanation:
        What is shown.
    figure:
        Its picture.
    """
    from anagen.plan.documents import CitedSource
    from anagen.report.page import render, with_roles
    from anagen.report.words import Citations

    cited = [
        CitedSource(key=key, number=k, source=source)
        for k, (key, source) in enumerate(explanation.sources.items(), start=1)
    ]
    says_whose = len({name for a in explanation.arrows for name in a.for_treatments}) > 1
    return with_roles(
        render(
            "explain.html",
            explanation=explanation,
            figure=figure,
            cite=Citations(cited),
            cited=cited,
            says_whose=says_whose,
            size=_size,
            intended_use=INTENDED_USE,
        )
    )
