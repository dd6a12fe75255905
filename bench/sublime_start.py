"""The tests' stand-in for Sublime Text, which tells how long `plugin_loaded` took. For Python 3.8 and newer.

    python sublime_start.py HOST DATA

Writes the milliseconds, and ends.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable


def main(host: str, data: str) -> None:
    """Start as the stand-in does, with a clock around its calls of plugins."""
    sys.path[:0] = [os.path.join(host, "api"), host]
    import door  # type: ignore[import-not-found]
    from application import app  # type: ignore[import-not-found]

    run = app.run

    def timed(callback: Callable[[], object], phase: str = "callback") -> None:
        started = time.perf_counter()
        run(callback, phase)
        if phase == "plugin_loaded":
            os.write(answer, f"{1000 * (time.perf_counter() - started)}".encode())
            os._exit(0)

    app.run = timed
    answer = os.dup(1)  # the stand-in takes the one there is away from plugins
    door.run(data)


if __name__ == "__main__":
    main(*sys.argv[1:])
