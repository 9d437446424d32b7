"""Check what people judged, and what a claim is recomputed from, against the other facts."""

import datetime
from collections.abc import Iterator

from anagen.errors import FactError
from anagen.facts.claim_check import VisitInStudy, cited_numbers
from anagen.facts.judgement import RAISING, BiasTool, CertaintyRating
from anagen.facts.path import value_at
from anagen.facts.store import Facts
from anagen.facts.study import Bias

Found = tuple[str, str]
"""Where a fault stands, and what it is."""


def faults(facts: Facts) -> Iterator[Found]:
    """Yield every fault of claims' checks, bias judgements and certainty ratings.

    Parameters
    ----------
    facts:
        All facts, read.
    """
    yield from _claims(facts)
    yield from _tools(facts)
    tools = {tool.name: tool for tool in facts.bias_tools.values()}
    for name, study in facts.studies.items():
        if study.bias is not None:
            yield from _bias(f"studies.{name}.bias", study.bias, tools)
    for name, rating in facts.certainty_ratings.items():
        yield from _rating(f"certainty_ratings.{name}", rating, facts)


def _claims(facts: Facts) -> Iterator[Found]:
    for name, claim in facts.claims.items():
        for index, check in enumerate(claim.check):
            where = f"claims.{name}.check.{index}"
            if isinstance(check, VisitInStudy) and check.study not in facts.studies:
                yield where, f"there is no study '{check.study}'"
            for cited in cited_numbers(check):
                try:
                    value = value_at(facts, cited.at)
                except FactError as error:
                    yield where, str(error)
                    continue
                if not cited.stands_in(value):
                    yield where, f"cites {cited.text}, which does not stand at {cited.at}"


def _tools(facts: Facts) -> Iterator[Found]:
    names = [tool.name for tool in facts.bias_tools.values()]
    for key, tool in facts.bias_tools.items():
        if names.count(tool.name) > 1:
            yield f"bias_tools.{key}", f"another tool is called '{tool.name}' too"


def _bias(where: str, bias: Bias, tools: dict[str, BiasTool]) -> Iterator[Found]:
    """Yield where a judgement does not fit the template of its tool."""
    tool = tools.get(bias.tool)
    if tool is None:
        yield where, f"its tool '{bias.tool}' is not in bias_tools.yaml"
        return
    allowed = {*tool.levels, *tool.unjudged}
    for level in bias.levels:
        if level not in allowed:
            yield where, f"level '{level}' is none of {tool.name}"
    for name, domain in bias.domains.items():
        if name not in tool.domains:
            yield f"{where}.domains.{name}", f"'{name}' is no domain of {tool.name}"
        for level in domain.levels:
            if level not in allowed:
                yield f"{where}.domains.{name}", f"level '{level}' is none of {tool.name}"
    judged = any(level in tool.levels for level in bias.levels)
    missing = [name for name in tool.domains if name not in bias.domains]
    if judged and missing:
        yield where, f"judges the whole and leaves out {', '.join(missing)}"


def _rating(where: str, rating: CertaintyRating, facts: Facts) -> Iterator[Found]:
    """Yield where a rating is of nothing, decides twice, or raises by a domain that lowers."""
    option = facts.options.get(rating.option)
    if option is None:
        yield where, f"there is no option '{rating.option}'"
    elif rating.condition not in option.conditions or rating.sex not in option.sexes:
        yield where, f"{rating.option} is no option for this condition and sex"
    seen: set[str] = set()
    for decision in rating.decisions:
        if decision.domain in seen:
            yield where, f"decides on {decision.domain} twice; keep one"
        seen.add(decision.domain)
        raises = decision.domain in RAISING
        if raises and decision.lowered > 0:
            yield where, f"{decision.domain} can only raise; give 0, -1 or -2"
        if not raises and decision.lowered < 0:
            yield where, f"{decision.domain} can only lower; give 0 to 3"
        try:
            datetime.date.fromisoformat(decision.on)
        except ValueError:
            yield where, f"'{decision.on}' is no day; write it as 2026-11-20"
    keys = [(r.option, r.measure, r.sex, r.condition) for r in facts.certainty_ratings.values()]
    if keys.count((rating.option, rating.measure, rating.sex, rating.condition)) > 1:
        yield where, "another rating has the same option, measure, sex and condition"
