"""How the extension finds the core in VS Code, and its windows; for the rest see `test_adapters_core`."""

import json
import sys

import pytest

import extension
from adapters import FULL, open_home
from installation import ROOT
from opencredits import __version__
from processes import is_running
from vscode_session import VERSION
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Debian's Chromium and /proc")


@pytest.fixture
def home(cli, browser, request):
    """See vscode_home.Home."""
    with open_home(request, "vscode", VERSION) as home:
        yield home


# finding it


def test_the_ladder_to_the_core(home):
    """Each step wins over those below; PATH is that of the login shell. A wrong setting is named."""

    def found(step: str) -> None:
        window.run("restart")
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
    wait_for(lambda: not window.cores(), "the core's end")


def test_the_version_is_that_of_the_core():
    """What is released together has one version."""
    assert extension.MANIFEST["version"] == __version__


# windows


def test_a_reload_leaves_one_core(home):
    """And nobody asks because of it."""
    window = home.open()
    window.wait_text(FULL)
    before = window.core()
    window.reload()
    window.wait_other_core(before)
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
    cores = wait_for(lambda: len(found := first.cores()) == 2 and found, "two cores")
    home.spend("2")
    second.click()
    assert first.wait_text("OpenRouter: $23.00") == second.wait_text("OpenRouter: $23.00")
    assert home.sim.count() == 4
    second.quit()
    wait_for(lambda: len(first.cores()) == 1, "the end of one")
    assert first.core() in cores
    home.spend("1")
    first.click()
    first.wait_text("OpenRouter: $22.00")


def test_a_window_that_is_lost_leaves_no_core(home):
    """It has not said that it is over, so its extension host waits for it for a while."""
    window = home.open()
    window.wait_text(FULL)
    core = window.core()
    window.crash()
    wait_for(lambda: not is_running(core), "the core's end")
    wait_for(lambda: window.server.hosts() == [], "the end of the host, which waits for that of the core")


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
    home.spend("1")
    window.click()
    window.wait_text("OpenRouter: $24.00")
    assert window.core()
    assert str(ROOT).encode() not in extension.VSIX.read_bytes()
