"""anagen: exosome hair restoration, from published studies to one person's plan."""

__version__ = "0.1.0"
