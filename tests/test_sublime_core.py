"""How the package finds the core in Sublime Text; for the rest of its life see `test_adapters_core`."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from adapters import FOLDERS, FULL, home_of
from installation import ROOT
from opencredits import paths
from scripted_bridge import STATUS
from sublime_session import PACKAGE, VERSIONS
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the host is driven by POSIX's means")

home = home_of("sublime", "3.8")


# finding it


@pytest.mark.parametrize("home", VERSIONS, indirect=True)
def test_that_a_core_is_missing_stands_in_a_panel(home):
    """It stays and takes no focus, so that nothing is in the way at start-up."""
    sublime = home.open(env=home.without_core())
    message = sublime.wait_said("No core was found")
    wait_for(lambda: sublime.panel() == "output.OpenCredits", "the panel")
    assert " ".join(sublime.outputs()["output.OpenCredits"].split()) == message
    assert sublime.dialogs() == []


@pytest.mark.parametrize("command", ["/nowhere/opencredits", ["/nowhere/opencredits", "--key", "secret"]])
def test_a_command_that_cannot_be_run_is_named(home, command):
    """The program alone: what comes after it may be anything, a key too."""
    sublime = home.open({"command": command})
    assert "'/nowhere/opencredits'" in sublime.wait_said('The setting "command" names')
    assert sublime.cores() == []


def program_of(sublime):
    """Which program the core was started as, once it has answered and those before it are gone."""
    sublime.wait_text(FULL)

    def program():
        with contextlib.suppress(OSError, ValueError):  # it ends, or it is no core yet
            (pid,) = sublime.cores()
            words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
            return words[words.index("bridge") - 1]

    return wait_for(program, "one core")


def program_after_restart(sublime):
    """The same, of a core that is started now."""
    before = sublime.cores()
    sublime.run("restart")
    wait_for(lambda: sublime.cores() not in ([], before), "another core")
    return program_of(sublime)


def test_the_ladder_to_the_core(home):
    """Each step wins over those below."""
    in_user_folder = home.link_core(home.path / ".local/bin")
    sublime = home.open(env=home.without_core())
    assert program_of(sublime) == in_user_folder
    on_path = home.link_core(home.path / "programs")
    sublime.set_variable(name="PATH", value=str(home.path / "programs"))
    assert program_after_restart(sublime) == on_path
    recorded = home.link_core(home.path / "recorded")
    home.record([recorded])
    assert program_after_restart(sublime) == recorded
    chosen = home.link_core(home.path / "chosen")
    sublime.set_options(command="~/chosen/opencredits")
    wait_for(lambda: sublime.cores() and program_of(sublime) == chosen, "the chosen one")


def test_the_folders_of_pipx_and_uv(home, script):
    """A program that plays a script, linked into one folder after the other."""
    program = home.path / "program"
    program.write_text(f'#!/bin/sh\nexec {" ".join(script.command)} "$0"\n')
    program.chmod(0o755)
    sublime = home.open(env=home.without_core())
    sublime.wait_said("No core was found")
    for number, (variable, folder) in enumerate(FOLDERS):
        base = home.path / f"base{number}"
        (base / folder).mkdir(parents=True)
        (base / folder / "opencredits").symlink_to(program)
        before = str(home.path) if variable == "HOME" else None
        sublime.set_variable(name=variable, value=str(base))
        sublime.run("restart")
        wait_for(lambda number=number: len(script.starts) == number + 1, f"{variable}, {folder}")
        sublime.set_variable(name=variable, value=before)
    argv = [each["argv"][0] for each in script.received if "argv" in each]
    assert [os.path.normpath(each) for each in argv] == [
        os.path.normpath(home.path / f"base{number}" / folder / "opencredits")
        for number, (_, folder) in enumerate(FOLDERS)
    ]


def test_what_setup_has_recorded_may_be_out_of_date(home):
    """Then the ladder goes on."""
    home.record(["/gone"])
    sublime = home.open()
    sublime.wait_text(FULL)
    for text in ("{", "[1]", "5", '{"command": 5}', '{"command": []}', '{"command": ["/gone"]}'):
        (home.state / "setup.json").write_text(text)
        assert program_after_restart(sublime) == home.script, text


def test_nothing_is_run_from_the_folder_of_a_project(home):
    """Where PATH names the current folder, whoever wrote the project would run in Sublime."""
    home.link_core(home.path / "nothing/here")
    sublime = home.open(env={"PATH": f":.{os.pathsep}nothing/here"})
    sublime.wait_said("No core was found")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the platform's own rules hold")
@pytest.mark.parametrize(
    ("name", "value"), [("XDG_STATE_HOME", "/a/b"), ("OPENCREDITS_HOME", "/c d"), (None, "")]
)
def test_the_files_of_the_core_are_where_it_has_them(home, monkeypatch, name, value):
    """Both follow the same variables."""
    sublime = home.open(env={**home.without_core(), **({name: value} if name else {})})
    monkeypatch.setenv("HOME", str(home.path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    if name:
        monkeypatch.setenv(name, value)
    ours = paths.default()
    assert str(ours.setup) in sublime.wait_said("No core was found")
    sublime.run("log")
    assert str(ours.log) in sublime.wait_said("noted nothing so far")


# its life


ENDS = {
    "kill -9 $$": "signal 9",
    "echo; echo ' ' >&2; exit 3": "exit status 3",
    "yes | head -c 9999 >&2": "y",
    "sleep 12 & echo held >&2; exit 3": "held",  # by one that still has its pipes
}


def test_a_core_that_says_nothing_is_told_by_how_it_ended(home):
    started = [
        (home.open_another({"command": ["sh", "-c", command]}), words) for command, words in ENDS.items()
    ]
    for sublime, words in started:
        assert sublime.wait_said("crashed 5 times").count(f"the last time with: {words}.") == 1


def test_what_is_asked_early_is_answered_later(home, script):
    """Between the start and the answer to `initialize`, and while one that has crashed is waited for."""
    script.write(initialize=[{"exit": 1}])
    sublime = home.open_scripted(script.command)
    wait_for(lambda: len(script.starts) == 2, "two starts")
    script.write()
    sublime.run("refresh")
    wait_for(lambda: script.params("refresh"), "the request")
    sublime.run("restart")
    sublime.run("refresh")
    wait_for(lambda: len(script.params("refresh")) == 2, "the other request")


def test_a_core_that_does_not_read_holds_up_nothing(home, script):
    """What is sent to it is more than a pipe holds."""
    sublime = home.play(script)
    core = sublime.core()
    os.kill(core, signal.SIGSTOP)
    for number in range(40):
        sublime.set_options(label=f"{number}" * 2000)
    sublime.run("refresh")
    assert sublime.text() == STATUS["text"]  # it answers
    os.kill(core, signal.SIGCONT)
    wait_for(lambda: script.params("refresh"), "the last request")
    assert len(script.params("settings")) == 40


def test_what_json_cannot_mean_is_passed_over(home, script):
    """Something endless, and identifiers that are none."""
    script.write(start=[{"write": "[" * 100_000 + "\n"}])
    sublime = home.play(script)
    script.cue(write='{"id": [1], "result": {}}\n{"id": {}}\n')
    script.cue(status={**STATUS, "text": "after it"})
    sublime.wait_text("after it")


# two at once, and in one file


def test_two_of_them_ask_once(home):
    """One poll is two requests, whoever makes it."""
    first, second = home.open(), home.open_another()
    assert (first.wait_text(FULL), second.wait_text(FULL)) == (FULL, FULL)
    assert home.sim.count() == 2
    home.spend("2")
    first.run("refresh")
    assert second.wait_text("OpenRouter: $23.00") == first.wait_text("OpenRouter: $23.00")
    assert home.sim.count() == 4


@pytest.mark.parametrize("home", VERSIONS, indirect=True)
def test_the_package_in_one_file_runs_as_well(home):
    """As `hatch run package-sublime` makes it; nothing of it needs a folder."""
    shutil.rmtree(home.data / "Packages" / PACKAGE)
    archive = home.data / "Installed Packages" / f"{PACKAGE}.sublime-package"
    script = ROOT / "plugins/package_sublime.py"
    subprocess.run([sys.executable, str(script), str(archive)], check=True, capture_output=True)
    sublime = home.open()
    sublime.wait_text(FULL)
    sublime.run("details")
    sublime.wait_page("Balance")
    sublime.reload()
    sublime.wait_text(FULL)
    sublime.disable()
    assert sublime.statuses() == {view: {} for view in sublime.statuses()}
