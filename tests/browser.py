"""A Chromium without a screen, driven by Playwright."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
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
LISTEN_AGAIN = 0.1  # seconds


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
            stack.enter_context(self._listening())
            self._ends = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        # Playwright hears of what pages do, and answers what they ask for, only while it waits for something:
        # a page that asks while the test waits for another program would hang.
        page, ended = self.do(self._chromium.new_page), threading.Event()

        def listen() -> None:
            while not ended.wait(LISTEN_AGAIN):
                self.do(page.wait_for_timeout, 1)

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield
        ended.set()
        thread.join()

    def do(self, action: Callable[..., T], *args: Any, **options: Any) -> T:
        """What this gives in the thread of Playwright, where alone its objects may be used."""
        return self._thread.submit(action, *args, **options).result()

    def profile(self, **options: Any) -> BrowserContext:
        """A new one, in memory."""
        profile = self.do(self._chromium.new_context, **options)
        self.do(profile.set_default_timeout, PATIENCE * 1000)
        return profile
