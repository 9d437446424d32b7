"""Rules, scales, laboratory tests and the protocol as facts (stub: to be written)."""
from anagen.facts.base import Record
class Rule(Record):
    """stub"""
class AlopeciaAnswer(Record):
    """stub"""
class Laboratory(Record):
    """stub"""
class Scale(Record):
    """stub"""
class Protocol(Record):
    """stub"""
