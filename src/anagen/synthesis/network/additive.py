"""Component networks: the effect of a combination is the sum of the effects of its components."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtr, ndtri

from anagen.errors import InputError
from anagen.frozen import Record
from anagen.synthesis.network.build import Array, Network
from anagen.synthesis.network.connection import components
from anagen.synthesis.network.consistency import ChiSquared
from anagen.synthesis.network.fit import Method, check_level, differences, tau2_of
from anagen.synthesis.network.rows import Rows, Solution, rows_of, solve

ESTIMABLE = 1e-8  # part of a unit vector outside of what the data tell


class ComponentEffect(Record):
    """What one component adds, or two of them add together beyond their sum (`a*b`)."""

    name: str
    estimate: float
    se: float
    lower: float
    upper: float
    z: float
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class ComponentFit:
    """Effects of components, and of all treatments that they add up to.

    `combination` (n, p) says which treatment holds which component. `effects` has those components
    that the data identify, `not_identifiable` names the others. `estimate` and `se` (n, n) are of
    treatments, [row, col] = row minus column; where `estimable` is false they are 0 and infinite.
    `additive` tests the fit (Q with its degrees of freedom); `difference` what additivity adds to
    the Q of the network without it, None where it adds no constraint. All Q are at tau2 = 0.
    """

    components: tuple[str, ...]
    inactive: str | None
    treatments: tuple[str, ...]
    combination: Array
    method: str
    level: float
    tau2: float
    effects: tuple[ComponentEffect, ...]
    not_identifiable: tuple[str, ...]
    estimate: Array
    se: Array
    estimable: NDArray[np.bool_]
    additive: ChiSquared
    difference: ChiSquared | None
    flags: tuple[str, ...]


def fit_components(
    network: Network,
    *,
    separator: str = "+",
    inactive: str | None = None,
    interactions: Sequence[tuple[str, str]] = (),
    matrix: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    method: Method = "REML",
    tau2: float | None = None,
    level: float = 0.95,
) -> ComponentFit:
    """Fit the additive component model; the network need not be connected.

    Parameters
    ----------
    separator:
        Between the components in the name of a treatment.
    inactive:
        A component without an effect of its own, such as a vehicle. Needling or an injection is
        none: what the procedure does by itself needs a component.
    interactions:
        Pairs of components that may do more, or less, together.
    matrix, names:
        Instead of names of treatments: which treatment (row, in the order of the network) holds
        which component (column), and what the components are called.

    Raises
    ------
    InputError
        If a component or interaction is not there, or the matrix does not fit.

    References
    ----------
    Rücker, Petropoulou & Schwarzer (2020), Biometrical Journal 62:808-821.
    """
    check_level(level)
    if (matrix is None) != (names is None):
        raise InputError("a matrix of components and their names go together; give both or none")
    columns, c = (
        _from_names(network.treatments, separator)
        if matrix is None or names is None
        else _from_matrix(network.treatments, matrix, names)
    )
    columns, c = _with_interactions(columns, c, interactions)
    if inactive is not None:
        if inactive not in columns:
            raise InputError(f"the inactive {inactive!r} is no component; one of {columns}")
        keep = [k for k, name in enumerate(columns) if name != inactive]
        columns, c = [columns[k] for k in keep], c[:, keep]
    plain = rows_of(network)
    rows, basis = reduced(plain, plain.x @ c)
    used = tau2_of(rows, method, tau2)
    fit, common = solve(rows, used), solve(rows, 0.0)
    return _component_fit(
        network, columns, c, basis, (fit, common), plain, used,
        method if tau2 is None else "given", inactive, level,
    )  # fmt: skip


def reduced(rows: Rows, x: Array) -> tuple[Rows, Array]:
    """Return rows for the columns that the data identify, and the basis (p, r) that leads back."""
    _, size, right = np.linalg.svd(x, full_matrices=False)
    kept = size > size.max(initial=0.0) * 1e-9
    if not kept.any():
        raise InputError("no study compares treatments that differ in a component")
    basis = right[kept].T
    return Rows(x @ basis, rows.y, rows.d, rows.study, rows.log_scale), basis


def _from_names(treatments: tuple[str, ...], separator: str) -> tuple[list[str], Array]:
    if not separator.strip():
        raise InputError("components need a separator that is not blank")
    parts = [[part.strip() for part in name.split(separator)] for name in treatments]
    for name, own in zip(treatments, parts, strict=True):
        if "" in own or len(set(own)) < len(own):
            raise InputError(f"the components of {name!r} are not told apart by {separator!r}")
    columns = sorted({part for own in parts for part in own}, key=lambda t: (t.casefold(), t))
    c = np.array([[float(column in own) for column in columns] for own in parts])
    return columns, c


def _from_matrix(
    treatments: tuple[str, ...], matrix: ArrayLike, names: Sequence[str]
) -> tuple[list[str], Array]:
    c = np.array(matrix, dtype=np.float64)
    if c.shape != (len(treatments), len(names)) or not np.isfinite(c).all():
        raise InputError(
            f"the matrix of components must be {len(treatments)} treatments × {len(names)} "
            f"components of finite numbers, got {' × '.join(map(str, c.shape))}"
        )
    if len(set(names)) < len(names):
        raise InputError("two components have one name; name them apart")
    return [str(name) for name in names], c


def _with_interactions(
    columns: list[str], c: Array, interactions: Sequence[tuple[str, str]]
) -> tuple[list[str], Array]:
    added, names = [c], list(columns)
    for pair in interactions:
        if any(part not in columns for part in pair) or pair[0] == pair[1]:
            raise InputError(f"the interaction {pair[0]}*{pair[1]} is not of two components")
        product = c[:, columns.index(pair[0])] * c[:, columns.index(pair[1])]
        if not product.any():
            raise InputError(f"no treatment holds both {pair[0]!r} and {pair[1]!r}")
        added.append(product[:, None])
        names.append(f"{pair[0]}*{pair[1]}")
    return names, np.hstack(added)


def is_estimable(vectors: Array, basis: Array) -> NDArray[np.bool_]:
    """Return which vectors (..., p) lie in the span of a basis (p, r)."""
    outside = vectors - (vectors @ basis) @ basis.T
    scale = np.maximum(1.0, np.abs(vectors).max(axis=-1))
    return np.asarray(np.abs(outside).max(axis=-1) <= ESTIMABLE * scale)


def component_effect(name: str, estimate: float, se: float, level: float) -> ComponentEffect:
    """Return an effect with its normal interval and test."""
    half, z = float(ndtri((1 + level) / 2)) * se, estimate / se
    return ComponentEffect(
        name=name, estimate=estimate, se=se, lower=estimate - half, upper=estimate + half, z=z,
        p=2 * float(ndtr(-abs(z))),
    )  # fmt: skip


def _component_fit(
    network: Network, columns: list[str], c: Array, basis: Array,
    fits: tuple[Solution, Solution], plain: Rows, tau2: float, method: str,
    inactive: str | None, level: float,
) -> ComponentFit:  # fmt: skip
    fit, common = fits
    beta = basis @ fit.coefficient
    spread = basis @ fit.covariance @ basis.T
    known = is_estimable(np.eye(len(columns)), basis)
    effects = tuple(
        component_effect(name, float(beta[k]), float(np.sqrt(spread[k, k])), level)
        for k, name in enumerate(columns)
        if known[k]
    )
    estimate, se = differences(c @ beta, c @ spread @ c.T)
    estimable = is_estimable(c[:, None, :] - c[None, :, :], basis)
    df = plain.y.size - common.rank
    free = solve(reduced(plain, plain.x)[0], 0.0)
    fewer = free.rank - common.rank
    parts, flags = components(network), list(network.flags)
    if len(parts) > 1:
        flags.append(
            f"no study links the {len(parts)} parts of the network: only the assumption that "
            "components add up joins them"
        )
    return ComponentFit(
        components=tuple(columns), inactive=inactive, treatments=network.treatments,
        combination=c, method=method, level=level, tau2=tau2, effects=effects,
        not_identifiable=tuple(name for name, k in zip(columns, known, strict=True) if not k),
        estimate=np.where(estimable, estimate, 0.0), se=np.where(estimable, se, np.inf),
        estimable=estimable, additive=_chi(common.q, df),
        difference=_chi(common.q - free.q, fewer) if fewer > 0 else None, flags=tuple(flags),
    )  # fmt: skip


def _chi(q: float, df: int) -> ChiSquared:
    q = max(0.0, q)
    return ChiSquared(q=q, df=df, p=float(chdtrc(df, q)) if df > 0 else None)
