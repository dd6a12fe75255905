"""What is opened, chosen, typed and clicked: panels, popups, commands."""

from __future__ import annotations

import html.parser
import json
import os
from typing import Any

from application import ViewState, WindowState, app

_words = str.split

# minihtml Reference: the tags that are styled or have a behaviour, and the attributes.
TAGS = frozenset(
    _words("html head style body h1 h2 h3 h4 h5 h6 div p ul ol li b strong i em u big small a code var tt")
) | {"img", "br", "span"}
INLINE = frozenset(_words("a b strong i em u tt code"))  # in the details of a row
ATTRIBUTES = frozenset(_words("class id style href title src"))
OWN_COMMANDS = frozenset(
    _words("open_file edit_settings show_panel hide_panel hide_overlay hide_popup")
    + _words("insert append select_all left_delete right_delete")
)


class _Page(html.parser.HTMLParser):
    """Reads minihtml, strictly."""

    def __init__(self, tags: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.tags, self.open = tags, []  # type: ignore[var-annotated]
        self.text: list[str] = []
        self.links: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        names = {name for name, _ in attrs}
        if tag not in self.tags or not names <= ATTRIBUTES:
            app.refuse(f"<{tag}> with {sorted(names)} in minihtml")
        if tag not in {"br", "img"}:
            self.open.append(tag)
        if tag == "a":
            self.links.append({"href": dict(attrs).get("href") or "", "text": ""})
        elif tag in {"p", "div", "li", "br", "h1", "h2", "h3"}:
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            app.refuse(f"</{tag}> in minihtml, where something else is open")

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.text.append(data)
        if "a" in self.open:
            self.links[-1]["text"] += data


def _read(markup: str, tags: frozenset[str] = TAGS) -> _Page:
    page = _Page(tags)
    page.feed(markup)
    page.close()
    if page.open:
        app.refuse(f"{page.open} are not closed in minihtml")
    return page


def check(markup: str, tags: frozenset[str] = TAGS) -> str:
    """Refuse what minihtml does not know."""
    markup.encode()
    _read(markup, tags)
    return markup


def seen(markup: str) -> dict[str, Any]:
    """What a person sees of it, and where links lead."""
    page = _read(markup)
    lines = "".join(page.text).split("\n")
    return {"text": "\n".join(line.strip() for line in lines if line.strip()), "links": page.links}


def click(text: str) -> None:
    """Click the first link of the popup, or else of the HTML sheet, that says this."""
    window = app.window
    popup = window.active.popup if window.active is not None else None
    sheets = [each["html"] for each in window.html]
    markup = popup["html"] if popup is not None else sheets[-1]
    hrefs = [each["href"] for each in _read(markup).links if text in each["text"]]
    href = hrefs[0]
    if href.startswith("subl:"):
        name, _, args = href[len("subl:") :].partition(" ")
        run(window, window.active, name, json.loads(args) if args else None)
    elif popup is not None and popup["on_navigate"] is not None:
        app.run(lambda: popup["on_navigate"](href))


# views


def open_view(window: WindowState, file: str | None, transient: bool) -> ViewState:
    """A new tab; a file is loaded a moment later."""
    import sublime

    found = [each for each in window.views if file is not None and each.file == file]
    if found:
        app.activate(found[0])
        return found[0]
    view = ViewState(window, file=file)
    view.transient = transient
    window.views.append(view)
    if file is None:
        app.tell("on_new", sublime.View(view.id))
    else:
        view.loading = True
        app.main.add(lambda: _loaded(view))
    app.activate(view)
    return view


def _loaded(view: ViewState) -> None:
    import sublime

    view.loading = False
    if view.file is not None and os.path.isfile(view.file):
        before, app.watch.phase = app.watch.phase, None  # the application reads it
        with open(view.file, encoding="utf-8", errors="replace") as file:
            view.text = file.read()
        app.watch.phase = before
    app.tell("on_load", sublime.View(view.id))


def clone(view: ViewState, window: WindowState) -> ViewState:
    """Another view into the same file."""
    import sublime

    copy = ViewState(window, file=view.file)
    copy.buffer, copy.text = view.buffer, view.text
    window.views.append(copy)
    app.tell("on_clone", sublime.View(copy.id))
    app.activate(copy)
    return copy


def open_window() -> WindowState:
    """Another one, in front."""
    import sublime

    window = WindowState()
    app.tell("on_new_window", sublime.Window(window.id))
    return window


# panels


def choose(window: WindowState, index: int) -> None:
    """Choose a row of the quick panel; -1 leaves it."""
    quick, window.quick = window.quick, None
    assert quick is not None, "no quick panel is open"
    app.run(lambda: quick["select"](index))


def type_input(window: WindowState, text: str) -> None:
    """Type into the input panel, letter by letter."""
    view, panel = window.input_view, window.input
    assert view is not None
    assert panel is not None, "no input panel is open"
    for end in range(1, len(text) + 1):
        view.write(text[:end])
        if panel["change"] is not None:
            app.run(lambda: panel["change"](view.text))


def enter_input(window: WindowState) -> None:
    """Press Enter."""
    view, panel = window.input_view, window.input
    assert view is not None
    assert panel is not None, "no input panel is open"
    window.input, window.panel = None, None
    if panel["done"] is not None:
        app.run(lambda: panel["done"](view.text))


def leave_input(window: WindowState) -> None:
    """Press Escape, or be replaced by another one."""
    panel, window.input, window.panel = window.input, None, None
    assert panel is not None, "no input panel is open"
    if panel["cancel"] is not None:
        app.run(panel["cancel"])


# commands


def run(window: WindowState, view: ViewState | None, name: str, args: dict[str, Any] | None) -> None:
    """Run a command by its name, of a plugin or of the application itself."""
    import sublime
    import sublime_plugin

    json.dumps(args)  # only what JSON has comes through
    app.commands.append([name, args])
    print(f"command: {name} {json.dumps(args) if args else ''}", flush=True)
    view = view if view is not None else window.active
    command = sublime_plugin.find(name, window, view)
    if command is None:
        _run_own(window, view, name, args or {})
        return
    if not app.run(lambda: _is_enabled(command, args or {}), "command"):
        return
    first = (sublime.Edit(1),) if isinstance(command, sublime_plugin.TextCommand) else ()
    app.run(lambda: command.run(*first, **(args or {})), "command")  # type: ignore[attr-defined]


def _is_enabled(command: Any, args: dict[str, Any]) -> bool:
    try:
        return command.is_enabled(**args)
    except TypeError:  # it does not depend on them
        return command.is_enabled()


def _run_own(window: WindowState, view: ViewState | None, name: str, args: dict[str, Any]) -> None:
    if name not in OWN_COMMANDS:
        app.refuse(f"the command {name!r}, which nobody has")
    elif name == "open_file":
        open_view(window, args["file"], transient=False)
    elif name == "show_panel":
        window.panel = args["panel"]
    elif name == "hide_panel":
        if window.input is not None and window.panel == "input":
            leave_input(window)
        window.panel = None
    elif name == "hide_overlay" and window.quick is not None:
        choose(window, -1)
    elif name == "hide_popup" and view is not None:
        app.hide_popup(view)
    elif view is not None:
        _edit(view, name, args)


def _edit(view: ViewState, name: str, args: dict[str, Any]) -> None:
    first, last = view.caret
    if name == "append":
        if not view.read_only or args.get("force"):
            view.write(view.text + args["characters"])
    elif name == "select_all":
        view.caret = (0, len(view.text))
    elif name == "insert":
        view.write(view.text[:first] + args["characters"] + view.text[last:])
    elif name in {"left_delete", "right_delete"} and first < last:
        view.write(view.text[:first] + view.text[last:])
