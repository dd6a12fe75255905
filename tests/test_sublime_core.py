"""How the Sublime Text package finds the core and keeps one running, and what it leaves behind."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from installation import ROOT
from opencredits import __version__, paths
from processes import is_running
from scripted_bridge import STATUS
from sublime_session import FULL, PACKAGE, VERSIONS, open_home
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the host is driven by POSIX's means")


@pytest.fixture(params=["3.8"])
def home(cli, request):
    """See sublime_session.Home."""
    with open_home(cli, request.param) as home:
        yield home


# finding it


@pytest.mark.parametrize("home", VERSIONS, indirect=True)
def test_a_missing_core_is_one_message_that_says_what_to_do(home):
    """In a panel that stays and takes no focus, so that nothing is in the way at start-up."""
    sublime = home.open(env=home.without_core())
    message = sublime.wait_told("No core was found")
    for part in (f"{home.state}/setup.json", "PATH", "~/.local/bin", "pipx install opencredits"):
        assert part in message
    assert sublime.dialogs() == []
    assert sublime.panel() == "output.OpenCredits"
    assert sublime.outputs()["output.OpenCredits"].strip() == message.strip()
    sublime.run("refresh")
    sublime.wait_told("is not running")
    assert len(sublime.said()) == 2


def test_a_core_that_is_installed_later_is_found_by_restart(home):
    sublime = home.open(env=home.without_core())
    sublime.wait_told("No core was found")
    home.link_core(home.path / ".local/bin")
    sublime.run("restart")
    sublime.wait_text(FULL)


@pytest.mark.parametrize("command", ["/nowhere/opencredits", ["/nowhere/opencredits", "--key", "secret"]])
def test_a_command_that_cannot_be_run_is_named(home, command):
    """The program alone: what comes after it may be anything, a key too."""
    sublime = home.open(command=command)
    assert "'/nowhere/opencredits'" in sublime.wait_told('The setting "command" names')
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
    (home.state / "setup.json").write_text(json.dumps({"command": [recorded], "version": "0.1.0"}))
    assert program_after_restart(sublime) == recorded
    chosen = home.link_core(home.path / "chosen")
    sublime.settings(command="~/chosen/opencredits")
    wait_for(lambda: sublime.cores() and program_of(sublime) == chosen, "the chosen one")


FOLDERS = [
    ("PIPX_BIN_DIR", "."),
    ("UV_TOOL_BIN_DIR", "."),
    ("XDG_BIN_HOME", "."),
    ("PIPX_HOME", "venvs/opencredits/bin"),
    ("UV_TOOL_DIR", "opencredits/bin"),
    ("XDG_DATA_HOME", "uv/tools/opencredits/bin"),
    ("HOME", ".local/bin"),
    ("HOME", ".local/share/pipx/venvs/opencredits/bin"),
    ("HOME", ".local/pipx/venvs/opencredits/bin"),
]


def test_the_folders_of_pipx_and_uv(home, script):
    """A program that plays a script, linked into one folder after the other."""
    program = home.path / "program"
    program.write_text(f'#!/bin/sh\nexec {" ".join(script.command)} "$0"\n')
    program.chmod(0o755)
    sublime = home.open(env=home.without_core())
    sublime.wait_told("No core was found")
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
    sublime = home.open()
    sublime.wait_text(FULL)
    for text in ("{", "[1]", "5", '{"command": 5}', '{"command": []}', '{"command": ["/gone"]}'):
        (home.state / "setup.json").write_text(text)
        assert program_after_restart(sublime) == home.script, text


def test_nothing_is_run_from_the_folder_of_a_project(home):
    """Where PATH names the current folder, whoever wrote the project would run in Sublime."""
    home.link_core(home.path / "nothing/here")
    sublime = home.open(env={"PATH": f":.{os.pathsep}nothing/here"})
    sublime.wait_told("No core was found")


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
    assert str(ours.setup) in sublime.wait_told("No core was found")
    sublime.run("log")
    assert str(ours.log) in sublime.wait_told("noted nothing so far")


# its life


def test_the_core_is_told_who_speaks(home, script):
    sublime = home.open_scripted(script.command)
    sublime.wait_text(STATUS["text"])
    assert [each["argv"] for each in script.received if "argv" in each] == [["bridge"]]
    (initialize,) = script.params("initialize")
    assert initialize == {
        "protocol": 1,
        "client": {"name": "Sublime Text", "version": __version__},
        "settings": {},
    }


def test_a_killed_core_comes_back(home):
    sublime = home.open()
    sublime.wait_text(FULL)
    first = sublime.core()
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: sublime.cores() not in ([], [first]), "another core")
    home.sim.account.spend(Decimal(1))
    sublime.run("refresh")
    sublime.wait_text("OpenRouter: $24.00")
    assert "crashed" not in " ".join(sublime.told())


def test_a_core_that_crashes_at_once_is_given_up_after_five_times(home, script):
    script.write(start=[{"stderr": "something\nis broken\n\n"}, {"exit": 3}])
    sublime = home.open_scripted(script.command)
    message = sublime.wait_told("crashed 5 times")
    assert "is broken." in message
    assert "'OpenCredits: Restart'" in message
    assert len(script.starts) == 5
    script.write()
    sublime.run("restart")
    sublime.wait_text(STATUS["text"])
    assert len(sublime.said()) == 1


ENDS = {
    "kill -9 $$": "signal 9",
    "echo; echo ' ' >&2; exit 3": "exit status 3",
    "yes | head -c 9999 >&2": "y",
    "sleep 12 & echo held >&2; exit 3": "held",  # by one that still has its pipes
}


def test_a_core_that_says_nothing_is_told_by_how_it_ended(home):
    started = [(home.open_another(command=["sh", "-c", command]), words) for command, words in ENDS.items()]
    for sublime, words in started:
        assert sublime.wait_told("crashed 5 times").count(f"the last time with: {words}.") == 1


def test_what_was_asked_of_a_core_that_crashes_is_answered(home, script):
    script.write(refresh=[{"exit": 1}])
    sublime = home.open_scripted(script.command)
    sublime.wait_text(STATUS["text"])
    sublime.run("refresh")
    sublime.wait_told("crashed before it answered")


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


@pytest.mark.parametrize("how", ["quit", "kill", "disable"])
def test_the_core_goes_with_sublime(home, how):
    """However it ends, and when the package is switched off."""
    sublime = home.open()
    sublime.wait_text(FULL)
    core = sublime.core()
    getattr(sublime, how)()
    wait_for(lambda: not is_running(core), "the core's end")


def test_a_core_that_is_still_looked_for_does_not_outlive_the_package(home, script):
    """It is started beside; by then nobody may want it any more."""
    sublime = home.open_scripted(script.command)
    for _ in range(5):
        sublime.reload()
        sublime.disable()
    wait_for(lambda: sublime.cores() == [], "their end")
    wait_for(lambda: not any(map(is_running, script.starts)), "their end")


def test_restarting_leaves_one_core(home):
    sublime = home.open()
    sublime.wait_text(FULL)
    first = sublime.core()
    for _ in range(3):
        sublime.run("restart")
    wait_for(lambda: first not in sublime.cores() and len(sublime.cores()) == 1, "the end of the others")


def test_a_core_that_does_not_end_is_killed(home, tmp_path):
    """One that neither hears SIGTERM nor sees the end of its stdin."""
    deaf = tmp_path / "deaf"
    deaf.write_text("#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n")
    deaf.chmod(0o755)
    sublime = home.open_scripted([str(deaf)])
    core = sublime.core()
    sublime.settings(enabled=False)
    wait_for(lambda: not is_running(core), "its end")


def test_a_core_that_does_not_read_holds_up_nothing(home, script):
    """What is sent to it is more than a pipe holds."""
    sublime = home.open_scripted(script.command)
    sublime.wait_text(STATUS["text"])
    core = sublime.core()
    os.kill(core, signal.SIGSTOP)
    for number in range(40):
        sublime.settings(command=script.command, label=f"{number}" * 2000)
    sublime.run("refresh")
    assert sublime.text() == STATUS["text"]  # it answers
    os.kill(core, signal.SIGCONT)
    wait_for(lambda: script.params("refresh"), "the last request")
    assert len(script.params("settings")) == 40


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            {"result": {"protocol": 2, "server": {"version": "9"}, "status": STATUS}},
            "The core (9) does not speak",
        ),
        (
            {"error": {"code": -32010, "message": "Too old.", "data": {"action": "Update."}}},
            "Too old. Update.",
        ),
    ],
)
def test_another_version_of_the_protocol_is_one_message(home, script, answer, said):
    script.write(initialize=[answer])
    sublime = home.open_scripted(script.command)
    sublime.wait_told(said)
    sublime.run("refresh")
    sublime.wait_told("is not running")
    assert (len(script.starts), len(sublime.said())) == (1, 2)
    wait_for(lambda: not sublime.cores(), "its end")


def test_what_is_not_of_the_protocol_is_passed_over(home, script):
    """Lines in pieces, long ones, and what is none of our business."""
    long = {**STATUS, "text": "ünï💸", "tooltip": "x" * 300_000}
    noise = 'not JSON\n\n[1]\n"x"\nnull\n5\n{"id": 99, "result": 1}\n{"method": "news", "params": {}}\n'
    more = '{"id": [1], "result": {}}\n{"id": {}}\n{}\n{"method": 5}\n'
    script.write(
        start=[{"write": noise + "[" * 100_000 + "\n"}],
        initialize=[
            {
                "result": {"protocol": 1, "server": {}, "status": STATUS, "faults": []},
                "chunk": 7,
            }
        ],
    )
    sublime = home.open_scripted(script.command)
    sublime.wait_text(STATUS["text"])
    script.cue(write=more)
    script.cue(status=long, chunk=30_001)
    sublime.wait_text("ünï💸")


def test_answers_in_another_order(home, script):
    script.write(
        details=[{"until": "menu"}, {"result": {"title": "T", "markdown": "", "text": "late", "lists": []}}],
        menu=[{"result": {"title": "M", "choices": []}}],
    )
    sublime = home.open_scripted(script.command)
    sublime.wait_text(STATUS["text"])
    sublime.run("details")
    sublime.run("configure")
    sublime.wait_shown("late")


# what it leaves behind


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
    home.state.mkdir(parents=True)
    os.mkfifo(setup)
    sublime = home.open()
    sublime.settings(enabled=False)
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
    sublime = home.open_scripted(script.command)
    sublime.new_window()
    sublime.new_view()

    def use():
        sublime.wait_text(STATUS["text"])
        sublime.run("details")
        sublime.wait_shown("Page")
        sublime.run("refresh")
        sublime.run("configure")
        sublime.pick("One")
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
    sublime.wait_told("No core was found")
    sublime.run("refresh")
    sublime.wait_told("NEW CODE.")


# two at once, and in one file


def test_two_of_them_ask_once(home):
    """One poll is two requests, whoever makes it."""
    first, second = home.open(), home.open_another()
    assert (first.wait_text(FULL), second.wait_text(FULL)) == (FULL, FULL)
    assert home.sim.count() == 2
    home.sim.account.spend(Decimal(2))
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
    sublime.wait_shown("Balance")
    sublime.reload()
    sublime.wait_text(FULL)
    sublime.disable()
    assert sublime.statuses() == {view: {} for view in sublime.statuses()}
