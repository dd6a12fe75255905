"""A Chromium without a screen, driven by Playwright."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self, TypeVar

from playwright.sync_api import BrowserContext, sync_playwright

from needs import need
from waiting import PATIENCE

T = TypeVar("T")

# What would only cost time, or ask for a network.
OPTIONS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]


class Browser:
    """Use as a context manager. It starts once for many tests; each has a profile of its own."""

    def __init__(self) -> None:
        self.program = need("chromium")

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            # Playwright runs an event loop: in a thread of its own it does not stand in the way of pynvim's.
            self._thread = stack.enter_context(ThreadPoolExecutor(1))
            playwright = self.do(sync_playwright().start)
            stack.callback(self.do, playwright.stop)
            self._chromium = self.do(
                lambda: playwright.chromium.launch(executable_path=self.program, args=OPTIONS)
            )
            stack.callback(self.do, self._chromium.close)
            self._ends = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def do(self, action: Callable[..., T], *args: Any, **options: Any) -> T:
        """What this gives in the thread of Playwright, where alone its objects may be used."""
        return self._thread.submit(action, *args, **options).result()

    def profile(self, **options: Any) -> BrowserContext:
        """A new one, in memory."""
        profile = self.do(self._chromium.new_context, **options)
        self.do(profile.set_default_timeout, PATIENCE * 1000)
        return profile
