"""What the studies and the ledger of claims look like in a terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from anagen import INTENDED_USE
from anagen.evidence.judged import CertaintyProfile
from anagen.evidence.ledger import Ledger, LedgerEntry, Place, Recomputation
from anagen.evidence.register import StudyLine
from anagen.evidence.study_card import HarmOfStudy, Outcome, StudyCard
from anagen.facts.base import Slug, Source
from anagen.facts.judgement import SingleArmLimit
from anagen.facts.study import Conversion, Dispersion
from anagen.report import words
from anagen.report.console import console as new_console
from anagen.report.console import said

OUTCOME_MARKS = {"fits": "✓", "does_not_fit": "✕", "for_scale": "≈", "not_recomputable": "–"}
OUTCOME_WORDS = {
    "fits": "fits",
    "does_not_fit": "does not fit",
    "for_scale": "for scale",
    "not_recomputable": "not recomputed",
}
SPREAD_WORDS = {"sd": "SD", "se": "SE", "ci95": "95 % interval", "iqr": "IQR", "range": "range"}
SEX_WORDS = {"male": "men", "female": "women", "both": "both sexes", None: "sex not stated"}
MOST_WEEKS = 4


def plain(word: str) -> str:
    """Return an id of the facts as words.

    Examples
    --------
    >>> plain("single_arm")
    'single arm'
    """
    return word.replace("_", " ")


def number(value: float) -> str:
    """Return a number with the digits that it has, thousands apart and a true minus."""
    if abs(value) >= 1000 and value == round(value):
        return f"{value:,.0f}".replace("-", "−")
    return f"{value:g}".replace("-", "−")


def bias_said(line: StudyLine) -> str:
    """Return a judgement of bias in words: its span of levels, with the tool."""
    if line.bias_tool is None:
        return "not judged"
    levels = " to ".join(plain(level) for level in line.bias) or "not judged"
    return levels if levels == line.bias_tool else f"{levels} ({line.bias_tool})"


def weeks_said(line: StudyLine) -> str:
    """Return the weeks with a result, or the length of the study where none has."""
    weeks = [week for week in line.weeks if week > 0]
    if weeks:
        shown = ", ".join(number(week) for week in weeks[:MOST_WEEKS])
        return f"{shown} ..." if len(weeks) > MOST_WEEKS else shown
    return "not stated" if line.follow_up_weeks is None else number(line.follow_up_weeks)


def _value(value: object) -> str:
    if isinstance(value, list):
        return " to ".join(_value(entry) for entry in value)
    if isinstance(value, int | float):
        return number(value)
    return str(value)


def spread_said(spread: Dispersion | None, text: str | None) -> str:
    """Return how far a value scatters, in words; nothing where it was not stated."""
    if spread is None:
        return text or ""
    if spread.low is not None and spread.high is not None:
        shown = f"{number(spread.low)} to {number(spread.high)}"
    else:
        shown = "" if spread.value is None else number(spread.value)
    return f"{SPREAD_WORDS[spread.kind]} {shown}".strip()


def conversion_said(conversion: Conversion | None) -> str:
    """Return how a count became a density."""
    if conversion is None:
        return ""
    area = "" if conversion.area_cm2 is None else f" of {number(conversion.area_cm2)} cm²"
    return {
        "as_reported": "as reported",
        "recorded_area": f"by the recorded area{area}",
        "assumed_area": f"by an assumed area{area}",
        "area_unknown": "area counted not known",
    }[conversion.how]


def value_said(outcome: Outcome) -> str:
    """Return a result with its unit and, where it was converted, in hairs/cm²."""
    if outcome.value is None:
        return outcome.p_value or outcome.text or "no number"
    shown = f"{_value(outcome.value)} {outcome.unit or ''}".strip()
    if outcome.value_per_cm2 is not None and outcome.value_per_cm2 != outcome.value:
        shown += f" = {number(round(outcome.value_per_cm2, 2))} hairs/cm²"
    return shown


def harm_said(harm: HarmOfStudy) -> str:
    """Return how often a harm was seen, with the exact bound that the number of people allows."""
    if harm.events == 0 and harm.n and harm.upper_percent and harm.rule_of_three_percent:
        return (
            f"0 of {harm.n}: a rate of up to {harm.upper_percent:.1f} % is still possible "
            f"(exact, 95 %, one-sided; rule of three: 3/{harm.n} = "
            f"{harm.rule_of_three_percent:.1f} %)"
        )
    if harm.events is not None and harm.n and harm.upper_percent is not None:
        return (
            f"{harm.events} of {harm.n} = {100 * harm.events / harm.n:.1f} % "
            f"({harm.low_percent or 0:.1f} to {harm.upper_percent:.1f} %, exact 95 %)"
        )
    if harm.percent is not None:
        of = "" if harm.n is None else f" of {harm.n}"
        return f"{number(harm.percent)} %{of}"
    return harm.text or "no number"


def people_said(line: StudyLine) -> str:
    """Return who took part and how many."""
    n = "n not stated" if line.n is None else f"{number(line.n)}"
    return f"{n}, {SEX_WORDS[line.sex]}"


def studies_text(lines: Sequence[StudyLine], total: int) -> str:
    """Return the list of studies for a terminal.

    Parameters
    ----------
    lines:
        The studies that were asked for.
    total:
        How many studies the facts hold.
    """
    console = new_console()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("study", style="bold", ratio=4, overflow="fold")
    for name, ratio in (("who", 3), ("design", 4), ("read", 3), ("bias", 3), ("its numbers", 8)):
        table.add_column(name, ratio=ratio)
    for line in lines:
        design = f"{plain(line.design)}, {line.blinding}; weeks {weeks_said(line)}"
        read = f"{plain(line.stage)}; {plain(line.reading)}"
        cells = (line.id, people_said(line), design, read, bias_said(line), line.use)
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    console.print()
    pooled = sum(any(p.how == "pooled" for p in line.placements) for line in lines)
    summary = f"{len(lines)} of {total} studies; the numbers of {pooled} are pooled"
    console.print(Text(f"{summary}. 'anagen evidence study ID' shows one.", style="dim"))
    return said(console)


def _sources(sources: dict[Slug, Source]) -> list[Text]:
    return [
        Text(f"[{k}] {s.grade}: {s.title or s.url or ''} ({key})")
        for k, (key, s) in enumerate(sources.items(), start=1)
    ]


def _marks(keys: Sequence[Slug], sources: dict[Slug, Source]) -> str:
    order = list(sources)
    return " ".join(f"[{order.index(key) + 1}]" for key in keys if key in order)


def outcome_said(outcome: Outcome) -> str:
    """Return when, of whom and how one result is: its week, people, status and conversion."""
    week = "no week" if outcome.week is None else f"week {number(outcome.week)}"
    of = "" if outcome.n is None else f"n = {outcome.n}"
    parts = (week, of, outcome.status, conversion_said(outcome.conversion))
    return "; ".join(part for part in parts if part)


def _outcomes(card: StudyCard) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("arm", "measure", "value", "spread", "when and how known", "source"):
        table.add_column(name)
    for o in card.outcomes:
        arm = o.arm if o.versus is None else f"{o.arm} against {o.versus}"
        table.add_row(
            *(
                Text(cell)
                for cell in (
                    arm, f"{o.measure}, {o.statistic}", value_said(o),
                    spread_said(o.dispersion, o.spread_text), outcome_said(o),
                    _marks(o.source, card.sources),
                )
            )
        )  # fmt: skip
    return table


def limits_said(limits: Sequence[SingleArmLimit]) -> list[str]:
    """Return what a study without a control can show, then what it cannot."""
    ordered = sorted(limits, key=lambda limit: not limit.can_show)
    return [
        f"{'can show' if one.can_show else 'cannot show'}: {one.text} {one.why}" for one in ordered
    ]


def facts_of(card: StudyCard) -> list[tuple[str, str]]:
    """Return the head of a card: what each thing is called, and what it is."""
    line, study = card.line, card.study
    ids = [study.registration or "", *study.registry_ids]
    rows = [
        ("who", f"{people_said(line)}; {line.condition}"),
        ("severity", study.population.severity or ""),
        ("age", study.population.age or ""),
        ("country", study.population.country or ""),
        ("design", f"{plain(line.design)}: {line.design_text}"),
        ("blinding", line.blinding),
        ("weeks", weeks_said(line)),
        ("published", plain(line.stage)),
        ("what was read", f"{plain(line.reading)}; {study.source_depth or 'no more was said'}"),
        ("registered", "; ".join(dict.fromkeys(i for i in ids if i))),
        ("funding and interests", line.funding or "not recorded"),
        ("its numbers", line.use),
        ("never used because", line.never_use or ""),
        ("outlier because", line.outlier or ""),
    ]
    return [(name, text) for name, text in rows if text]


def card_text(card: StudyCard) -> str:
    """Return everything on one study for a terminal.

    Parameters
    ----------
    card:
        The study.
    """
    console = new_console()
    console.print(Text(f"{card.line.id}: {card.line.citation}", style="bold"))
    head = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    head.add_column(style="dim")
    head.add_column()
    for name, text in facts_of(card):
        head.add_row(Text(name), Text(text))
    console.print(head)
    for arm in card.study.arms.values():
        given = ", ".join(plain(c.treatment) for c in arm.components)
        n = arm.n_analysed or arm.n_randomised
        many = "" if n is None else f", n = {n}"
        console.print(Text(f"  arm: {arm.label} ({given}{many})"))
    console.print()
    console.print(_outcomes(card))
    for harm in card.harms:
        console.print(Text(f"  harm: {harm.arm}, {harm.event}: {harm_said(harm)} ({harm.status})"))
    console.print()
    console.print(Text(f"risk of bias: {bias_said(card.line)}", style="bold"))
    for domain in card.bias:
        levels = " to ".join(plain(level) for level in domain.levels) or "no level"
        reason = "" if domain.reason is None else f": {domain.reason}"
        console.print(Text(f"  {domain.domain}: {levels}{reason}"))
    if card.bias_basis:
        console.print(Text(f"  ({card.bias_basis})", style="dim"))
    for flag in card.study.flags:
        console.print(Text(f"  ! {flag}", style="yellow"))
    for remembered in card.study.remembered:
        console.print(Text(f"  recalled, never used: {remembered.measure_text}: {remembered.text}"))
    for sentence in limits_said(card.limits):
        console.print(Text(f"  {sentence}"))
    console.print()
    for source in _sources(card.sources):
        console.print(source, soft_wrap=True)
    console.print(Text(INTENDED_USE, style="dim"))
    return said(console)


def article_said(name: Slug) -> str:
    """Return how an article is called."""
    number_of = words.ARTICLE_NUMBERS.get(name)
    return plain(name) if number_of is None else f"Article {number_of}"


def places_said(places: Sequence[Place]) -> str:
    """Return where a claim stands, its headings in our words."""
    if not places:
        return "not placed"
    found: dict[str, list[str]] = {}
    for place in places:
        found.setdefault(place.about or "before the first heading", []).append(str(place.sentence))
    return "; ".join(
        f"{about} (sentence{'s' * (len(numbers) > 1)} {', '.join(numbers)})"
        for about, numbers in found.items()
    )


def recomputed_said(found: Recomputation) -> str:
    """Return one recomputation with its mark."""
    return f"{OUTCOME_MARKS[found.outcome]} {found.text}"


def counts_said(ledger: Ledger) -> str:
    """Return how many claims there are by verdict, and how many were recomputed."""
    verdicts = ", ".join(
        f"{count} {words.CLAIM_WORDS[name]}" for name, count in ledger.verdicts.items() if count
    )
    return (
        f"{len(ledger.entries)} claims: {verdicts or 'none'}. Recomputed: {ledger.recomputed}, of "
        f"which {ledger.misfits} hold numbers that do not fit together, or not what was found."
    )


def _entry(entry: LedgerEntry) -> list[Text]:
    lines = [
        Text(
            f"{words.CLAIM_MARKS[entry.verdict]} {entry.id} "
            f"{words.CLAIM_WORDS[entry.verdict]}: {entry.text}",
            style="bold",
        ),
        Text(f"    stands under: {places_said(entry.places)}", style="dim"),
        Text(f"    because: {entry.why}"),
    ]
    if entry.finding or entry.found:
        source = entry.found or "no source"
        lines.append(Text(f"    the source ({source}): {entry.finding or 'nothing found'}"))
    return lines + [Text(f"    {recomputed_said(found)}") for found in entry.recomputed]


def claims_text(ledger: Ledger) -> str:
    """Return the ledger for a terminal, article by article, with the counts at the end.

    Parameters
    ----------
    ledger:
        The claims that were asked for.
    """
    console = new_console()
    for name, title in ledger.articles.items():
        console.print(Text(f"{article_said(name)}: {title}", style="bold underline"))
        for entry in ledger.entries:
            if entry.article == name:
                for line in _entry(entry):
                    console.print(line)
        console.print()
    console.print(Text(counts_said(ledger), style="bold"))
    marks = ", ".join(f"{OUTCOME_MARKS[name]} {text}" for name, text in OUTCOME_WORDS.items())
    console.print(Text(f"Recomputations: {marks}.", style="dim"))
    console.print(Text(INTENDED_USE, style="dim"))
    return said(console)


def limits_text(limits: Sequence[SingleArmLimit]) -> str:
    """Return what a study without a control can show and cannot, for a terminal."""
    console = new_console()
    console.print(Text("What studies without a control can show", style="bold"))
    for sentence in limits_said(limits):
        console.print(Text(f"  {sentence}"))
    return said(console)


def certainty_text(title: str, profile: CertaintyProfile) -> str:
    """Return how sure the evidence is: the path, each domain, and who decided what.

    Parameters
    ----------
    title:
        What is rated, in words.
    profile:
        Suggestions and decisions.
    """
    console = new_console()
    level = "no evidence" if profile.level is None else words.LEVEL_WORDS[profile.level]
    console.print(Text(f"{title}: {level}", style="bold"))
    console.print(Text(f"  {profile.label}", style="dim"))
    if profile.suggested_level not in (None, profile.level):
        suggested = words.LEVEL_WORDS[profile.suggested_level or "very_low"]
        console.print(Text(f"  the computed suggestion was {suggested}"))
    path = [words.LEVEL_WORDS[s.level] for s in profile.path]
    console.print(Text(f"  path: {' → '.join(path) or 'none'}"))
    for entry in profile.domains:
        step = f"−{entry.lowered}" if entry.lowered > 0 else f"+{-entry.lowered}"
        change = "0" if entry.lowered == 0 else step
        console.print(Text(f"  {plain(entry.domain)} ({change}): {entry.suggestion}"))
        for name, value in entry.numbers.items():
            console.print(Text(f"      {plain(name)}: {number(value)}", style="dim"))
        if entry.decision is not None:
            by = f"{entry.who}, {entry.on}"
            console.print(Text(f"      decided by {by}: {entry.reason}", style="bold"))
    return said(console)
