"""Keeps the readings fresh together with all other processes, and sees what follows from each."""

from .monitor import KeySource, Monitor

__all__ = ["KeySource", "Monitor"]
