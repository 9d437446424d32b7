"""One self-contained HTML page from a plan document."""

import functools
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import jinja2

from anagen.candidacy import OURS_WORDS
from anagen.facts.rule import STRENGTH_WORDS
from anagen.plan.documents import OptionCard, Plan, Plans, StopCourse
from anagen.plan.forecast import Band, Course
from anagen.plan.wishes_fit import has_wishes
from anagen.report import cost_figure, figures, money_words, words
from anagen.report.kept_templates import kept_templates

TEMPLATES = Path(__file__).parent / "templates"


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=kept_templates(),
    )
    environment.filters.update(
        signed=words.signed,
        percent=words.percent,
        day=words.day,
        short_day=words.short_day,
        words=words.words_of,
        readable=words.readable,
        amount=words.amount,
        rule_name=words.rule_name,
    )
    environment.globals.update(
        money=words.money,
        total=words.total,
        per_hair=words.per_hair,
        spent=money_words.spent,
        first_year_said=money_words.first_year_said,
        time_said=money_words.time_said,
        demands_said=money_words.demands_said,
        BUDGET=money_words.BUDGET_WORDS,
        BUDGET_MARK=money_words.BUDGET_MARKS,
        OURS=OURS_WORDS,
        VERDICT=words.VERDICT_WORDS,
        MARK=words.VERDICT_MARKS,
        STRENGTH=STRENGTH_WORDS,
        CLAIM=words.CLAIM_WORDS,
        CLAIM_MARK=words.CLAIM_MARKS,
        STANDING=words.STANDING_WORDS,
        LEVEL=words.LEVEL_WORDS,
        SIGN=words.SIGN_MARKS,
        FIT_MARK=words.FIT_MARKS,
        ARTICLE=words.ARTICLE_NUMBERS,
        TOPIC=words.TOPIC_WORDS,
        SECTION=words.SECTION_WORDS,
        ANSWER_CERTAINTY=words.ANSWER_CERTAINTY_WORDS,
    )
    return environment


def line_of(course: Course, band: Band | None) -> figures.CourseLine | None:
    """Return a band of a course as a line to draw."""
    if band is None:
        return None
    return figures.CourseLine(
        months=course.months,
        mean=band.mean,
        person_low=band.person_low,
        person_high=band.person_high,
        average_low=band.average_low,
        average_high=band.average_high,
    )


GO_ON = "Go on as now"


def _is_measured(plan: Plan) -> bool:
    """Say whether the courses start from a density of this person's own."""
    measured = plan.person.measured
    if measured is None or measured.density_per_cm2 is None:
        return False
    return measured.measure == "nonvellus_density"


def _band_shown(plan: Plan, course: Course) -> Band | None:
    """Return the band to draw: density where it was measured, else change from today.

    Without a measurement the start is that of an average trial patient, and its spread would hide
    every course.
    """
    return course.density_per_cm2 if _is_measured(plan) else course.change_percent


def _panel(
    plan: Plan, card: OptionCard | StopCourse, limits: tuple[float, float], prefix: str
) -> str | None:
    reference = plan.option("none")
    as_now = _band_shown(plan, reference.course)
    own = _band_shown(plan, card.course)
    is_reference = card.id == reference.id
    title = card.label if isinstance(card, StopCourse) else card.short_label
    if own is None:
        return None
    start = as_now.mean[0] if as_now is not None and _is_measured(plan) else None
    loss, gain = plan.noticeable.loss_percent, plan.noticeable.gain_percent
    marks = [(-loss, f"−{loss:g} %"), (gain, f"+{gain:g} %")]
    if start is not None:
        marks = [(start * (1 + value / 100), label) for value, label in marks]
    panel = figures.Panel(
        name=f"{prefix}-{card.id.replace('+', '-and-')}",
        title=GO_ON if is_reference else title,
        course=(
            None if is_reference and card.course.status == "fitted" else line_of(card.course, own)
        ),
        reference=line_of(reference.course, as_now),
        is_assumed=card.course.status == "assumed",
    )
    unit = "hairs/cm²" if _is_measured(plan) else "% change"
    width, height = (220, 180) if prefix == "first" else (300, 210)
    return figures.course_panel(panel, limits, unit, bands=marks, width=width, height=height)


def _forest(plan: Plan) -> str | None:
    """Draw the pooled results, the surest first; options without one are named below it."""
    rows = []
    for card in plan.options:
        if card.evidence is None or card.evidence.pooled is None or card.fit.fits == "no":
            continue
        pooled = card.evidence.pooled
        level = card.evidence.certainty.level or "very_low"
        trials = "trial" if pooled.studies == 1 else "trials"
        row = figures.ForestRow(
            card.short_label,
            pooled.mean_per_cm2,
            pooled.low_per_cm2,
            pooled.high_per_cm2,
            pooled.prediction_low_per_cm2,
            pooled.prediction_high_per_cm2,
            f"{pooled.studies} {trials}, certainty {words.LEVEL_WORDS[level]}",
        )
        rows.append((list(words.LEVEL_WORDS).index(level), -pooled.mean_per_cm2, row))
    if not rows:
        return None
    return figures.forest(
        "forest",
        "What controlled trials found",
        "hairs/cm² more than the control",
        [row for _, _, row in sorted(rows, key=lambda entry: entry[:2])],
    )


def _without_result(plan: Plan) -> list[str]:
    """Name the options that no controlled result in hairs/cm² was found for, exosomes first."""
    cards = [
        card
        for card in plan.options
        if card.evidence is not None and card.evidence.pooled is None and card.fit.fits != "no"
    ]
    cards.sort(key=lambda card: "exosome" not in card.components)
    return [card.short_label for card in cards]


def _cost_figures(plan: Plan) -> dict[str, str]:
    """Draw what options cost, one picture for each currency; options in the order of the page."""
    rows: dict[str, list[cost_figure.CostRow]] = {}
    for card in (plan.option(name) for name in plan.order):
        for entry in card.cost.ranges:
            if not entry.first_year_low:  # not known, or a device that is bought: nothing to draw
                continue
            first, five = (
                cost_figure.CostBar(low, high, words.total(low, high, entry.currency))
                for low, high in (
                    (entry.first_year_low, entry.first_year_high),
                    (entry.five_years_low or 0.0, entry.five_years_high),
                )
            )
            part = " (not all of it)" if entry.without_price else ""
            row = cost_figure.CostRow(f"{card.short_label}{part}", first, five)
            rows.setdefault(entry.currency, []).append(row)
    return {
        currency: cost_figure.cost_bars(
            f"cost-{currency}", f"What options cost, in {currency}", currency, found
        )
        for currency, found in rows.items()
    }


def _without_price(plan: Plan) -> list[str]:
    """Name the options whose year cannot be priced."""
    return [
        card.short_label
        for card in (plan.option(name) for name in plan.order)
        if card.cost.basis != "nothing"
        and all(entry.first_year_low is None for entry in card.cost.ranges)
    ]


def _offer(plan: Plan) -> str | None:
    """Say what a clinic asks beside what was collected, where a price was offered."""
    product = plan.person.product
    if product is None or product.price is None or product.price_currency is None:
        return None
    found = [
        price
        for card in plan.options
        if card.components == ["exosome"]
        for entry in card.cost.ranges
        for price in entry.prices
        if price.per == "session" and price.currency == product.price_currency
    ]
    highs = [price.price_high for price in found if price.price_high is not None]
    collected = (
        (min(price.price_low for price in found), max(highs, default=None)) if found else None
    )
    return money_words.offer_line(
        product.price, product.price_currency, product.sessions_offered, collected
    )


def _icon_pictures(card: OptionCard, prefix: str) -> list[str]:
    return [
        figures.icon_array(
            f"{prefix}-icons-{card.id.replace('+', '-and-')}-{k}",
            f"{card.short_label}: 100 people",
            array.filled,
            array.ring,
            array.triangle,
        )
        for k, array in enumerate(card.icons)
    ]


def _limits(plan: Plan, cards: Sequence[OptionCard | StopCourse]) -> tuple[float, float]:
    floor = 0.0 if _is_measured(plan) else -100.0
    courses = [line_of(c.course, _band_shown(plan, c.course)) for c in cards]
    return figures.value_range(courses, floor)


_ROLES = (
    ("<table", '<table role="table"'),
    ("<thead>", '<thead role="rowgroup">'),
    ("<tbody>", '<tbody role="rowgroup">'),
    ("<tr", '<tr role="row"'),
    ("<td", '<td role="cell"'),
)


def with_roles(page: str) -> str:
    """Say what tables are in words too: on a phone they are laid out as cards, which hides it."""
    for plain, told in _ROLES:
        page = page.replace(plain, told)
    page = re.sub(r'<th(?=[^>]*scope="row")', '<th role="rowheader"', page)
    return re.sub(r'<th(?=[^>]*scope="col")', '<th role="columnheader"', page)


def plan_page(plan: Plan) -> str:
    """Return the page of a plan: one HTML document that needs no network and no script.

    Parameters
    ----------
    plan:
        The plan; everything on the page comes from it.
    """
    first = [plan.option("none"), *(plan.option(name) for name in plan.page_one)]
    stop = plan.stops[-1] if plan.stops else None
    limits = _limits(plan, [*first, stop] if stop else first)
    others = [card for card in plan.options if card.id != "none"]
    all_limits = _limits(plan, plan.options)
    stop_limits = _limits(plan, [plan.option("none"), *plan.stops])
    page = _environment().get_template("plan.html")
    counts = dict.fromkeys(words.CLAIM_WORDS, 0) | Counter(c.verdict for c in plan.claims)
    pooled = [card.evidence.pooled for card in plan.options if card.evidence is not None]
    text = page.render(
        plan=plan,
        cite=words.Citations(plan.sources),
        first=first,
        others=others,
        panels={card.id: _panel(plan, card, limits, "first") for card in first},
        go_on=GO_ON,
        stop=stop,
        first_stop=None if stop is None else _panel(plan, stop, limits, "first"),
        stops={stop.id: _panel(plan, stop, stop_limits, "stop") for stop in plan.stops},
        details={card.id: _panel(plan, card, all_limits, "full") for card in others},
        icons={
            prefix: {card.id: _icon_pictures(card, prefix) for card in cards}
            for prefix, cards in (("first", first), ("full", others))
        },
        forest=_forest(plan),
        without_result=_without_result(plan),
        ordered=[plan.option(name) for name in plan.order],
        cost_figures=_cost_figures(plan),
        without_price=_without_price(plan),
        offer=_offer(plan),
        local_price_said=money_words.local_price_said(plan.options),
        horizons=(5, 1) if plan.horizon_years == 5 else (1, 5),
        has_wishes=has_wishes(plan.person.wishes),
        wishes_said=money_words.wishes_said(plan.person.wishes) if plan.person.wishes else [],
        has_prediction=any(p is not None and p.prediction_low_per_cm2 is not None for p in pooled),
        claim_counts=counts,
        claims_by_topic={
            topic: [c for c in plan.claims if c.topic == topic] for topic in words.TOPIC_WORDS
        },
    )
    return with_roles(text)


def index_page(plans: Plans, folders: dict[str, str]) -> str:
    """Return the page that lists several plans; `folders` maps a label to its folder."""
    page = _environment().get_template("index.html")
    return with_roles(page.render(plans=plans, folders=folders))


def render(template: str, **values: object) -> str:
    """Return a page made from one of the templates, everything in it escaped.

    Parameters
    ----------
    template:
        The name of its file.
    values:
        What the template prints, by name.
    """
    return _environment().get_template(template).render(**values)
