"""The follicle population model; B is the batch: persons x draws x options."""

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
from anagen.follicle.cohort import Cohort, nonvellus_share, pattern_cohort, persons, with_pasts
from anagen.follicle.counts import Transitions, count_follicles, transitions
from anagen.follicle.courses import Seen, follow_recovery, follow_regimens
from anagen.follicle.cycle import ROWS, Controls, CycleParameters, rates
from anagen.follicle.disease import (
    areata,
    effluvium,
    effluvium_push_per_y,
    pattern_baseline,
    region_drive,
    scarring,
    traction,
)
from anagen.follicle.draw import (
    draw_parameters,
    stratified_beta,
    stratified_normal,
    stratified_uniform,
)
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
from anagen.follicle.observe import Observation, observe, salt
from anagen.follicle.past import Past, lived_through
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
from anagen.follicle.signs import Signs
from anagen.follicle.spread import ChangeSpread, change_sd_per_cm2
from anagen.follicle.treatment import (
    AMPLITUDE,
    Regimen,
    Therapy,
    fitted_part,
    is_assumed,
    may_do_nothing,
    session_weeks,
)
from anagen.follicle.units import WEEKS_PER_YEAR

__all__ = [
    "AMPLITUDE",
    "ROWS",
    "SALT_REGIONS",
    "SIZES",
    "WEEKS_PER_YEAR",
    "BoundMeasure",
    "Cells",
    "Chain",
    "ChangeSpread",
    "Cohort",
    "Controls",
    "CycleParameters",
    "Drive",
    "FollicleCourse",
    "GainBound",
    "Hairs",
    "Layout",
    "Memory",
    "Moment",
    "Observation",
    "Past",
    "Regimen",
    "Regions",
    "Seen",
    "Signs",
    "Therapy",
    "Transitions",
    "androgen_drive",
    "areata",
    "chain",
    "change_sd_per_cm2",
    "combined_stimulus",
    "continuous_stimulus",
    "count_follicles",
    "cycle_years",
    "draw_parameters",
    "effluvium",
    "effluvium_push_per_y",
    "fastest_per_year",
    "fitted_part",
    "follow",
    "follow_recovery",
    "follow_regimens",
    "generator",
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
    "region_drive",
    "residual_dht",
    "residual_dht_at_dose",
    "salt",
    "scarring",
    "session_build_up",
    "session_stimulus",
    "session_weeks",
    "settle",
    "size_shares",
    "slow_nonvellus_per_cm2",
    "slow_rates",
    "stratified_beta",
    "stratified_normal",
    "stratified_uniform",
    "traction",
    "transitions",
    "trial_drift_percent",
    "whole_scalp_salt",
    "whole_scalp_shed_hairs_per_day",
    "with_pasts",
]
