"""Bayesian synthesis by NUTS, the optional extra: `pip install "anagen[bayes]"`.

NumPyro is imported when a fit begins, never before. Every fit is refused where its chains do not
agree.
"""

from anagen.synthesis.bayes.diagnostics import ess_bulk, ess_tail, rhat
from anagen.synthesis.bayes.network import NodeSplit, fit_network, split_node
from anagen.synthesis.bayes.pairwise import fit_pairwise
from anagen.synthesis.bayes.posterior import Deviance, Diagnostics, Posterior, Summary, summarise
from anagen.synthesis.bayes.priors import Prior
from anagen.synthesis.bayes.ranks import rank_probabilities
from anagen.synthesis.bayes.sampling import Sampling
from anagen.synthesis.bayes.time_course import fit_time_course

__all__ = [
    "Deviance", "Diagnostics", "NodeSplit", "Posterior", "Prior", "Sampling", "Summary",
    "ess_bulk", "ess_tail", "fit_network", "fit_pairwise", "fit_time_course",
    "rank_probabilities", "rhat", "split_node", "summarise",
]  # fmt: skip
