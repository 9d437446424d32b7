"""Draws of the model's parameters from the ranges that the facts give."""

from collections.abc import Mapping
from statistics import NormalDist

import numpy as np

from anagen.errors import FactError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.cycle import Array, point_value

Z_95 = NormalDist().inv_cdf(0.975)


def stratified_uniform(rng: np.random.Generator, count: int) -> Array:
    """Return one uniform number from each of `count` equal strata of (0, 1), in random order."""
    return (rng.permutation(count) + rng.random(count)) / count


def stratified_normal(rng: np.random.Generator, count: int) -> Array:
    """Return `count` standard normal numbers, one from each stratum of equal probability."""
    quantile = NormalDist().inv_cdf
    return np.array([quantile(share) for share in stratified_uniform(rng, count)])


def _lognormal(name: str, fact: ModelParameter, rng: np.random.Generator, count: int) -> Array:
    middle, high = fact.number(), fact.high
    if high is None or middle <= 0:
        raise FactError(f"model/{name}: a log-normal draw needs a value above 0 and a high")
    if fact.draw_log_sd is not None:
        log_sd = fact.draw_log_sd
    elif fact.low:
        log_sd = np.log(high / fact.low) / 2 / Z_95
    else:  # a low of 0 bounds nothing on the log scale
        log_sd = np.log(high / middle) / Z_95
    return np.asarray(middle * np.exp(log_sd * stratified_normal(rng, count)))


def _triangular(name: str, fact: ModelParameter, rng: np.random.Generator, count: int) -> Array:
    low, mode, high = fact.low, fact.number(), fact.high
    if low is None or high is None or not low <= mode <= high or low == high:
        raise FactError(f"model/{name}: a triangular draw needs low <= value <= high, low < high")
    share = stratified_uniform(rng, count)
    turn = (mode - low) / (high - low)
    rise = low + np.sqrt(share * (high - low) * (mode - low))
    fall = high - np.sqrt((1 - share) * (high - low) * (high - mode))
    return np.where(share < turn, rise, fall)


def draw_parameters(
    model: Mapping[str, ModelParameter], rng: np.random.Generator, count: int
) -> dict[str, Array]:
    """Draw every numeric parameter, each independently of the others (P1, P2).

    A fact that is `fixed` keeps its value. Independence is an approximation: the parameters were
    fitted jointly and only some directions are determined, so intervals are wider than a joint
    posterior would give.

    Raises
    ------
    FactError
        If a fact lacks the bounds that its kind of draw needs.
    """
    ways = {"lognormal": _lognormal, "triangular": _triangular}
    drawn: dict[str, Array] = {}
    for name, fact in model.items():
        if isinstance(fact.value, str):
            continue
        way = ways.get(fact.drawn)
        drawn[name] = way(name, fact, rng, count) if way else point_value(fact)
    return drawn
