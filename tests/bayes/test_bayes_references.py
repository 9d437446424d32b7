"""Every Bayesian reference set, at the tolerance that its README states for MCMC."""

import pytest
from bayes import bayes_statistics as ours


@pytest.fixture(scope="module")
def sets(shared):
    return shared / "stats" / "reference" / "sets" / "bayes"


def check(found):
    compared = list(found)
    assert len(compared) >= 5
    assert not [s for s in compared if s.differs]


@pytest.mark.parametrize(("name", "fits"), ours.PAIRWISE.items())
def test_a_hierarchical_model_samples_what_quadrature_integrates(sets, name, fits):
    check(ours.pairwise(sets / f"nnhm_{name}", fits))


@pytest.mark.parametrize("name", ours.NETWORKS)
def test_a_network_samples_what_gemtc_does(sets, name):
    check(ours.network(sets / f"nma_{name}"))


def test_a_node_split_parts_direct_from_indirect_as_gemtc_does(sets):
    check(ours.node_splits(sets / "nma_smoking_re"))


@pytest.mark.parametrize("name", ours.COURSES)
def test_a_time_course_samples_what_mbnmatime_does(sets, name):
    check(ours.time_course(sets / f"timecourse_{name}"))
