"""OpenRouter credits in the status bar: the one file of this package that Sublime Text loads by itself.

The core (`opencredits bridge`) decides what is shown; the adapter beside this file shows it.
"""

from __future__ import annotations

import sys

# Sublime Text loads only this file anew; what it imports would stay as it was.
for name in [name for name in sys.modules if name.startswith(f"{__package__}.adapter")]:
    del sys.modules[name]

import sublime
import sublime_plugin

from .adapter.plugin import Plugin

plugin = Plugin()


def plugin_loaded() -> None:
    """The API can be used from here on."""
    plugin.start()


def plugin_unloaded() -> None:
    """Leave nothing behind."""
    plugin.stop()


class OpenCreditsRefreshCommand(sublime_plugin.ApplicationCommand):
    """Ask OpenRouter now."""

    def run(self) -> None:
        plugin.refresh()


class OpenCreditsConfigureCommand(sublime_plugin.ApplicationCommand):
    """Enter, replace or remove a key; choose accounts and the interval."""

    def run(self) -> None:
        plugin.configure()


class OpenCreditsDetailsCommand(sublime_plugin.ApplicationCommand):
    """What is left, how fast it goes, and why something is not known."""

    def run(self) -> None:
        plugin.show_details()


class OpenCreditsRowCommand(sublime_plugin.ApplicationCommand):
    """What can be done about a row of the details; their links run it."""

    def run(self, row: int) -> None:
        plugin.act_on_row(row)


class OpenCreditsActCommand(sublime_plugin.ApplicationCommand):
    """Choose among all that can be done, without a mouse."""

    def run(self) -> None:
        plugin.choose_action()


class OpenCreditsAlertCommand(sublime_plugin.ApplicationCommand):
    """Answer an alert that offers something."""

    def run(self) -> None:
        plugin.answer_alert()


class OpenCreditsRestartCommand(sublime_plugin.ApplicationCommand):
    """Start the core anew."""

    def run(self) -> None:
        plugin.restart()


class OpenCreditsLogCommand(sublime_plugin.ApplicationCommand):
    """Open the core's log."""

    def run(self) -> None:
        plugin.open_log()


class OpenCreditsListener(sublime_plugin.EventListener):
    """Shows the text in views that come up, and notices where the person is."""

    def on_new(self, view: sublime.View) -> None:
        plugin.show_in(view)

    def on_load(self, view: sublime.View) -> None:
        plugin.show_in(view)

    def on_clone(self, view: sublime.View) -> None:
        plugin.show_in(view)

    def on_activated(self, view: sublime.View) -> None:
        plugin.show_in(view)
        plugin.focus.gained()

    def on_deactivated(self, view: sublime.View) -> None:
        plugin.focus.lost()

    def on_selection_modified(self, view: sublime.View) -> None:
        plugin.focus.input(view)
