"""Effects from counts of two groups: events among persons, or events over time; 1 against 2."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.synthesis.effects.record import (
    Array,
    Correction,
    Effects,
    Scale,
    added,
    columns,
    effects,
    events,
    indices,
    refuse,
)


class _Table:
    """The 2 x 2 tables of k comparisons, after the continuity correction."""

    __slots__ = ("a", "b", "c", "correction", "d", "double_zero", "extra", "n1", "n2", "zero")

    def __init__(
        self, x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, correction: Correction
    ) -> None:
        a, k1, c, k2 = columns(x1=x1, n1=n1, x2=x2, n2=n2)
        events("x1", a, "n1", k1)
        events("x2", c, "n2", k2)
        b, d = k1 - a, k2 - c
        self.correction = correction
        self.zero: NDArray[np.bool_] = (a == 0) | (b == 0) | (c == 0) | (d == 0)
        self.extra = added(self.zero, correction)
        self.double_zero = indices(((a == 0) & (c == 0)) | ((b == 0) & (d == 0)))
        self.a, self.b, self.c, self.d = (cell + self.extra for cell in (a, b, c, d))
        self.n1, self.n2 = self.a + self.b, self.c + self.d

    def needs_no_zero(self, measure: str) -> None:
        for name, cell in (
            ("x1", self.a),
            ("x2", self.c),
            ("n1 - x1", self.b),
            ("n2 - x2", self.d),
        ):
            refuse(
                name, cell, cell == 0, f"{measure} has no value where a cell is 0 and nothing added"
            )

    def result(self, measure: str, scale: Scale, y: Array, v: Array) -> Effects:
        return effects(
            measure, scale, y, v, correction=self.correction,
            corrected=indices(self.extra > 0), double_zero=self.double_zero,
        )  # fmt: skip


def log_odds_ratio(
    x1: ArrayLike,
    n1: ArrayLike,
    x2: ArrayLike,
    n2: ArrayLike,
    *,
    correction: Correction = "half_where_zero",
) -> Effects:
    """Return log odds ratios (OR).

    Parameters
    ----------
    x1, n1:
        Events and persons of group 1, shape (k,) or one number.
    x2, n2:
        The same of group 2.
    correction:
        `half_where_zero` adds 1/2 to all four cells of the comparisons that hold a zero,
        `half_everywhere` of all comparisons.

    Raises
    ------
    InputError
        If there are more events than persons, or a cell is 0 and nothing is added.
    """
    t = _Table(x1, n1, x2, n2, correction)
    t.needs_no_zero("OR")
    y = np.log(t.a * t.d / (t.b * t.c))
    return t.result("OR", "log", y, 1 / t.a + 1 / t.b + 1 / t.c + 1 / t.d)


def log_risk_ratio(
    x1: ArrayLike,
    n1: ArrayLike,
    x2: ArrayLike,
    n2: ArrayLike,
    *,
    correction: Correction = "half_where_zero",
) -> Effects:
    """Return log risk ratios (RR).

    Parameters
    ----------
    x1, n1, x2, n2, correction:
        As for `log_odds_ratio`.

    Raises
    ------
    InputError
        If there are more events than persons, or no event in a group and nothing is added.
    """
    t = _Table(x1, n1, x2, n2, correction)
    for name, cell in (("x1", t.a), ("x2", t.c)):
        refuse(name, cell, cell == 0, "RR has no value where a group has no event, nothing added")
    y = np.log((t.a / t.n1) / (t.c / t.n2))
    return t.result("RR", "log", y, 1 / t.a - 1 / t.n1 + 1 / t.c - 1 / t.n2)


def risk_difference(
    x1: ArrayLike,
    n1: ArrayLike,
    x2: ArrayLike,
    n2: ArrayLike,
    *,
    correction: Correction = "half_where_zero",
) -> Effects:
    """Return risk differences (RD).

    Parameters
    ----------
    x1, n1, x2, n2, correction:
        As for `log_odds_ratio`.

    Raises
    ------
    InputError
        If there are more events than persons, or a difference has no variance.
    """
    t = _Table(x1, n1, x2, n2, correction)
    p, q = t.a / t.n1, t.c / t.n2
    return t.result("RD", "raw", p - q, p * (1 - p) / t.n1 + q * (1 - q) / t.n2)


def peto_log_odds_ratio(
    x1: ArrayLike,
    n1: ArrayLike,
    x2: ArrayLike,
    n2: ArrayLike,
    *,
    correction: Correction = "half_where_zero",
) -> Effects:
    """Return Peto's one-step log odds ratios (PETO), good for rare events in balanced groups.

    Parameters
    ----------
    x1, n1, x2, n2, correction:
        As for `log_odds_ratio`. The method needs no correction unless both groups lack events.

    Raises
    ------
    InputError
        If there are more events than persons, or both groups have none and nothing is added.

    References
    ----------
    Yusuf et al. (1985), Progress in Cardiovascular Diseases 27:335-371.
    """
    t = _Table(x1, n1, x2, n2, correction)
    n, total = t.n1 + t.n2, t.a + t.c
    information = t.n1 * t.n2 * total * (n - total) / (n**2 * (n - 1))
    nothing = (information == 0).astype(np.float64)
    refuse("x1", t.a, nothing > 0, "PETO has no value where both groups are alike in every person")
    return t.result("PETO", "log", (t.a - t.n1 * total / n) / information, 1 / information)


def arcsine_difference(
    x1: ArrayLike,
    n1: ArrayLike,
    x2: ArrayLike,
    n2: ArrayLike,
    *,
    correction: Correction = "none",
) -> Effects:
    """Return differences of arcsine-root risks (AS); zero cells need no correction.

    Parameters
    ----------
    x1, n1, x2, n2, correction:
        As for `log_odds_ratio`.

    Raises
    ------
    InputError
        If there are more events than persons.

    References
    ----------
    Rücker et al. (2009), Statistics in Medicine 28:721-738.
    """
    t = _Table(x1, n1, x2, n2, correction)
    y = np.arcsin(np.sqrt(t.a / t.n1)) - np.arcsin(np.sqrt(t.c / t.n2))
    return t.result("AS", "arcsine", y, 1 / (4 * t.n1) + 1 / (4 * t.n2))


def _rates(
    x1: ArrayLike, t1: ArrayLike, x2: ArrayLike, t2: ArrayLike, correction: Correction
) -> tuple[list[Array], NDArray[np.bool_], tuple[int, ...]]:
    a, time1, b, time2 = columns(x1=x1, t1=t1, x2=x2, t2=t2)
    for name, x in (("x1", a), ("x2", b)):
        refuse(name, x, x < 0, "a number of events is 0 or above")
    for name, t in (("t1", time1), ("t2", time2)):
        refuse(name, t, t <= 0, "a time at risk is above 0")
    extra = added((a == 0) | (b == 0), correction)
    return [a + extra, time1, b + extra, time2], extra > 0, indices((a == 0) & (b == 0))


def log_rate_ratio(
    x1: ArrayLike,
    t1: ArrayLike,
    x2: ArrayLike,
    t2: ArrayLike,
    *,
    correction: Correction = "half_where_zero",
) -> Effects:
    """Return log ratios of incidence rates (IRR).

    Parameters
    ----------
    x1, t1:
        Events and person-time of group 1, shape (k,) or one number.
    x2, t2:
        The same of group 2.
    correction:
        `half_where_zero` adds 1/2 to both counts of the comparisons that hold a zero.

    Raises
    ------
    InputError
        If a count is below 0, a time is not above 0, or a count is 0 and nothing is added.
    """
    (a, u, b, w), changed, both = _rates(x1, t1, x2, t2, correction)
    for name, x in (("x1", a), ("x2", b)):
        refuse(name, x, x == 0, "IRR has no value where a group has no event and nothing is added")
    return effects(
        "IRR", "log", np.log((a / u) / (b / w)), 1 / a + 1 / b, correction=correction,
        corrected=indices(changed), double_zero=both,
    )  # fmt: skip


def rate_difference(
    x1: ArrayLike,
    t1: ArrayLike,
    x2: ArrayLike,
    t2: ArrayLike,
    *,
    correction: Correction = "half_where_zero",
) -> Effects:
    """Return differences of incidence rates (IRD).

    Parameters
    ----------
    x1, t1, x2, t2, correction:
        As for `log_rate_ratio`.

    Raises
    ------
    InputError
        If a count is below 0, a time is not above 0, or a difference has no variance.
    """
    (a, u, b, w), changed, both = _rates(x1, t1, x2, t2, correction)
    return effects(
        "IRD", "raw", a / u - b / w, a / u**2 + b / w**2, correction=correction,
        corrected=indices(changed), double_zero=both,
    )  # fmt: skip


def root_rate_difference(x1: ArrayLike, t1: ArrayLike, x2: ArrayLike, t2: ArrayLike) -> Effects:
    """Return differences of the square roots of incidence rates (IRSD); zeros need no correction.

    Parameters
    ----------
    x1, t1, x2, t2:
        As for `log_rate_ratio`.

    Raises
    ------
    InputError
        If a count is below 0 or a time is not above 0.
    """
    (a, u, b, w), _, both = _rates(x1, t1, x2, t2, "none")
    y = np.sqrt(a / u) - np.sqrt(b / w)
    return effects("IRSD", "square_root", y, 1 / (4 * u) + 1 / (4 * w), double_zero=both)
