"""Effect sizes of k studies with their variances and covariances; arrays in, records out."""

from anagen.synthesis.effects.covariance import (
    autoregressive_correlation,
    contrast_covariance,
    covariance_of_changes,
    design_effect,
    effective_number,
    shared_baseline_covariance,
    shared_control_covariance,
    split_site_covariance,
)
from anagen.synthesis.effects.measures import (
    MEASURES,
    Measure,
    double_arcsine_back,
    effect_sizes,
)
from anagen.synthesis.effects.record import Effects

__all__ = [
    "MEASURES",
    "Effects",
    "Measure",
    "autoregressive_correlation",
    "contrast_covariance",
    "covariance_of_changes",
    "design_effect",
    "double_arcsine_back",
    "effect_sizes",
    "effective_number",
    "shared_baseline_covariance",
    "shared_control_covariance",
    "split_site_covariance",
]
