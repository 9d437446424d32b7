"""anagen: exosome hair restoration, from published studies to one person's plan."""

__version__ = "0.1.0"

INTENDED_USE = (
    "anagen informs a decision and does not make it. It makes no diagnosis and never advises to "
    "stop a prescribed medicine. It has not been validated prospectively. Take it to a physician."
)
