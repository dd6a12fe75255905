"""A key that is entered in Neovim reaches OpenRouter and the keyring, and nothing else."""

import sys

import pytest

from adapters import FULL, open_home
from key_search import Descendants, Search, new_key
from neovim_session import VERSIONS
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs a Secret Service and /proc")

NO_KEY = "OpenRouter: Set API key"


@pytest.fixture(params=VERSIONS)
def home(cli, request):
    """See neovim_home.Home; no key is in the environment."""
    with open_home(request, "neovim", request.param) as home:
        home.env["OPENROUTER_API_KEY"] = None
        yield home


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


def test_a_key_that_is_entered_reaches_openrouter_and_nothing_else(home):
    """With all that Neovim can write down."""
    home.use_keyring()
    key = home.sim.key
    with Descendants() as descendants:
        nvim = home.open(argv=("-V1vlog",))
        nvim.wait_text(NO_KEY)
        for keys in BEFORE:
            nvim.type(keys)
        nvim.enter_key(key)
        nvim.wait_said("stored")
        nvim.wait_text(FULL)
        for keys in AFTER:
            nvim.type(keys)
        left = nvim.lua(LEFT) + "\n".join(nvim.said() + nvim.screen().lines())
        written = {
            str(path): path.read_bytes()
            for folder in (home.path, nvim.folder)
            for path in folder.rglob("*")
            if path.is_file()
        }
        nvim.quit()
    assert {request.key for request in home.sim.requests} == {key}
    found = Search([key])
    assert found(left.encode()) == set()
    for kind in (".shada", ".swp", "status.json", "session.txt", "vlog"):
        assert kind in "".join(written)  # the search has looked there
    assert {path for path, data in written.items() if found(data)} == set()
    assert descendants.saw("keyring_child")
    assert [argv for argv, environ in descendants.seen if found(argv) or found(environ)] == []


def test_a_key_that_is_refused_is_not_repeated(home):
    home.use_keyring()
    key = new_key()
    nvim = home.open()
    nvim.wait_text(NO_KEY)
    nvim.ask_for_key()
    wait_for(lambda: nvim.mode() == "c", "the prompt")
    nvim.api.request("nvim_paste", key, False, -1)  # as a terminal does
    nvim.type("<CR>")
    nvim.wait_said("key")
    assert Search([key])("\n".join(nvim.said()).encode()) == set()
    assert nvim.text() == NO_KEY
    assert {request.key for request in home.sim.requests} == {key}


def test_no_key_is_asked_for_where_all_that_is_typed_is_written_down(home):
    nvim = home.open(argv=("-w", str(home.path / "typed")))
    nvim.wait_text(NO_KEY)
    nvim.ask_for_key()
    nvim.wait_said("opencredits login")


@pytest.mark.parametrize("keys", ["<Esc>", "<CR>", "sk-or-v1-abc<C-c>"])
def test_a_prompt_that_is_left_changes_nothing(home, keys):
    nvim = home.open()
    nvim.wait_text(NO_KEY)
    nvim.ask_for_key()
    wait_for(lambda: nvim.mode() == "c", "the prompt")
    nvim.type(keys)
    wait_for(lambda: nvim.mode() == "n", "the end of the prompt")
    assert nvim.said() == []
    assert home.sim.count() == 0
