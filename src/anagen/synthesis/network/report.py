"""All parts of a network in one go."""

from dataclasses import dataclass
from typing import Literal

from anagen.synthesis.network.build import Array, Network
from anagen.synthesis.network.consistency import Decomposition, decompose
from anagen.synthesis.network.fit import (
    Method,
    NetworkFit,
    check_level,
    fit_rows,
    require_connected,
)
from anagen.synthesis.network.flow import (
    Contributions,
    PathMeasures,
    hat_matrix,
    path_measures,
    random_walk,
)
from anagen.synthesis.network.ranks import p_scores
from anagen.synthesis.network.rows import grounded, rows_of
from anagen.synthesis.network.split import Direct, Split, direct_evidence, node_split


@dataclass(frozen=True, slots=True, eq=False)
class NetworkReport:
    """The common and the random-effects fit, with what the latter's evidence is made of.

    `contributions`, `hat` and `paths` follow the flow of evidence through the network; they are
    None where they were not asked for.
    """

    network: Network
    common: NetworkFit
    random: NetworkFit
    decomposition: Decomposition
    direct: Direct
    splits: tuple[Split, ...]
    p_scores: Array
    mid: float
    smaller_is_better: bool
    contributions: Contributions | None
    hat: Array | None
    paths: PathMeasures | None


def full_report(
    network: Network,
    *,
    smaller_is_better: bool,
    mid: float = 0.0,
    method: Method = "REML",
    tau2: float | None = None,
    level: float = 0.95,
    interval: Literal["normal", "t"] = "normal",
    with_flow: bool = True,
) -> NetworkReport:
    """Fit a connected network and appraise it.

    Parameters
    ----------
    mid:
        The least difference that matters to P-scores.
    interval:
        Of the random-effects fit; the common effect keeps the normal one.
    with_flow:
        Whether contributions, hat matrix and path measures are wanted; with n treatments they take
        time and memory of order n⁴.

    Raises
    ------
    InputError
        If the network has more than one part, or an option is wrong.
    """
    check_level(level)
    require_connected(network)
    rows = grounded(rows_of(network))
    common = fit_rows(network, rows, "common", None, level, "normal")
    random = fit_rows(network, rows, method, tau2, level, interval)
    direct = direct_evidence(network, random)
    return NetworkReport(
        network=network,
        common=common,
        random=random,
        decomposition=decompose(network),
        direct=direct,
        splits=node_split(network, random, direct),
        p_scores=p_scores(random, smaller_is_better=smaller_is_better, mid=mid),
        mid=mid,
        smaller_is_better=smaller_is_better,
        contributions=random_walk(network, random) if with_flow else None,
        hat=hat_matrix(network, random) if with_flow else None,
        paths=path_measures(network, random) if with_flow else None,
    )
