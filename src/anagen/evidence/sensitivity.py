"""What an assumed correlation does to a pool: it is computed again at each that is tried."""

from collections.abc import Callable, Sequence

from anagen.frozen import Record
from anagen.synthesis.pairwise import Pairwise


class Rerun(Record):
    """The pooled effect with the assumed correlation at one value."""

    correlation: float
    estimate: float
    low: float
    high: float
    conclusion: str


class Sensitivity(Record):
    """The same pool at several correlations; `flips` where the conclusion is not the same."""

    reruns: list[Rerun]
    lowest_estimate: float
    highest_estimate: float
    flips: bool
    text: str


def conclusion(low: float, high: float, null: float = 0.0) -> str:
    """Return what an interval says of the null: above, below, or that it is included."""
    if low > null:
        return "above"
    return "below" if high < null else "includes"


def sensitivity(
    pool_at: Callable[[float], Pairwise], correlations: Sequence[float], *, null: float = 0.0
) -> Sensitivity:
    """Pool again at each correlation and say whether the conclusion holds.

    Parameters
    ----------
    pool_at:
        Pools with the assumed correlation at a value.
    correlations:
        The values tried.
    null:
        No effect.
    """
    reruns = []
    for r in correlations:
        chosen = pool_at(r).chosen
        reruns.append(
            Rerun(
                correlation=float(r), estimate=chosen.estimate, low=chosen.low, high=chosen.high,
                conclusion=conclusion(chosen.low, chosen.high, null),
            )
        )  # fmt: skip
    flips = len({rerun.conclusion for rerun in reruns}) > 1
    tried = ", ".join(f"{rerun.correlation:g}" for rerun in reruns)
    said = "the conclusion FLIPS" if flips else "the conclusion is the same"
    return Sensitivity(
        reruns=reruns,
        lowest_estimate=min(rerun.estimate for rerun in reruns),
        highest_estimate=max(rerun.estimate for rerun in reruns),
        flips=flips,
        text=f"an assumed correlation was tried at {tried}: {said}",
    )
