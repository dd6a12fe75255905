"""The shared file of readings, one for all editors, windows and terminals of a user."""

from .lease import Lease
from .record import Finished, Record
from .store import Store

__all__ = ["Finished", "Lease", "Record", "Store"]
