"""Tansiq: the software of a joint coordination centre for parties that do not share a commander."""

__version__ = "0.1.0"
