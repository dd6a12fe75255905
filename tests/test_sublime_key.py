"""A key that is entered in Sublime Text reaches OpenRouter and the keyring, and nothing else."""

import json
import sys

import pytest

from adapters import FULL, open_home
from key_search import Descendants, Search, new_key
from sublime_session import VERSIONS
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs a Secret Service and /proc")


@pytest.fixture(params=["3.8"])
def home(cli, request):
    """See sublime_home.Home; no key is in the environment."""
    with open_home(request, "sublime", request.param) as home:
        home.env |= {"OPENROUTER_API_KEY": None}
        yield home


def ask(sublime):
    """Choose to enter a key."""
    sublime.ask_for_key()
    panel = sublime.wait_input()
    assert panel["masked"]
    assert panel["text"] == ""


def is_clean(sublime):
    """Whether the view of the input panel, which other packages get, is as it was."""
    return sublime.input_view() == {"text": "", "undo": [], "settings": {}}


def all_that_is_seen(sublime):
    """Wherever something could be read in Sublime."""
    names = ("statuses", "said", "dialogs", "outputs", "quick", "input_panel", "input_view", "shown", "left")
    return json.dumps([sublime.ask(name) for name in names]) + sublime.console()


@pytest.mark.parametrize("home", VERSIONS, indirect=True)
def test_a_key_that_is_entered_reaches_openrouter_and_nothing_else(home):
    """Sublime logs every command that is run, and writes all that it knows into its session."""
    home.use_keyring()
    key = home.sim.key
    found = Search([key])
    with Descendants() as descendants:
        sublime = home.open()
        sublime.wait_text("OpenRouter: Set API key")
        sublime.enter_key(key)
        assert is_clean(sublime)  # at once, not only when the answer is there
        sublime.wait_said("stored")
        sublime.wait_text(FULL)
        seen = all_that_is_seen(sublime)
        sublime.disable()
        seen += all_that_is_seen(sublime)
        sublime.quit()
    assert {request.key for request in home.sim.requests} == {key}
    assert "command: open_credits_configure" in seen
    assert found(seen.encode()) == set()
    files = [path for path in home.path.rglob("*") if path.is_file()]
    assert {"Session.sublime_session", "console", "opencredits.db"} <= {path.name for path in files}
    assert {path.name: found(path.read_bytes()) for path in files if found(path.read_bytes())} == {}
    assert descendants.saw("keyring_child")
    assert found(b"".join(b"".join(each) for each in descendants.seen)) == set()


def test_a_key_that_is_refused_is_not_kept(home):
    home.use_keyring()
    key = new_key()
    sublime = home.open()
    sublime.wait_text("OpenRouter: Set API key")
    sublime.enter_key(key)
    wait_for(sublime.said, "a message")
    assert sublime.text() == "OpenRouter: Set API key"
    assert is_clean(sublime)
    assert Search([key])(all_that_is_seen(sublime).encode()) == set()


def test_without_a_keyring_a_message_says_what_to_do(home):
    """The key is not kept anywhere else in its place."""
    key = home.sim.key
    sublime = home.open()
    sublime.wait_text("OpenRouter: Set API key")
    sublime.enter_key(key)
    sublime.wait_said("keyring")
    assert sublime.text() == "OpenRouter: Set API key"
    seen = all_that_is_seen(sublime)
    sublime.quit()
    assert Search([key])(seen.encode()) == set()
    assert not any(Search([key])(path.read_bytes()) for path in home.path.rglob("*") if path.is_file())


@pytest.mark.parametrize(("typed", "how"), [("", "escape"), ("sk-or-v1-abc", "escape"), ("", "enter")])
def test_a_prompt_that_is_left_changes_nothing(home, typed, how):
    """And nothing of it is left in the view of the panel."""
    sublime = home.open()
    sublime.wait_text("OpenRouter: Set API key")
    ask(sublime)
    sublime.type_input(text=typed)
    sublime.press(key=how)
    assert is_clean(sublime)
    assert (sublime.said(), sublime.dialogs(), sublime.outputs()) == ([], [], {})
    assert home.sim.count() == 0


def test_a_prompt_that_another_replaces_leaves_nothing(home):
    """Each has its own text, and both are masked."""
    sublime = home.open()
    sublime.wait_text("OpenRouter: Set API key")
    ask(sublime)
    sublime.type_input(text="sk-or-v1-abc")
    sublime.run("configure")
    sublime.choose("OpenRouter: API key")
    sublime.choose("Enter a management key")
    wait_for(lambda: "management" in sublime.input_panel()["caption"], "the other one")
    assert sublime.input_panel()["text"] == ""
    assert sublime.input_panel()["masked"]
    sublime.press(key="escape")
    assert is_clean(sublime)


def test_a_prompt_that_is_open_when_the_package_goes_leaves_nothing(home):
    """Nor does it send anything any more."""
    sublime = home.open()
    sublime.wait_text("OpenRouter: Set API key")
    ask(sublime)
    sublime.type_input(text=home.sim.key)
    sublime.disable()
    if sublime.input_panel() is not None:
        sublime.press(key="enter")
    assert is_clean(sublime)
    assert home.sim.count() == 0
