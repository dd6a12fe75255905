"""How the extension finds the core and keeps one running, in real windows of VS Code."""

import json
import os
import signal
import sys
from decimal import Decimal

import pytest

import extension
from installation import ROOT
from opencredits import __version__
from processes import is_running
from scripted_bridge import STATUS
from vscode_session import FULL, NAME, open_home
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Debian's Chromium and /proc")

RESTART = "OpenCredits: Restart"


@pytest.fixture
def home(cli, browser):
    """See vscode_session.Home."""
    with open_home(cli, browser) as home:
        yield home


# finding it


def test_a_missing_core_is_one_message_and_restart_works_once_it_is_there(home):
    """It says what was tried and what to do."""
    home.remove_core()
    window = home.open()
    message = window.wait_said("No core was found")
    for part in (f"{home.state}/setup.json", "PATH", "~/.local/bin", "pipx install opencredits"):
        assert part in message
    assert (window.text(), window.server.cores()) == ("", [])
    window.run("OpenCredits: Refresh Credits")
    window.wait_said("is not running")
    assert len(window.said()) == 2
    home.link_core(home.path / ".local/bin")
    window.push("Restart")
    window.wait_text(FULL)


def test_the_ladder_to_the_core(home):
    """Each step wins over those below; PATH is that of the login shell. A wrong setting is named."""

    def found(step: str) -> None:
        window.run(RESTART)
        wait_for(lambda: f"Starting {step}," in log(), lambda: f"{step!r} in {log()}")
        window.wait_text(FULL)

    def log() -> str:
        files = window.server.folder.glob(f"user/logs/*/exthost*/{extension.ID}/*.log")
        return "".join(file.read_text() for file in files)

    (home.path / ".profile").write_text('PATH="$HOME/programs:$PATH"\n')
    window = home.open()
    window.wait_text(FULL)
    on_path = home.link_core(home.path / "programs")
    found(on_path)
    recorded = home.link_core(home.path / "recorded")
    home.record([recorded])
    found(recorded)
    chosen = home.link_core(home.path / "chosen")
    window.server.set({"opencredits.command": "~/chosen/opencredits"})
    window.reload()
    found(chosen)
    window.server.set({"opencredits.command": ["/nowhere/opencredits", "-x"]})
    window.reload()
    assert "'/nowhere/opencredits'" in window.wait_said("The setting 'opencredits.command' names")
    wait_for(lambda: not window.server.cores(), "the core's end")


def test_the_version_is_that_of_the_core():
    """What is released together has one version."""
    assert extension.MANIFEST["version"] == __version__


# its life


def test_the_core_is_told_who_speaks(home, script):
    """Only what the person has set is sent: for the rest, `config.toml` holds."""
    settings = {
        "opencredits.updateInterval": "15 minutes",
        "opencredits.showInStatusBar": True,
        "opencredits.consumptionRatePeriod": 30,
    }
    window = home.open_scripted(script.command, settings)
    window.wait_text(STATUS["text"])
    assert [each["argv"] for each in script.received if "argv" in each] == [["bridge"]]
    (initialize,) = script.params("initialize")
    assert initialize["protocol"] == 1
    assert initialize["client"] == {"name": NAME, "version": __version__, "keeps_keys": True}
    assert initialize["settings"] == {
        "update_interval": "15 minutes",
        "show_in_status_bar": True,
        "rate_window": 30,
    }
    assert not initialize.get("keys")


def test_a_killed_core_comes_back(home):
    window = home.open()
    window.wait_text(FULL)
    first = window.server.core()
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: window.server.cores() not in ([], [first]), "another core")
    assert window.text() == FULL
    home.sim.account.spend(Decimal(1))
    window.click()
    window.wait_text("OpenRouter: $24.00")
    assert window.said() == []


def test_a_core_that_crashes_at_once_is_given_up_after_five_times(home, script):
    script.write(start=[{"stderr": "something\nis broken\n\n"}, {"exit": 3}])
    window = home.open_scripted(script.command)
    message = window.wait_said("crashed 5 times")
    assert "is broken." in message
    assert RESTART in message
    assert len(script.starts) == 5
    script.write()
    window.push("Restart")
    window.wait_text(STATUS["text"])
    assert len(window.said()) == 1


def test_what_was_asked_of_a_core_that_crashes_is_answered(home, script):
    script.write(refresh=[{"exit": 1}])
    window = home.open_scripted(script.command)
    window.wait_text(STATUS["text"])
    window.click()
    window.wait_said("crashed before it answered")


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
)
def test_another_version_of_the_protocol_is_one_message(home, script, answer, said):
    script.write(initialize=[answer])
    window = home.open_scripted(script.command)
    window.wait_said(said)
    wait_for(lambda: not window.server.cores(), "its end")
    window.run("OpenCredits: Refresh Credits")
    window.wait_said("is not running")
    assert (len(script.starts), len(window.said())) == (1, 2)


def test_what_is_not_of_the_protocol_is_passed_over(home, script):
    """Lines in pieces, long ones, and what is none of our business; answers in another order."""
    long = {**STATUS, "text": "ünï💸", "tooltip": "x" * 300_000}
    noise = 'not JSON\n\n[1]\n"x"\nnull\n5\n{"id": 99, "result": 1}\n{"method": "news", "params": {}}\n'
    server = {"name": "scripted", "version": "0"}
    result = {"protocol": 1, "server": server, "status": STATUS, "faults": []}
    script.write(
        start=[{"write": noise}],
        initialize=[{"result": result, "chunk": 7}],
        refresh=[{"until": "menu"}, {"result": {"status": STATUS, "message": "late"}}],
        menu=[{"result": {"title": "M", "choices": []}}],
    )
    window = home.open_scripted(script.command)
    window.wait_text(STATUS["text"])
    script.cue(status=long, chunk=30_001)
    window.wait_text("ünï💸")
    window.click()
    window.run("OpenCredits: Configure Providers")
    window.wait_said("late")


def test_a_core_that_does_not_end_is_killed(home, tmp_path):
    """One that neither hears SIGTERM nor sees the end of its stdin."""
    deaf = tmp_path / "deaf"
    deaf.write_text(f"#!/bin/sh\ntrap '' TERM\necho $$ >{tmp_path}/pid\nwhile :; do sleep 1; done\n")
    deaf.chmod(0o755)
    window = home.open_scripted([str(deaf)])
    pid = tmp_path / "pid"
    core = int(wait_for(lambda: pid.exists() and pid.read_text(), "a core"))
    window.server.set({"opencredits.providers.openrouter.enabled": False})
    wait_for(lambda: not is_running(core), "its end")


# windows


def test_restart_and_reload_leave_one_core(home):
    window = home.open()
    window.wait_text(FULL)
    for action in (window.reload, lambda: window.run(RESTART)):
        before = window.server.core()
        action()
        wait_for(lambda: before not in window.server.cores() and len(window.server.cores()) == 1, "one other")  # noqa: B023
        window.wait_text(FULL)
    assert len(window.server.hosts()) == 1
    assert home.sim.count() == 2


def test_two_windows_show_the_same_and_ask_once(home):
    """One poll is two requests; when a window is closed, its core goes, and the other stays."""
    first = home.open()
    first.wait_text(FULL)
    second = first.server.open()
    second.wait_text(FULL)
    assert home.sim.count() == 2
    cores = wait_for(lambda: len(found := first.server.cores()) == 2 and found, "two cores")
    home.sim.account.spend(Decimal(2))
    second.click()
    assert first.wait_text("OpenRouter: $23.00") == second.wait_text("OpenRouter: $23.00")
    assert home.sim.count() == 4
    second.close()
    wait_for(lambda: len(first.server.cores()) == 1, "the end of one")
    assert first.server.core() in cores
    home.sim.account.spend(Decimal(1))
    first.click_until("OpenRouter: $22.00")


def test_a_window_that_is_lost_leaves_no_core(home):
    """It has not said that it is over, so its extension host waits for it for a while."""
    window = home.open()
    window.wait_text(FULL)
    core = window.server.core()
    window.crash()
    wait_for(lambda: not is_running(core), "the core's end")
    wait_for(lambda: window.server.hosts() == [], "the end of the host, which waits for that of the core")


def test_a_server_that_is_killed_leaves_no_core(home):
    """Then nobody tells the extension that it is over."""
    window = home.open()
    window.wait_text(FULL)
    core = window.server.core()
    window.server.process.kill()
    window.server.process.wait()
    wait_for(lambda: not is_running(core), "the core's end")


def test_a_folder_that_is_not_trusted_names_no_program(home, script):
    """What its settings say of the core is not taken; what is left is shown all the same."""
    server = home.start(trust=False)
    (server.workspace / ".vscode").mkdir()
    theirs = {"opencredits.command": script.command, "opencredits.demo": True}
    (server.workspace / ".vscode/settings.json").write_text(json.dumps(theirs))
    window = server.open()
    window.wait_visible("Restricted Mode")
    window.wait_text(FULL)
    assert script.starts == []


def test_the_packaged_extension_works(home):
    """Installed as a person does; everything that the README names is in it, and it is small."""
    assert extension.VSIX.stat().st_size < 60_000
    window = home.open(installed=extension.VSIX)
    window.wait_text(FULL)
    home.sim.account.spend(Decimal(1))
    window.click()
    window.wait_text("OpenRouter: $24.00")
    assert window.server.core()
    assert str(ROOT).encode() not in extension.VSIX.read_bytes()
