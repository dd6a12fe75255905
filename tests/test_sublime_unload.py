"""What the package leaves behind in Sublime Text when it is switched off, or loaded anew: nothing."""

import json
import os
import sys

import pytest

from adapters import FULL, home_of
from processes import is_running
from scripted_bridge import STATUS
from sublime_session import PACKAGE, VERSIONS
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the host is driven by POSIX's means")

home = home_of("sublime", "3.8")


def test_the_core_goes_with_the_package(home):
    """When it is switched off."""
    sublime = home.open()
    sublime.wait_text(FULL)
    core = sublime.core()
    sublime.disable()
    wait_for(lambda: not is_running(core), "the core's end")


def test_a_core_that_is_still_looked_for_does_not_outlive_the_package(home, script):
    """It is started beside; by then nobody may want it any more."""
    sublime = home.open_scripted(script.command)
    for _ in range(5):
        sublime.reload()
        sublime.disable()
    wait_for(lambda: sublime.cores() == [], "their end")
    wait_for(lambda: not any(map(is_running, script.starts)), "their end")


def settled(sublime):
    """What is left once everything that had ended is gone."""
    seen = []

    def is_still():
        seen.append(sublime.left())
        return len(seen) > 10 and seen[-1] == seen[-10] and seen[-1]["timers"] == 0

    wait_for(is_still, lambda: f"stillness: {seen[-1]}")
    return seen[-1]


@pytest.mark.parametrize("home", VERSIONS, indirect=True)
def test_a_core_that_was_still_looked_for_is_not_started_any_more(home, script):
    """Here a file that is looked at gives nothing for a while."""
    setup = home.state / "setup.json"
    home.state.mkdir(parents=True, exist_ok=True)
    os.mkfifo(setup)
    sublime = home.open()
    sublime.set_options(enabled=False)
    threads = sublime.left()["threads"]
    assert "opencredits" in threads
    setup.write_text(json.dumps({"command": script.command}))
    wait_for(lambda: "opencredits" not in sublime.left()["threads"], "the end of the search")
    assert script.starts == []


def test_twenty_reloads_leave_nothing_behind(home, script):
    """Half of them as when a file was saved, half as when the package is switched off and on, all in use."""
    request = {"method": "save_setting", "params": {}}
    prompt = {"title": "Prompt", "into": "value", "secret": True}
    leaf = {"title": "One", "detail": "", "request": request, "prompt": prompt}
    script.write(
        details=[{"result": {"title": "T", "markdown": "", "text": "Page", "lists": []}}],
        menu=[{"result": {"title": "Menu", "choices": [leaf]}}],
        refresh=[{"error": {"code": -32011, "message": "No.", "data": {}}}],
    )
    sublime = home.play(script)
    sublime.new_window()
    sublime.new_view()

    def use():
        sublime.wait_text(STATUS["text"])
        sublime.run("details")
        sublime.wait_page("Page")
        sublime.run("refresh")
        sublime.run("configure")
        sublime.choose("One")
        sublime.wait_input()
        sublime.blur()

    def reload(count):
        for number in range(count):
            use()
            if number % 2:
                sublime.disable()
            sublime.reload()
        use()
        sublime.disable()
        wait_for(lambda: sublime.cores() == [], "the end of the cores")

    reload(2)
    first = settled(sublime)
    sublime.reload()
    reload(20)
    assert settled(sublime) == first
    assert {name: first[name] for name in ("timers", "callbacks", "statuses", "popups", "panels")} == {
        "timers": 0,
        "callbacks": 0,
        "statuses": 0,
        "popups": 0,
        "panels": 0,
    }
    assert first["threads"] == ["MainThread", "async", "door"]


TALKATIVE = """
import json, sys, time
sys.stdin.readline()
answer = {{"id": 1, "result": {{"protocol": 1, "server": {{}}, "status": {status}, "faults": []}}}}
changed = {{"method": "status_changed", "params": {{"status": {status}}}}}
params = {{"id": "a", "level": "info", "title": "T", "message": "M", "actions": []}}
alert = {{"method": "alert", "params": params}}
while True:
    for message in (answer, changed, alert):
        print(json.dumps(message), flush=True)
    time.sleep(0.01)
"""


def test_a_package_that_was_switched_off_says_nothing_more(home, tmp_path):
    """Whatever a core says that does not notice its end, until it is killed."""
    (tmp_path / "talkative.py").write_text(TALKATIVE.format(status=repr(STATUS)))
    sublime = home.open_scripted([sys.executable, str(tmp_path / "talkative.py")])
    sublime.wait_text(STATUS["text"])
    core = sublime.core()
    said = sublime.disable(waiting=6)
    wait_for(lambda: not is_running(core), "its end")
    assert (sublime.text(), len(sublime.said())) == ("", said)


def test_after_a_reload_the_new_code_runs(home):
    """Of every module, not only of the one that Sublime reloads."""
    sublime = home.open()
    sublime.wait_text(FULL)
    session = home.data / "Packages" / PACKAGE / "adapter/session.py"
    old = 'NOT_RUNNING = "'
    text = session.read_text(encoding="utf-8")
    assert old in text
    session.write_text(text.replace(old, f"{old}NEW CODE. "), encoding="utf-8")
    for name, value in home.without_core().items():
        sublime.set_variable(name=name, value=value)
    sublime.reload()
    sublime.wait_said("No core was found")
    sublime.run("refresh")
    sublime.wait_said("NEW CODE.")
