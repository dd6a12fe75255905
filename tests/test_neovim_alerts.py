"""Alerts in real Neovims: when they can be seen, and how they are said; see also `test_adapters_alerts`."""

import sys

import pytest

from adapters import home_of
from neovim_session import VERSIONS
from scripted_bridge import STATUS, done
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and sockets are POSIX's")

ALERT = {
    "id": "runaway:1",
    "kind": "runaway",
    "level": "warn",
    "title": "Runaway",
    "message": "Key 'cline' spends $40.00/hr.",
    "actions": [{"id": "disable", "title": "Disable the key"}, {"id": "snooze", "title": "Not today"}],
}

home = home_of("neovim", *VERSIONS)


def test_an_alert_is_said_at_its_level_and_interrupts_nobody(home, script):
    nvim = home.play(script)
    script.cue(notify="alert", params={**ALERT, "level": "error"})
    assert "[answer: ':OpenCredits alert']" in nvim.wait_said("Runaway. Key 'cline' spends $40.00/hr.")
    assert nvim.lua("return Said[1].level == vim.log.levels.ERROR")
    assert nvim.asked() == []


def cue_unseen(script, nvim):
    """An alert that arrives while nobody can see it."""
    script.cue(notify="alert", params=ALERT)
    script.cue(status={**STATUS, "text": "after it"})
    nvim.wait_text("after it")
    assert (nvim.said(), script.params("shown")) == ([], [])


def test_an_alert_waits_for_a_screen(home, script):
    """Without one nobody sees it, and it does not count as shown."""
    nvim = home.play(script, attended=False)
    cue_unseen(script, nvim)
    nvim.screen()
    nvim.wait_said("Runaway")
    wait_for(lambda: script.params("shown") == [{"id": ALERT["id"]}], "a sign that it is shown")
    assert len(nvim.said()) == 1


def test_an_alert_waits_for_who_is_typing_a_command(home, script):
    """The command line would be drawn over it at once."""
    nvim = home.play(script)
    nvim.type(":echo 'a half")
    cue_unseen(script, nvim)
    nvim.type("<Esc>")
    nvim.wait_said("Runaway")
    wait_for(lambda: script.params("shown") == [{"id": ALERT["id"]}], "a sign that it is shown")


def test_an_alert_of_a_core_that_has_ended_is_not_shown(home, script):
    """It is told again, or to another editor."""
    nvim = home.play(script, attended=False)
    cue_unseen(script, nvim)
    script.cue(exit=1)
    wait_for(lambda: len(script.params("initialize")) == 2, "another core")
    nvim.screen()
    wait_for(nvim.is_ready, "its answer")
    script.cue(notify="alert", params={**ALERT, "id": "other"})
    wait_for(lambda: script.params("shown"), "a sign that another is shown")
    assert (len(nvim.said()), script.params("shown")) == (1, [{"id": "other"}])


@pytest.mark.parametrize(
    ("browser", "said"),
    [
        ("Opened = ...", "Opening https://example.org/a?b=1&c"),
        ("return nil, 'no handler found'", "Open https://example.org/a?b=1&c in your browser; from here"),
        ("error('broken')", "Open https://example.org/a?b=1&c in your browser; from here"),
    ],
)
def test_an_action_may_open_a_page_in_the_browser(home, script, browser, said):
    """The address is said as well, whether there is a browser or not."""
    url = "https://example.org/a?b=1&c"
    script.write(act=[done(url=url)])
    nvim = home.play(script)
    nvim.lua(f"vim.ui.open = function(...) {browser} end")
    script.cue(notify="alert", params=ALERT)
    nvim.wait_said("Runaway")
    nvim.answer_alert("Not today")
    nvim.wait_said(said)
    assert nvim.lua("return Opened") == (url if "Opened" in browser else None)


def messages(nvim):
    """What `:messages` has. A Neovim that waits for a key would never answer."""
    assert not nvim.api.request("nvim_get_mode")["blocking"]
    return " ".join(nvim.lua("return vim.fn.execute('messages')").split())


def test_a_long_message_does_not_wait_for_a_key(home, script):
    """With Neovim's own vim.notify, a text of more than one line would."""
    nvim = home.play(script)
    nvim.lua("vim.notify = Notify")
    text = "a long message\n" * 20 + "its end"
    script.cue(notify="alert", params={**ALERT, "message": text, "actions": []})
    wait_for(lambda: "its end" in messages(nvim), "the whole message")
    assert nvim.screen().lines()[-1].startswith("OpenCredits: Runaway. a long message a long")
    assert messages(nvim).count("a long message") == 20


def test_a_long_alert_says_on_the_screen_how_to_answer(home, script):
    nvim = home.play(script)
    nvim.lua("vim.notify = Notify")
    script.cue(notify="alert", params={**ALERT, "message": "a long message " * 20})
    wait_for(lambda: nvim.screen().lines()[-1].rstrip().endswith("… :OpenCredits alert"), "the command")
    assert "[answer: ':OpenCredits alert']" in messages(nvim)


def test_a_short_message_is_said_as_it_is(home, script):
    nvim = home.play(script)
    nvim.lua("vim.notify = Notify")
    script.cue(notify="alert", params={**ALERT, "message": "Short.", "actions": []})
    wait_for(lambda: nvim.screen().lines()[-1].startswith("OpenCredits: Runaway. Short.  "), "the message")
