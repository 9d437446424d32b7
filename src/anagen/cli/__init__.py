"""The command line: parse, call, print; exit 0 fine, 1 a finding that says stop, 2 bad input."""

from anagen.cli.main import main

__all__ = ["main"]
