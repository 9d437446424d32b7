"""What a Bayesian fit returns: draws, the verdict on its chains, and how well it fits."""

from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from anagen.frozen import Record

Floats = NDArray[np.float64]


class Diagnostics(Record):
    """The verdict on the chains: the worst figure over all quantities, and which one it is."""

    chains: int
    draws: int
    divergences: int
    worst_rhat: float
    worst_rhat_of: str
    fewest_ess_bulk: float
    fewest_ess_tail: float
    fewest_ess_of: str
    reasons: list[str] = msgspec.field(default_factory=list)


class Deviance(Record):
    """Mean residual deviance against the number of points, and the deviance information criterion.

    `at_mean` is the deviance at the mean of the fitted values; pD is the difference.
    """

    points: int
    mean: float
    at_mean: float
    effective_parameters: float
    dic: float


class Summary(Record):
    """One quantity: mean, SD, the 2.5, 50 and 97.5 % quantiles, and the chains' figures."""

    mean: float
    sd: float
    low: float
    median: float
    high: float
    rhat: float
    ess_bulk: float
    ess_tail: float
    mcse: float


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Draws by quantity, each (M, D) or (M, D, K), with the labels of K; all that made them."""

    draws: dict[str, Floats]
    labels: dict[str, tuple[str, ...]]
    diagnostics: Diagnostics
    deviance: Deviance | None
    options: dict[str, Any]
    flags: tuple[str, ...] = ()

    def pooled(self, name: str) -> Floats:
        """Return the draws of a quantity with all chains in one, shape (M D,) or (M D, K)."""
        found = self.draws[name]
        return found.reshape(-1, *found.shape[2:])


def summarise(draws: Floats) -> Summary:
    """Return one quantity in numbers.

    Parameters
    ----------
    draws:
        Shape (M, D).
    """
    from anagen.synthesis.bayes.diagnostics import ess_bulk, ess_tail, rhat

    low, median, high = np.quantile(draws, [0.025, 0.5, 0.975])
    bulk, sd = ess_bulk(draws), float(draws.std(ddof=1))
    return Summary(
        mean=float(draws.mean()), sd=sd, low=float(low), median=float(median), high=float(high),
        rhat=rhat(draws), ess_bulk=bulk, ess_tail=ess_tail(draws), mcse=sd / bulk**0.5,
    )  # fmt: skip


def deviance_of(per_draw: Floats, at_mean: float, points: int) -> Deviance:
    """Return the deviance of a fit from that of each draw and that at the mean fitted values."""
    mean = float(per_draw.mean())
    return Deviance(
        points=points, mean=mean, at_mean=at_mean, effective_parameters=mean - at_mean,
        dic=2 * mean - at_mean,
    )  # fmt: skip
