"""A key that is entered in VS Code reaches OpenRouter and the keyring, and nothing else."""

import sys
from pathlib import Path

import pytest

from adapters import FULL, open_home
from key_search import Descendants, Search, new_key
from vscode_session import VERSION
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs a Secret Service and /proc")

NO_KEY = "OpenRouter: Set API key"


@pytest.fixture
def home(cli, browser, request):
    """See vscode_home.Home; no key in the environment."""
    with open_home(request, "vscode", VERSION) as home:
        home.env["OPENROUTER_API_KEY"] = None
        yield home


def written(*folders):
    """All that is in files."""
    paths = [path for folder in folders for path in Path(folder).rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in paths}


def test_a_key_that_is_entered_reaches_openrouter_and_nothing_else(home):
    """With everything logged that VS Code can log."""
    home.use_keyring()
    key = home.sim.key
    with Descendants() as descendants:
        window = home.open({"format": "{label}: {amount}"}, argv=("--log=trace",))
        window.wait_text(NO_KEY)
        window.enter_key(key)
        window.wait_text(FULL)
        window.wait_said("stored in keyring")
        window.tooltip("Refresh")
        window.run("log")
        window.wait_visible("opencredits.log")
        seen = "\n".join([window.visible(), *window.said(), window.spoken()])
        kept = window.storage()
        window.quit()
        wait_for(lambda: not window.server.hosts(), "the extension host's end")
        files = written(home.path, window.server.folder)
    assert {request.headers["authorization"] for request in home.sim.requests} == {f"Bearer {key}"}
    search = Search([key])
    assert search(seen.encode()) == set()
    assert search(kept.encode()) == set()
    names = "".join(files)
    for part in (
        "settings.json",
        "exthost1",
        "OpenCredits.log",
        "opencredits.db",
        "status.json",
    ):
        assert part in names  # the search has looked there
    assert [path for path, data in files.items() if search(data)] == []
    assert descendants.saw("opencredits")
    assert [argv for argv, environ in descendants.seen if search(argv) or search(environ)] == []


def test_a_key_that_is_refused_is_not_kept(home):
    """And not repeated; the box can be left without one, too."""
    home.use_keyring()
    key = new_key()
    window = home.open()
    window.wait_text(NO_KEY)
    window.enter_key(key)
    wait_for(window.said, "a message")
    assert Search([key])("\n".join(window.said()).encode()) == set()
    assert window.text() == NO_KEY
    asked = home.sim.count()
    window.click()  # without a key it is the way to one
    window.choose("OpenRouter: API key")
    window.choose("Enter an API key")
    window.menu.prompt()
    window.press("Escape")
    window.reload()
    window.wait_text(NO_KEY)
    assert home.sim.count() == asked


def test_without_a_keyring_vs_code_keeps_the_key(home):
    """Over a reload of the window, for both windows, and until it is removed; in no file that can be read."""
    key = home.sim.key
    window = home.open()
    window.wait_text(NO_KEY)
    second = window.server.open()
    second.wait_text(NO_KEY)
    window.enter_key(key)
    window.wait_text(FULL)
    second.wait_text(FULL)
    window.reload()
    window.wait_text(FULL)
    home.spend("1")
    window.click()
    window.wait_text("OpenRouter: $24.00")
    search = Search([key])
    assert "secrets.provider" in (kept := window.storage())  # encrypted
    assert search(kept.encode()) == set()
    files = written(home.path, window.server.folder)
    assert [path for path, data in files.items() if search(data)] == []
    window.run("configure")
    window.choose("OpenRouter: API key")
    window.choose("Remove")
    window.notifications.push("Yes")
    window.wait_text(NO_KEY)
    window.reload()
    window.wait_text(NO_KEY)
    second.reload()
    second.wait_text(NO_KEY)
