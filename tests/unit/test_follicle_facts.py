"""The model's facts against the collected parameters, and how they are drawn."""

import numpy as np
import pytest
import yaml

from anagen import facts
from anagen.errors import FactError
from anagen.facts.parameter import ModelParameter
from anagen.follicle import CycleParameters, draw_parameters

FACTS = facts.load()


@pytest.fixture(scope="module")
def collected(shared):
    return yaml.safe_load((shared / "biology" / "parameters.yaml").read_text())


def test_every_collected_parameter_came_across_with_its_value_and_bounds(collected):
    ours = FACTS.parameters
    assert len(ours) == len(collected["parameters"]) == 107
    for entry in collected["parameters"]:
        fact = ours[entry["name"]]
        assert (fact.value, fact.low, fact.high) == (entry["value"], entry["low"], entry["high"])
        assert fact.citation == entry["source"]


def test_unverified_parameters_are_never_called_measured(collected):
    for entry in collected["parameters"]:
        status = FACTS.parameters[entry["name"]].status
        assert (status in ("measured", "derived")) == entry["verified"], entry["name"]


def test_every_model_default_came_across_with_its_value_and_bounds(collected):
    defaults = {name: fact for name, fact in FACTS.model.items() if fact.role == "default"}
    assert set(defaults) == set(collected["model_defaults"])
    assert len(defaults) == 35
    for name, entry in collected["model_defaults"].items():
        fact = defaults[name]
        assert (fact.value, fact.low, fact.high) == (entry["value"], entry["low"], entry["high"])
        assert fact.status != "measured", "no default of the model was measured as such"


def test_counts_on_a_recorded_area_are_divided_by_it_once():
    fact = FACTS.parameters["AGA_baseline_count_vertex"]
    assert fact.value == 876
    assert fact.value_per_cm2 == pytest.approx(876 / 5.067, abs=0.01)
    with_area = [fact for fact in FACTS.parameters.values() if fact.area_cm2 is not None]
    assert len(with_area) == 5
    for fact in with_area:
        assert fact.value_per_cm2 * fact.area_cm2 == pytest.approx(fact.number(), rel=1e-3)


def test_the_response_spread_is_what_the_trial_variances_give():
    # mean change and SD on drug, on placebo: 5 % 48 wk, foam 16 wk, 2 % 48 wk
    arms = [(18.6, 25.4, 3.9, 21.7), (20.9, 22.5, 4.7, 19.7), (12.7, 20.7, 3.9, 21.7)]
    squares = [(sd**2 - sd0**2) / (mean - mean0) ** 2 for mean, sd, mean0, sd0 in arms]
    assert FACTS.model["response_cv"].number() == pytest.approx(np.mean(squares) ** 0.5, abs=0.005)


def test_draws_keep_the_median_and_the_bounds_of_their_facts():
    drawn = draw_parameters(FACTS.model, np.random.default_rng(3), 4000)
    low, middle, high = np.percentile(drawn["kappa"], [2.5, 50, 97.5])
    assert middle == pytest.approx(8, rel=0.01)
    assert (low, high) == (pytest.approx(4, rel=0.03), pytest.approx(16, rel=0.03))
    lllt = FACTS.model["S_lllt"]
    assert drawn["S_lllt"].min() >= lllt.low
    assert drawn["S_lllt"].max() <= lllt.high
    log_sd = np.log(drawn["t_dis"]).std()
    assert log_sd == pytest.approx(FACTS.model["t_dis"].draw_log_sd, rel=0.02)
    assert drawn["tau_T"].shape == ()


def test_a_draw_without_its_bound_names_the_fact():
    fact = ModelParameter(
        value=1.0,
        unit="number",
        status="assumed",
        source=["ours"],
        role="response",
        drawn="lognormal",
        basis="test",
    )
    with pytest.raises(FactError, match="model/odd: a log-normal draw needs"):
        draw_parameters({"odd": fact}, np.random.default_rng(0), 4)


def test_cycle_parameters_hold_the_values_of_the_facts():
    p = CycleParameters.from_facts(FACTS.model)
    assert p.tau_T == FACTS.model["tau_T"].value
    assert p.diam[:, 0].tolist() == FACTS.model["diam"].value


def test_reading_a_word_as_numbers_or_a_number_as_words_is_refused():
    with pytest.raises(FactError):
        FACTS.model["calibrated_norwood_grades"].numbers()
    with pytest.raises(FactError):
        FACTS.model["kappa"].words()
    assert "III_vertex" in FACTS.model["calibrated_norwood_grades"].words()
