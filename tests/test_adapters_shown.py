"""What each adapter shows, in its editor, with the installed core against the simulator or with a script."""

import json

import pytest

import adapters
from adapters import FULL
from installation import ROOT
from opencredits.simulator import Fault
from scripted_bridge import STATUS
from waiting import wait_for

GOLDEN = json.loads((ROOT / "tests/golden/statuses.json").read_text(encoding="utf-8"))


@pytest.fixture(params=adapters.EDITORS)
def home(cli, request):
    """See editor_home.EditorHome."""
    with adapters.open_homes(request, *request.param) as (home,):
        yield home


def test_shows_the_balance_and_changes_with_it(home):
    """Also when another process has read it, and nobody touches the editor; with the colour of its level."""
    editor = home.open()
    editor.wait_text(FULL)
    editor.wait_colour("ok")
    assert editor.said() == []
    home.spend("20.50")
    assert home.cli("refresh", env=home.env).returncode == 0
    editor.wait_text("OpenRouter: $4.50")
    editor.wait_colour("low")


def test_every_status_is_shown_as_it_is(home, script):
    """Text and colour of the golden file; nothing where it is not visible.

    A core that sends line breaks or another level is not ours; a status bar holds one line.
    """
    editor = home.play(script)
    for each in GOLDEN:
        script.cue(status={**STATUS, "text": "between", "level": "unknown"})
        editor.wait_text("between")
        status = each["status"]
        script.cue(status=status)
        text = status["text"] if status["visible"] else ""
        wait_for(lambda: editor.text() == text, lambda: f"{each['name']}: {text!r}; {editor.scene()}")  # noqa: B023
        if text:
            editor.wait_colour(status["level"])
    script.cue(status={**STATUS, "text": "\n one\r\n\ttwo\x7fthree\n", "level": "of another version"})
    wait_for(lambda: editor.text().split() == ["one", "two", "three"], editor.scene)
    assert editor.text().isprintable()
    editor.wait_colour("unknown")
    assert editor.said() == []


@pytest.mark.parametrize("home", adapters.of("neovim", "sublime"), indirect=True)
def test_a_status_that_is_none_changes_nothing(home, script):
    """What another core may send by mistake."""
    editor = home.play(script)
    for wrong in (None, [], "x", {"text": 5, "level": "ok"}, {}):
        script.cue(notify="status_changed", params={"status": wrong})
    script.cue(notify="status_changed", params={})
    script.cue(status={**STATUS, "text": "after"})
    editor.wait_text("after")
    assert editor.said() == []


@pytest.mark.parametrize(
    ("key", "text", "level"),
    [
        (None, "OpenRouter: Set API key", "unknown"),
        ("sk-or-v1-wrong", "OpenRouter: Error (invalid key)", "error"),
    ],
)
def test_without_a_good_key_it_says_so(home, key, text, level):
    editor = home.open(env={"OPENROUTER_API_KEY": key})
    editor.wait_text(text)
    editor.wait_colour(level)


def test_a_network_that_is_down_shows_the_age_and_back_the_figure(home):
    editor = home.open()
    editor.wait_text(FULL)
    home.sim.fault("*", Fault(reset=True))
    editor.run("refresh")
    wait_for(lambda: "ago)" in editor.text(), "an age")
    assert editor.text().startswith(FULL)
    editor.wait_colour("ok")
    home.sim.clear()
    home.spend("3")
    editor.run("refresh")
    editor.wait_text("OpenRouter: $22.00")


def test_what_is_shown_becomes_old_when_the_core_is_gone(home, script):
    """As long as it is there, it knows best."""
    editor = home.play(script)
    script.cue(
        status={**STATUS, "text": "fresh", "stale_at": "2024-02-29T00:00:00Z", "stale_text": "too old"}
    )
    editor.wait_text("fresh")
    script.write(start=[{"until": "nothing"}])
    script.cue(exit=1)
    editor.wait_text("too old")
