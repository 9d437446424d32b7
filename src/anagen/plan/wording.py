"""Ids and sentences of the facts in words: numbers from elsewhere filled in, rules named."""

import re

from anagen.errors import FactError
from anagen.facts import Facts, Quantity

_NUMBER = re.compile(r"\{([A-Za-z0-9_]+)\.([A-Za-z0-9_]+)\}")


def worded(text: str, facts: Facts) -> str:
    """Return a sentence with every name in braces replaced by the number that it stands for.

    Parameters
    ----------
    text:
        A sentence; ``{limits.x}`` is a limit, ``{R07.x}`` a limit of a rule, ``{aftercare.x}`` a
        number of the aftercare sheet.
    facts:
        The facts.

    Raises
    ------
    FactError
        If there is no such number.
    """
    return _NUMBER.sub(lambda found: shown(_number(found[1], found[2], facts)), text)


def _number(place: str, name: str, facts: Facts) -> Quantity:
    known: object = None
    if place == "limits":
        known = facts.limits.get(name)
    elif place == "aftercare":
        known = getattr(facts.papers.aftercare, name, None)
    elif place in facts.rules:
        known = facts.rules[place].limits.get(name)
    if not isinstance(known, Quantity):
        raise FactError(f"'{place}.{name}' is not a number among the facts; correct the sentence")
    return known


def rule_words(rule: str, facts: Facts) -> str:
    """Return a rule as a reader knows it: by its number, or by what it is about.

    Parameters
    ----------
    rule:
        The id of a finding's rule.
    facts:
        The facts; the rules of the options say there when each of them holds.
    """
    if rule in facts.rules:
        return rule
    if rule in facts.option_rules:
        return facts.option_rules[rule].when
    return "from the approvals collected" if rule == "approval" else "by type of hair loss"


def spelled(name: str) -> str:
    """Return an id in words.

    Examples
    --------
    >>> spelled("days_or_weeks"), spelled("beta_blocker")
    ('days or weeks', 'beta blocker')
    """
    return name.replace("_", " ").replace("nsaid", "NSAID")


def shown(quantity: Quantity) -> str:
    """Return the value of a quantity without its unit.

    Examples
    --------
    >>> shown(Quantity(value=[2.6, 9.8], unit="percent", status="measured", source=["ours"]))
    '2.6 to 9.8'
    """
    values = quantity.value if isinstance(quantity.value, list) else [quantity.value]
    return " to ".join(v if isinstance(v, str) else f"{v:g}" for v in values)


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, without its full stop.

    Examples
    --------
    >>> first_sentence("You have a heart disease. A physician decides.")
    'You have a heart disease'
    """
    return text.split(". ", maxsplit=1)[0].rstrip(".")


def lower_first(text: str) -> str:
    """Return words as they stand within a sentence; names in capitals stay.

    Examples
    --------
    >>> lower_first("Minoxidil lotion"), lower_first("PRP")
    ('minoxidil lotion', 'PRP')
    """
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
