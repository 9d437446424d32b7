"""Direct against indirect evidence where whole designs, not arms, are called direct."""

import numpy as np

from anagen.synthesis.network.build import Array, Network
from anagen.synthesis.network.connection import labels
from anagen.synthesis.network.fit import NetworkFit, require_same, tau2_of
from anagen.synthesis.network.rows import Rows, rows_of, solve
from anagen.synthesis.network.split import (
    NO_DIRECT,
    Split,
    direct_evidence,
    split_record,
    study_laplacians,
)

NO_OTHER_WAY = "without the designs that hold both, nothing links them"


def design_split(
    network: Network, fit: NetworkFit, *, same_tau2: bool = False
) -> tuple[Split, ...]:
    """Split every comparison by leaving out all designs that hold both of its treatments.

    The indirect evidence is separate from the direct one even in studies of three and more arms.
    It is a network of its own, with a between-study variance of its own by the method of the fit.

    Parameters
    ----------
    same_tau2:
        Use the between-study variance of the fit for the indirect evidence too.

    Raises
    ------
    InputError
        If the fit is of other treatments than the network.

    References
    ----------
    Efthimiou et al. (2019), Statistics in Medicine 38:2992-3012 (SIDDE).
    """
    require_same(network, fit)
    direct = direct_evidence(network, fit)
    arms = study_laplacians(network, fit.tau2)[2]
    rows = rows_of(network)
    method = "common" if fit.method == "common" else fit.method
    fixed = fit.tau2 if same_tau2 or method == "given" else None
    splits = []
    for k, (i, j) in enumerate(zip(direct.first.tolist(), direct.second.tolist(), strict=True)):
        without = arms[:, i] * arms[:, j] == 0
        indirect = _indirect(rows, arms[without], without, (i, j), method, fixed)
        why = "" if direct.studies[k] and indirect else NO_OTHER_WAY
        names = (fit.treatments[i], fit.treatments[j])
        reason = why if direct.studies[k] else NO_DIRECT
        splits.append(split_record(names, direct, k, indirect, reason))
    return tuple(splits)


def _indirect(
    rows: Rows,
    arms: Array,
    without: Array,
    pair: tuple[int, int],
    method: str,
    tau2: float | None,
) -> tuple[float, float] | None:
    """Return the estimate of a pair and its standard error from the studies that are left."""
    mark = labels(arms.T @ arms)
    if mark[pair[0]] != mark[pair[1]]:
        return None
    part = np.flatnonzero(mark == mark[pair[0]])
    kept = without[rows.study] & (np.abs(rows.x[:, part]).max(axis=1) > 0)
    left = Rows(rows.x[kept][:, part[1:]], rows.y[kept], rows.d[kept], rows.study[kept], 0.0)
    used = tau2_of(left, "common" if method == "given" else method, tau2)
    fitted = solve(left, used)
    contrast = (part[1:] == pair[0]) * 1.0 - (part[1:] == pair[1])
    se = float(np.sqrt(contrast @ fitted.covariance @ contrast))
    return float(contrast @ fitted.coefficient), se
