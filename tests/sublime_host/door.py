"""What the test says over the pipes: JSON, one message per line, done on the main thread.

A request is `{"do": NAME, ...}`, its answer `{"value": ...}` or `{"error": TEXT}`.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
from typing import Any, Callable

import loader
import page
import sublime_plugin
from application import ViewState, WindowState, app

PACKAGE = "OpenCredits"


def run(data: str) -> None:
    """Start as Sublime does, and go on until the end of the requests."""
    # A program that the plugin starts inherits neither of these, and what a plugin prints goes elsewhere.
    requests, answers = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    threading.excepthook = _thread_stumbled  # type: ignore[assignment]
    sys.unraisablehook = _unraisable
    app.data = data
    pipes = os.fdopen(requests, encoding="utf-8"), os.fdopen(answers, "w", encoding="utf-8")
    app.main.add(_start)
    threading.Thread(target=_listen, args=pipes, name="door", daemon=True).start()
    threading.Thread(target=app.beside.run, name="async", daemon=True).start()
    app.main.run()
    os._exit(0)  # as a plugin host ends: it waits for no thread


def _start() -> None:
    """Windows first, then plugins, then the API."""
    page.open_view(page.open_window(), None, transient=False)
    for package in app.packages():
        if package != "User":
            loader.load(package)
    app.ready = True
    for name, module in list(sys.modules.items()):
        if "__plugins__" in vars(module) and "." in name:
            loader.loaded(module)


def _thread_stumbled(args: Any) -> None:
    app.faults.append("".join(traceback.format_exception(*args[:3])))


def _unraisable(args: Any) -> None:
    app.faults.append(f"{args.err_msg} {args.object!r}: {args.exc_value!r}")


def _listen(source: Any, sink: Any) -> None:
    for line in source:
        request = json.loads(line)
        app.main.add(lambda request=request: _answer(request, sink))
    app.main.add(lambda: os._exit(0))  # whoever drives it is gone


def _answer(request: dict[str, Any], sink: Any) -> None:
    # Outside of any plugin: what is asked here does not count as its work.
    before, app.watch.phase = app.watch.phase, None
    try:
        answer = {"value": DOES[request.pop("do")](**request)}
    except Exception:  # noqa: BLE001
        answer = {"error": traceback.format_exc()}
    app.watch.phase = before
    sink.write(json.dumps(answer, default=repr) + "\n")
    sink.flush()


def _view(id: int | None) -> ViewState:
    view = app.views[id] if id is not None else app.window.active
    assert view is not None, "no view is open"
    return view


def _window(id: int | None) -> WindowState:
    return next(each for each in app.windows if id in (None, each.id))


# what a person does


def new_window() -> int:
    return page.open_window().id


def close_window(id: int) -> None:
    window = _window(id)
    for view in list(window.views):
        app.close(view)
    app.windows.remove(window)


def window_ids() -> list[int]:
    return [each.id for each in app.windows]


def new_view(window: int | None = None) -> int:
    return page.open_view(_window(window) if window else app.window, None, transient=False).id


def open_file(path: str, transient: bool = False) -> int:
    return page.open_view(app.window, path, transient).id


def clone(view: int | None = None, window: int | None = None) -> int:
    return page.clone(_view(view), _window(window) if window else app.window).id


def close(view: int | None = None) -> None:
    app.close(_view(view))


def focus(view: int | None = None) -> None:
    app.activate(_view(view))


def blur() -> None:
    import sublime

    app.tell("on_deactivated", sublime.View(_view(None).id))


def edit(text: str) -> None:
    import sublime

    view = _view(None)
    view.write(text)
    app.tell("on_modified", sublime.View(view.id))
    app.tell("on_selection_modified", sublime.View(view.id))


def command(name: str, args: dict[str, Any] | None = None) -> None:
    page.run(app.window, None, name, args)


def choose(row: Any) -> None:
    quick = app.window.quick
    assert quick is not None, "no quick panel is open"
    rows = [each["trigger"] for each in quick["rows"]]
    found = [index for index, text in enumerate(rows) if row in text] if isinstance(row, str) else [row]
    assert found, f"there are only {rows}"
    page.choose(app.window, found[0])


def type_input(text: str) -> None:
    page.type_input(app.window, text)


def press(key: str) -> None:
    {"enter": page.enter_input, "escape": page.leave_input}[key](app.window)


def click(text: str) -> None:
    page.click(text)


def change_settings(name: str, values: Any) -> None:
    path = os.path.join(app.data, "Packages", "User", name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(values if isinstance(values, str) else json.dumps(values))
    app.settings_file_changed(name)


def set_variable(name: str, value: str | None) -> None:
    """What a program that is started from now on sees."""
    os.environ.pop(name, None)
    if value is not None:
        os.environ[name] = value


def reload(package: str = PACKAGE) -> None:
    loader.load(package)


def disable(package: str = PACKAGE, waiting: int = 0) -> int:
    """At a moment at which so much waits for the main thread; how much has been said until then."""
    while len(app.main.waiting) < waiting:
        time.sleep(0.001)
    loader.disable(package)
    return len(app.said)


def leave() -> None:
    app.leave_session()
    app.shut = True
    for listener in sublime_plugin.listeners:
        method = getattr(listener, "on_exit", None)
        if method is not None:
            app.run(method, "exit")
    app.main.end()


# what is seen


def statuses() -> dict[str, dict[str, str]]:
    return {str(each.id): dict(each.status) for each in app.views.values()}


def bar() -> str:
    """What stands in the status bar: the values of the view that is seen, by their keys."""
    active = app.window.active
    return ", ".join(active.status[key] for key in sorted(active.status)) if active is not None else ""


def said() -> list[str]:
    return app.said


def dialogs() -> list[dict[str, Any]]:
    return app.dialogs


def quick() -> dict[str, Any] | None:
    found = app.window.quick
    return None if found is None else {"rows": found["rows"], "placeholder": found["placeholder"]}


def input_panel() -> dict[str, Any] | None:
    window = app.window
    if window.input is None or window.input_view is None:
        return None
    return {
        "caption": window.input["caption"],
        "text": window.input_view.text,
        "masked": bool(window.input_view.settings.all().get("password")),
    }


def input_view() -> dict[str, Any]:
    """What is left in the view of the input panel, which the next plugin gets."""
    view = app.window.input_view
    assert view is not None, "no input panel was ever open"
    return {"text": view.text, "undo": view.undo, "settings": view.settings.all()}


def shown() -> dict[str, Any] | None:
    """The popup of the view, or else the HTML sheet."""
    window = app.window
    if window.active is not None and window.active.popup is not None:
        return {"kind": "popup", **page.seen(window.active.popup["html"])}
    return {"kind": "sheet", **page.seen(window.html[-1]["html"])} if window.html else None


def outputs() -> dict[str, str]:
    return {f"output.{name}": view.text for name, view in app.window.outputs.items()}


def panel() -> str | None:
    return app.window.panel


def files() -> list[str | None]:
    return [each.file for each in app.window.views]


def view_ids() -> list[int]:
    return [each.id for window in app.windows for each in window.views]


def faults() -> list[str]:
    return app.faults


def slow(phase: str | None = None) -> list[dict[str, str]]:
    return [each for each in app.watch.seen if phase in (None, each["phase"])]


def commands() -> list[str]:
    return sorted(sublime_plugin.commands)


def left() -> dict[str, Any]:
    """Everything of the package that is still there."""
    return {
        **loader.left_behind(PACKAGE),
        "threads": sorted(each.name for each in threading.enumerate()),
        "timers": len(app.main.waiting) + len(app.beside.waiting),
        "callbacks": sum(len(each.callbacks) for each in _all_settings()),
        "statuses": sum(len(each.status) for each in app.views.values()),
        "inputs": sum(each.input is not None for each in app.windows),
        "popups": sum(each.popup is not None for each in app.views.values()),
        "panels": sum(len(each.outputs) for each in app.windows),
        "files": len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0,
    }


def _all_settings() -> list[Any]:
    return [
        *app.settings.values(),
        *(each.settings for each in app.views.values()),
        *(each.settings for each in app.windows),
    ]


DOES: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in [
        *(new_window, close_window, new_view, open_file, clone, close, focus, blur, edit, command, choose),
        *(type_input, press, click, change_settings, set_variable, reload, disable, leave),
        *(statuses, bar, said, dialogs, quick, input_panel, input_view, shown, outputs, panel, files),
        *(view_ids, window_ids, faults, slow, commands, left),
    ]
}
