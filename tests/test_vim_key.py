"""A key that is entered in Vim reaches OpenRouter and the keyring, and nothing else."""

import json
import sys

import pytest

from adapters import FULL, home_of
from key_search import Descendants, Search, new_key
from vim_session import VERSIONS
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tmux and signals are POSIX's")

home = home_of("vim", *VERSIONS)


# All that Vim can write down about what happens in it.
TALKATIVE = """
set swapfile undofile undodir={home} directory={home} viminfo='1000,f1,<1000,:1000,@1000,/1000,h
set verbosefile={home}/verbose verbose=15 history=1000
call ch_logfile('{home}/channels', 'ao')
"""


def test_a_key_that_is_entered_reaches_openrouter_and_nothing_else(home):
    """While a macro is recorded, and with everything on that Vim can write down."""
    home.use_keyring()
    key = home.sim.key
    search = Search([key])
    with Descendants() as descendants:
        vim = home.open(vimrc=TALKATIVE.format(home=home.path))
        vim.wait_text("OpenRouter: Set API key")
        vim.type("q", "a", "i", "x", "Escape")
        vim.enter_key(key)
        vim.wait_text(FULL)
        shown = [vim.screen(), *map(vim.command, ("messages", "registers", "history all", "let", "let v:"))]
        vim.type("q", "Escape", ":w! file", "Enter", ":wviminfo", "Enter")
        wait_for((home.path / ".viminfo").exists, "the file with the history")
        vim.quit()
    assert descendants.saw("opencredits")
    assert home.sim.count() > 0
    assert {request.headers["authorization"] for request in home.sim.requests} == {f"Bearer {key}"}
    assert search(json.dumps(shown).encode()) == set()
    assert search(b"".join(b"".join(each) for each in descendants.seen)) == set()
    files = [path for path in home.path.rglob("*") if path.is_file()]
    assert {"verbose", "channels", "opencredits.db", ".viminfo"} <= {path.name for path in files}
    assert {path.name: search(path.read_bytes()) for path in files if search(path.read_bytes())} == {}


def test_a_key_that_is_refused_is_not_kept(home):
    home.use_keyring()
    vim = home.open()
    vim.wait_text("OpenRouter: Set API key")
    vim.enter_key(new_key())
    wait_for(vim.said, "a message")
    assert vim.text() == "OpenRouter: Set API key"


def test_a_vim_that_writes_down_what_is_typed_asks_for_no_key(home, tmp_path):
    vim = home.open(argv=("-W", str(tmp_path / "typed")))
    vim.wait_text(FULL)
    vim.ask_for_key()
    vim.wait_said("opencredits login")
    assert "(not shown)" not in vim.screen()


@pytest.mark.parametrize("keys", [["Escape"], ["C-c"], ["Enter"]])
def test_a_prompt_can_be_left(home, keys):
    vim = home.open(argv=("-w", "10"))
    vim.wait_text(FULL)
    vim.ask_for_key()
    vim.wait_screen("(not shown)")
    vim.type(*keys)
    wait_for(lambda: "(not shown)" not in vim.screen(), "its end")
    assert vim.said() == []
