"""How numbers, dates, verdicts and sources are put into words on every page."""

import datetime
import re
from collections.abc import Mapping, Sequence

from anagen.facts.base import GRADE_ORDER, Grade, Quantity
from anagen.plan.documents import CitedSource

VERDICT_WORDS = {
    "STOP": "Stop",
    "REFER": "Doctor first",
    "DEFER": "Not yet",
    "ASK": "Open question",
    "CAUTION": "Caution",
    "OK": "No objection",
    "INFORM": "For information",
}
VERDICT_MARKS = {
    "STOP": "✕", "REFER": "→", "DEFER": "…", "ASK": "?", "CAUTION": "!", "OK": "✓", "INFORM": "i",
}  # fmt: skip
CLAIM_WORDS = {
    "supported": "holds",
    "partly": "partly",
    "unsupported": "not supported",
    "contradicted": "contradicted",
    "unverifiable": "cannot be checked",
}
CLAIM_MARKS = {
    "supported": "✓", "partly": "◐", "unsupported": "○", "contradicted": "✕", "unverifiable": "?",
}  # fmt: skip
STANDING_WORDS = {
    "approved": "approved",
    "approved_for_other_use": "approved for another use",
    "cleared_device": "cleared as a device",
    "not_approved": "not approved",
    "unlawful": "unlawful",
    "trial_only": "in trials only",
    "restricted": "restricted",
    "not_known": "not known",
}
LEVEL_WORDS = {"high": "high", "moderate": "moderate", "low": "low", "very_low": "very low"}
ANSWER_CERTAINTY_WORDS = {**LEVEL_WORDS, "not_known": "not known"}
FIT_MARKS = {"compatible": "●", "cannot_tell": "?", "less_likely": "◌", "not_compatible": "○"}
SIGN_MARKS = {"effect": "", "no_effect_shown": "0", "not_known": "?"}
ARTICLE_NUMBERS = {f"article_00{k}": k + 1 for k in range(5)}
TOPIC_WORDS = {
    "efficacy": "Does it work?",
    "safety": "Is it safe?",
    "mechanism": "How is it said to work?",
    "preparation": "What is the product?",
    "dose": "How much?",
    "preparing": "Before a session",
    "cost": "What does it cost?",
    "law": "Is it lawful?",
    "who_it_suits": "Whom does it suit?",
    "comparison": "Better than other treatments?",
    "timing": "When, and for how long?",
}
SECTION_WORDS = {
    "may-i": "May I?",
    "as-now": "What each option could do",
    "compare": "All options compared",
    "cost": "Cost",
    "harms": "Harms",
    "session": "Before and after a session",
    "claims": "What the articles claim",
    "unknown": "What nobody knows",
}
"""Sections of the page that an answer may point to, by their anchors."""

CURRENCY_SIGNS = {"USD": "US$", "EUR": "€", "GBP": "£"}


def signed(value: float, digits: int = 0) -> str:
    """Return a change with its sign, a true minus, and no minus zero.

    Examples
    --------
    >>> signed(-4.6), signed(0.2), signed(3)
    ('−5', '0', '+3')
    """
    shown = f"{value:+.{digits}f}"
    if float(shown) == 0:
        return f"{0:.{digits}f}"
    return shown.replace("-", "−")


def money(low: float | None, high: float | None, currency: str) -> str:
    """Return a range of money, or that it is not known.

    Examples
    --------
    >>> money(240, 720, "USD"), money(500, None, "EUR"), money(None, None, "USD")
    ('US$240–720', 'from €500', 'not known')
    """
    sign = CURRENCY_SIGNS.get(currency, f"{currency} ")
    if low is None and high is None:
        return "not known"
    if low is None:
        return f"up to {sign}{_price(high or 0.0)}"
    if high is None:
        return f"from {sign}{_price(low)}"
    if _price(low) == _price(high):
        return f"{sign}{_price(low)}"
    return f"{sign}{_price(low)}–{_price(high)}"


def _price(value: float) -> str:
    """Return an amount of money, with cents where it is small and has any."""
    return f"{value:,.0f}" if value >= 100 or value == round(value) else f"{value:.2f}"


def total(low: float | None, high: float | None, currency: str) -> str:
    """Return a total; one without an upper end is "at least" what is known.

    Examples
    --------
    >>> total(1200, 3600, "USD"), total(500, None, "USD")
    ('US$1,200–3,600', 'at least US$500')
    """
    return money(low, high, currency).replace("from ", "at least ", 1)


def per_hair(low: float, high: float | None, currency: str) -> str:
    """Return what an extra hair costs, with no more digits than it deserves.

    Examples
    --------
    >>> per_hair(4.62, 115.8, "USD"), per_hair(12.4, None, "CHF")
    ('US$4.6–116', 'at least CHF 12')
    """
    sign = CURRENCY_SIGNS.get(currency, f"{currency} ")
    least, most = (f"{v:,.0f}" if v >= 10 else f"{v:.1f}" for v in (low, high or 0.0))
    return f"at least {sign}{least}" if high is None else f"{sign}{least}–{most}"


def percent(value: float) -> str:
    r"""Return a share with as many digits as it deserves.

    Examples
    --------
    >>> percent(9.503), percent(51), percent(0.6)
    ('9.5\xa0%', '51\xa0%', '0.6\xa0%')
    """
    return f"{value:.0f}\u00a0%" if value >= 10 or value == round(value) else f"{value:.1f}\u00a0%"


def day(date: datetime.date | None) -> str:
    """Return a date in words that every country reads the same way."""
    return "" if date is None else f"{date.day} {date:%b %Y}"


def short_day(date: datetime.date) -> str:
    """Return a date without its year, for a sheet whose head names the year.

    Examples
    --------
    >>> short_day(datetime.date(2027, 3, 1))
    '1 Mar'
    """
    return f"{date.day} {date:%b}"


_ARTICLE = re.compile(r"\barticle_00([0-4])\b")


def readable(text: str) -> str:
    """Return a sentence with the articles named as the page names them.

    Examples
    --------
    >>> readable("yes (article_003)")
    'yes (article 4)'
    """
    return _ARTICLE.sub(lambda found: f"article {int(found.group(1)) + 1}", text)


def rule_name(rule: str) -> str:
    """Return a rule's id; the answers by type of hair loss are named as such."""
    if rule.startswith("R"):
        return f"rule {rule}"
    return "from the approvals collected" if rule == "approval" else "by type of hair loss"


UNIT_WORDS = {
    "percent": "%", "percent_per_year": "% a year", "hairs_per_cm2": "hairs/cm²",
    "hairs_per_cm2_per_year": "hairs/cm² a year",
    "hairs_per_1_inch_circle": "hairs in a 1-inch circle",
    "months": "months", "days": "days", "weeks": "weeks", "years": "years", "number": "",
}  # fmt: skip


def amount(fact: Quantity) -> str:
    r"""Return a fact's value with its unit.

    Examples
    --------
    >>> amount(Quantity(value=[1, 4], unit="months", status="measured", source=["te"]))
    '1 to 4\xa0months'
    """
    values = fact.value if isinstance(fact.value, list) else [fact.value]
    shown = " to ".join(v if isinstance(v, str) else f"{v:g}".replace("-", "−") for v in values)
    return f"{shown}\u00a0{UNIT_WORDS.get(fact.unit, words_of(fact.unit))}".strip()


def words_of(name: str) -> str:
    """Return an id in words."""
    return name.replace("_", " ")


class Citations:
    """Turns source keys into links to the list at the end, with the grade beside the number."""

    def __init__(self, cited: Sequence[CitedSource]) -> None:
        self._by_key: Mapping[str, CitedSource] = {c.key: c for c in cited}

    def ordered(self, keys: Sequence[str]) -> list[CitedSource]:
        """Return the cited sources of some keys, the strongest grade first."""
        found = [self._by_key[key] for key in keys if key in self._by_key]
        return sorted(found, key=lambda c: (GRADE_ORDER.index(c.source.grade), c.number))

    def best_grade(self, keys: Sequence[str]) -> Grade | None:
        """Return the strongest grade among some keys."""
        ordered = self.ordered(keys)
        return ordered[0].source.grade if ordered else None
