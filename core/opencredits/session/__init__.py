"""The conversation with one editor: what it can call, and what it is told without having asked."""

from .lane import Lane
from .methods import METHODS, Method
from .session import Session

__all__ = ["METHODS", "Lane", "Method", "Session"]
