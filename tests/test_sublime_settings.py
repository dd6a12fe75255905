"""The settings of the package in Sublime Text, and its focus; see also `test_adapters_commands`."""

import json
import sys

import pytest

from adapters import FULL, home_of
from processes import is_running
from scripted_bridge import STATUS
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the host is driven by POSIX's means")

home = home_of("sublime", "3.8")


def test_the_next_core_is_told_what_was_changed(home, script):
    sublime = home.play(script, {"a": 1, "b": True, "c": "x"})
    sublime.set_options(a="1", b=True, d=[1.5])
    sublime.set_options(a="1", b=True, d=[1.5])
    sublime.run("restart")
    wait_for(lambda: len(script.params("initialize")) == 2, "the other start")
    assert script.params("settings") == [{"a": "1", "c": None, "d": [1.5]}]
    assert script.params("initialize")[1]["settings"] == {"a": "1", "b": True, "d": [1.5]}


def test_a_true_is_not_a_one(home, script):
    """For Python they are equal, for the core they are not."""
    sublime = home.play(script, {"a": True, "b": 1})
    sublime.set_options(a=1, b=1.0)
    wait_for(lambda: script.params("settings"), "the request")
    assert json.dumps(script.params("settings")[0]["a"]) == "1"


def test_settings_that_are_changed_before_the_core_is_up_are_sent(home, script):
    script.write(start=[{"until": "never"}])
    sublime = home.open_scripted(script.command, {"a": 1})
    wait_for(lambda: script.params("initialize"), "the first request")
    script.write()
    sublime.set_options(a=2)
    sublime.run("restart")
    wait_for(lambda: len(script.params("initialize")) == 2, "the other start")
    assert script.params("initialize")[1]["settings"] == {"a": 2}


def test_settings_of_a_wrong_kind_are_named(home):
    """Their defaults are taken."""
    sublime = home.open({"enabled": "yes", "command": [5], "demo": 1})
    sublime.wait_text(FULL)
    said = sublime.wait_said('"enabled"')
    assert '"command"' in said
    assert '"demo"' in said


def test_a_settings_file_that_is_broken_is_as_none(home):
    sublime = home.open({"format": "{amount}"})
    sublime.wait_text("$25.00")
    sublime.save_settings("{ // half")
    sublime.wait_text(FULL)


def test_another_command_is_run_at_once(home, script):
    sublime = home.open()
    sublime.wait_text(FULL)
    core = sublime.core()
    sublime.set_options(command=script.command)
    sublime.wait_text(STATUS["text"])
    wait_for(lambda: not is_running(core), "the end of the other")


# focus


def test_focus_is_told(home, script):
    """Another view of this editor is no loss of it."""
    sublime = home.play(script)
    sublime.new_view()
    sublime.blur()
    wait_for(lambda: {"focused": False} in script.params("focus"), "the loss")
    sublime.focus()
    wait_for(lambda: script.params("focus")[-1] == {"focused": True}, "the gain")
    told = script.params("focus")
    assert told.count({"focused": False}) == 1


def test_the_first_input_after_a_while_is_told_once(home, script):
    sublime = home.play(script)
    wait_for(lambda: script.params("focus") == [{"focused": True}], "the beginning")
    for text in ("a", "ab", "abc"):
        sublime.edit(text=text)
    wait_for(lambda: len(script.params("focus")) > 1, "the first")
    sublime.run("refresh")
    wait_for(lambda: script.params("refresh"), "what came after it")
    assert script.params("focus") == [{"focused": True}] * 2


def test_a_new_core_hears_where_the_person_is(home, script):
    """At once: who starts an editor is in it. One that was left is not where the person is."""
    sublime = home.play(script)
    wait_for(lambda: script.params("focus") == [{"focused": True}], "the first core hears it")
    sublime.run("restart")
    wait_for(lambda: script.params("focus") == [{"focused": True}] * 2, "the second hears it too")
    sublime.blur()
    wait_for(lambda: script.params("focus")[2:] == [{"focused": False}], "the loss")
    sublime.run("restart")
    sublime.run("refresh")
    wait_for(lambda: script.params("refresh"), "the third is up")
    assert len(script.params("focus")) == 3


def test_without_a_window_the_person_is_not_here(home, script):
    """As on macOS, where an editor may start without one."""
    sublime = home.play(script)
    wait_for(lambda: script.params("focus"), "the first core hears it")
    (window,) = sublime.window_ids()
    sublime.close_window(id=window)
    sublime.run("restart")
    sublime.run("refresh")
    wait_for(lambda: script.params("refresh"), "another is up")
    assert len(script.params("focus")) == 1
