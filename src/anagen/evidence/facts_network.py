"""The network of the randomised trials of the facts, fitted."""

from collections.abc import Mapping, Sequence

from anagen.errors import InputError
from anagen.evidence.documents import FactsNetwork
from anagen.evidence.network_analysis import analyse_network
from anagen.evidence.question import Question
from anagen.evidence.spread import lender
from anagen.evidence.table_analysis import NetworkSettings
from anagen.evidence.trial_network import CONTROL, TrialContrast, less, trial_network
from anagen.facts import Facts
from anagen.facts.base import Slug
from anagen.facts.evidence_rules import Window
from anagen.synthesis.network import fit_network, network_from_contrasts, split_components

CONTROLS = (
    "placebo, vehicle, saline, sham and no treatment are one node (control); total, target-area, "
    "non-vellus and terminal counts are mixed, each trial with the first that it gives"
)


def _tau2(rows: Sequence[TrialContrast], settings: NetworkSettings) -> float:
    """Return the largest tau² of the parts of a network."""
    if not rows:
        return 0.0
    network = network_from_contrasts(
        [c.trial for c in rows], [c.treatment for c in rows], [c.against for c in rows],
        [c.effect_per_cm2 for c in rows], [c.se_per_cm2 for c in rows],
    )  # fmt: skip
    return max(
        float(fit_network(part, method=settings.method).tau2) for part in split_components(network)
    )


def _warnings(tau2: float, without: Mapping[Slug, float]) -> list[str]:
    """Say on which trials most of the scatter hangs; two that disagree are named together.

    Examples
    --------
    >>> _warnings(100.0, {"a2001": 20.0, "b2002": 20.1})
    ['most of the scatter between trials hangs on a2001 and b2002: without either tau² falls from \
100 to 20 (--without a2001, --without b2002)']
    """
    if not without:
        return []
    names = list(without)
    least, most = (f"{bound(without.values()):.0f}" for bound in (min, max))
    falls = least if least == most else f"{least} to {most}"
    whose = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    left_out = "it" if len(names) == 1 else "either" if len(names) == 2 else "any one of them"
    options = ", ".join(f"--without {name}" for name in names)
    return [
        f"most of the scatter between trials hangs on {whose}: without {left_out} tau² falls from "
        f"{tau2:.0f} to {falls} ({options})"
    ]


def facts_network(
    question: Question,
    window: Window,
    facts: Facts,
    settings: NetworkSettings,
    *,
    without: Sequence[Slug] = (),
) -> FactsNetwork:
    """Fit the network of a condition and sex within a window of weeks.

    Parameters
    ----------
    question:
        The condition and the sex.
    window:
        The weeks within which each trial gives its latest visit.
    facts, settings:
        All facts, and how to fit.
    without:
        Studies to leave out, to see what they do.

    Raises
    ------
    InputError
        If no trial gives a difference in hairs/cm² in the window, or a study to leave out is not
        there.
    """
    facts = less(facts, without)
    found = trial_network(question, window, facts, lender(facts))
    if not found.contrasts:
        raise InputError(
            f"no randomised trial gives a difference in hairs/cm² between weeks "
            f"{window.from_week:g} and {window.to_week:g}; widen --weeks or look at "
            "'anagen evidence studies'"
        )
    rows = found.contrasts
    network = network_from_contrasts(
        [c.trial for c in rows], [c.treatment for c in rows], [c.against for c in rows],
        [c.effect_per_cm2 for c in rows], [c.se_per_cm2 for c in rows],
    )  # fmt: skip
    notes = [CONTROLS]
    if without:
        notes.append(f"left out as asked: {', '.join(without)}")
    lent = sorted({c.study for c in rows if c.contrast.sd_status not in ("reported", "algebraic")})
    if lent:
        notes.append(f"the spread was not printed and is borrowed or assumed: {', '.join(lent)}")
    if found.shared_variance_halved:
        notes.append(
            "the variance of the control was larger than that of a whole contrast and was halved: "
            f"{', '.join(found.shared_variance_halved)}"
        )
    tau2 = _tau2(rows, settings)
    alone = {
        study: _tau2([row for row in rows if row.study != study], settings)
        for study in dict.fromkeys(row.study for row in rows)
    }
    warnings = _warnings(
        tau2, {s: less_one for s, less_one in alone.items() if less_one < tau2 / 2}
    )
    analysis = analyse_network(
        network, measure="MD", words="difference in change of density", unit="hairs/cm2",
        people=found.people, method=settings.method, level=settings.level,
        smaller_is_better=settings.smaller_is_better, meaningful=settings.meaningful,
        reference=settings.reference or CONTROL, inactive=settings.inactive or CONTROL,
        separator=settings.separator, seed=settings.seed, with_paths=settings.with_paths,
        interval=settings.interval,
        notes=notes,
    )  # fmt: skip
    return FactsNetwork(
        schema="anagen/evidence-network/1", condition=question.condition, sex=question.sex,
        window=window, analysis=analysis, contrasts=rows, left_out=found.left_out,
        tau2_without=alone, without=list(without), warnings=warnings,
    )  # fmt: skip
