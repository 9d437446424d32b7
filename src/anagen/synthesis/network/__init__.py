"""Network meta-analysis: S studies compare n treatments, and each study keeps its covariance.

A network is built from contrasts or from arms and never changes; every function takes it, with a
fit where one is needed, and returns a record. Matrices are (n, n), [row, col] = row minus column,
in the order of `treatments`; ratios are on the log scale.
"""

from anagen.synthesis.network.additive import ComponentEffect, ComponentFit, fit_components
from anagen.synthesis.network.arms import network_from_arms
from anagen.synthesis.network.build import Network
from anagen.synthesis.network.connection import components, split_components
from anagen.synthesis.network.consistency import ChiSquared, Decomposition, DesignQ, decompose
from anagen.synthesis.network.contrasts import network_from_contrasts
from anagen.synthesis.network.design_split import design_split
from anagen.synthesis.network.fit import NetworkFit, fit_network, tau2_interval
from anagen.synthesis.network.flow import (
    Contributions,
    PathMeasures,
    adjusted_se,
    hat_matrix,
    path_measures,
    random_walk,
    shortest_paths,
)
from anagen.synthesis.network.heat import NetHeat, net_heat
from anagen.synthesis.network.league import LeagueCell, league
from anagen.synthesis.network.mantel_haenszel import MantelHaenszelFit, mantel_haenszel
from anagen.synthesis.network.ranks import Ranks, p_scores, rank_draws
from anagen.synthesis.network.regression import RegressionFit, fit_regression
from anagen.synthesis.network.report import NetworkReport, full_report
from anagen.synthesis.network.split import Direct, Split, direct_evidence, node_split

__all__ = [
    "ChiSquared",
    "ComponentEffect",
    "ComponentFit",
    "Contributions",
    "Decomposition",
    "DesignQ",
    "Direct",
    "LeagueCell",
    "MantelHaenszelFit",
    "NetHeat",
    "Network",
    "NetworkFit",
    "NetworkReport",
    "PathMeasures",
    "Ranks",
    "RegressionFit",
    "Split",
    "adjusted_se",
    "components",
    "decompose",
    "design_split",
    "direct_evidence",
    "fit_components",
    "fit_network",
    "fit_regression",
    "full_report",
    "hat_matrix",
    "league",
    "mantel_haenszel",
    "net_heat",
    "network_from_arms",
    "network_from_contrasts",
    "node_split",
    "p_scores",
    "path_measures",
    "random_walk",
    "rank_draws",
    "shortest_paths",
    "split_components",
    "tau2_interval",
]
