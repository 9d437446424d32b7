"""One self-contained HTML page from a plan document."""

import functools
from collections.abc import Sequence
from pathlib import Path

import jinja2

from anagen.plan.documents import OptionCard, Plan, Plans
from anagen.plan.forecast import Band, Course
from anagen.report import figures, words

TEMPLATES = Path(__file__).parent / "templates"
SHOWN_SOURCES = 3


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        signed=words.signed,
        percent=words.percent,
        day=words.day,
        words=words.words_of,
        readable=words.readable,
        amount=words.amount,
        rule_name=words.rule_name,
    )
    environment.globals.update(
        money=words.money,
        VERDICT=words.VERDICT_WORDS,
        MARK=words.VERDICT_MARKS,
        STRENGTH=words.STRENGTH_WORDS,
        CLAIM=words.CLAIM_WORDS,
        CLAIM_MARK=words.CLAIM_MARKS,
        STANDING=words.STANDING_WORDS,
        LEVEL=words.LEVEL_WORDS,
        SIGN=words.SIGN_MARKS,
        ARTICLE=words.ARTICLE_NUMBERS,
        TOPIC=words.TOPIC_WORDS,
        SHOWN_SOURCES=SHOWN_SOURCES,
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


def _panel(plan: Plan, card: OptionCard, limits: tuple[float, float], prefix: str) -> str | None:
    reference = plan.option("none")
    if card.course.density_per_cm2 is None and reference.course.density_per_cm2 is None:
        return None
    own = line_of(card.course, card.course.density_per_cm2)
    is_reference = card.id == reference.id
    message = ""
    if card.course.status == "not_modelled":
        message = f"Not modelled: {card.course.reason}."
    start = _start_density(plan)
    bands: list[tuple[float, str]] = []
    if start is not None:
        loss, gain = plan.noticeable.loss_percent, plan.noticeable.gain_percent
        bands = [
            (start * (1 - loss / 100), f"−{loss:g} %"),
            (start * (1 + gain / 100), f"+{gain:g} %"),
        ]
    panel = figures.Panel(
        name=f"{prefix}-{card.id.replace('+', '-and-')}",
        title="As now" if is_reference else card.short_label,
        course=None if is_reference and card.course.status == "fitted" else own,
        reference=line_of(reference.course, reference.course.density_per_cm2),
        is_assumed=card.course.status == "assumed",
        message=message,
    )
    width, height = (220, 180) if prefix == "first" else (300, 210)
    return figures.course_panel(
        panel, limits, "hairs/cm²", bands=bands, width=width, height=height
    )


def _start_density(plan: Plan) -> float | None:
    band = plan.option("none").course.density_per_cm2
    return None if band is None else band.mean[0]


def _forest(plan: Plan) -> str | None:
    rows = []
    for card in plan.options:
        if card.evidence is None or card.fit.fits == "no":
            continue
        pooled = card.evidence.pooled
        if pooled is None:
            rows.append(
                figures.ForestRow(card.short_label, None, note="no controlled result in hairs/cm²")
            )
            continue
        trials = "trial" if pooled.studies == 1 else "trials"
        rows.append(
            figures.ForestRow(
                card.short_label,
                pooled.mean_per_cm2,
                pooled.low_per_cm2,
                pooled.high_per_cm2,
                pooled.prediction_low_per_cm2,
                pooled.prediction_high_per_cm2,
                f"{pooled.studies} {trials}",
            )
        )
    if not any(row.estimate is not None for row in rows):
        return None
    rows.sort(key=lambda row: (row.estimate is None, -(row.estimate or 0)))
    return figures.forest(
        "forest",
        "What controlled trials found",
        "hairs/cm² more than the control",
        rows,
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


def _limits(cards: Sequence[OptionCard]) -> tuple[float, float]:
    return figures.value_range([line_of(c.course, c.course.density_per_cm2) for c in cards])


def plan_page(plan: Plan) -> str:
    """Return the page of a plan: one HTML document that needs no network and no script.

    Parameters
    ----------
    plan:
        The plan; everything on the page comes from it.
    """
    first = [plan.option("none"), *(plan.option(name) for name in plan.page_one)]
    limits = _limits(first)
    others = [card for card in plan.options if card.id != "none"]
    all_limits = _limits(plan.options)
    return (
        _environment()
        .get_template("plan.html")
        .render(
            plan=plan,
            cite=words.Citations(plan.sources),
            first=first,
            others=others,
            panels={card.id: _panel(plan, card, limits, "first") for card in first},
            details={card.id: _panel(plan, card, all_limits, "full") for card in others},
            icons={
                prefix: {card.id: _icon_pictures(card, prefix) for card in cards}
                for prefix, cards in (("first", first), ("full", others))
            },
            forest=_forest(plan),
            claim_counts={
                verdict: sum(c.verdict == verdict for c in plan.claims)
                for verdict in words.CLAIM_WORDS
            },
            claims_by_topic={
                topic: [c for c in plan.claims if c.topic == topic] for topic in words.TOPIC_WORDS
            },
        )
    )


def index_page(plans: Plans, folders: dict[str, str]) -> str:
    """Return the page that lists several plans; `folders` maps a label to its folder."""
    return _environment().get_template("index.html").render(plans=plans, folders=folders)
