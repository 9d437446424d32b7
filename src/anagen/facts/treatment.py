"""Treatments, options, approvals, regulation and claims as facts (stub: to be written)."""
from anagen.facts.base import Record
class Treatment(Record):
    """stub"""
class Option(Record):
    """stub"""
class Approval(Record):
    """stub"""
class RegulationEntry(Record):
    """stub"""
class Claim(Record):
    """stub"""
