"""The ladder to the SD of a change: the first rung that holds is taken, and said."""

import msgspec

from anagen.frozen import Record
from anagen.synthesis.recovery import (
    Limit,
    Recovered,
    limit_from_p_bound,
    pooled_sd_from_p,
    pooled_sd_from_t,
    sd_from_ci,
    sd_from_p,
    sd_from_se,
    sd_from_t,
    sd_of_change,
)

IMPLAUSIBLE_SMD = 3.0  # a standardised difference beyond it is mostly an SE taken for an SD
IMPLAUSIBLE_SHARE = 0.25  # an SD below this share of its outcome's median likewise


class Printed(Record):
    """What a paper printed of the change in one arm; every number is optional but n.

    `p_bound` is the 0.05 of "p < 0.05". The difference is that to another arm of `n_other` persons.
    """

    n: float
    mean_change: float | None = None
    sd_change: float | None = None
    se_change: float | None = None
    ci_change: tuple[float, float] | None = None
    ci_level: float = 0.95
    t_change: float | None = None
    p_change: float | None = None
    p_bound: float | None = None
    difference: float | None = None
    n_other: float | None = None
    t_difference: float | None = None
    p_difference: float | None = None
    sd_pre: float | None = None
    sd_post: float | None = None
    r: float | None = None


class Lent(Record):
    """What other studies may lend: r (median of the trials that tell it), an assumed r, an SD."""

    r: float | None = None
    r_assumed: float | None = None
    sd: float | None = None


class NotPoolable(Record):
    """That no standard deviation can be had, and why."""

    reason: str


def _from_the_change(p: Printed) -> Recovered | None:
    if p.sd_change is not None:
        sd_from_se(p.sd_change, 2)  # refuses a value that no standard deviation has
        return Recovered(value=p.sd_change, conversion="as_printed", status="reported")
    if p.se_change is not None:
        return sd_from_se(p.se_change, p.n)
    if p.ci_change is not None:
        return sd_from_ci(*p.ci_change, p.n, level=p.ci_level)
    if p.mean_change:
        if p.t_change:
            return sd_from_t(p.mean_change, p.t_change, p.n)
        if p.p_change is not None:
            return sd_from_p(p.mean_change, p.p_change, p.n)
    return None


def _from_the_difference(p: Printed) -> Recovered | None:
    if not p.difference or p.n_other is None:
        return None
    found = None
    if p.t_difference:
        found = pooled_sd_from_t(p.difference, p.t_difference, p.n, p.n_other)
    elif p.p_difference is not None:
        found = pooled_sd_from_p(p.difference, p.p_difference, p.n, p.n_other)
    if found is None:
        return None
    note = "one SD for both arms, as a t test of their difference assumes"
    return msgspec.structs.replace(found, cautions=[note])


def _from_before_and_after(p: Printed, lent: Lent) -> Recovered | None:
    if p.sd_pre is None or p.sd_post is None:
        return None
    if p.r is not None:
        return sd_of_change(p.sd_pre, p.sd_post, p.r)
    if lent.r is not None:
        return sd_of_change(p.sd_pre, p.sd_post, lent.r, status="borrowed")
    if lent.r_assumed is not None:
        found = sd_of_change(p.sd_pre, p.sd_post, lent.r_assumed, status="assumed")
        note = f"r = {lent.r_assumed:g} is assumed: run again with other values"
        return msgspec.structs.replace(found, cautions=[note])
    return None


def _limit(p: Printed) -> Limit | None:
    if p.p_bound is None or not p.mean_change:
        return None
    return limit_from_p_bound(p.mean_change, p.p_bound, p.n)


def _held_against(found: Recovered, limit: Limit | None) -> Recovered:
    """Add a caution where a borrowed or assumed SD is above what a printed bound on p allows."""
    if limit is None or found.value <= limit.at_most:
        return found
    note = f"the SD of {found.value:.4g} contradicts the printed bound: {limit.caution}"
    return msgspec.structs.replace(found, cautions=[*found.cautions, note])


def climb(printed: Printed, lent: Lent | None = None) -> Recovered | NotPoolable:
    """Return the SD of a change by the first rung that holds, or say that there is none.

    The rungs: as printed; from the SE, interval, t or exact p of the change; from the exact t or p
    of the difference of both arms; from the SDs before and after with the trial's own r, a borrowed
    one, an assumed one; an SD lent by the other studies of the outcome. A bound on p is never taken
    for an exact p: it is held against what was found.

    Parameters
    ----------
    printed:
        What the paper gives.
    lent:
        What may be borrowed or assumed; nothing by default.

    Raises
    ------
    InputError
        If a printed number cannot be, such as a standard error below 0.

    Examples
    --------
    >>> climb(Printed(n=25, se_change=1.2)).conversion
    'from_standard_error'
    """
    lends = Lent() if lent is None else lent
    limit = _limit(printed)
    found = (
        _from_the_change(printed)
        or _from_the_difference(printed)
        or _from_before_and_after(printed, lends)
    )
    if found is None and lends.sd is not None:
        sd_from_se(lends.sd, 2)
        note = "the SD is the median of other studies of this outcome"
        found = Recovered(
            value=lends.sd, conversion="from_median_of_studies", status="borrowed", cautions=[note]
        )
    if found is not None:
        return _held_against(found, limit)
    reason = "no SD, SE, interval, exact t or p of the change, and none can be borrowed"
    if limit is not None:
        reason += f"; {limit.caution}"
    return NotPoolable(reason=reason)


def implausible(
    *,
    smd: float | None = None,
    sd: float | None = None,
    outcome_median_sd: float | None = None,
    r: float | None = None,
    n_change: float | None = None,
    n_baseline: float | None = None,
) -> list[str]:
    """Return in words what about an entry cannot well be true; empty where nothing is seen.

    Parameters
    ----------
    smd:
        Standardised difference.
    sd, outcome_median_sd:
        The standard deviation, and the median of those of other studies of the same outcome.
    r:
        Correlation.
    n_change, n_baseline:
        Persons with a change, and at baseline.
    """
    found = []
    if smd is not None and abs(smd) > IMPLAUSIBLE_SMD:
        found.append(
            f"a standardised difference of {smd:.2f} is beyond ±{IMPLAUSIBLE_SMD:g}: "
            "a standard error may have been taken for a standard deviation"
        )
    if sd is not None and outcome_median_sd is not None:
        share = IMPLAUSIBLE_SHARE * outcome_median_sd
        if sd < share:
            found.append(
                f"an SD of {sd:.4g} is below a quarter of the outcome's median "
                f"({outcome_median_sd:.4g}): it may be a standard error"
            )
    if r is not None and abs(r) > 1:
        found.append(f"a correlation of {r:.3g} is outside -1 to 1")
    if n_change is not None and n_baseline is not None and n_change > n_baseline:
        found.append(f"{n_change:g} persons have a change, but only {n_baseline:g} a baseline")
    return found
