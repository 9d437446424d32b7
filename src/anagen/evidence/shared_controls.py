"""One control group against several arms of its trial: its people are counted once.

Each such difference holds the same error of the control group. Pooled as if they were independent,
they would weigh more than they tell, so the control group is divided among its differences.
"""

import math
from collections.abc import Sequence

import msgspec

from anagen.evidence.contrasts import Contrast
from anagen.evidence.spread import Lender, sd_of_change
from anagen.facts import Facts
from anagen.facts.study import Study

MOST = 0.9  # of the smallest variance of the differences: the control cannot hold all of it


def shared_variance(found: Sequence[Contrast], study: Study, lends: Lender) -> float:
    """Return the variance (hairs²/cm⁴) that differences share: that of their common arm.

    Parameters
    ----------
    found:
        Differences with one control, in one measure and week.
    study, lends:
        Their study, and what trials lend to those that report no spread.
    """
    first, sd = found[0], None
    for o in study.observations:
        key = (o.arm, o.measure, o.week, o.statistic)
        if key == (first.control, first.measure, first.week, "mean_change"):
            sd = sd_of_change(study, o, lends)
    spread = sd.sd_per_cm2 if sd is not None else lends.sd(first.measure)
    return 0.0 if spread is None else spread**2 / first.n_control


def divided(contrasts: Sequence[Contrast], facts: Facts, lends: Lender) -> list[Contrast]:
    """Return differences that can be pooled as independent ones, in the order given.

    A control group of n people that m arms are compared with stands as m groups of n / m people.

    Parameters
    ----------
    contrasts:
        Of any trials.
    facts, lends:
        All facts, and what trials lend to those that report no spread.

    References
    ----------
    Higgins et al. (2024), Cochrane Handbook, section 23.3.4.
    """
    of_control: dict[tuple[str, str], list[Contrast]] = {}
    for c in contrasts:
        of_control.setdefault((c.study, c.control), []).append(c)
    parts = {
        (c.study, c.control, c.arm): part
        for group in of_control.values()
        if len(group) > 1
        for c, part in zip(group, _parts(group, facts, lends), strict=True)
    }
    return [parts.get((c.study, c.control, c.arm), c) for c in contrasts]


def _parts(group: list[Contrast], facts: Facts, lends: Lender) -> list[Contrast]:
    count = len(group)
    least = min(c.se_per_cm2**2 for c in group)
    shared = min(shared_variance(group, facts.studies[group[0].study], lends), MOST * least)
    return [
        msgspec.structs.replace(
            c,
            se_per_cm2=math.sqrt(c.se_per_cm2**2 + (count - 1) * shared),
            n_control=c.n_control // count + (k < c.n_control % count),
            flags=[*c.flags, "shared_control"],
            cautions=[
                *c.cautions,
                f"{count} arms of this trial are compared with the same {c.n_control} people, who "
                "are divided among them so that nobody counts twice",
            ],
        )
        for k, c in enumerate(group)
    ]
