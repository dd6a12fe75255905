"""Alerts in real Neovims: told once, when they can be seen, and what can be done about them."""

import contextlib
import sys

import pytest

import editors
from neovim_stage import Stage
from scripted_bridge import STATUS
from waiting import wait_for

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and sockets are POSIX's"),
]

ALERT = {
    "id": "runaway:1",
    "kind": "runaway",
    "level": "warn",
    "title": "Runaway",
    "message": "Key 'cline' spends $40.00/hr.",
    "actions": [{"id": "disable", "title": "Disable the key"}, {"id": "snooze", "title": "Not today"}],
}


@pytest.fixture(params=["0.10", "0.12"])
def stage(request, tmp_path):
    """See Stage."""
    with contextlib.ExitStack() as stack:
        yield Stage(editors.neovim(request.param), tmp_path, stack)


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
    stage.script.cue(status={**STATUS, "text": "after it"})
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
    assert len(nvim.asked()[0]["items"]) == 2
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
