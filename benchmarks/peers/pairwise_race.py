"""Pool by one peer in the environment of the peers; reads a job, prints outputs and seconds (JSON).

The job names the peer and carries effects and variances, so that this needs nothing of anagen.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version

import numpy as np


def statsmodels(y: np.ndarray, v: np.ndarray) -> list[float]:
    """Paule and Mandel's tau2, Hartung-Knapp's interval: neither REML nor prediction is there."""
    from statsmodels.stats.meta_analysis import combine_effects

    found = combine_effects(y, v, method_re="iterated", use_t=True)
    found.conf_int()
    se = float(np.sqrt(found.var_hksj_re))
    return [float(found.mean_effect_re), se, float(found.tau2), float(found.q)]


def pymare(y: np.ndarray, v: np.ndarray) -> list[float]:
    """REML with a normal interval: it knows neither Hartung-Knapp nor prediction."""
    from pymare import Dataset
    from pymare.estimators import VarianceBasedLikelihoodEstimator

    fit = VarianceBasedLikelihoodEstimator(method="REML").fit_dataset(Dataset(y, v))
    summary = fit.summary()
    fixed, scatter = summary.get_fe_stats(), summary.get_heterogeneity_stats()
    values = (fixed["est"], fixed["se"], summary.tau2, scatter["Q"])
    return [float(np.ravel(value)[0]) for value in values]


PEERS: dict[str, Callable[[np.ndarray, np.ndarray], list[float]]] = {
    "statsmodels": statsmodels,
    "pymare": pymare,
}


def main() -> int:
    warnings.simplefilter("ignore")
    job = json.load(sys.stdin)
    peer, y, v = PEERS[job["peer"]], np.array(job["y"]), np.array(job["v"])
    outputs, took = peer(y, v), []
    for _ in range(job["runs"]):
        began = time.perf_counter()
        for _ in range(job["repeats"]):
            peer(y, v)
        took.append((time.perf_counter() - began) / job["repeats"])
    said = {"outputs": outputs, "seconds": took, "version": version(job["peer"])}
    print(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
