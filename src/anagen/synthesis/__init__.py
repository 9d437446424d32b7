"""Evidence synthesis: k effects y with variances v become pooled effects; no unit of its own."""
