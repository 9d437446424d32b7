"""Studies as facts (stub: to be written)."""
from anagen.facts.base import Record
class Study(Record):
    """stub"""
class Synthesis(Record):
    """stub"""
class Background(Record):
    """stub"""
class RegisteredTrial(Record):
    """stub"""
