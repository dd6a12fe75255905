"""What can be done in Vim: commands, options, menus, details, and entering a key; in real Vims."""

import json
import re
import sys
from decimal import Decimal

import pytest

from desktop import Desktop
from key_search import Descendants, Search, new_key
from processes import is_running
from scripted_bridge import STATUS
from vim_session import ADAPTER, FULL, VERSIONS, open_home
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tmux and signals are POSIX's")

COMMANDS = ["alert", "configure", "details", "log", "refresh", "restart"]
OPTIONS = ["command", "demo", "enabled", "settings", "statusline"]
ALERT = {
    "id": "a1",
    "kind": "spend",
    "level": "warn",
    "title": "Fast",
    "message": "$40 an hour.",
    "actions": [],
}


@pytest.fixture(params=VERSIONS)
def home(cli, request):
    """See vim_session.Home."""
    with open_home(cli, request.param) as home:
        yield home


# commands


def test_commands_are_completed_and_named(home, script):
    vim = home.play(script, "set shortmess-=T")
    assert vim.eval("getcompletion('OpenCredits ', 'cmdline')") == COMMANDS
    assert vim.eval("getcompletion('OpenCredits re', 'cmdline')") == ["refresh", "restart"]
    assert vim.eval("getcompletion('OpenCredits refresh ', 'cmdline')") == []
    assert vim.eval("getcompletion('OpenCreditsR', 'cmdline')") == ["OpenCreditsRefresh"]
    vim.type(":OpenCredits nothing", "Enter")
    vim.wait_said(f"':OpenCredits nothing' is not known. There are: {', '.join(COMMANDS)}.")
    assert not vim.waits_for_enter()


@pytest.mark.parametrize(
    "command", ["OpenCreditsRefresh", "OpenCredits refresh", "call opencredits#Refresh()"]
)
def test_refresh_asks_now(home, command):
    vim = home.open()
    vim.wait_text(FULL)
    home.sim.account.spend(Decimal(1))
    vim.type(f":{command}", "Enter")
    vim.wait_screen("OpenRouter: $24.00")


def refusal(message, action=None):
    """The step in which the core refuses."""
    return {"error": {"code": -32011, "message": message, "data": {"kind": "x", "action": action}}}


def test_a_refusal_is_shown_with_what_to_do(home, script):
    """Long ones are whole in a popup, and in one line of the messages."""
    text = "Wait. " * 30
    script.write(refresh=[refusal(text, "Then try.")])
    vim = home.play(script, "set shortmess-=T")
    vim.type(":OpenCreditsRefresh", "Enter")
    assert vim.wait_said("Wait.") == f"OpenCredits: {text} Then try."
    assert "║" in vim.wait_screen("OpenCredits: Wait.")
    assert not vim.waits_for_enter()
    assert "T" not in vim.eval("&shortmess")


def test_messages_wait_for_who_is_typing_a_command(home, script):
    script.write(refresh=[{"until": "settings"}, refusal("Not now.")])
    vim = home.play(script)
    vim.type(":OpenCreditsRefresh", "Enter", ":echo 'a half")
    vim.wait_screen(":echo 'a half")
    vim.command("let g:opencredits_settings = {'a': 1} | call opencredits#session#Sync()")
    script.cue(notify="alert", params=ALERT)
    assert ":echo 'a half" in vim.wait_screen("$40 an hour.")
    assert vim.said() == []
    vim.type("Escape")
    vim.wait_said("Fast. $40 an hour.")
    vim.wait_said("Not now.")


def test_the_log_opens_beside(home):
    vim = home.open()
    vim.wait_text(FULL)
    vim.command("OpenCredits log")
    assert vim.eval("expand('%:p')") == str(home.state / "opencredits.log")
    assert vim.eval("[winnr('$'), &readonly]") == [2, 1]


def test_the_help_has_tags_for_everything(home):
    vim = home.open()
    vim.command(f"helptags {home.path}/.vim/pack/opencredits/start/opencredits/doc")
    options = [f"g:opencredits_{name}" for name in OPTIONS]
    functions = re.findall(
        r"^function! (opencredits#[A-Z]\w+)", (ADAPTER / "autoload/opencredits.vim").read_text(), re.MULTILINE
    )
    tags = [
        "opencredits",
        ":OpenCredits",
        ":OpenCreditsRefresh",
        "OpenCreditsChanged",
        "OpenCreditsLow",
        *options,
    ]
    for tag in [*tags, *(f"{name}()" for name in functions if not name.endswith("#Start"))]:
        vim.command(f"help {tag}")
        assert vim.eval("expand('%:t')") == "opencredits.txt", tag
        assert vim.eval("getline('.')").count(f"*{tag}*") == 1
        vim.command("helpclose")
    text = (ADAPTER / "doc/opencredits.txt").read_text()
    for name in COMMANDS:
        assert f":OpenCredits {name}" in text


# options


def test_settings_take_effect_without_a_restart(home):
    """At once, as a person types them; and what is taken back is taken back."""
    vim = home.open("set updatetime=600000\nlet g:opencredits_settings = {'format': '{amount}'}")
    vim.wait_text("$25.00")
    core = vim.core()
    vim.type(":let g:opencredits_settings = {'format': '<{amount}>', 'accounts': []}", "Enter")
    vim.wait_text("<$25.00>")
    vim.type(":let g:opencredits_settings.format = '[{amount}]'", "Enter")
    vim.wait_text("[$25.00]")
    vim.type(":unlet g:opencredits_settings", "Enter")
    vim.wait_text(FULL)
    assert vim.cores() == [core]
    assert vim.said() == []


def test_only_what_has_changed_is_sent(home, script):
    vim = home.play(script, "let g:opencredits_settings = {'a': 1, 'b': v:true, 'c': 'x'}")
    vim.command("let g:opencredits_settings = {'a': '1', 'b': v:true, 'd': [1.5]} | OpenCredits refresh")
    wait_for(lambda: script.params("refresh"), "the request after it")
    assert script.params("settings") == [{"a": "1", "c": None, "d": [1.5]}]


def test_a_setting_that_a_mapping_has_changed_takes_effect_after_a_pause(home):
    """Nothing but time tells of it."""
    vim = home.open("set updatetime=100\nnnoremap X <Cmd>let g:opencredits_enabled = 0<CR>")
    vim.wait_text(FULL)
    vim.type("X")
    wait_for(lambda: vim.text() == "", "nothing")


def test_options_in_a_sourced_file_take_effect(home, tmp_path):
    vim = home.open()
    vim.wait_text(FULL)
    (tmp_path / "more.vim").write_text("let g:opencredits_settings = {'format': '{amount}!'}")
    vim.command(f"source {tmp_path}/more.vim")
    vim.wait_text("$25.00!")


def test_a_setting_that_cannot_be_used_is_named_once(home):
    vim = home.open("let g:opencredits_settings = {'update_interval': 'soon'}")
    assert "soon" in vim.wait_said("update_interval")
    vim.wait_text(FULL)
    vim.command("OpenCredits restart")
    vim.command("OpenCredits details")
    vim.wait_screen("Accounts")
    assert len(vim.said()) == 1


def test_options_of_a_wrong_kind_and_unknown_ones_are_named(home):
    wrong = {"update_interval": "'5m'", "demo": "'yes'", "settings": "{'x': function('len')}"}
    vim = home.open("\n".join(f"let g:opencredits_{name} = {value}" for name, value in wrong.items()))
    said = vim.wait_said("g:opencredits_update_interval")
    assert "known are " + ", ".join(f"g:opencredits_{name}" for name in OPTIONS) in said
    assert "g:opencredits_demo must be 0 or 1." in said
    assert "g:opencredits_settings must be a dictionary of what JSON can hold." in said
    vim.wait_text(FULL)


def test_switched_off_there_is_no_core_and_no_text(home):
    vim = home.open("let g:opencredits_enabled = v:false")
    vim.command("OpenCreditsRefresh")
    vim.wait_said("switched off")
    assert (vim.text(), vim.cores()) == ("", [])
    vim.type(":let g:opencredits_enabled = 1", "Enter")
    vim.wait_screen(FULL)
    core = vim.core()
    vim.type(":let g:opencredits_enabled = 0", "Enter")
    wait_for(lambda: vim.text() == "" and not is_running(core), "nothing")
    assert FULL not in vim.screen()


def test_hidden_by_the_core_there_is_no_text(home):
    vim = home.open()
    vim.wait_screen(FULL)
    vim.type(":let g:opencredits_settings = {'show_in_status_bar': v:false}", "Enter")
    wait_for(lambda: vim.text() == "", "nothing")
    assert vim.eval("opencredits#StatuslineInColour()") == ""
    assert FULL not in vim.screen()


def test_the_demo_needs_no_key(home):
    vim = home.open("let g:opencredits_demo = 1", env={"OPENROUTER_API_KEY": None})
    vim.wait_screen("OpenRouter: $")
    vim.wait_said("is being spent")  # its runaway
    assert home.sim.count() == 0
    vim.type("Escape", ":let g:opencredits_demo = 0", "Enter")
    vim.wait_text("OpenRouter: Set API key")


# focus


def test_focus_is_told(home, script):
    vim = home.play(script)
    for event in ("FocusLost", "FocusGained", "VimSuspend", "VimResume"):
        vim.command(f"doautocmd {event}")
    wait_for(lambda: len(script.params("focus")) == 5, "all")
    assert focus_told(script) == [True, False, True, False, True]


def focus_told(script):
    """What the core has heard of the focus."""
    return [each["focused"] for each in script.params("focus")]


def test_who_has_just_started_vim_is_here(home, script):
    """The first input is no news then."""
    vim = home.play(script)
    wait_for(lambda: script.params("focus"), "the focus")
    vim.type("i", "a", "b", "Escape", "h")
    wait_for(lambda: vim.eval("getline(1)") == "ab", "the input")
    vim.command("OpenCredits refresh")
    wait_for(lambda: script.params("refresh"), "what came after it")
    assert focus_told(script) == [True]


@pytest.mark.parametrize(
    ("event", "told"), [("FocusGained", [True, True, True]), ("FocusLost", [True, False])]
)
def test_another_core_is_told_where_the_person_is_now(home, script, event, told):
    """And not where they were when the one before was started."""
    script.write(refresh=[{"exit": 1}])
    vim = home.play(script)
    wait_for(lambda: script.params("focus"), "the start")
    vim.command(f"doautocmd {event}")
    script.write()
    vim.command("OpenCredits refresh")
    wait_for(lambda: len(script.params("initialize")) == 2, "another core")
    vim.command("OpenCredits refresh")
    wait_for(lambda: len(script.params("refresh")) == 2, "what comes after")
    assert focus_told(script) == told


# menus, details


def test_the_menu_changes_the_interval_for_all_editors(home):
    vim = home.open()
    vim.wait_text(FULL)
    vim.command("OpenCredits configure")
    vim.wait_screen("Update interval (5m)")
    vim.type("j", "Enter")
    vim.wait_screen("15 minutes")
    vim.type("j", "j", "Enter")
    vim.wait_said("update_interval is 15m now")
    assert 'update_interval = "15m"' in home.config.read_text()


def test_a_menu_leaves_who_types_alone(home, script):
    """It may come late, when somebody is inserting text; it waits until they are done."""
    script.write(menu=[{"until": "refresh"}, {"result": {"title": "Menu", "choices": []}}])
    vim = home.play(script)
    vim.command("OpenCredits configure")
    vim.type("i", "j", "x", "y")
    vim.command("OpenCredits refresh")
    vim.wait_screen("Menu")
    vim.type("z", "Escape")
    wait_for(lambda: vim.eval("getline(1)") == "jxyz", "the text")


def test_a_prompt_that_is_no_secret(home, script):
    request = {"method": "save_setting", "params": {"name": "format"}}
    prompt = {"title": "Format", "into": "value", "secret": False}
    leaf = {"title": "One", "detail": "", "request": request, "prompt": prompt}
    script.write(menu=[{"result": {"title": "Menu", "choices": [leaf]}}])
    vim = home.play(script)
    vim.command("OpenCredits configure")
    vim.wait_screen("One")
    vim.type("Enter")
    vim.wait_screen("Format:")
    vim.type("{amount}", "Enter")
    wait_for(lambda: script.params("save_setting"), "the request")
    assert script.params("save_setting") == [{"name": "format", "value": "{amount}"}]


def test_details_are_a_popup_with_actions(home):
    vim = home.open()
    vim.wait_text(FULL)
    vim.command("OpenCredits")
    screen = vim.wait_screen("Accounts")
    assert "Balance: $25.00" in screen
    home.sim.account.spend(Decimal(1))
    vim.type("G", "k", "k", "Enter")
    vim.wait_screen("Refresh ")
    vim.type("Enter")
    vim.wait_screen("Balance: $24.00")
    vim.type("q")
    wait_for(lambda: "Accounts" not in vim.screen(), "its end")


def test_long_details_can_be_read_to_the_end(home, script):
    text = "\n".join(f"line {number}" for number in range(200))
    script.write(details=[{"result": {"title": "T", "markdown": "", "text": text, "lists": []}}])
    vim = home.play(script)
    vim.command("OpenCredits details")
    assert "line 199" not in vim.wait_screen("line 0")
    vim.type("G")
    vim.wait_screen("line 199")
    vim.type("g")
    vim.wait_screen("line 0 ")
    vim.type("Escape")
    wait_for(lambda: "line 0" not in vim.screen(), "its end")


@pytest.mark.parametrize(("key", "sent"), [("y", 2), ("n", 1)])
def test_what_needs_a_yes_is_asked(home, script, key, sent):
    row = {"id": "r1", "text": "Row", "detail": None, "actions": [{"id": "drop", "title": "Drop it"}]}
    lists = [{"title": "Rows", "rows": [row]}]
    question = {"status": STATUS, "message": None, "confirm": {"text": "Really drop it?", "token": "t1"}}
    script.write(
        details=[{"result": {"title": "T", "markdown": "", "text": "page", "lists": lists}}],
        act=[{"result": question}],
    )
    vim = home.play(script)
    vim.command("OpenCredits details")
    vim.wait_screen("Row")
    vim.type("G", "k", "k", "Enter")
    vim.wait_screen("Drop it")
    vim.type("Enter")
    vim.wait_screen("Really drop it?")
    vim.type(key)
    first = {"subject": "r1", "action": "drop"}
    wait_for(lambda: len(script.params("act")) == sent, "the requests")
    assert script.params("act") == [first, {**first, "confirm": "t1"}][:sent]


def test_an_action_of_a_row_may_show_a_page_in_place_of_the_details(home, script):
    page = {"title": "The page", "markdown": "# It", "text": "What it is about.", "lists": []}
    row = {"id": "r1", "text": "Row", "detail": None, "actions": [{"id": "more", "title": "More"}]}
    details = {"title": "T", "markdown": "", "text": "all", "lists": [{"title": "Rows", "rows": [row]}]}
    script.write(
        act=[{"result": {"status": STATUS, "message": None, "page": page}}], details=[{"result": details}]
    )
    vim = home.play(script)
    vim.command("OpenCredits details")
    vim.wait_screen("Row")
    vim.type("G", "k", "k", "Enter")
    vim.wait_screen(" More ")
    vim.type("Enter")
    vim.wait_screen("What it is about.")
    vim.command("OpenCredits refresh")
    wait_for(lambda: script.params("refresh"), "what comes after")
    assert len(script.params("details")) == 1


# a key


@pytest.fixture
def desktop(home):
    """A real keyring, and no key in the environment."""
    with Desktop() as session:
        session.start_keyring("password")
        home.env |= {**session.variables, "OPENROUTER_API_KEY": None}
        yield session


# All that Vim can write down about what happens in it.
TALKATIVE = """
set swapfile undofile undodir={home} directory={home} viminfo='1000,f1,<1000,:1000,@1000,/1000,h
set verbosefile={home}/verbose verbose=15 history=1000
call ch_logfile('{home}/channels', 'ao')
"""


def choose_to_enter_a_key(vim):
    """As a person does, by the menu."""
    vim.type(":OpenCredits configure", "Enter")
    vim.wait_screen("API key (")
    vim.type("Enter")
    vim.wait_screen("management key")
    vim.type("Enter")


def enter_key(vim, key):
    """The whole way."""
    choose_to_enter_a_key(vim)
    vim.wait_screen("(not shown)")
    vim.paste(key)
    wait_for(lambda: "*" * 20 in vim.screen(), "asterisks")
    vim.type("Enter")


def test_a_key_that_is_entered_reaches_openrouter_and_nothing_else(home, desktop):
    """While a macro is recorded, and with everything on that Vim can write down."""
    key = home.sim.key
    search = Search([key])
    with Descendants() as descendants:
        vim = home.open(TALKATIVE.format(home=home.path))
        vim.wait_text("OpenRouter: Set API key")
        vim.type("q", "a", "i", "x", "Escape")
        enter_key(vim, key)
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


def test_a_key_that_is_refused_is_not_kept(home, desktop):
    vim = home.open()
    vim.wait_text("OpenRouter: Set API key")
    enter_key(vim, new_key())
    wait_for(vim.said, "a message")
    assert vim.text() == "OpenRouter: Set API key"


def test_a_vim_that_writes_down_what_is_typed_asks_for_no_key(home, tmp_path):
    vim = home.open(argv=("-W", str(tmp_path / "typed")))
    vim.wait_text(FULL)
    choose_to_enter_a_key(vim)
    vim.wait_said("opencredits login")
    assert "(not shown)" not in vim.screen()


@pytest.mark.parametrize("keys", [["Escape"], ["C-c"], ["Enter"]])
def test_a_prompt_can_be_left(home, keys):
    vim = home.open(argv=("-w", "10"))
    vim.wait_text(FULL)
    choose_to_enter_a_key(vim)
    vim.wait_screen("(not shown)")
    vim.type(*keys)
    wait_for(lambda: "(not shown)" not in vim.screen(), "its end")
    assert vim.said() == []
