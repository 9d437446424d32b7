"""The short summary that a terminal shows."""

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from anagen.candidacy import Triage
from anagen.plan.documents import Plan, Plans
from anagen.report import money_words, words
from anagen.report.console import console as new_console
from anagen.report.console import said

STYLE = {
    "STOP": "bold red",
    "REFER": "bold yellow",
    "DEFER": "yellow",
    "ASK": "magenta",
    "CAUTION": "yellow",
    "OK": "green",
    "INFORM": "cyan",
}
SHOWN_FINDINGS = 2


def _verdict(verdict: str) -> Text:
    return Text(
        f"{words.VERDICT_MARKS[verdict]} {words.VERDICT_WORDS[verdict]}", style=STYLE[verdict]
    )


def _types(triage: Triage) -> Table:
    """Return each type that is still in question with what speaks for it and against it."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("what could it be? (no diagnosis)", style="bold")
    for name in ("", "speaks for", "speaks against"):
        table.add_column(name)
    for fit in triage.types:
        if fit.is_in_question:
            table.add_row(
                Text(fit.label),
                Text(f"{words.FIT_MARKS[fit.compatible]} {fit.words}"),
                Text(" ".join(entry.text for entry in fit.speaks_for[:SHOWN_FINDINGS]) or "–"),
                Text(" ".join(entry.text for entry in fit.speaks_against[:SHOWN_FINDINGS]) or "–"),
            )
    return table


def answer(plan: Plan, page: Path, papers: Sequence[str] = ()) -> str:
    """Return the answer, the four lines, the options of the first page and where the page is.

    Parameters
    ----------
    plan:
        The plan.
    page:
        Where its page stands.
    papers:
        The names of the papers that were written beside it.
    """
    console = new_console()
    console.print()
    console.print(Text(plan.answer.headline, style="bold"))
    for sentence in plan.answer.sentences:
        console.print(Text(f"  • {sentence}"))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for line in plan.candidacy.lines():
        worst = [f for f in line.findings if f.verdict == line.verdict][:SHOWN_FINDINGS]
        reason = " ".join(f"{words.readable(f.reason)} ({words.rule_name(f.rule)})" for f in worst)
        table.add_row(
            Text(line.label, style="bold"), _verdict(line.verdict), Text(reason or line.summary)
        )
    console.print()
    console.print(table)
    if plan.triage is not None and not plan.triage.is_stated:
        console.print()
        console.print(_types(plan.triage))
    options = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    options.add_column("first page", style="bold", no_wrap=True)
    options.add_column("controlled trials found")
    options.add_column("how sure", no_wrap=True)
    options.add_column("first year", min_width=12)
    for name in plan.page_one:
        card = plan.option(name)
        level = None if card.evidence is None else card.evidence.certainty.level
        options.add_row(
            Text(card.short_label),
            Text(card.expected.text.split("; ")[0]),
            Text(words.LEVEL_WORDS[level] if level else "?"),
            Text(money_words.first_year_said(card.cost)),
        )
    if plan.page_one:
        console.print()
        console.print(options)
    if plan.facts_are_old:
        console.print(Text(f"The facts are {plan.facts_age_days} days old.", style="bold red"))
    console.print()
    console.print(Text(plan.intended_use, style="dim"))
    # Not wrapped: a path must stay whole to be opened or copied.
    console.print(Text(f"report: {page}"), soft_wrap=True)
    if papers:
        console.print(Text(f"beside it: {', '.join(papers)}"), soft_wrap=True)
    return said(console)


def summary(plans: Plans, page: Path) -> str:
    """Return one line for each person and where the summary is."""
    console = new_console()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("person", "health", "product", "law", "evidence"):
        table.add_column(name, no_wrap=True)
    table.add_column("answer")
    for plan in plans.plans:
        table.add_row(
            Text(plan.person.label, style="bold"),
            *(Text(x.verdict, style=STYLE[x.verdict]) for x in plan.candidacy.lines()),
            Text(plan.answer.headline),
        )
    console.print()
    console.print(table)
    if plans.failed:
        console.print(Text(f"not planned: {len(plans.failed)}", style="bold red"))
    console.print(Text(f"summary: {page}"), soft_wrap=True)
    return said(console)
