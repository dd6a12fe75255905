"""The conversation with one editor: what it can call, and what it is told without having asked."""

from .session import METHODS, Method, Session

__all__ = ["METHODS", "Method", "Session"]
