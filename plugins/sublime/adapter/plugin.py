"""All parts, put together: what commands and events of Sublime Text call."""

from __future__ import annotations

import sublime

from . import log, message, settings
from .alert import Alerts
from .bridge import Json
from .details import Details
from .focus import Focus
from .menu import Menu
from .request import Requests
from .session import Session
from .status import StatusBar


class Plugin:
    """Lives from `plugin_loaded` to `plugin_unloaded`; nothing in here takes time."""

    def __init__(self) -> None:
        self._status = StatusBar()
        self._session = Session(self._status, self._begin, self._receive_alert)
        self._requests = Requests(self._session, self._status, self._show_page)
        self._alerts = Alerts(self._requests, self._session.notify)
        self._details = Details(self._requests)
        self._menu = Menu(self._requests)
        self.focus = Focus(self._session.notify)

    def start(self) -> None:
        """Begin; the core is started beside."""
        settings.watch(self._sync)
        self._sync()

    def stop(self) -> None:
        """Undo all that was done."""
        settings.unwatch()
        self.focus.stop()
        self._session.stop()
        self._details.close()
        self._status.hide()
        message.close()

    def show_in(self, view: sublime.View) -> None:
        """Show the text in a view that is new, or may be, and what waited for one."""
        self._status.show_in(view)
        self._alerts.show_held()

    def refresh(self) -> None:
        """Ask OpenRouter now."""
        self._requests.send("refresh", {}, self._show_refreshed)

    def configure(self) -> None:
        """Choose what to configure: keys, accounts, interval."""
        self._menu.open()

    def show_details(self) -> None:
        """Show what is left, how fast it goes, and why something is not known."""
        self._details.open()

    def act_on_row(self, row: int) -> None:
        """Choose what to do about a row of the details."""
        self._details.act(row)

    def choose_action(self) -> None:
        """Choose a row of the details, and what to do about it."""
        self._details.choose()

    def answer_alert(self) -> None:
        """Choose what to do about an alert that offers something."""
        self._alerts.choose()

    def restart(self) -> None:
        """Start the core anew, also after it was given up."""
        self._session.restart()

    def open_log(self) -> None:
        """Open the core's log."""
        log.show()

    def _sync(self) -> None:
        self._session.sync(settings.read())

    def _begin(self) -> None:
        self._alerts.drop_held()
        self.focus.begin()

    def _receive_alert(self, alert: Json) -> None:
        self._alerts.receive(alert)

    def _show_page(self, page: Json) -> None:
        self._details.show(page)

    def _show_refreshed(self, result: Json) -> None:
        if not result.get("message"):
            message.say(self._status.text)
        self._details.reload()
