"""The shared file of readings, one for all editors, windows and terminals of a user."""

from .alerts import Alert, Snooze
from .lease import Lease
from .record import Finished, Record
from .store import Store

__all__ = ["Alert", "Finished", "Lease", "Record", "Snooze", "Store"]
