"""The one module that speaks to the person.

What it says comes from the core, save for a few words about a core that is missing or ends.

The status bar forgets a message after some seconds and cuts a long one off. What the person has to know of
therefore also goes to a panel at the bottom, which takes no focus, stops nothing and closes with Escape.
"""

from __future__ import annotations

import sublime

from .bridge import Json

PANEL = "OpenCredits"


def say(text: str) -> None:
    """Show it for a moment."""
    sublime.status_message(" ".join(text.split()))


def info(text: str) -> None:
    """Say that something went as it should, or what came of it."""
    say(f"OpenCredits: {text}")


def problem(text: str) -> None:
    """Say something that is to stay until it is read."""
    info(text)
    window = sublime.active_window()
    if not window.is_valid():
        return
    panel = window.find_output_panel(PANEL)
    if not panel:
        panel = window.create_output_panel(PANEL)
        panel.settings().set("word_wrap", True)
    panel.run_command(
        "append", {"characters": f"OpenCredits: {text}\n", "force": True, "scroll_to_end": True}
    )
    # Never over a panel that is typed into: what is typed next would go into the text below it.
    if (window.active_panel() or "output.").startswith("output."):
        window.run_command("show_panel", {"panel": f"output.{PANEL}"})


def failure(error: Json) -> None:
    """Say what the core says has gone wrong, and what to do next."""
    data = error.get("data")
    action = data.get("action") if isinstance(data, dict) else ""
    problem(f"{error.get('message', '')} {action or ''}".strip())


def close() -> None:
    """Take the panels away."""
    for window in sublime.windows():
        window.destroy_output_panel(PANEL)
