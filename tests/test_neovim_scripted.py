"""The Neovim adapter against a scripted far end: what the real core does not do on demand."""

import contextlib
import json
import os
import signal
import sys
from pathlib import Path

import pytest

import editors
from neovim_session import Neovim
from scripted_bridge import STATUS, Script
from waiting import wait_for

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and sockets are POSIX's"),
]

GOLDEN = Path(__file__).parent / "golden" / "statuses.json"
LEVELS = ("ok", "low", "critical", "error")
REFUSED = {"code": -32061, "message": "Version 1 is too old.", "data": {"kind": "x", "action": "Update."}}
ALERT = {
    "id": "runaway:1",
    "kind": "runaway",
    "level": "warn",
    "title": "Runaway",
    "message": "Key 'cline' spends $40.00/hr.",
    "actions": [{"id": "disable", "title": "Disable the key"}, {"id": "snooze", "title": "Not today"}],
}


@pytest.fixture(params=["0.10", "0.12"])
def editor(request):
    """Each Neovim that is supported."""
    return editors.neovim(request.param)


class Stage:
    """A Neovim and the script that its core plays."""

    def __init__(self, editor, folder, stack):
        self.editor, self.stack = editor, stack
        self.home = folder / "home"
        self.state = self.home / ".local/state/opencredits"
        self.state.mkdir(parents=True)
        self.script = Script(folder / "script")

    def open(self, options=None, **more):
        """Start Neovim; what was scripted until now is played."""
        options = {"command": self.script.command, **(options or {})}
        return self.stack.enter_context(Neovim(self.editor, self.home, options, **more))

    def opened(self, **steps):
        """Start Neovim with these steps scripted, and wait for the first text."""
        self.script.write(**steps)
        nvim = self.open()
        nvim.wait_text(STATUS["text"])
        wait_for(lambda: nvim.lua("return require('opencredits.session').is_ready()"), "an answer")
        return nvim

    def attended(self, **steps):
        """The same, with somebody before the screen."""
        nvim = self.opened(**steps)
        nvim.screen()
        return nvim


@pytest.fixture
def stage(editor, tmp_path):
    """See Stage."""
    with contextlib.ExitStack() as stack:
        yield Stage(editor, tmp_path, stack)


def status(text, **more):
    """A status with this text."""
    return {**STATUS, "text": text, **more}


# what is shown


def test_every_golden_status_is_shown_with_its_colour(stage):
    nvim = stage.opened()
    for case in json.loads(GOLDEN.read_text(encoding="utf-8")):
        stage.script.cue(status=case["status"])
        expect(nvim, case["name"], case["status"])


def expect(nvim, name, wanted):
    """Wait until this status is there, and then until it is shown, or hidden."""
    newest = """
        local wanted = vim.json.decode(..., { luanil = { object = true, array = true } })
        return vim.deep_equal(require("opencredits").status(), wanted)
    """
    wait_for(lambda: nvim.lua(newest, json.dumps(wanted)), name)
    text = wanted["text"] if wanted["visible"] else ""
    colour = f"_OpenCredits{wanted['level'].title()}" if text and wanted["level"] in LEVELS else ""
    shown = (text, f"lualine_c_normal{colour}")
    wait_for(lambda: (nvim.text(), nvim.group()) == shown, lambda: f"{name}: {nvim.drawn()}")
    assert nvim.lua("return vim.g.opencredits.visible") is bool(text), name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\r\n\tand a tab", "two lines and a tab"),
        ("62% \x00 %#Error#", "62%   %#Error#"),
        ("\n", ""),
    ],
)
def test_no_text_breaks_the_status_line(stage, text, shown):
    nvim = stage.opened()
    stage.script.cue(status=status(text))
    wait_for(lambda: nvim.text() == shown, shown)
    assert nvim.lua("return vim.v.errmsg") == ""


def test_a_level_of_another_version_has_no_colour(stage):
    nvim = stage.opened()
    stage.script.cue(status=status("fine", level="superb"))
    nvim.wait_text("fine")
    assert nvim.group() == "lualine_c_normal"


def test_lines_arrive_in_pieces_and_among_garbage(stage):
    nvim = stage.opened()
    stage.script.cue(write='garbage\n\n[]\n{"jsonrpc": "2.0"}\n{"id": 999, "result": {}}\n"text"\n')
    stage.script.cue(status=status("in pïeces 💸" + "." * 300), chunk=7)
    nvim.wait_text("in pïeces 💸...")
    stage.script.cue(notify="status_changed", params={"status": {"text": 5}})
    stage.script.cue(notify="news", params={})
    stage.script.cue(status=status("good"))
    nvim.wait_text("good")
    assert nvim.said() == []
    assert nvim.lua("return vim.v.errmsg") == ""


def test_answers_may_come_in_another_order(stage):
    details = {"title": "Page", "markdown": "late", "text": "late", "lists": []}
    nvim = stage.opened(details=[{"until": "refresh"}, {"result": details}])
    nvim.command("OpenCredits details")
    wait_for(lambda: stage.script.params("details"), "the question")
    nvim.command("OpenCredits refresh")
    wait_for(lambda: nvim.api.current.buffer[:] == ["late"], "the page")


def test_the_component_allocates_nothing_and_reads_nothing_while_nothing_changes(stage):
    nvim = stage.opened()
    grown = nvim.lua(
        """
        local Component = require("lualine.components.opencredits")
        local options = { self = { section = "c" }, component_name = "x", component_separators = {} }
        local component = Component(options)
        component.default_hl = "%#lualine_c_normal#"
        component:update_status()
        jit.off()
        collectgarbage()
        collectgarbage("stop")
        local grown = {}
        for run = 1, 5 do
          local before = collectgarbage("count")
          for _ = 1, 1000 do
            component:update_status()
          end
          grown[run] = collectgarbage("count") - before
        end
        collectgarbage("restart")
        return grown
        """
    )
    assert min(grown) == 0  # Neovim itself may need something in between, but not in every run


def test_another_colour_scheme_keeps_the_colour_of_the_level(stage):
    nvim = stage.opened()
    nvim.command("colorscheme habamax")
    colour = nvim.lua(
        "return ('#%06x'):format(vim.api.nvim_get_hl(0, { name = 'DiagnosticOk', link = false }).fg)"
    )
    wait_for(lambda: nvim.screen().colour_of(STATUS["text"]) == colour, colour)


@pytest.mark.parametrize("options", ["colored = false", "color = 'Search'"])
def test_the_component_can_be_without_the_colour_of_the_level(stage, options):
    nvim = stage.opened()
    nvim.lua(
        f"require('lualine').setup({{ sections = {{ lualine_c = {{ {{ 'opencredits', {options} }} }} }} }})"
    )
    wait_for(lambda: "OpenCredits" not in nvim.group() and nvim.text() == STATUS["text"], "another colour")


# the stored status


def store(stage, **more):
    """Write `status.json`, and have a core that never answers."""
    stage.script.write(initialize=[{"until": "nothing"}])
    (stage.state / "status.json").write_text(json.dumps(status("stored", **more)))


def test_the_stored_status_is_there_before_the_core(stage):
    """When setup() returns: no later than the first screen."""
    store(stage, level="low")
    nvim = stage.open(lua="Early = require('opencredits').statusline()")
    assert nvim.lua("return Early") == "%#OpenCreditsLow#stored%*"
    nvim.wait_text("stored")
    assert nvim.group() == "lualine_c_normal_OpenCreditsLow"


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({"stale_at": "2099-01-01T00:00:00Z", "stale_text": "stored (old)"}, "stored"),
        ({"stale_at": "2020-01-01T00:00:00Z", "stale_text": "stored (old)"}, "stored (old)"),
        ({"stale_at": "2020-01-01T00:00:00Z", "stale_text": None}, "stored"),
        ({"visible": False}, ""),
    ],
)
def test_the_stored_status_may_be_old_or_hidden(stage, more, shown):
    store(stage, **more)
    nvim = stage.open()
    wait_for(lambda: stage.script.params("initialize"), "the question")
    assert nvim.text() == shown


def test_the_stored_status_becomes_old_by_itself(stage):
    store(stage, stale_at="2099-01-01T00:00:00Z", stale_text="stored (old)")
    nvim = stage.open()
    nvim.wait_text("stored")
    nvim.lua("os.date = function() return '2099-01-01T00:00:00Z' end")
    nvim.wait_text("stored (old)")


@pytest.mark.parametrize("content", ["", "{", "[]", "5", '{"text": 5}'])
def test_a_broken_stored_status_is_as_none(stage, content):
    (stage.state / "status.json").write_text(content)
    nvim = stage.opened()
    assert nvim.said() == []


def test_the_stored_status_is_no_matter_in_the_demo_or_switched_off(stage):
    store(stage)
    assert stage.open({"enabled": False}).text() == ""
    nvim = stage.open({"demo": True})
    wait_for(lambda: stage.script.params("initialize"), "the question")
    assert nvim.text() == ""
    assert stage.script.received[0]["argv"] == ["bridge", "--demo"]


# the life of the core


def test_what_the_core_is_told_at_first(stage):
    stage.open({"settings": {"format": "{amount}", "accounts": {}}}).wait_text(STATUS["text"])
    assert stage.script.received[0]["argv"] == ["bridge"]
    (told,) = stage.script.params("initialize")
    assert told["protocol"] == 1
    assert told["client"]["name"] == "Neovim"
    assert told["settings"] == {"format": "{amount}"}


def test_settings_are_told_by_what_has_changed(stage):
    stage.script.write()
    nvim = stage.open({"settings": {"format": "a", "update_interval": "5m"}})
    nvim.wait_text(STATUS["text"])
    setup = "require('opencredits').setup({ command = ..., settings = { format = 'b', accounts = {} } })"
    nvim.lua(setup, stage.script.command)
    wait_for(lambda: stage.script.params("settings"), "the settings")
    assert stage.script.params("settings") == [{"format": "b", "update_interval": None}]
    assert len(stage.script.starts) == 1


def test_a_core_that_crashes_at_the_start_is_given_up_after_five_times(stage):
    stage.script.write(start=[{"stderr": "Traceback\nno module named boom\n"}, {"exit": 3}])
    nvim = stage.open()
    message = nvim.wait_said("crashed 5 times")
    assert "no module named boom" in message
    assert "Traceback" not in message
    assert len(stage.script.starts) == 5
    nvim.command("OpenCreditsRefresh")
    nvim.wait_said("is not running")
    stage.script.write()
    nvim.command("OpenCredits restart")
    nvim.wait_text(STATUS["text"])
    assert len(nvim.said()) == 2


def test_what_is_shown_becomes_old_when_the_core_is_gone(stage):
    nvim = stage.opened(refresh=[{"stderr": "out of memory"}, {"exit": 1}])
    old = status("fresh", stale_at="2020-01-01T00:00:00Z", stale_text="fresh (old)")
    stage.script.cue(status=old)
    nvim.wait_text("fresh")
    assert nvim.text() == "fresh"  # the core knows best
    stage.script.write(start=[{"until": "nothing"}])
    nvim.command("OpenCreditsRefresh")
    nvim.wait_text("fresh (old)")
    nvim.wait_said("crashed before it answered")


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        ({"error": REFUSED}, "Version 1 is too old. Update."),
        (
            {"result": {"protocol": 2, "server": {"version": "9.9"}, "status": STATUS}},
            "(9.9) does not speak version 1",
        ),
    ],
)
def test_another_protocol_is_one_message_and_no_second_try(stage, answer, part):
    stage.script.write(initialize=[answer])
    nvim = stage.open()
    nvim.wait_said(part)
    wait_for(lambda: not nvim.cores(), "the end of the core")
    nvim.command("OpenCreditsRefresh")
    nvim.wait_said("is not running")
    assert len(nvim.said()) == 2
    assert len(stage.script.starts) == 1


def kill(pid):
    """End a process that may have ended already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_a_core_that_does_not_heed_the_end_of_its_input_is_killed(stage):
    nvim = stage.opened(settings=[{"kill": signal.SIGSTOP}])
    (pid,) = nvim.cores()
    stage.stack.callback(kill, pid)  # whatever comes of it
    setup = "require('opencredits').setup({ command = ..., settings = { format = 'x' } })"
    nvim.lua(setup, stage.script.command)
    wait_for(lambda: " T " in Path(f"/proc/{pid}/stat").read_text(), "a stop")
    nvim.lua("require('opencredits').setup({ enabled = false })")
    wait_for(lambda: pid not in nvim.cores(), "its end")


def test_faults_are_said_once(stage):
    faulty = {"protocol": 1, "server": {}, "status": STATUS, "faults": ["format is wrong.", "x is unknown."]}
    nvim = stage.opened(initialize=[{"result": faulty}], refresh=[{"exit": 1}])
    nvim.wait_said("format is wrong. x is unknown.")
    nvim.command("OpenCreditsRefresh")
    wait_for(lambda: len(stage.script.params("initialize")) == 2, "another start")
    wait_for(lambda: nvim.lua("return require('opencredits.session').is_ready()"), "its answer")
    assert len([text for text in nvim.said() if "format is wrong" in text]) == 1


# focus


def test_focus_is_told(stage):
    nvim = stage.opened()
    for event in ("FocusGained", "FocusLost", "VimResume", "VimSuspend"):
        nvim.command(f"doautocmd {event}")
    wait_for(lambda: len(stage.script.params("focus")) == 4, "the focus")
    assert [each["focused"] for each in stage.script.params("focus")] == [True, False, True, False]


def test_the_first_input_after_a_while_is_told(stage):
    nvim = stage.opened()
    nvim.lua("Now = 1e6; vim.uv.now = function() return Now end")
    for later in (0, 20000, 29999, 30000):
        nvim.lua("Now = Now + ...", later)
        nvim.type("l")
    nvim.command("OpenCreditsRefresh")
    wait_for(lambda: stage.script.params("refresh"), "what comes after")
    assert stage.script.params("focus") == [{"focused": True}, {"focused": True}]


def test_who_has_just_started_it_is_here(stage):
    """Without having touched it; a screen is all it takes."""
    stage.script.write(initialize=[{"until": "nothing"}])
    nvim = stage.open()
    wait_for(lambda: stage.script.params("initialize"), "a core that does not answer")
    nvim.screen()
    stage.script.write()
    nvim.command("OpenCredits restart")
    wait_for(lambda: stage.script.params("focus") == [{"focused": True}], "the focus")


@pytest.mark.parametrize(("event", "told"), [("FocusGained", [True, True]), ("FocusLost", [False])])
def test_another_core_is_told_where_the_person_is_now(stage, event, told):
    """And not where they were when the one before was started."""
    nvim = stage.opened(refresh=[{"exit": 1}])
    nvim.command(f"doautocmd {event}")
    nvim.command("OpenCreditsRefresh")
    wait_for(lambda: len(stage.script.params("initialize")) == 2, "another core")
    wait_for(lambda: nvim.lua("return require('opencredits.session').is_ready()"), "its answer")
    nvim.lua("require('opencredits.request').send('menu', {}, function() end)")
    wait_for(lambda: stage.script.params("menu"), "what comes after")
    assert [each["focused"] for each in stage.script.params("focus")] == told


# alerts, confirmations, menus


def test_an_alert_is_said_at_its_level_and_the_core_hears_that_it_is_shown(stage):
    nvim = stage.attended()
    stage.script.cue(notify="alert", params={**ALERT, "level": "error", "actions": []})
    nvim.wait_said("Runaway. Key 'cline' spends $40.00/hr.")
    assert nvim.lua("return Said[1].level == vim.log.levels.ERROR")
    wait_for(lambda: stage.script.params("shown") == [{"id": ALERT["id"]}], "a sign that it is shown")
    nvim.command("OpenCredits alert")
    nvim.wait_said("no alert waits")
    assert nvim.asked() == []


def test_an_alert_of_ours_does_not_say_our_name_twice(stage):
    nvim = stage.attended()
    stage.script.cue(notify="alert", params={**ALERT, "title": "OpenCredits", "actions": []})
    assert nvim.wait_said(ALERT["message"]) == f"OpenCredits: {ALERT['message']}"


def cue_unseen(stage, nvim):
    """An alert that arrives while nobody can see it."""
    stage.script.cue(notify="alert", params=ALERT)
    stage.script.cue(status=status("after it"))
    nvim.wait_text("after it")
    assert (nvim.said(), stage.script.params("shown")) == ([], [])


def test_an_alert_waits_for_a_screen(stage):
    """Without one nobody sees it, and it does not count as shown."""
    nvim = stage.opened()
    cue_unseen(stage, nvim)
    nvim.screen()
    nvim.wait_said("Runaway")
    wait_for(lambda: stage.script.params("shown") == [{"id": ALERT["id"]}], "a sign that it is shown")
    assert len(nvim.said()) == 1


def test_an_alert_waits_for_who_is_typing_a_command(stage):
    """The command line would be drawn over it at once."""
    nvim = stage.attended()
    nvim.type(":echo 'a half")
    cue_unseen(stage, nvim)
    nvim.type("<Esc>")
    nvim.wait_said("Runaway")
    wait_for(lambda: stage.script.params("shown") == [{"id": ALERT["id"]}], "a sign that it is shown")


def test_an_alert_of_a_core_that_has_ended_is_not_shown(stage):
    """It is told again, or to another editor."""
    nvim = stage.opened()
    cue_unseen(stage, nvim)
    stage.script.cue(exit=1)
    wait_for(lambda: len(stage.script.params("initialize")) == 2, "another core")
    nvim.screen()
    wait_for(lambda: nvim.lua("return require('opencredits.session').is_ready()"), "its answer")
    stage.script.cue(notify="alert", params={**ALERT, "id": "other"})
    wait_for(lambda: stage.script.params("shown"), "a sign that another is shown")
    assert (len(nvim.said()), stage.script.params("shown")) == (1, [{"id": "other"}])


def test_an_action_of_an_alert_is_done_after_a_yes(stage):
    asks = {"status": STATUS, "message": None, "confirm": {"text": "Really?", "token": "t0"}}
    nvim = stage.attended(act=[{"result": asks}])
    stage.script.cue(notify="alert", params=ALERT)
    assert "[answer: ':OpenCredits alert']" in nvim.wait_said("Runaway")
    assert nvim.asked() == []  # nobody is interrupted
    nvim.answer("Disable the key", "No")
    nvim.command("OpenCredits alert")
    wait_for(lambda: len(nvim.asked()) == 2, "the question")
    assert nvim.asked()[1] == {"prompt": "Really?", "items": ["Yes", "No"]}
    nvim.answer("Disable the key", "Yes", "No")
    nvim.command("OpenCredits alert")
    wait_for(lambda: len(stage.script.params("act")) == 3, "the confirmed request")
    wanted = {"subject": "runaway:1", "action": "disable"}
    assert stage.script.params("act") == [wanted, wanted, {**wanted, "confirm": "t0"}]


def answer_of_act(**more):
    """The step in which the core answers to an action."""
    nothing = dict.fromkeys(("message", "confirm", "removed", "url", "page"))
    return {"result": {"status": STATUS, **nothing, **more}}


def test_an_alert_that_was_answered_is_gone(stage):
    nvim = stage.attended(act=[answer_of_act(message="It is disabled.")])
    stage.script.cue(notify="alert", params={**ALERT, "id": "other", "title": "Other"})
    for _ in range(2):  # one that was snoozed comes again
        stage.script.cue(notify="alert", params=ALERT)
    wait_for(lambda: len(nvim.said()) == 3, "all of them")
    nvim.answer("Runaway", "Not today")
    nvim.command("OpenCredits alert")
    nvim.wait_said("It is disabled.")
    nvim.answer("Disable the key")
    nvim.command("OpenCredits alert")
    wait_for(lambda: len(stage.script.params("act")) == 2, "the other")
    assert stage.script.params("act")[1] == {"subject": "other", "action": "disable"}


PAGE = {"title": "Page", "markdown": "# It", "text": "What it is about.", "lists": []}


def test_an_action_of_an_alert_may_show_a_page(stage):
    nvim = stage.attended(act=[answer_of_act(page=PAGE)])
    stage.script.cue(notify="alert", params=ALERT)
    nvim.wait_said("Runaway")
    nvim.answer("Not today")
    nvim.command("OpenCredits alert")
    wait_for(lambda: nvim.api.current.buffer[:] == ["What it is about."], "the page")
    assert stage.script.params("details") == []


def test_an_action_of_a_row_may_show_a_page_in_place_of_the_details(stage):
    row = {"id": "r1", "text": "Row", "detail": None, "actions": [{"id": "more", "title": "More"}]}
    details = {"title": "T", "markdown": "", "text": "all", "lists": [{"title": "Rows", "rows": [row]}]}
    nvim = stage.attended(details=[{"result": details}], act=[answer_of_act(page=PAGE)])
    nvim.command("OpenCredits details")
    wait_for(lambda: nvim.api.current.buffer[:] == ["all", "", "Rows", "  Row"], "the details")
    nvim.answer("More")
    nvim.type("<CR>")
    wait_for(lambda: nvim.api.current.buffer[:] == ["What it is about."], "the page")
    nvim.command("OpenCreditsRefresh")
    wait_for(lambda: stage.script.params("refresh"), "what comes after")
    assert len(stage.script.params("details")) == len(nvim.api.windows) - 1 == 1


@pytest.mark.parametrize(
    ("browser", "said"),
    [
        ("Opened = ...", "Opening https://example.org/a?b=1&c"),
        ("return nil, 'no handler found'", "Open https://example.org/a?b=1&c in your browser; from here"),
        ("error('broken')", "Open https://example.org/a?b=1&c in your browser; from here"),
    ],
)
def test_an_action_may_open_a_page_in_the_browser(stage, browser, said):
    """The address is said as well, whether there is a browser or not."""
    url = "https://example.org/a?b=1&c"
    nvim = stage.attended(act=[answer_of_act(url=url)])
    nvim.lua(f"vim.ui.open = function(...) {browser} end")
    stage.script.cue(notify="alert", params=ALERT)
    nvim.wait_said("Runaway")
    nvim.answer("Not today")
    nvim.command("OpenCredits alert")
    nvim.wait_said(said)
    assert nvim.lua("return Opened") == (url if "Opened" in browser else None)


def test_the_menu_goes_down_and_asks(stage):
    ask = {"title": "Below", "into": "value", "secret": False}
    request = {"method": "save_setting", "params": {"name": "warn_below"}}
    leaf = {"title": "Another", "detail": "", "request": request, "prompt": ask}
    menu = {"title": "Configure", "choices": [{"title": "Warning", "detail": "$5", "choices": [leaf]}]}
    saved = {"status": STATUS, "message": "warn_below is 7 now."}
    nvim = stage.opened(menu=[{"result": menu}], save_setting=[{"result": saved}])
    nvim.lua("vim.ui.input = function(options, done) Prompt = options.prompt; done('7') end")
    nvim.answer("Warning", "Another")
    nvim.command("OpenCredits configure")
    nvim.wait_said("warn_below is 7 now.")
    assert stage.script.params("save_setting") == [{"name": "warn_below", "value": "7"}]
    assert nvim.lua("return Prompt") == "Below: "
    assert nvim.asked()[0] == {"prompt": "Configure", "items": ["Warning ($5)"]}


def test_errors_are_said_with_what_to_do_next(stage):
    nvim = stage.opened(refresh=[{"error": REFUSED}])
    nvim.command("OpenCreditsRefresh")
    assert nvim.wait_said("too old") == "OpenCredits: Version 1 is too old. Update."


def messages(nvim):
    """What `:messages` has. A Neovim that waits for a key would never answer."""
    assert not nvim.api.request("nvim_get_mode")["blocking"]
    return " ".join(nvim.lua("return vim.fn.execute('messages')").split())


def test_a_long_message_does_not_wait_for_a_key(stage):
    """With Neovim's own vim.notify, a text of more than one line would."""
    nvim = stage.attended()
    nvim.lua("vim.notify = Notify")
    text = "a long message\n" * 20 + "its end"
    stage.script.cue(notify="alert", params={**ALERT, "message": text, "actions": []})
    wait_for(lambda: "its end" in messages(nvim), "the whole message")
    assert nvim.screen().lines()[-1].startswith("OpenCredits: Runaway. a long message a long")
    assert messages(nvim).count("a long message") == 20


def test_a_long_alert_says_on_the_screen_how_to_answer(stage):
    nvim = stage.attended()
    nvim.lua("vim.notify = Notify")
    stage.script.cue(notify="alert", params={**ALERT, "message": "a long message " * 20})
    wait_for(lambda: nvim.screen().lines()[-1].rstrip().endswith("… :OpenCredits alert"), "the command")
    assert "[answer: ':OpenCredits alert']" in messages(nvim)


def test_a_short_message_is_said_as_it_is(stage):
    nvim = stage.attended()
    nvim.lua("vim.notify = Notify")
    stage.script.cue(notify="alert", params={**ALERT, "message": "Short.", "actions": []})
    wait_for(lambda: nvim.screen().lines()[-1].startswith("OpenCredits: Runaway. Short.  "), "the message")
