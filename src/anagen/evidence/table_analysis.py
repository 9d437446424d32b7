"""Pool a table, or draw its network: from the file to the document."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from anagen.errors import InputError
from anagen.evidence.analysis import analyse
from anagen.evidence.documents import TableNetwork, TablePool, TableRead
from anagen.evidence.network_analysis import analyse_network
from anagen.evidence.network_records import NetworkAnalysis
from anagen.evidence.sensitivity import sensitivity
from anagen.evidence.table_choice import INERT_WORDS, Choice
from anagen.evidence.table_effects import LentCorrelations, TableEffects, effects_of
from anagen.evidence.table_network import WORDS, network_of
from anagen.evidence.tables import StudyTable
from anagen.facts.evidence_rules import EvidenceRules
from anagen.synthesis import fit_pairwise
from anagen.synthesis.heterogeneity import Method
from anagen.synthesis.network.fit import Method as NetworkMethod
from anagen.synthesis.pairwise import FEW, Pairwise


@dataclass(frozen=True)
class PoolSettings:
    """How a table is pooled: estimator, level, subgroup and moderators by their columns.

    `prior_scale` is that of the half-normal prior of tau, in the unit of the effects.
    """

    method: Method = "REML"
    level: float = 0.95
    subgroup: str | None = None
    moderators: tuple[str, ...] = ()
    prior_scale: float | None = None


@dataclass(frozen=True)
class NetworkSettings:
    """How a network is fitted and read."""

    method: NetworkMethod = "REML"
    level: float = 0.95
    smaller_is_better: bool = False
    meaningful: float = 0.0
    reference: str | None = None
    inactive: str | None = None
    separator: str = "+"
    seed: int = 1
    with_paths: bool = False
    interval: Literal["normal", "t"] = "normal"


def lent(rules: EvidenceRules) -> LentCorrelations:
    """Return the correlations that are assumed where a table tells none."""
    return LentCorrelations(
        before_after=rules.correlation_before_after.number(),
        between_sides=rules.correlation_between_sides.number(),
    )


def read(table: StudyTable) -> TableRead:
    """Return how a table was read."""
    return TableRead(
        name=table.name, layout=table.layout, sha256=table.sha256, read_as=table.read_as,
        notes=table.notes,
    )  # fmt: skip


def _column(table: StudyTable, name: str, made: TableEffects) -> list[str | None]:
    """Return the words (or numbers as words) of a column, for the studies that are pooled."""
    if name == "subgroup" and table.effects:
        return [table.effects[i].subgroup for i in made.rows]
    if name in table.words:
        return [table.words[name][i] for i in made.rows]
    if name in table.numbers:
        values = [table.numbers[name][i] for i in made.rows]
        return [None if v is None else f"{v:g}" for v in values]
    known = ", ".join([*table.words, *table.numbers][:20]) or "none"
    raise InputError(f"{table.name}: no column {name!r} for subgroups; there are {known}")


def _moderator(table: StudyTable, name: str, made: TableEffects) -> list[float | None]:
    if name not in table.numbers:
        known = ", ".join(list(table.numbers)[:20]) or "none"
        raise InputError(f"{table.name}: no column of numbers {name!r}; there are {known}")
    return [table.numbers[name][i] for i in made.rows]


def pool_table(
    table: StudyTable, choice: Choice, settings: PoolSettings, rules: EvidenceRules
) -> tuple[TablePool, list[str | None] | None]:
    """Pool the comparison of a table; return the document and the subgroup of each study.

    Parameters
    ----------
    table, choice, settings:
        The table, what to take of it, and how to pool.
    rules:
        Of the facts: which correlations are assumed and tried.

    Raises
    ------
    InputError
        If a choice is open, a column is missing or a number cannot be used.
    """
    assumed = lent(rules)
    made = effects_of(table, choice, assumed)
    groups = None if settings.subgroup is None else _column(table, settings.subgroup, made)
    analysis = analyse(
        made.studies, made.y, made.v, measure=made.measure, words=made.words, scale=made.scale,
        unit=made.unit, n=made.n, status=made.status, method=settings.method,
        level=settings.level, prior_scale=settings.prior_scale, groups=groups,
        moderators=[(name, _moderator(table, name, made)) for name in settings.moderators],
        notes=[*made.notes, *_unused_prior(settings, len(made.studies))],
    )  # fmt: skip

    def at(r: float) -> Pairwise:
        again = effects_of(table, choice, LentCorrelations(r, r))
        return fit_pairwise(again.y, again.v, method=settings.method, level=settings.level)

    tried = [float(r) for r in rules.correlations_tried.values]
    document = TablePool(
        schema="anagen/evidence-table-pool/1", table=read(table), analysis=analysis,
        is_controlled=made.is_controlled,
        correlation=sensitivity(at, tried, null=made.null or 0.0) if made.rests_on_r else None,
    )  # fmt: skip
    return document, groups


def _unused_prior(settings: PoolSettings, k: int) -> list[str]:
    if settings.prior_scale is None or 2 <= k <= FEW:
        return []
    return [f"a prior of tau is used for two to {FEW} studies, and here there are {k}"]


def network_table(
    table: StudyTable, choice: Choice, settings: NetworkSettings, rules: EvidenceRules
) -> TableNetwork:
    """Fit the network of a table.

    Parameters
    ----------
    table, choice, settings:
        The table, what to take of it, and how to fit.
    rules:
        Of the facts: which correlations are assumed and tried.

    Raises
    ------
    InputError
        If the table holds no network, a choice is open or a number cannot be used.
    """
    made = network_of(table, choice, lent(rules))
    notes = list(made.notes)
    if made.rests_on_r:
        notes += _reruns(table, choice, settings, rules)
    for name in (settings.reference, settings.inactive):
        parts = {p.strip() for t in made.network.treatments for p in t.split(settings.separator)}
        if name is not None and name not in (*made.network.treatments, *parts):
            known = ", ".join(made.network.treatments[:20])
            raise InputError(f"{table.name}: no treatment {name!r}; there are {known}")
    return TableNetwork(
        schema="anagen/evidence-table-network/1", table=read(table),
        analysis=_referred(settings, analyse_network(
            made.network, measure=made.measure, words=WORDS[made.measure], unit=made.unit,
            people=made.people, method=settings.method, level=settings.level,
            smaller_is_better=settings.smaller_is_better, meaningful=settings.meaningful,
            reference=settings.reference, inactive=settings.inactive,
            separator=settings.separator, seed=settings.seed, with_paths=settings.with_paths,
            interval=settings.interval, inert=INERT_WORDS,
            notes=notes,
        )),
    )  # fmt: skip


def _referred(settings: NetworkSettings, analysis: NetworkAnalysis) -> NetworkAnalysis:
    """Say in the notes against what the others are listed, where nobody chose it."""
    if settings.reference is not None:
        return analysis
    names = ", ".join(part.reference for part in analysis.parts)
    said = (
        f"listed against {names}: the one inert treatment by its name, else the one in most "
        "trials; --reference chooses another"
    )
    return msgspec.structs.replace(analysis, notes=[*analysis.notes, said])


def _reruns(
    table: StudyTable, choice: Choice, settings: NetworkSettings, rules: EvidenceRules
) -> Sequence[str]:
    """Fit again at each correlation that is tried; say which contrasts change their conclusion."""
    from anagen.synthesis.network import components, fit_network, split_components

    signs: dict[tuple[str, str], set[str]] = {}
    tried = [float(r) for r in rules.correlations_tried.values]
    for r in tried:
        network = network_of(table, choice, LentCorrelations(r, r)).network
        pieces = split_components(network) if len(components(network)) > 1 else (network,)
        for piece in pieces:
            fit = fit_network(
                piece, method=settings.method, level=settings.level, interval=settings.interval
            )
            for i, first in enumerate(fit.treatments):
                for j in range(i + 1, len(fit.treatments)):
                    low, high = fit.lower[i, j], fit.upper[i, j]
                    sign = "above" if low > 0 else "below" if high < 0 else "includes"
                    signs.setdefault((first, fit.treatments[j]), set()).add(sign)
    flips = [f"{a} : {b}" for (a, b), said in signs.items() if len(said) > 1]
    values = ", ".join(f"{r:g}" for r in tried)
    if not flips:
        return [f"an assumed correlation was tried at {values}: every conclusion is the same"]
    return [f"an assumed correlation was tried at {values}: the conclusion FLIPS for "
            f"{'; '.join(flips[:12])}"]  # fmt: skip
