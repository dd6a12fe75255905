"""Where a key may be sent."""

from __future__ import annotations

import httpx

from ...errors import KeyUnusable
from ...option import is_loopback

_HOME = "openrouter.ai"


def read(base_url: str) -> httpx.URL:
    """The address, if any key may go there: over https, or on this machine. Raises KeyUnusable."""
    try:
        url = httpx.URL(base_url.rstrip("/"))
    except httpx.InvalidURL:
        url = httpx.URL()
    if not url.host or url.userinfo or url.query or url.fragment:
        raise KeyUnusable("The 'base_url' is not an address to ask.", action="Correct 'base_url'.")
    if url.scheme != "https" and not is_plain(url):
        raise KeyUnusable(
            f"The key is not sent to {url.host}, because the way there is not encrypted.",
            action="Set 'base_url' to an https address.",
        )
    return url


def is_plain(url: httpx.URL) -> bool:
    """Whether it is unencrypted, and never leaves this machine."""
    return url.scheme == "http" and is_loopback(url.host)


def may_manage(url: httpx.URL) -> bool:
    """Whether a management key, which can do harm, may go there: to OpenRouter itself or this machine."""
    return url.host == _HOME or url.host.endswith(f".{_HOME}") or is_loopback(url.host)
