"""Facts around the studies: published reviews, background statements and registered trials."""

from typing import Literal

import msgspec

from anagen.facts.base import Number, Slug, Status
from anagen.frozen import Record

StudySex = Literal["male", "female", "both"]


class Citation(Record):
    """Where a study was published; `text` is complete, the other fields are what is known apart."""

    text: str
    year: int | None = None
    authors: str | None = None
    title: str | None = None
    journal: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    nct: str | None = None
    doi_seen: bool | None = None


class PooledResult(Record):
    """One result of a published review: `a` against `b` (ids; empty where it names none)."""

    outcome: str
    effect: Literal[
        "mean_difference", "percent_difference", "risk_ratio", "standardised_mean_difference",
        "before_after_change", "level_before_after", "statement",
    ]  # fmt: skip
    status: Status
    source: list[Slug]
    measure: Slug | None = None
    week: Number | None = None
    a: list[Slug] = msgspec.field(default_factory=list)
    b: list[Slug] = msgspec.field(default_factory=list)
    a_text: str | None = None
    b_text: str | None = None
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    unit: str | None = None
    before: Number | None = None
    before_sd: Number | None = None
    after: Number | None = None
    after_sd: Number | None = None
    studies: int | None = None
    n: int | None = None
    i2_percent: Number | None = None
    nnt: Number | None = None
    p_value: str | None = None
    p_implied_by_interval: Number | None = None
    text: str | None = None
    note: str | None = None


class Ranking(Record):
    """An order of treatments in a network, best first, or its SUCRA values in percent."""

    status: Status
    source: list[Slug]
    basis: str | None = None
    order: list[str] = msgspec.field(default_factory=list)
    sucra_percent: dict[str, Number] = msgspec.field(default_factory=dict)


class Synthesis(Record):
    """A published review: of cell products (`systematic_review`), or a pooled or network analysis.

    They are built from the same trials and are compared with ours, never added to them.
    """

    kind: Literal["systematic_review", "meta_analysis"]
    citation: Citation
    status: Status
    source: list[Slug]
    scope: str | None = None
    sex: StudySex | None = None
    sex_text: str | None = None
    method: str | None = None
    studies: int | None = None
    studies_by_group: dict[str, int] = msgspec.field(default_factory=dict)
    n: int | None = None
    results: list[PooledResult] = msgspec.field(default_factory=list)
    rankings: list[Ranking] = msgspec.field(default_factory=list)
    result: str | None = None
    statements: list[str] = msgspec.field(default_factory=list)
    via: str | None = None
    note: str | None = None


class Background(Record):
    """What is known around the studies: comparator anchors, laboratory work, reports of harm."""

    kind: Literal["comparator_anchor", "preclinical", "safety_report", "registry_search"]
    text: str
    status: Status
    source: list[Slug]
    citation: str | None = None
    via: str | None = None
    note: str | None = None


class RegisteredTrial(Record):
    """A registered trial: of exosomes, of a neighbouring product, or a model of endpoints."""

    kind: Literal["exosome", "adjacent", "endpoint_anchor"]
    status: Status
    source: list[Slug]
    registry_id: str | None = None
    title: str | None = None
    sponsor: str | None = None
    country: str | None = None
    recruitment: str | None = None
    phase: str | None = None
    design: str | None = None
    n: int | None = None
    n_text: str | None = None
    ages: str | None = None
    sex: StudySex | None = None
    dose: str | None = None
    inclusion: str | None = None
    exclusion: str | None = None
    follow_up: str | None = None
    weeks: Number | None = None
    outcomes: str | None = None
    analysis: str | None = None
    lesson: str | None = None
    start: str | None = None
    completion: str | None = None
    primary_completion: str | None = None
    publication: str | None = None
    flags: list[str] = msgspec.field(default_factory=list)
