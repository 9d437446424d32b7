"""`anagen evidence`: what the studies show, study by study and claim by claim."""

import argparse

from anagen.cli import (
    evidence_certainty,
    evidence_check,
    evidence_claims,
    evidence_course,
    evidence_dose,
    evidence_draft,
    evidence_effects,
    evidence_multivariate,
    evidence_network,
    evidence_pool,
    evidence_studies,
)


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add every verb of `anagen evidence`.

    Parameters
    ----------
    verbs:
        The sub-parsers of `evidence`.
    """
    evidence_studies.add_to(verbs)
    evidence_effects.add_to(verbs)
    evidence_pool.add_to(verbs)
    evidence_multivariate.add_to(verbs)
    evidence_network.add_to(verbs)
    evidence_course.add_to(verbs)
    evidence_dose.add_to(verbs)
    evidence_draft.add_to(verbs)
    evidence_claims.add_to(verbs)
    evidence_certainty.add_to(verbs)
    evidence_check.add_to(verbs)
