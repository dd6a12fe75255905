"""Stands in for Sublime Text 4, which cannot be had here: runs packages, and is driven over its pipes.

    python sublime_host DATA

`DATA` is Sublime's folder, with `Packages`, `Installed Packages` and `Local`. It runs by the standard library
alone, under CPython 3.8 and newer like Sublime's own plugin hosts, and has of the API what the adapter uses
and a little around it; its signatures are held to the typed stubs. Where the documentation leaves open what
happens, it does what is worst for a plugin:

- Nothing of the API may be called while a module is imported, but what the documentation names ("At importing
  time, plugins may not call any API functions, with the exception of ...", API reference), and nothing after
  the API has shut down (`EventListener.on_exit`).
- "All API functions are thread-safe, however keep in mind that from the perspective of code running in an
  alternate thread, application state will be changing while the code is running" (API reference; the porting
  guide says the same, and that before Sublime Text 3 only `set_timeout` was). So every call is allowed from
  every thread, and what was read may be wrong a moment later. This host is stricter: a plugin's own thread
  may do nothing but put something into a queue; what opens something to look at, or takes the focus, has to
  be done on the main thread; the rest may also be done on the thread of `set_timeout_async`.
- A callback on the main thread stops the application for as long as it runs. What may last - opening files,
  starting programs, sleeping, waiting for threads - is recorded with the place it was called from.
- The view of the input panel is the same each time in one window, with its settings and what can be undone.
- At the end `Local/Session.sublime_session` holds everything that a session could: texts, settings, undo.

What breaks a rule raises in the plugin, and is a fault that the test sees whatever the plugin makes of it.
"""

from __future__ import annotations

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main() -> None:
    """Run until the other side of the pipes is closed, or asks to quit."""
    sys.path.insert(0, os.path.join(HERE, "api"))
    import door

    door.run(sys.argv[1])


if __name__ == "__main__":
    main()
