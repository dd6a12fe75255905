"""When the money will be used up, as a range: from the pace of now and the account's habit. Pure."""

from .forecast import Forecast, forecast
from .profile import Profile

__all__ = ["Forecast", "Profile", "forecast"]
