"""What the extension shows in VS Code, in real windows; for the other promises see `test_adapters_shown`."""

import json
import sys

import pytest

from account_home import moment
from adapters import FULL, open_home
from scripted_bridge import STATUS
from vscode_session import VERSION
from vscode_window import SIZE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Debian's Chromium and /proc")


HOSTILE = [
    "$(bug) \\$(bug) $(sync~spin)",
    "**b** [l](command:workbench.action.quit) `c` | <b>h</b> <img src=x>",
    "🦜💸 ünï \"q\" 'a' & &amp; \u202eabc",
    "x" * 200,
]


@pytest.fixture
def home(cli, browser, request):
    """See vscode_home.Home."""
    with open_home(request, "vscode", VERSION) as home:
        yield home


def test_it_is_at_the_right_and_a_click_asks_now(home):
    """One poll, which is two requests; what was shown stays meanwhile."""
    window = home.open()
    window.wait_text(FULL)
    assert window.icons() == []
    place = window.place()
    assert place["x"] > SIZE["width"] / 2
    assert place["y"] + place["height"] > SIZE["height"] - 10
    before = home.sim.count()
    home.spend("1")
    window.click()
    window.wait_text("OpenRouter: $24.00")
    assert home.sim.count() == before + 2


def test_the_tooltip_says_more_and_its_links_work(home):
    """It is Markdown, of which a screen reader gets plain text."""
    window = home.open()
    window.wait_text(FULL)
    tooltip = window.tooltip("Refresh")
    assert "Balance: $25.00" in tooltip
    assert "**" not in tooltip
    spoken = window.spoken()
    assert FULL in spoken
    assert "command:" not in spoken
    home.spend("2")
    window.click_link("Refresh")
    window.wait_text("OpenRouter: $23.00")
    window.click_link("Configure")
    window.choose("OpenRouter: API key")
    window.press("Escape")
    window.click_link("Details")
    window.wait_page("Balance: $23.00")


def test_labels_are_shown_as_they_are(home, script):
    """In the text, in the tooltip and to a screen reader: no icon, no markup, no link, no second line."""
    window = home.play(script)
    for number, label in enumerate(HOSTILE):
        text = f"{label}: ${number}.00"
        script.cue(status={**STATUS, "text": text, "tooltip_text": label})
        window.wait_text(text)
        assert (window.text(), window.icons()) == (text, [])
        assert window.spoken().startswith(text)


def test_a_label_that_is_hostile_does_no_harm_in_the_tooltip(home):
    """Two accounts, so that the core has their labels in its Markdown; no links but ours, no pictures."""
    other = f'[accounts.other]\nkey_env = "OPENROUTER_API_KEY"\nlabel = {json.dumps(HOSTILE[1])}\n'
    home.configure(label=HOSTILE[0])
    home.config.write_text(f'{home.config.read_text()}{other}base_url = "{home.sim.base_url}"\n')
    window = home.open()
    window.wait_text(f"{HOSTILE[0]}: $25.00")
    tooltip = window.tooltip("Refresh")
    assert {label for label in HOSTILE[:2] if label in tooltip} == set(HOSTILE[:2])
    assert window.hover.links() == ["Refresh", "Configure", "Details"]
    assert window.hover.pictures() == 0


# before the core answers, and without it


def test_what_was_stored_is_shown_without_a_core(home):
    """The moments in it are UTC, wherever VS Code runs; a broken file is as none."""
    home.store(stale_at=moment(hours=1))
    home.remove_core()
    window = home.open(env={"TZ": "America/St_Johns"})
    window.wait_said("No core was found")
    assert window.text() == STATUS["text"]
    for changes, shown in (
        ({"stale_at": "2024-02-29T00:00:00Z"}, STATUS["stale_text"]),
        ({"visible": False}, ""),
        ({"text": 5}, ""),
    ):
        home.store(**changes)
        window.reload()
        window.wait_said("No core was found")
        assert window.text() == shown
    home.store(stale_at=moment(seconds=8))
    window.reload()
    window.wait_text(STATUS["stale_text"])  # which it has become by itself, unless the machine is very slow
