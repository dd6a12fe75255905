"""A key that is entered in Neovim reaches OpenRouter and the keyring, and nothing else."""

import contextlib
import sys
from pathlib import Path

import pytest

import editors
from desktop import Desktop
from key_search import Descendants, Search, new_key
from neovim_session import Neovim
from opencredits.simulator import Simulator
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs a Secret Service and /proc")


@pytest.fixture(params=["0.10", "0.12"])
def editor(request):
    """Each Neovim that is supported."""
    return editors.neovim(request.param)


@pytest.fixture
def desktop():
    """A session with an empty keyring."""
    with Desktop() as session:
        session.start_keyring("a password")
        yield session


@pytest.fixture
def sim():
    """An account with $25.00."""
    with Simulator("idle") as sim:
        yield sim


def configure(home: Path, sim: Simulator) -> None:
    """Write `config.toml`."""
    folder = home / ".config/opencredits"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(f'[accounts.default]\nbase_url = "{sim.base_url}"\n')


def ask(nvim: Neovim) -> None:
    """Choose to enter a key."""
    nvim.answer("OpenRouter: API key", "Enter an API key")
    nvim.command("OpenCredits configure")
    # What is typed before the prompt is there would go elsewhere.
    wait_for(lambda: nvim.api.request("nvim_get_mode")["mode"] == "c", "the prompt")


# What a person does before and after: a macro, a search, a yank, an edit, a command; and then all is saved.
BEFORE = ("qa", "iwords<Esc>")
AFTER = ("q", "yy", "/words<CR>", ":set number<CR>")
LEFT = """
vim.cmd("wshada! | preserve | write! session.txt | mksession! session.vim")
local left = { vim.v, vim.g, vim.fn.environ(), vim.fn.execute("messages"), vim.fn.getreginfo("a") }
for _, kind in ipairs({ "cmd", "search", "expr", "input", "debug" }) do
  for i = 1, 50 do
    table.insert(left, vim.fn.histget(kind, -i))
  end
end
for name in ('"-abcdefghijklmnopqrstuvwxyz0123456789.:/'):gmatch(".") do
  table.insert(left, vim.fn.getreg(name))
end
for _, name in ipairs(vim.fn.getcompletion("v:", "var")) do
  table.insert(left, vim.inspect(vim.v[name:sub(3)]))
end
return vim.inspect(left) .. vim.fn.execute("let") .. vim.fn.execute("registers")
"""


def test_a_key_entered_at_the_prompt_is_nowhere_else(cli, editor, desktop, sim):
    key = sim.key
    home = Path(desktop.folder)
    configure(home, sim)
    with contextlib.ExitStack() as stack:
        children = stack.enter_context(Descendants())
        nvim = stack.enter_context(
            Neovim(editor, home, {"command": cli.script}, env=desktop.variables, argv=("-V1vlog",))
        )
        nvim.wait_text("OpenRouter: Set API key")
        screen = nvim.screen()
        for keys in BEFORE:
            nvim.type(keys)
        ask(nvim)
        nvim.type(f"{key}<CR>")
        nvim.wait_said("stored")
        nvim.wait_text("OpenRouter: $25.00")
        for keys in AFTER:
            nvim.type(keys)
        left = (
            nvim.lua(LEFT).encode() + "\n".join(nvim.said() + screen.lines() + nvim.screen().lines()).encode()
        )
        written = {
            path: path.read_bytes()
            for folder in (home, nvim.folder)
            for path in folder.rglob("*")
            if path.is_file() and "keyrings" not in path.parts
        }
        assert nvim.quit() == 0
    assert {request.key for request in sim.requests} == {key}
    found = Search([key])
    assert found(left) == set()
    kinds = "".join(str(path) for path in written)
    for kind in (".shada", ".swp", "status.json", "session.txt", "vlog"):
        assert kind in kinds  # the search has looked there
    assert {str(path) for path, data in written.items() if found(data)} == set()
    assert children.saw("keyring_child")
    assert [argv for argv, environ in children.seen if found(argv) or found(environ)] == []


def test_a_refused_key_is_not_repeated(cli, editor, desktop, sim):
    home = Path(desktop.folder)
    configure(home, sim)
    key = new_key()
    with Neovim(editor, home, {"command": cli.script}, env=desktop.variables) as nvim:
        nvim.wait_text("OpenRouter: Set API key")
        ask(nvim)
        nvim.api.request("nvim_paste", key, False, -1)  # as a terminal does
        nvim.type("<CR>")
        nvim.wait_said("key")
        said = "\n".join(nvim.said())
        assert Search([key])(said.encode()) == set()
        assert nvim.text() == "OpenRouter: Set API key"
        assert {request.key for request in sim.requests} == {key}


def test_no_key_is_asked_for_where_all_that_is_typed_is_written_down(cli, editor, sim):
    configure(cli.home, sim)
    argv = ("-w", str(cli.home / "typed"))
    with Neovim(editor, cli.home, {"command": cli.script}, argv=argv) as nvim:
        nvim.wait_text("OpenRouter: Set API key")
        nvim.answer("OpenRouter: API key", "Enter an API key")
        nvim.command("OpenCredits configure")
        nvim.wait_said("opencredits login")


@pytest.mark.parametrize("keys", ["<Esc>", "<CR>", "sk-or-v1-abc<C-c>"])
def test_a_prompt_that_is_left_changes_nothing(cli, editor, sim, keys):
    configure(cli.home, sim)
    with Neovim(editor, cli.home, {"command": cli.script}) as nvim:
        nvim.wait_text("OpenRouter: Set API key")
        ask(nvim)
        nvim.type(keys)
        wait_for(lambda: nvim.api.request("nvim_get_mode")["mode"] == "n", "the end of the prompt")
        assert nvim.said() == []
        assert sim.count() == 0
