"""OpenRouter over HTTP. The only package that knows httpx and msgspec."""

from .client import OpenRouter

__all__ = ["OpenRouter"]
