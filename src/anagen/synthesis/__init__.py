"""Evidence synthesis: k effects y with variances v become pooled effects; no unit of its own."""

from anagen.synthesis.pairwise import Pairwise, fit_pairwise

__all__ = ["Pairwise", "fit_pairwise"]
