"""Network of trials with counted events: Mantel–Haenszel odds ratios within designs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from anagen.errors import InputError
from anagen.synthesis.network.build import Array
from anagen.synthesis.network.connection import labels
from anagen.synthesis.network.fit import check_level, differences, tests


@dataclass(frozen=True, slots=True, eq=False)
class MantelHaenszelFit:
    """Log odds ratios (n, n), [row, col] = row minus column, of a common effect without 0.5's.

    `studies` were used; `left_out` says of each study that was not, why.
    """

    treatments: tuple[str, ...]
    estimate: Array
    se: Array
    lower: Array
    upper: Array
    z: Array
    p: Array
    studies: int
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Design:
    """Studies (s) of the same arms (a): events and others, both (s, a)."""

    arms: list[str]
    studies: list[str]
    events: Array
    others: Array


def mantel_haenszel(
    study: Sequence[str],
    treatment: Sequence[str],
    events: ArrayLike,
    people: ArrayLike,
    *,
    level: float = 0.95,
) -> MantelHaenszelFit:
    """Fit a network of trials with counted, also rare events, one arm per row.

    Parameters
    ----------
    study, treatment:
        Names; rows of one study share its name.
    events, people:
        Counts of each arm, 0 ≤ events ≤ people.

    Raises
    ------
    InputError
        If a count is wrong, a study has one arm or a treatment twice, or the trials that are left
        do not link all treatments.

    References
    ----------
    Efthimiou et al. (2019), Statistics in Medicine 38:2992-3012; variances by Greenland (1989),
    Biometrics 45:183-191.
    """
    check_level(level)
    designs, left_out = _designs(study, treatment, events, people)
    treatments = sorted({t for d in designs for t in d.arms}, key=lambda t: (t.casefold(), t))
    if not designs:
        raise InputError("no study has events that tell two arms apart; nothing can be pooled")
    n = len(treatments)
    laplacian, weighted = np.zeros((n, n)), np.zeros(n)
    for design in designs:
        y, v = _pooled(design)
        at = np.array([treatments.index(t) for t in design.arms])
        x = np.zeros((y.size, n))
        x[np.arange(y.size), at[1:]] = 1
        x[:, at[0]] = -1
        xw = x.T @ np.linalg.inv(v)
        laplacian += xw @ x
        weighted += xw @ y
    mark = labels(laplacian != 0)
    if mark.max() > 0:
        apart = ", ".join(t for t, m in zip(treatments, mark, strict=True) if m > 0)
        raise InputError(f"the trials that are left link no other treatment with {apart}")
    covariance = np.zeros((n, n))
    covariance[1:, 1:] = np.linalg.inv(laplacian[1:, 1:])
    estimate, se = differences(covariance @ weighted, covariance)
    z, p = tests(estimate, se, None)
    half = float(ndtri((1 + level) / 2)) * se
    return MantelHaenszelFit(
        tuple(treatments), estimate, se, estimate - half, estimate + half, z, p,
        sum(len(d.studies) for d in designs), tuple(left_out),
    )  # fmt: skip


def _counted(
    study: Sequence[str], treatment: Sequence[str], events: ArrayLike, people: ArrayLike
) -> dict[str, dict[str, tuple[float, float]]]:
    e, n = np.asarray(events, dtype=np.float64), np.asarray(people, dtype=np.float64)
    if not (e.shape == n.shape == (len(study),) == (len(treatment),)) or e.size == 0:
        raise InputError("every arm needs a study, a treatment, events and people")
    arms: dict[str, dict[str, tuple[float, float]]] = {}
    for s, t, a, b in zip(map(str, study), map(str, treatment), e, n, strict=True):
        if not (np.isfinite(b) and 0 <= a <= b and b > 0):
            raise InputError(f"arm {t!r} of study {s!r} has {a:g} events in {b:g} people")
        if t in arms.setdefault(s, {}):
            raise InputError(f"study {s!r} has two arms of {t!r}; add them up or name them apart")
        arms[s][t] = (float(a), float(b - a))
    for s, by in arms.items():
        if len(by) < 2:
            raise InputError(f"study {s!r} has one arm; a network needs two or more in every study")
    return arms


def _designs(
    study: Sequence[str], treatment: Sequence[str], events: ArrayLike, people: ArrayLike
) -> tuple[list[_Design], list[str]]:
    """Return the designs that tell something, and why other studies do not."""
    by_design: dict[tuple[str, ...], list[str]] = {}
    arms, left_out, designs = _counted(study, treatment, events, people), [], []
    for s, by in arms.items():
        if sum(e for e, _ in by.values()) == 0 or sum(o for _, o in by.values()) == 0:
            left_out.append(f"{s}: no arm, or every person of every arm, has an event")
        else:
            by_design.setdefault(tuple(sorted(by)), []).append(s)
    for names, studies in by_design.items():
        events_of = np.array([[arms[s][t][0] for t in names] for s in studies])
        others_of = np.array([[arms[s][t][1] for t in names] for s in studies])
        kept = (events_of.sum(axis=0) > 0) & (others_of.sum(axis=0) > 0)
        if kept.sum() < 2:
            left_out += [f"{s}: fewer than two arms of its design have events" for s in studies]
            continue
        used = [t for t, k in zip(names, kept, strict=True) if k]
        designs.append(_Design(used, studies, events_of[:, kept], others_of[:, kept]))
    return designs, left_out


def _pooled(design: _Design) -> tuple[Array, Array]:
    """Return the generalised log odds ratios against the first arm and their covariance."""
    e, f = design.events, design.others
    total = (e + f).sum(axis=1)
    a = e.shape[1]
    c = np.einsum("sx,sy,s->xy", e, f, 1 / total)
    if (c[~np.eye(a, dtype=bool)] == 0).any():
        raise InputError(
            f"the studies of {' : '.join(design.arms)} ({', '.join(design.studies)}) have events "
            "in no common study; leave them out"
        )
    log_ratio = np.log(c / c.T)
    spread = _covariance(e, f, total, c) / a**2
    mean = log_ratio.sum(axis=1) / a
    against = np.hstack([-np.ones((a - 1, 1)), np.eye(a - 1)])
    return against @ mean, against @ spread @ against.T


def _covariance(e: Array, f: Array, total: Array, c: Array) -> Array:
    """Return the covariance (a, a) of the sums over arms of the log odds ratios.

    That of two ratios with one arm in common averages the three consistent estimators there are, as
    the variance of Robins, Breslow and Greenland averages the two of one ratio.
    """
    n, w, a = e + f, 1 / total**2, e.shape[1]
    one = np.einsum("sx,sy,sz,s->xyz", e, f, f, w) / (c[:, :, None] * c[:, None, :])
    two = np.einsum("sx,sy,sz,s->xyz", n, e, f, w) / (c.T[:, :, None] * c[:, None, :])
    four = np.einsum("sx,sy,sz,s->xyz", f, e, e, w) / (c.T[:, :, None] * c.T[:, None, :])
    shared = (one + two + np.swapaxes(two, 1, 2) + four) / 3
    own = _variance(e, f, total, c)
    apart = ~np.eye(a, dtype=bool)
    distinct = apart[:, :, None] & apart[:, None, :] & apart[None, :, :]
    u = np.where(distinct, shared, 0.0)
    same = u.sum(axis=(1, 2)) + own.sum(axis=1)
    # Σ over y, z of Cov(L_xy, L_zu) for x ≠ z: shared arm x = u, y = z, y = u, and the pair itself
    across = u.sum(axis=0) - u.sum(axis=2) - u.sum(axis=2).T - own
    return np.asarray(np.where(apart, across, np.diag(same)))


def _variance(e: Array, f: Array, total: Array, c: Array) -> Array:
    """Return the variance (a, a) of each log odds ratio.

    References
    ----------
    Robins, Breslow & Greenland (1986), Biometrics 42:311-323.
    """
    s = 1 / total**2
    # c·d sums with d_xy = e_x + f_y
    cd = np.einsum("sx,sy,s->xy", e * e, f, s) + np.einsum("sx,sy,s->xy", e, f * f, s)
    mixed = np.einsum("sx,sy,s->xy", e * f, f, s) + np.einsum("sx,sy,s->xy", e, e * f, s)
    variance = cd / (2 * c**2) + (mixed + mixed.T) / (2 * c * c.T) + cd.T / (2 * c.T**2)
    np.fill_diagonal(variance, 0)
    return np.asarray(variance)
