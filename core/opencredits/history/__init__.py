"""What was spent when, out of stored readings, and what happened beside spending. Pure."""

from .history import Bucket, Counter, History, sparkline

__all__ = ["Bucket", "Counter", "History", "sparkline"]
