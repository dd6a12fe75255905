"""Keeps the readings fresh together with all other processes, and sees what follows from each."""

from .found_keys import KeySource
from .monitor import Monitor

__all__ = ["KeySource", "Monitor"]
