"""Which treatment of a network the others are listed against."""

from collections.abc import Collection

from anagen.synthesis.network import Network


def usual_reference(network: Network, inert: Collection[str]) -> str:
    """Return what others are listed against where nothing was chosen.

    The one treatment whose name is among the inert words; else the one in most trials, the first
    by name where several are.
    """
    named = [name for name in network.treatments if name.casefold() in inert]
    if len(named) == 1:
        return named[0]
    trials = dict.fromkeys(network.treatments, 0)
    for block in network.blocks:
        for arms in block.arms:
            for k in arms:
                trials[network.treatments[k]] += 1
    return min(trials, key=lambda name: (-trials[name], name))
