"""The compiled loop of the counts: one multinomial draw for each state and interval."""

import numpy as np
from numpy.typing import NDArray

from anagen.follicle.chance import binomial, scrambled, stream, uniform
from anagen.follicle.compiled import compiled
from anagen.follicle.units import Array

Whole = NDArray[np.int64]


@compiled()
def _deal(count: int, chance: Array, order: Whole, key: np.uint64, into: Whole) -> None:
    """Deal `count` follicles to the states in `order`, each with its chance among what is left.

    That chance is 1 for the last state that can be reached.
    """
    left = count
    for k in range(order.size):
        if left == 0:
            return
        state = order[k]
        taken = binomial(left, chance[k], uniform(key, state))
        into[state] += taken
        left -= taken


@compiled()
def draw_counts(
    chance: Array,
    order: Whole,
    of_interval: Whole,
    begin: Array,
    first: Whole,
    follicles: int,
    seed: np.uint64,
    out: Whole,
) -> None:
    """Fill `out`, replicates x visits x states.

    Parameters
    ----------
    chance, order:
        For each matrix and state the targets in falling order of their probability, and the chance
        of each among those not yet dealt: matrices x states x states.
    begin, first:
        The same for the first visit: states.
    """
    states = begin.size
    for replicate in range(out.shape[0]):
        key = stream(seed, replicate)
        _deal(follicles, begin, first, scrambled(key), out[replicate, 0])
        for interval in range(of_interval.size):
            which = of_interval[interval]
            for state in range(states):
                count = out[replicate, interval, state]
                if count:
                    own = scrambled(key + np.uint64((interval + 1) * states + state))
                    _deal(
                        count,
                        chance[which, state],
                        order[which, state],
                        own,
                        out[replicate, interval + 1],
                    )
