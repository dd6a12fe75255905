"""The details: a page, and below it lists whose rows can be acted on."""

from __future__ import annotations

from html import escape

import sublime

from . import choice
from .bridge import Json
from .request import Requests

WIDTH, HEIGHT = 800, 600  # pixels at most
PAGE = """<body id="opencredits">
<style>
h1 {{ font-size: 1.2rem; margin: 0 0 0.5rem; }}
h2 {{ font-size: 1rem; margin: 1rem 0 0.2rem; }}
</style>
{}
</body>"""


class Details:
    """Shown as a popup of the active view, or as a tab where there is no view."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._rows: list[Json] = []  # those that can be acted on, as they are shown
        self._view: sublime.View | None = None
        self._sheet: sublime.HtmlSheet | None = None

    def open(self) -> None:
        """Show them as soon as the core has answered."""
        self._requests.send("details", {}, self.show)

    def show(self, details: Json) -> None:
        """Show these, or another page of their form."""
        self._rows = _rows_with_actions(details)
        page = self._page(details)
        window = sublime.active_window()
        view = window.active_view()
        if view:
            self._show_popup(view, page)
        elif self._sheet and self._is_sheet_open():
            self._sheet.set_contents(page)
        else:
            sheet = window.new_html_sheet(details["title"], page)
            self._sheet = sheet if isinstance(sheet, sublime.HtmlSheet) else None

    def reload(self) -> None:
        """Show what they are now, where they are open."""
        if self._view or self._is_sheet_open():
            self.open()

    def act(self, number: int) -> None:
        """Choose what to do about a row that is shown, do it, and show what has become of it."""
        if number < len(self._rows):
            self._act(self._rows[number])

    def choose(self) -> None:
        """Choose the row as well: in a popup that takes a mouse."""
        self._requests.send("details", {}, self._ask)

    def close(self) -> None:
        """Take them away."""
        if self._view:
            self._view.hide_popup()
        if self._sheet:
            self._sheet.close()

    def _ask(self, details: Json) -> None:
        choices = [{**row, "title": row["text"]} for row in _rows_with_actions(details)]
        choice.ask(details["title"], choices, self._act)

    def _act(self, row: Json) -> None:
        choice.ask(row["text"], row["actions"], lambda action: self._send(row["id"], action["id"]))

    def _send(self, subject: str, action: str) -> None:
        def done(result: Json) -> None:
            if not result.get("page"):
                self.open()

        self._requests.send("act", {"subject": subject, "action": action}, done)

    def _is_sheet_open(self) -> bool:
        return bool(self._sheet and self._sheet.window())

    def _show_popup(self, view: sublime.View, page: str) -> None:
        if view == self._view:
            view.update_popup(page)
            return
        seen = view.visible_region()
        is_caret_seen = any(seen.contains(caret) for caret in view.sel())
        self._view = view
        view.show_popup(
            page,
            location=-1 if is_caret_seen else seen.begin(),
            max_width=WIDTH,
            max_height=HEIGHT,
            on_hide=self._forget_view,
        )

    def _forget_view(self) -> None:
        self._view = None

    def _page(self, details: Json) -> str:
        title, *lines = details["text"].split("\n")
        parts = [f"<h1>{_text(title)}</h1>", *(f"<div>{_text(line)}</div>" for line in lines)]
        for each in details["lists"]:
            parts += [f"<h2>{_text(each['title'])}</h2>", *map(self._row, each["rows"])]
        parts.append(f"<p>{_link('Refresh', 'open_credits_refresh')}</p>")
        return PAGE.format("\n".join(parts))

    def _row(self, row: Json) -> str:
        text, detail = row["text"], _text(row.get("detail") or "")
        if not row["actions"]:
            return f"<div>{_text(text)} {detail}</div>"
        # By its number: what the core calls it need not be fit for a link.
        return f"<div>{_link(text, 'open_credits_row', row=self._rows.index(row))} {detail}</div>"


def _rows_with_actions(details: Json) -> list[Json]:
    return [row for each in details["lists"] for row in each["rows"] if row["actions"]]


def _link(text: str, command: str, **arguments: int) -> str:
    return f"<a href='{sublime.command_url(command, arguments)}'>{_text(text)}</a>"


def _text(text: str) -> str:
    # HTML makes one space of many.
    return escape(text).replace("  ", "&nbsp; ")
