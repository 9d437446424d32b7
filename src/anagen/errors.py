"""Errors, named by who must act on them; each message says what, where and what to do."""


class AnagenError(Exception):
    """Any failure that a person can act on; the command line shows it as one sentence."""


class InputError(AnagenError):
    """The caller gave something that cannot be used: correct the file or the option."""


class FactError(AnagenError):
    """A fact file is wrong: its editor must correct it."""


class ConvergenceError(AnagenError):
    """A computation found no honest result: the analyst must look at it."""
