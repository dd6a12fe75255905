"""The Neovim adapter against a scripted far end: what the real core does not do on demand."""

import contextlib
import json
import os
import signal
import sys
from pathlib import Path

import pytest

import editors
from neovim_stage import Stage
from scripted_bridge import STATUS
from waiting import wait_for

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and sockets are POSIX's"),
]

GOLDEN = Path(__file__).parent / "golden" / "statuses.json"
LEVELS = ("ok", "low", "critical", "error")
REFUSED = {"code": -32061, "message": "Version 1 is too old.", "data": {"kind": "x", "action": "Update."}}


@pytest.fixture(params=["0.10", "0.12"])
def editor(request):
    """Each Neovim that is supported."""
    return editors.neovim(request.param)


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


# menus, details


def test_an_action_of_a_row_may_show_a_page_in_place_of_the_details(stage):
    page = {"title": "Page", "markdown": "# It", "text": "What it is about.", "lists": []}
    row = {"id": "r1", "text": "Row", "detail": None, "actions": [{"id": "more", "title": "More"}]}
    details = {"title": "T", "markdown": "", "text": "all", "lists": [{"title": "Rows", "rows": [row]}]}
    answer = {"status": STATUS, "message": None, "page": page}
    nvim = stage.attended(details=[{"result": details}], act=[{"result": answer}])
    nvim.command("OpenCredits details")
    wait_for(lambda: nvim.api.current.buffer[:] == ["all", "", "Rows", "  Row"], "the details")
    nvim.answer("More")
    nvim.type("<CR>")
    wait_for(lambda: nvim.api.current.buffer[:] == ["What it is about."], "the page")
    nvim.command("OpenCreditsRefresh")
    wait_for(lambda: stage.script.params("refresh"), "what comes after")
    assert len(stage.script.params("details")) == len(nvim.api.windows) - 1 == 1


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
