"""Networks the slow way: a loop over studies, paths one by one. To check the batched engine."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from anagen.synthesis import network as nw

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Trial:
    """Arms by treatment number: means, and the covariance of the means."""

    arms: list[int]
    mean: Array
    spread: Array

    def contrasts(self) -> tuple[Array, Array]:
        """Return the contrasts against the last arm and their covariance."""
        c = np.hstack([np.eye(len(self.arms) - 1), -np.ones((len(self.arms) - 1, 1))])
        return c @ self.mean, c @ self.spread @ c.T

    def rows(self, n: int) -> Array:
        x = np.zeros((len(self.arms) - 1, n))
        for k, arm in enumerate(self.arms[:-1]):
            x[k, arm], x[k, self.arms[-1]] = 1, -1
        return x


def drawn(seed: int, n: int, extra: int, *, tau: float = 0.3, split: bool = False) -> list[Trial]:
    """Draw a connected network: a chain of trials through all treatments, and more."""
    rng = np.random.default_rng(seed)
    truth, chain = rng.normal(0, 1, n), rng.permutation(n)
    groups = [[int(chain[k]), int(chain[k + 1])] for k in range(n - 1)]
    for _ in range(extra):
        size = int(rng.integers(2, min(n, 4) + 1))
        groups.append([int(t) for t in rng.choice(n, size, replace=False)])
    trials = []
    for arms in groups:
        sd = rng.uniform(0.1, 0.6, len(arms))
        r = float(rng.uniform(0.2, 0.8)) if split and rng.random() < 0.4 else 0.0
        spread = np.where(np.eye(len(arms)) > 0, 1.0, r) * sd[:, None] * sd
        noise = rng.multivariate_normal(np.zeros(len(arms)), spread)
        own = rng.normal(0, tau / np.sqrt(2), len(arms))
        trials.append(Trial(arms, truth[arms] + own + noise, spread))
    return trials


def named(trials: list[Trial], names: list[str]) -> nw.Network:
    """Build the network by way of arms."""
    study, treatment, mean, variance = [], [], [], []
    for k, trial in enumerate(trials):
        study += [f"trial {k}"] * len(trial.arms)
        treatment += [names[arm] for arm in trial.arms]
        mean += list(trial.mean)
        variance += list(np.diag(trial.spread))
    return nw.network_from_arms(
        study, treatment, mean, variance,
        covariance={f"trial {k}": trial.spread for k, trial in enumerate(trials)},
    )  # fmt: skip


def by_contrasts(trials: list[Trial], names: list[str]) -> nw.Network:
    """Build the network by way of all contrasts."""
    rows = []
    for k, trial in enumerate(trials):
        for i in range(len(trial.arms)):
            for j in range(i):
                s = trial.spread
                se = np.sqrt(s[i, i] + s[j, j] - 2 * s[i, j])
                rows.append((f"trial {k}", names[trial.arms[i]], names[trial.arms[j]],
                             trial.mean[i] - trial.mean[j], se))  # fmt: skip
    return nw.network_from_contrasts(*(list(column) for column in zip(*rows, strict=True)))


@dataclass(frozen=True)
class Slow:
    """Generalised least squares of one network at one tau2."""

    estimate: Array
    variance: Array
    q: float
    df: int
    restricted: float
    moment: float


def slow(trials: list[Trial], n: int, tau2: float) -> Slow:
    """Fit with one dense covariance matrix of all contrasts."""
    x = np.vstack([trial.rows(n) for trial in trials])
    y = np.concatenate([trial.contrasts()[0] for trial in trials])
    v, r = np.zeros((2, y.size, y.size))
    at = 0
    for trial in trials:
        q = len(trial.arms) - 1
        v[at : at + q, at : at + q] = trial.contrasts()[1]
        r[at : at + q, at : at + q] = (np.eye(q) + 1) / 2
        at += q
    w = np.linalg.inv(v + tau2 * r)
    pseudo = np.linalg.pinv(x.T @ w @ x, hermitian=True)
    theta = pseudo @ x.T @ w @ y
    p = w - w @ x @ pseudo @ x.T @ w
    q, df = float(y @ p @ y), y.size - int(np.linalg.matrix_rank(x))
    own = np.diag(pseudo)
    sign = np.linalg.slogdet
    restricted = -0.5 * (sign(v + tau2 * r)[1] + sign((x.T @ w @ x)[1:, 1:])[1] + q)
    moment = max(0.0, (q - df) / float(np.trace(p @ r))) if df else 0.0
    return Slow(
        theta[:, None] - theta, own[:, None] + own - 2 * pseudo, q, df, float(restricted), moment
    )


def walked(flow: Array, start: int, end: int) -> Array:
    """Return the contribution of every directed edge to a unit flow, path by path."""
    gain = np.zeros_like(flow)

    def follow(path: list[int], chance: float) -> None:
        u = path[-1]
        if u == end:
            for a, b in pairwise(path):
                gain[a, b] += chance / (len(path) - 1)
            return
        for v in np.flatnonzero(flow[u]).tolist():
            follow([*path, v], chance * flow[u, v] / flow[u].sum())

    follow([start], 1.0)
    return gain
