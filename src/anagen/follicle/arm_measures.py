"""What is read off the populations of an arm at a report: every measure, by name."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from anagen.follicle.arm_run import ArmRun, Parts
from anagen.follicle.blend import blended
from anagen.follicle.closed_form import healthy
from anagen.follicle.cohort import nonvellus_share
from anagen.follicle.mean_field import Moment
from anagen.follicle.observe import Observation, diameter_shares, observe, salt, uncut_length_mm
from anagen.follicle.regions import (
    SALT_REGIONS,
    Regions,
    whole_scalp_salt,
    whole_scalp_shed_hairs_per_day,
)
from anagen.follicle.scenario import WHOLE_SCALP
from anagen.follicle.severity import Grading
from anagen.follicle.units import Array

NEEDS_HAIR = ("_um", "mm_per_day", "anagen_percent", "to_telogen", "length_mm", "thin_hair_percent")
"""How measures end that mean nothing where no hair is seen."""
SCALE = "norwood_hamilton"
GRADED = "vertex"
"""The region whose density the rule of the scale is about."""


def joined(parts: Parts) -> Moment:
    """Return populations as one."""
    return blended([(moment, one.weight) for one, moment in parts])


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """What measuring an arm needs: `healthy_share` of follicles that show a non-vellus hair, B.

    `follicles_per_cm2` is that of the scale's rule; there is a scale only with pattern loss at the
    top of the head.
    """

    run: ArmRun
    healthy_share: Array
    thin_below_um: float
    regions: Regions
    grading: Grading | None
    follicles_per_cm2: float

    @classmethod
    def of(cls, run: ArmRun) -> Self:
        """Return what measuring an arm needs."""
        state = healthy(run.layout, run.parameters, run.people.size)
        is_graded = run.scenario.start.state == "pattern" and (
            run.scenario.region in (*SALT_REGIONS["top"], WHOLE_SCALP)
        )
        return cls(
            run,
            nonvellus_share(run.layout, state),
            run.model["thin_below_um"].number(),
            Regions.from_facts(run.model),
            Grading.of(run.model, run.layout, SCALE) if is_graded else None,
            run.model["F0"].number(),
        )

    @property
    def is_whole_scalp(self) -> bool:
        """Whether the regions are reported together."""
        return self.run.scenario.region == WHOLE_SCALP

    def seen(self, parts: Parts) -> dict[str, Array]:
        """Return every measure at a report: a name, and a number for each column."""
        layout, p, whole = self.run.layout, self.run.parameters, joined(parts)
        thinned = self.run.thinned_um(whole.week)
        observed = observe(layout, p, whole, thinned)
        found = {f.name: getattr(observed, f.name) for f in fields(Observation)}
        (found["thin_hair_percent"],) = diameter_shares(
            layout, p, whole, [self.thin_below_um], thinned
        )
        found["uncut_length_mm"] = self._uncut_length_mm(parts, thinned)
        shares = self._by_region(parts, whole)
        found |= self._severity(shares)
        if self.is_whole_scalp:
            found["whole_scalp_shed_hairs_per_day"] = self._shed(parts)
        hairless = observed.total_per_cm2 == 0
        return {
            name: np.where(hairless, np.nan, value) if name.endswith(NEEDS_HAIR) else value
            for name, value in found.items()
        }

    def _by_region(self, parts: Parts, whole: Moment) -> dict[str, Array]:
        """Return the share of the follicles of each region that shows a non-vellus hair."""
        if not self.is_whole_scalp:
            return {self.run.scenario.region: nonvellus_share(self.run.layout, whole.state)}
        return {
            name: nonvellus_share(self.run.layout, joined(own).state) / _weight(own)
            for name, own in _regional(parts).items()
        }

    def _severity(self, shares: dict[str, Array]) -> dict[str, Array]:
        """Return the hair that is missing, and the grade that the density looks like."""
        lost = {name: salt(share, self.healthy_share) for name, share in shares.items()}
        found = {}
        if self.is_whole_scalp:
            regions = self.regions
            found["salt_percent"] = whole_scalp_salt(lost, regions, regions.salt_weights)
        else:
            found["salt_percent"] = np.maximum(lost[self.run.scenario.region], 0.0)
        if self.grading is not None:
            graded = shares[GRADED if self.is_whole_scalp else self.run.scenario.region]
            found[f"{SCALE}_rank"] = self.grading.rank(graded * self.follicles_per_cm2)
        return found

    def _shed(self, parts: Parts) -> Array:
        """Return the hairs that the whole scalp sheds in a day, with each person's follicles."""
        shed = {
            name: joined(own).shed_per_year / _weight(own) for name, own in _regional(parts).items()
        }
        usual = self.regions.follicles_of_scalp / self.regions.area_of_scalp_cm2
        return whole_scalp_shed_hairs_per_day(shed, self.regions) * (self.run.parameters.F0 / usual)

    def _uncut_length_mm(self, parts: Parts, thinned_um: float) -> Array:
        """Return the mean length of hairs that are never cut, over the populations."""
        layout, p = self.run.layout, self.run.parameters
        grown, hairs = np.zeros(1), np.zeros(1)
        for one, moment in parts:
            own = moment.week - one.from_week
            length = uncut_length_mm(layout, p, moment, one.later(own, own).u, thinned_um)
            count = one.weight * observe(layout, p, moment).total_per_cm2
            grown, hairs = grown + count * length, hairs + count
        return np.divide(grown, hairs, out=np.zeros_like(grown), where=hairs > 0)


def _weight(parts: Parts) -> Array:
    """Return the follicles of populations relative to those of the scalp."""
    return sum((one.weight for one, _ in parts), start=np.zeros(1))


def _regional(parts: Parts) -> dict[str, Parts]:
    found: dict[str, Parts] = {}
    for one, moment in parts:
        found.setdefault(one.region, []).append((one, moment))
    return found
