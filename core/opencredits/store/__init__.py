"""The shared file of readings, one for all editors, windows and terminals of a user."""

from .lease import Lease
from .store import Finished, Record, Store

__all__ = ["Finished", "Lease", "Record", "Store"]
