"""Which treatments hang together, and a network for each part that does."""

import numpy as np

from anagen.synthesis.network.build import Array, Block, Network


def adjacency(network: Network) -> Array:
    """Return 1 where any study compares two treatments, (n, n)."""
    n = len(network.treatments)
    linked = np.zeros((n, n))
    for block in network.blocks:
        linked[block.arms[:, :, None], block.arms[:, None, :]] = 1
    np.fill_diagonal(linked, 0)
    return linked


def labels(linked: Array) -> Array:
    """Return for each node the lowest node that it can reach; works on stacks (..., n, n)."""
    n = linked.shape[-1]
    reach = (linked > 0) | np.eye(n, dtype=bool)
    for _ in range(max(1, int(np.ceil(np.log2(max(n, 2)))))):
        reach = (reach.astype(np.float32) @ reach.astype(np.float32)) > 0
    return np.asarray(reach.argmax(axis=-1))


def components(network: Network) -> tuple[tuple[str, ...], ...]:
    """Return the treatments of each connected part, the largest part first."""
    mark = labels(adjacency(network))
    parts = [
        tuple(t for t, m in zip(network.treatments, mark, strict=True) if m == part)
        for part in np.unique(mark)
    ]
    return tuple(sorted(parts, key=lambda part: -len(part)))


def split_components(network: Network) -> tuple[Network, ...]:
    """Return one connected network for each part, in the order of `components`."""
    return tuple(_part(network, part) for part in components(network))


def _part(network: Network, part: tuple[str, ...]) -> Network:
    place = np.full(len(network.treatments), -1)
    place[[network.treatments.index(t) for t in part]] = np.arange(len(part))
    studies = sorted(
        int(s)
        for block in network.blocks
        for s in block.study[place[block.arms[:, 0]] >= 0]
    )  # fmt: skip
    at = {s: i for i, s in enumerate(studies)}
    blocks = []
    for block in network.blocks:
        keep = place[block.arms[:, 0]] >= 0
        if not keep.any():
            continue
        study = np.array([at[int(s)] for s in block.study[keep]], dtype=np.intp)
        blocks.append(
            Block(
                study, place[block.arms[keep]], block.y[keep], block.v[keep],
                block.pair_effect[keep], block.pair_variance[keep],
            )
        )  # fmt: skip
    names = tuple(network.studies[s] for s in studies)
    flags = tuple(f for f in network.flags if any(repr(name) in f for name in names))
    return Network(part, names, tuple(blocks), flags)
