"""What is shown: readings, history, settings and a time become texts, levels and figures. Pure.

The sentences of a status bar are made here, and nowhere else.
"""

from .account_status import AccountStatus, account_status
from .status import NO_ACCOUNT, Status
from .view import Level, State, View

__all__ = ["NO_ACCOUNT", "AccountStatus", "Level", "State", "Status", "View", "account_status"]
