"""How each adapter keeps a core running: crashes, ends, other versions, and what is not of the protocol."""

import os
import signal

import pytest

import adapters
from adapters import FULL
from opencredits import __version__
from processes import is_running
from scripted_bridge import STATUS
from waiting import wait_for


@pytest.fixture(params=adapters.EDITORS)
def home(cli, request):
    """See editor_home.EditorHome."""
    with adapters.open_homes(request, *request.param) as (home,):
        yield home


def test_a_missing_core_is_one_message_and_restart_works_once_it_is_there(home):
    """It says what was tried and what to do."""
    home.remove_core()
    editor = home.open()
    message = editor.wait_said("No core was found")
    for part in (f"{home.state}/setup.json", "PATH", "~/.local/bin", "pipx install opencredits"):
        assert part in message
    assert (editor.text(), editor.cores()) == ("", [])
    editor.run("refresh")
    editor.wait_said("is not running")
    assert len(editor.said()) == 2
    home.link_core(home.path / ".local/bin")
    editor.restart_as("is not running")
    editor.wait_text(FULL)


def test_the_core_is_told_who_speaks(home, script):
    """Only what the person has set is sent: for the rest, `config.toml` holds."""
    editor = home.play(script, {"format": "{amount}", "show_in_status_bar": True, "rate_window": 30})
    assert [each["argv"] for each in script.received if "argv" in each] == [["bridge"]]
    (initialize,) = script.params("initialize")
    assert initialize["protocol"] == 1
    assert initialize["client"] == {"version": __version__, **editor.CLIENT}
    assert initialize["settings"] == {"format": "{amount}", "show_in_status_bar": True, "rate_window": 30}
    assert not initialize.get("keys")


def test_a_killed_core_comes_back(home):
    """Nobody needs to know."""
    editor = home.open()
    editor.wait_text(FULL)
    before = editor.core()
    os.kill(before, signal.SIGKILL)
    editor.wait_other_core(before)
    assert (editor.text(), editor.said()) == (FULL, [])
    home.spend("1")
    editor.run("refresh")
    editor.wait_text("OpenRouter: $24.00")
    assert not [text for text in editor.said() if "$24.00" not in text]


@pytest.mark.parametrize("home", adapters.NEWEST, indirect=True)
def test_a_core_that_crashes_at_once_is_given_up_after_five_times(home, script):
    """One message says how it ended, and what to do."""
    script.write(start=[{"stderr": "something\nis broken\n\n"}, {"exit": 3}])
    editor = home.open_scripted(script.command)
    message = editor.wait_said("crashed 5 times")
    assert "is broken." in message
    assert "something" not in message
    assert len(script.starts) == 5
    editor.run("refresh")
    editor.wait_said("is not running")
    script.write()
    editor.restart_as("crashed 5 times")
    editor.wait_text(STATUS["text"])
    assert len(editor.said()) == 2


def test_what_was_asked_of_a_core_that_crashes_is_answered(home, script):
    script.write(refresh=[{"exit": 1}])
    editor = home.play(script)
    editor.run("refresh")
    editor.wait_said("crashed before it answered")


@pytest.mark.parametrize("how", ["quit", "kill"])
def test_the_core_goes_with_its_editor(home, how):
    editor = home.open()
    editor.wait_text(FULL)
    core = editor.core()
    getattr(editor, how)()
    wait_for(lambda: not is_running(core), "the core's end")


def test_restarting_leaves_one_core(home):
    """And what it is asked is answered."""
    editor = home.open()
    editor.wait_text(FULL)
    before = editor.core()
    for _ in range(3):
        editor.run("restart")
    editor.wait_other_core(before)
    home.spend("1")
    editor.run("refresh")
    editor.wait_text("OpenRouter: $24.00")


def test_a_core_that_does_not_end_is_killed(home, tmp_path):
    """One that neither hears SIGTERM nor sees the end of its stdin."""
    deaf, heard = tmp_path / "deaf", tmp_path / "pid"
    deaf.write_text(f"#!/bin/sh\ntrap '' TERM\necho $$ >{heard}\nwhile :; do sleep 1; done\n")
    deaf.chmod(0o755)
    editor = home.open_scripted([str(deaf)])
    core = int(wait_for(lambda: heard.exists() and heard.read_text(), "a core"))
    editor.set_options(enabled=False)
    wait_for(lambda: not is_running(core), "its end")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            {"result": {"protocol": 2, "server": {"version": "9"}, "status": STATUS}},
            "The core (9) does not speak",
        ),
        (
            {"error": {"code": -32061, "message": "Too old.", "data": {"kind": "x", "action": "Update."}}},
            "Too old. Update.",
        ),
    ],
    ids=["newer", "refused"],
)
def test_another_version_of_the_protocol_is_one_message(home, script, answer, said):
    """And that core is not started a second time."""
    script.write(initialize=[answer])
    editor = home.open_scripted(script.command)
    editor.wait_said(said)
    wait_for(lambda: not editor.cores(), "its end")
    editor.run("refresh")
    editor.wait_said("is not running")
    assert (len(script.starts), len(editor.said())) == (1, 2)


NOISE = [
    "not JSON\n",
    '\n[]\n[1]\n"x"\nnull\n5\n{}\n',
    '{"jsonrpc": "2.0"}\n{"id": 99, "result": 1}\n{"method": "news", "params": {}}\n{"method": 5}\n',
]


def test_what_is_not_of_the_protocol_is_passed_over(home, script):
    """Lines in pieces, long ones, and what is none of our business; answers in another order."""
    long = {**STATUS, "text": "ünï💸", "tooltip": "x" * 300_000}
    result = {"protocol": 1, "server": {}, "status": STATUS, "faults": []}
    script.write(
        start=[{"write": text} for text in NOISE],
        initialize=[{"result": result, "chunk": 7}],
        refresh=[{"until": "menu"}, {"result": {"status": STATUS, "message": "late"}}],
        menu=[{"result": {"title": "M", "choices": []}}],
    )
    editor = home.play(script)
    script.cue(status=long, chunk=30_001)
    editor.wait_text("ünï💸")
    editor.run("refresh")
    wait_for(lambda: script.params("refresh"), "the first question")
    editor.run("configure")
    editor.wait_said("late")
    assert len(editor.said()) == 1


def test_faults_of_the_settings_are_said_once(home, script):
    """Not by each core that is started."""
    faults = ["format is wrong.", "x is unknown."]
    faulty = {"protocol": 1, "server": {"name": "x", "version": "0"}, "status": STATUS, "faults": faults}
    script.write(initialize=[{"result": faulty}])
    editor = home.play(script)
    editor.wait_said("format is wrong. x is unknown.")
    editor.run("restart")
    wait_for(lambda: len(script.params("initialize")) == 2, "another core")
    script.cue(status={**STATUS, "text": "up"})
    editor.wait_text("up")
    assert len(editor.said()) == 1
