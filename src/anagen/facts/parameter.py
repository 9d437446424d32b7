"""Biological parameters and the follicle model's parameters as facts (stub: to be written)."""
from anagen.facts.base import Record
class Parameter(Record):
    """stub"""
class ModelParameter(Record):
    """stub"""
