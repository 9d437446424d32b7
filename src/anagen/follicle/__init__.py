"""The follicle population model; B is the batch: persons x draws x options."""

from anagen.follicle.blend import Transplant, blended, donor_drive
from anagen.follicle.bound import (
    BoundMeasure,
    GainBound,
    plausibility_bound,
    plausibility_bounds,
    trial_drift_percent,
)
from anagen.follicle.closed_form import (
    cycle_years,
    healthy,
    size_shares,
    slow_nonvellus_per_cm2,
    slow_rates,
)
from anagen.follicle.cohort import (
    Cohort,
    nonvellus_share,
    pattern_cohort,
    persons,
    with_memory,
    with_pasts,
)
from anagen.follicle.counts import Transitions, count_follicles, transitions
from anagen.follicle.courses import Seen, follow_recovery, follow_regimens
from anagen.follicle.cycle import ROWS, Controls, CycleParameters, rates
from anagen.follicle.disease import (
    REGIONS,
    Acting,
    Areata,
    Condition,
    Effluvium,
    Scarring,
    Season,
    Traction,
    acting,
    areata_episodes,
    effluvium_push_per_y,
    pattern_baseline,
    region_drive,
)
from anagen.follicle.draw import (
    draw_parameters,
    stratified_beta,
    stratified_normal,
    stratified_uniform,
)
from anagen.follicle.field import Field, follicle_field
from anagen.follicle.follicles import FollicleCourse, Hairs, live
from anagen.follicle.generator import Chain, chain, generator
from anagen.follicle.held import Cells, hold
from anagen.follicle.layout import SIZES, Layout, Memory
from anagen.follicle.mean_field import (
    Drive,
    Moment,
    fastest_per_year,
    follow,
    hold_weekly,
    settle,
)
from anagen.follicle.observe import (
    Observation,
    diameter_shares,
    growth_mm_per_day,
    observe,
    salt,
    shaft_diameters_um,
    uncut_length_mm,
)
from anagen.follicle.past import Past, lived_through
from anagen.follicle.regimen import (
    AMPLITUDE,
    Regimen,
    fitted_part,
    is_assumed,
    may_do_nothing,
    session_weeks,
)
from anagen.follicle.regions import (
    SALT_REGIONS,
    Regions,
    whole_scalp_salt,
    whole_scalp_shed_hairs_per_day,
)
from anagen.follicle.response import (
    androgen_drive,
    combined_stimulus,
    continuous_stimulus,
    lotion_stimulus,
    residual_dht,
    residual_dht_at_dose,
    session_build_up,
    session_stimulus,
)
from anagen.follicle.scenario import Engine, Scenario, end_week, report_weeks
from anagen.follicle.scenario_file import read_scenario, scenario_from
from anagen.follicle.severity import severity_rank
from anagen.follicle.signs import Signs
from anagen.follicle.simulate import HairTable, Sinks, run_scenario
from anagen.follicle.simulation import BANDS, ArmCourse, Course, Event, Simulation
from anagen.follicle.spread import ChangeSpread, change_sd_per_cm2
from anagen.follicle.table import follicle_table
from anagen.follicle.therapy import Therapy
from anagen.follicle.units import WEEKS_PER_YEAR

__all__ = [
    "AMPLITUDE",
    "BANDS",
    "REGIONS",
    "ROWS",
    "SALT_REGIONS",
    "SIZES",
    "WEEKS_PER_YEAR",
    "Acting",
    "Areata",
    "ArmCourse",
    "BoundMeasure",
    "Cells",
    "Chain",
    "ChangeSpread",
    "Cohort",
    "Condition",
    "Controls",
    "Course",
    "CycleParameters",
    "Drive",
    "Effluvium",
    "Engine",
    "Event",
    "Field",
    "FollicleCourse",
    "GainBound",
    "HairTable",
    "Hairs",
    "Layout",
    "Memory",
    "Moment",
    "Observation",
    "Past",
    "Regimen",
    "Regions",
    "Scarring",
    "Scenario",
    "Season",
    "Seen",
    "Signs",
    "Simulation",
    "Sinks",
    "Therapy",
    "Traction",
    "Transitions",
    "Transplant",
    "acting",
    "androgen_drive",
    "areata_episodes",
    "blended",
    "chain",
    "change_sd_per_cm2",
    "combined_stimulus",
    "continuous_stimulus",
    "count_follicles",
    "cycle_years",
    "diameter_shares",
    "donor_drive",
    "draw_parameters",
    "effluvium_push_per_y",
    "end_week",
    "fastest_per_year",
    "fitted_part",
    "follicle_field",
    "follicle_table",
    "follow",
    "follow_recovery",
    "follow_regimens",
    "generator",
    "growth_mm_per_day",
    "healthy",
    "hold",
    "hold_weekly",
    "is_assumed",
    "live",
    "lived_through",
    "lotion_stimulus",
    "may_do_nothing",
    "nonvellus_share",
    "observe",
    "pattern_baseline",
    "pattern_cohort",
    "persons",
    "plausibility_bound",
    "plausibility_bounds",
    "rates",
    "read_scenario",
    "region_drive",
    "report_weeks",
    "residual_dht",
    "residual_dht_at_dose",
    "run_scenario",
    "salt",
    "scenario_from",
    "session_build_up",
    "session_stimulus",
    "session_weeks",
    "settle",
    "severity_rank",
    "shaft_diameters_um",
    "size_shares",
    "slow_nonvellus_per_cm2",
    "slow_rates",
    "stratified_beta",
    "stratified_normal",
    "stratified_uniform",
    "transitions",
    "trial_drift_percent",
    "uncut_length_mm",
    "whole_scalp_salt",
    "whole_scalp_shed_hairs_per_day",
    "with_memory",
    "with_pasts",
]
