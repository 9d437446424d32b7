"""Draws of the model's parameters from the ranges that the facts give."""

from collections.abc import Callable, Mapping
from functools import partial
from statistics import NormalDist
from zlib import crc32

import numpy as np
from numpy.random import BitGenerator, Generator, SeedSequence

from anagen.errors import FactError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.cycle import point_value
from anagen.follicle.units import Array

Z_95 = NormalDist().inv_cdf(0.975)


BETA_GRID = 4001


def stratified_uniform(rng: np.random.Generator, count: int, slices: int = 1) -> Array:
    """Return one uniform number from each of `count` equal strata of (0, 1), in random order.

    Drawn for several dimensions this is a Latin hypercube with random pairing; each of the `slices`
    runs of successive numbers, which must divide `count`, is one by itself (a sliced design).
    """
    run = count // slices
    strata = np.arange(count).reshape(run, slices)
    strata = rng.permuted(rng.permuted(strata, axis=1), axis=0)
    return (strata.T.ravel() + rng.random(count)) / count


def stratified_normal(rng: np.random.Generator, count: int, slices: int = 1) -> Array:
    """Return `count` standard normal numbers, one from each stratum of equal probability."""
    quantile = NormalDist().inv_cdf
    return np.array([quantile(share) for share in stratified_uniform(rng, count, slices)])


def stratified_beta(rng: np.random.Generator, shape: float, count: int, slices: int = 1) -> Array:
    """Return `count` numbers of the symmetric Beta distribution, one from each stratum.

    The quantiles are read off the trapezoidal integral of the density in the angle whose squared
    sine is the number, which is smooth where the density is not.
    """
    angle = np.linspace(0, np.pi / 2, BETA_GRID)
    density = np.sin(2 * angle) ** (2 * shape - 1)
    below = np.concatenate([[0.0], np.cumsum(density[1:] + density[:-1])])
    share = stratified_uniform(rng, count, slices)
    return np.asarray(np.sin(np.interp(share, below / below[-1], angle)) ** 2)


def _lognormal(name: str, fact: ModelParameter, normal: Callable[[], Array]) -> Array:
    middle, high = fact.number(), fact.high
    if high is None or middle <= 0:
        raise FactError(f"model/{name}: a log-normal draw needs a value above 0 and a high")
    if fact.draw_log_sd is not None:
        log_sd = fact.draw_log_sd
    elif fact.low:
        log_sd = np.log(high / fact.low) / 2 / Z_95
    else:  # a low of 0 bounds nothing on the log scale
        log_sd = np.log(high / middle) / Z_95
    return np.asarray(middle * np.exp(log_sd * normal()))


def _triangular(name: str, fact: ModelParameter, uniform: Callable[[], Array]) -> Array:
    low, mode, high = fact.low, fact.number(), fact.high
    if low is None or high is None or not low <= mode <= high or low == high:
        raise FactError(f"model/{name}: a triangular draw needs low <= value <= high, low < high")
    share = uniform()
    turn = (mode - low) / (high - low)
    rise = low + np.sqrt(share * (high - low) * (mode - low))
    fall = high - np.sqrt((1 - share) * (high - low) * (high - mode))
    return np.where(share < turn, rise, fall)


def _normal(name: str, fact: ModelParameter, normal: Callable[[], Array]) -> Array:
    low, high = fact.low, fact.high
    if low is None or high is None or not low < high:
        raise FactError(f"model/{name}: a normal draw needs low < high")
    return np.asarray(fact.number() + (high - low) / 2 / Z_95 * normal())


def _own_stream(parent: BitGenerator, name: str) -> Generator:
    """Return the generator of one fact: it hangs on the name, not on what is drawn before it."""
    seed = parent.seed_seq
    if not isinstance(seed, SeedSequence):
        raise TypeError("parameters are drawn from a generator that was made from a seed")
    key = (*seed.spawn_key, crc32(name.encode()))
    return np.random.default_rng(SeedSequence(seed.entropy, spawn_key=key))


def draw_parameters(
    model: Mapping[str, ModelParameter], rng: np.random.Generator, count: int, slices: int = 1
) -> dict[str, Array]:
    """Draw every numeric parameter, each independently of the others (P1, P2).

    A fact that is `fixed` keeps its value; the others form a Latin hypercube. Independence is an
    approximation: the parameters were fitted jointly and only some directions are determined, so
    intervals are wider than a joint posterior would give. Facts that are `is_drawn_apart` take
    nothing from `rng` but a child of its seed, so that facts can be added without moving others.

    Raises
    ------
    FactError
        If a fact lacks the bounds that its kind of draw needs.
    """
    drawn: dict[str, Array] = {}
    (apart,) = rng.bit_generator.spawn(1)
    for name, fact in model.items():
        if isinstance(fact.value, str):
            continue
        stream = _own_stream(apart, name) if fact.is_drawn_apart else rng
        normal = partial(stratified_normal, stream, count, slices)
        if fact.drawn == "lognormal":
            drawn[name] = _lognormal(name, fact, normal)
        elif fact.drawn == "normal":
            drawn[name] = _normal(name, fact, normal)
        elif fact.drawn == "triangular":
            uniform = partial(stratified_uniform, stream, count, slices)
            drawn[name] = _triangular(name, fact, uniform)
        else:
            drawn[name] = point_value(fact)
    return drawn
