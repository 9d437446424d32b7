"""Mean and standard deviation of a group from those of its subgroups."""

import math
from collections.abc import Sequence

from anagen.errors import InputError
from anagen.frozen import Record
from anagen.synthesis.recovery import Recovered, algebraic, enough, finite


class Group(Record):
    """Persons, mean and standard deviation of one group."""

    n: float
    mean: float
    sd: float


def combine_groups(groups: Sequence[Group]) -> Group:
    """Return the group that subgroups make together, as if its persons had been counted as one.

    Parameters
    ----------
    groups:
        1 or more.

    Raises
    ------
    InputError
        If there is none, or one has fewer than 2 persons or a standard deviation below 0.
    """
    if not groups:
        raise InputError("combining groups needs 1 group or more, got none")
    for i, g in enumerate(groups):
        enough(2, **{f"groups[{i}].n": g.n})
        finite(**{f"groups[{i}].mean": g.mean, f"groups[{i}].sd": g.sd})
        if g.sd < 0:
            raise InputError(f"groups[{i}].sd is {g.sd:g}, but cannot be below 0; correct it")
    n = math.fsum(g.n for g in groups)
    mean = math.fsum(g.n * g.mean for g in groups) / n
    squares = math.fsum((g.n - 1) * g.sd**2 + g.n * (g.mean - mean) ** 2 for g in groups)
    return Group(n=n, mean=mean, sd=math.sqrt(squares / (n - 1)))


def pooled_sd(groups: Sequence[Group]) -> Recovered:
    """Return the SD within subgroups, pooled over them; differences of their means do not count.

    Parameters
    ----------
    groups:
        1 or more.

    Raises
    ------
    InputError
        As for `combine_groups`.
    """
    combine_groups(groups)
    squares = math.fsum((g.n - 1) * g.sd**2 for g in groups)
    df = math.fsum(g.n - 1 for g in groups)
    return algebraic(math.sqrt(squares / df), "pooled_over_groups")
