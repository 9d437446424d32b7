"""The league table: every contrast of a network below the diagonal, direct evidence above."""

from collections.abc import Sequence

from scipy.special import ndtri

from anagen.errors import InputError
from anagen.frozen import Record
from anagen.synthesis.network.build import Network
from anagen.synthesis.network.fit import NetworkFit, require_same
from anagen.synthesis.network.split import direct_evidence


class LeagueCell(Record):
    """One contrast, `better` minus `worse` by the order of the table; direct ones count studies."""

    better: str
    worse: str
    estimate: float
    lower: float
    upper: float
    direct: float | None = None
    direct_lower: float | None = None
    direct_upper: float | None = None
    direct_studies: int = 0


def league(
    network: Network, fit: NetworkFit, order: Sequence[str] | None = None
) -> tuple[LeagueCell, ...]:
    """Return all cells of a league table.

    Parameters
    ----------
    order:
        Of the treatments, each once; alphabetical where not given.

    Raises
    ------
    InputError
        If the order does not name every treatment once.
    """
    require_same(network, fit)
    names = list(order) if order is not None else list(fit.treatments)
    if sorted(names) != sorted(fit.treatments):
        raise InputError("the order of a league table names every treatment once")
    direct = direct_evidence(network, fit)
    z = float(ndtri((1 + fit.level) / 2))
    at = {pair: k for k, pair in enumerate(zip(direct.first, direct.second, strict=True))}
    cells = []
    for k, better in enumerate(names):
        for worse in names[k + 1 :]:
            i, j = fit.treatments.index(better), fit.treatments.index(worse)
            d = at[min(i, j), max(i, j)]
            known = bool(direct.studies[d])
            value = float(direct.estimate[d]) * (1 if i < j else -1)
            half = z * float(direct.variance[d]) ** 0.5
            cells.append(
                LeagueCell(
                    better=better, worse=worse, estimate=float(fit.estimate[i, j]),
                    lower=float(fit.lower[i, j]), upper=float(fit.upper[i, j]),
                    direct=value if known else None,
                    direct_lower=value - half if known else None,
                    direct_upper=value + half if known else None,
                    direct_studies=int(direct.studies[d]),
                )
            )  # fmt: skip
    return tuple(cells)
