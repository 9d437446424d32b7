"""Dependent effects of a table: several of one study, in a multivariate or multilevel model."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import cast

import numpy as np

from anagen.errors import InputError
from anagen.evidence.dependent_documents import (
    Coefficient,
    DependentModel,
    DependentRow,
    Predicted,
    Robust,
    TableMultivariate,
    VarianceComponent,
)
from anagen.evidence.dependent_rows import Rows, dependent_rows
from anagen.evidence.known_covariance import Covariance, known_covariance
from anagen.evidence.table_analysis import read
from anagen.synthesis.multivariate import MultivariateFit, Test, fit, predict
from anagen.synthesis.random_terms import (
    RandomTerm,
    Structure,
    random_intercept,
    random_vector,
)
from anagen.synthesis.restricted_likelihood import Method
from anagen.synthesis.robust import Correction, robust
from anagen.synthesis.weighted import Array

STRUCTURES = ("nested", "CS", "HCS", "UN", "AR", "HAR", "CAR", "ID", "DIAG", "none")
MOST_PREDICTIONS = 60
MOST_CLUSTERS = 3000  # of CR2, whose memory grows with their square


@dataclass(frozen=True)
class DependentSettings:
    """The model: random terms, coefficients, known covariance, and how it is fitted.

    `centres` holds the value at which a moderator is counted from; nothing means its mean.
    """

    outer: str | None = None
    inner: str | None = None
    structure: str = "nested"
    by: str | None = None
    moderators: tuple[str, ...] = ()
    centres: dict[str, float | None] = field(default_factory=dict)
    common_slopes: bool = False
    covariance: Covariance = field(default_factory=Covariance)
    time: str | None = None
    method: Method = "REML"
    test: Test = "z"
    robust: Correction | None = None
    cluster: str | None = None
    level: float = 0.95


@dataclass(frozen=True, eq=False)
class _Design:
    names: list[str]
    x: Array
    centres: dict[str, float]
    levels: list[str]


def multivariate_table(source: Path, settings: DependentSettings) -> TableMultivariate:
    """Fit the dependent effects of a table.

    Parameters
    ----------
    source:
        A table of effects, several of a study.
    settings:
        The model.

    Raises
    ------
    InputError
        If a column lacks, the model cannot be told from the data, or a number cannot be used.
    ConvergenceError
        If no maximum of the likelihood is found.
    """
    _check(settings)
    wanted = (settings.outer, settings.inner, settings.by, settings.time, settings.cluster)
    rows = dependent_rows(source, [w for w in wanted if w is not None], settings.moderators)
    design = _design(rows, settings)
    groups = rows.studies if settings.outer is None else rows.column(settings.outer)
    terms = _terms(rows, settings, groups)
    time = None if settings.time is None else rows.numbers(settings.time)
    v, made = known_covariance(
        settings.covariance, rows.v, rows.kept, rows.total,
        rows.studies if len(set(rows.studies)) < len(rows.studies) else groups, time,
    )  # fmt: skip
    model = fit(
        rows.y, design.x, v, terms, method=settings.method, test=settings.test,
        level=settings.level,
    )  # fmt: skip
    return _document(rows, settings, design, groups, terms, model, made)


def _check(settings: DependentSettings) -> None:
    if settings.structure not in STRUCTURES:
        raise InputError(
            f"there is no structure {settings.structure[:40]!r}; choose one of "
            f"{', '.join(STRUCTURES)}"
        )
    if settings.structure not in ("nested", "none") and settings.inner is None:
        raise InputError(
            f"the structure {settings.structure} is over outcomes or times within a study; name "
            "their column with --inner"
        )
    if settings.structure == "none" and settings.inner is not None:
        raise InputError("without random terms --inner says nothing; leave one of the two out")
    for name in settings.centres:
        if name not in settings.moderators:
            raise InputError(f"--centre names {name[:40]!r}, which is no --moderator; correct it")
    if settings.common_slopes and not (settings.by and settings.moderators):
        raise InputError("--common-slopes needs --by and --moderator; leave it out")
    if settings.cluster is not None and settings.robust is None:
        raise InputError("--cluster says nothing without --robust CR1 or CR2; add it")
    if settings.time is not None and settings.covariance.within_ar is None:
        raise InputError("--time says nothing without --within-ar; leave it out or add that")


def _design(rows: Rows, settings: DependentSettings) -> _Design:
    """Return X: levels of a factor or an intercept, then moderators counted from their centre."""
    levels: list[str] = []
    names, columns = ["intercept"], [np.ones(rows.y.size)]
    if settings.by is not None:
        words, levels = rows.column(settings.by), rows.ordered(settings.by)
        if len(levels) < 2:
            raise InputError(
                f"{rows.table.name}: the column {settings.by!r} has one level, {levels[0]!r}; "
                "leave --by out"
            )
        names = list(levels)
        columns = [np.array([float(word == level) for word in words]) for level in levels]
    base = list(zip(names, columns, strict=True))
    centres: dict[str, float] = {}
    for name in settings.moderators:
        values = np.array(rows.numbers(name))
        asked = settings.centres.get(name)
        centre = float(values.mean()) if name in settings.centres and asked is None else asked
        centres[name] = centre or 0.0
        each = base if settings.by is not None and not settings.common_slopes else []
        for level, column in each or [("", np.ones(rows.y.size))]:
            names.append(f"{level}: {name}" if level else name)
            columns.append(column * (values - centres[name]))
    return _Design(names=names, x=np.column_stack(columns), centres=centres, levels=levels)


def _terms(rows: Rows, settings: DependentSettings, groups: list[str]) -> list[RandomTerm]:
    outer = settings.outer or "study"
    if settings.structure == "none":
        return []
    if len(set(groups)) < 2:
        raise InputError(f"all effects are of one {outer}; a variance between needs two or more")
    if settings.structure != "nested":
        if settings.inner is None:
            raise InputError("name the column of outcomes or times with --inner")
        structure = cast("Structure", settings.structure)
        return [_told(random_vector(groups, rows.levels(settings.inner), structure, outer), rows)]
    terms = [random_intercept(groups, outer)]
    if settings.inner is not None:
        within = list(zip(groups, rows.column(settings.inner), strict=True))
        if len(set(within)) == len(set(groups)):
            raise InputError(
                f"each {outer} has one {settings.inner}, so their variances cannot be told apart; "
                "leave --inner out"
            )
        terms.append(random_intercept(within, f"{settings.inner} within {outer}"))
    return terms


def _told(term: RandomTerm, rows: Rows) -> RandomTerm:
    """Refuse a term with more variances and correlations than the effects can tell."""
    wanted = term.variances + term.correlations
    if wanted >= rows.y.size:
        raise InputError(
            f"{rows.table.name}: the structure {term.structure} over {len(term.levels)} levels has "
            f"{wanted} variances and correlations for {rows.y.size} effects; choose CS, AR or "
            "nested"
        )
    return term


def _component(term: RandomTerm, variances: Sequence[float], r: Sequence[float],
               at_bound: list[str]) -> VarianceComponent:  # fmt: skip
    levels = [_shown(level) for level in term.levels]
    names = levels if len(variances) == len(levels) and term.structure != "ID" else ["all"]
    pairs = [f"{a} : {b}" for a, b in combinations(levels, 2)]
    return VarianceComponent(
        name=term.name, structure="intercept" if len(term.levels) == 1 else term.structure,
        groups=int(term.group.max()) + 1,
        variances=dict(zip(names, variances, strict=False)),
        correlations=dict(zip(pairs if len(r) == len(pairs) else ["all"], r, strict=False)),
        at_bound=at_bound,
    )  # fmt: skip


def _shown(level: object) -> str:
    return f"{level:g}" if isinstance(level, float) else str(level)


def _coefficients(
    names: Sequence[str], b: Array, se: Array, statistic: Array, p: Array, low: Array,
    high: Array, df: Array | None,
) -> list[Coefficient]:  # fmt: skip
    return [
        Coefficient(
            name=name, estimate=float(b[i]), se=float(se[i]), statistic=float(statistic[i]),
            p=float(p[i]), low=float(low[i]), high=float(high[i]),
            df=None if df is None else float(df[i]),
        )
        for i, name in enumerate(names)
    ]  # fmt: skip


def _between(terms: Sequence[RandomTerm], model: MultivariateFit, i: int) -> float:
    """Return the variance of true effects between studies that a row would bring."""
    total = 0.0
    for term, component in zip(terms, model.components, strict=True):
        several = len(component.variances) > 1
        total += component.variances[int(term.level[i]) if several else 0]
    return total


def _predictions(
    rows: Rows, settings: DependentSettings, design: _Design, terms: Sequence[RandomTerm],
    model: MultivariateFit,
) -> list[Predicted]:  # fmt: skip
    """Return the mean effect at each distinct row of X and level of the random term."""
    seen: dict[tuple[object, ...], int] = {}
    for i, x in enumerate(design.x):
        level = int(terms[0].level[i]) if len(terms) == 1 else 0
        seen.setdefault((*x.tolist(), level), i)
    picked = list(seen.values())
    if len(picked) > MOST_PREDICTIONS:
        return []
    between = np.array([_between(terms, model, i) for i in picked])
    made = predict(model, design.x[picked], tau2=between if terms else None)
    labels = [_label(rows, settings, i) for i in picked]
    order = sorted(range(len(picked)), key=lambda k: _place(rows, settings, design, picked[k]))
    return [
        Predicted(
            label=labels[k], mean=float(made.mean[k]), se=float(made.se[k]),
            low=float(made.low[k]), high=float(made.high[k]),
            study_low=None if made.study_low is None else float(made.study_low[k]),
            study_high=None if made.study_high is None else float(made.study_high[k]),
        )
        for k in order
    ]  # fmt: skip


def _place(rows: Rows, settings: DependentSettings, design: _Design, i: int) -> tuple[float, ...]:
    """Return where a row stands among predictions: by level, then by moderators."""
    level = 0 if settings.by is None else design.levels.index(rows.column(settings.by)[i])
    return float(level), *(rows.numbers(name)[i] for name in settings.moderators)


def _label(rows: Rows, settings: DependentSettings, i: int) -> str:
    parts = [f"{m} {rows.numbers(m)[i]:g}" for m in settings.moderators]
    has_levels = settings.structure not in ("nested", "none") and settings.inner != settings.by
    for name in (settings.by, settings.inner if has_levels else None):
        if name is not None:
            parts.insert(0, f"{name} {rows.column(name)[i]}")
    return ", ".join(parts) or "mean"


def _contrasts(design: _Design, model: MultivariateFit) -> list[Predicted]:
    """Return the differences of the levels of a factor, where moderators are at their centre."""
    found = []
    for a, b in combinations(range(len(design.levels)), 2):
        row = np.zeros(len(design.names))
        row[a], row[b] = 1.0, -1.0
        made = predict(model, row)
        found.append(
            Predicted(
                label=f"{design.levels[a]} minus {design.levels[b]}", mean=float(made.mean[0]),
                se=float(made.se[0]), low=float(made.low[0]), high=float(made.high[0]),
            )
        )  # fmt: skip
    return found


def _robust(
    rows: Rows, settings: DependentSettings, design: _Design, groups: list[str],
    model: MultivariateFit,
) -> Robust | None:  # fmt: skip
    if settings.robust is None:
        return None
    named = settings.cluster or settings.outer or "study"
    cluster = groups if settings.cluster is None else rows.column(settings.cluster)
    if settings.robust == "CR2" and len(set(cluster)) > MOST_CLUSTERS:
        raise InputError(
            f"CR2 of {len(set(cluster))} clusters needs a matrix of each with each other; with "
            f"more than {MOST_CLUSTERS} choose --robust CR1, which then says the same"
        )
    made = robust(model, cluster, correction=settings.robust, level=settings.level)
    return Robust(
        correction=made.correction, cluster=named, clusters=made.clusters,
        coefficients=_coefficients(
            design.names, made.coefficients, made.se, made.statistic, made.p, made.low, made.high,
            made.df,
        ),
    )  # fmt: skip


def _rows(
    rows: Rows, settings: DependentSettings, groups: list[str], level: float
) -> list[DependentRow]:
    from statistics import NormalDist

    z = NormalDist().inv_cdf((1 + level) / 2)
    inner = None if settings.inner is None else rows.column(settings.inner)
    by = None if settings.by is None else rows.column(settings.by)
    se = np.sqrt(rows.v)
    return [
        DependentRow(
            study=rows.studies[i], effect=float(rows.y[i]), se=float(se[i]),
            low=float(rows.y[i] - z * se[i]), high=float(rows.y[i] + z * se[i]),
            line=rows.lines[i], group=groups[i], inner=None if inner is None else inner[i],
            level=None if by is None else by[i],
        )
        for i in range(rows.y.size)
    ]  # fmt: skip


def _document(
    rows: Rows, settings: DependentSettings, design: _Design, groups: list[str],
    terms: list[RandomTerm], model: MultivariateFit, made: str,
) -> TableMultivariate:  # fmt: skip
    return TableMultivariate(
        schema="anagen/evidence-table-multivariate/1",
        table=read(rows.table),
        model=DependentModel(
            method=settings.method, test=settings.test, level=settings.level,
            structure=settings.structure, outer=settings.outer or "study", inner=settings.inner,
            by=settings.by, moderators=design.centres, covariance=made,
        ),
        studies=len(set(groups)),
        rows=_rows(rows, settings, groups, settings.level),
        coefficients=_coefficients(
            design.names, model.coefficients, model.se, model.statistic, model.p, model.low,
            model.high, model.df,
        ),
        vcov=model.vcov.tolist(),
        components=[
            _component(t, c.variances, c.correlations, c.at_bound)
            for t, c in zip(terms, model.components, strict=True)
        ],
        q_e=model.q_e, q_e_df=model.q_e_df, q_e_p=model.q_e_p, q_m=model.q_m,
        q_m_df=model.q_m_df, q_m_p=model.q_m_p, loglik_reml=model.loglik_reml,
        loglik_ml=model.loglik_ml,
        predictions=_predictions(rows, settings, design, terms, model),
        contrasts=_contrasts(design, model),
        robust=_robust(rows, settings, design, groups, model),
        left_out=rows.left_out, notes=list(model.cautions),
    )  # fmt: skip
