"""What the extension shows, in real windows of VS Code, with the installed core against the simulator."""

import json
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from installation import ROOT
from opencredits.simulator import Fault
from scripted_bridge import STATUS
from vscode_session import FULL, SIZE, open_home
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Debian's Chromium and /proc")

GOLDEN = json.loads((ROOT / "tests/golden/statuses.json").read_text(encoding="utf-8"))
COLOURS = {"ok": None, "low": "warning", "critical": "error", "error": "error", "unknown": None}
HOSTILE = [
    "$(bug) \\$(bug) $(sync~spin)",
    "**b** [l](command:workbench.action.quit) `c` | <b>h</b> <img src=x>",
    "🦜💸 ünï \"q\" 'a' & &amp; \u202eabc",
    "x" * 200,
]


@pytest.fixture
def home(cli, browser):
    """See vscode_session.Home."""
    with open_home(cli, browser) as home:
        yield home


def test_shows_the_balance_at_the_right_and_changes_with_it(home):
    """Also when another process has read it, and nobody touches VS Code."""
    window = home.open()
    window.wait_text(FULL)
    assert (window.colour(), window.icons(), window.said()) == (None, [], [])
    place = window.place()
    assert place["x"] > SIZE["width"] / 2
    assert place["y"] + place["height"] > SIZE["height"] - 10
    home.sim.account.spend(Decimal("20.50"))
    assert home.cli("refresh", env=home.env).returncode == 0
    window.wait_text("OpenRouter: $4.50")
    assert window.colour() == "warning"


def test_a_click_asks_now(home):
    """One poll, which is two requests; what was shown stays meanwhile."""
    window = home.open()
    window.wait_text(FULL)
    before = home.sim.count()
    home.sim.account.spend(Decimal(1))
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
    home.sim.account.spend(Decimal(2))
    window.click_link("Refresh")
    window.wait_text("OpenRouter: $23.00")
    window.click_link("Configure")
    window.choose("OpenRouter: API key")
    window.press("Escape")
    window.click_link("Details")
    window.wait_page("Balance: $23.00")


def test_labels_are_shown_as_they_are(home, script):
    """In the text, in the tooltip and to a screen reader: no icon, no markup, no link, no second line."""
    window = home.open_scripted(script.command)
    window.wait_text(STATUS["text"])
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
    hover = window.page.locator(".workbench-hover")
    assert window.do(hover.locator("a").all_inner_texts) == ["Refresh", "Configure", "Details"]
    assert window.do(hover.locator("img, .codicon").count) == 0


def test_line_breaks_become_spaces(home, script):
    """A core that sends some is not ours; the status bar holds one line."""
    script.write(start=[{"status": {**STATUS, "text": "\n one\r\n\ttwo\x7fthree\n"}}])
    window = home.open_scripted(script.command)
    window.wait_text("one two three")


def test_every_status_is_shown_as_it_is(home, script):
    """Text and colour of the golden file; nothing where it is not visible."""
    window = home.open_scripted(script.command)
    window.wait_text(STATUS["text"])
    for each in GOLDEN:
        script.cue(status={**STATUS, "text": "between", "level": "unknown"})
        window.wait_text("between")
        status = each["status"]
        script.cue(status=status)
        if status["visible"]:
            window.wait_text(status["text"])
            wait_for(lambda: window.colour() == COLOURS[status["level"]], each["name"])  # noqa: B023
            assert window.text() == status["text"]
        else:
            wait_for(lambda: window.text() == "", each["name"])


@pytest.mark.parametrize(
    ("key", "text", "colour"),
    [
        (None, "OpenRouter: Set API key", None),
        ("sk-or-v1-wrong", "OpenRouter: Error (invalid key)", "error"),
    ],
)
def test_without_a_good_key_it_says_so(home, key, text, colour):
    window = home.open(env={"OPENROUTER_API_KEY": key})
    window.wait_text(text)
    assert window.colour() == colour


def test_a_network_that_is_down_shows_the_age_and_back_the_figure(home):
    window = home.open()
    window.wait_text(FULL)
    home.sim.fault("*", Fault(reset=True))
    window.click()
    wait_for(lambda: "ago)" in window.text(), "an age")
    assert window.text().startswith(FULL)
    home.sim.clear()
    home.sim.account.spend(Decimal(3))
    window.click_until("OpenRouter: $22.00")


# before the core answers, and without it


def moment(**from_now):
    """A moment as in status.json."""
    return (datetime.now(UTC) + timedelta(**from_now)).strftime("%Y-%m-%dT%H:%M:%SZ")


def stored(home, **changes):
    """Leave this as what was shown last."""
    home.state.mkdir(parents=True, exist_ok=True)
    (home.state / "status.json").write_text(json.dumps({**STATUS, **changes}), encoding="utf-8")


def test_what_was_stored_is_shown_without_a_core_and_becomes_old_by_itself(home):
    """The moments in it are UTC, wherever VS Code runs."""
    stored(home, stale_at=moment(seconds=12))
    home.remove_core()
    window = home.open(env={"TZ": "America/St_Johns"})
    window.wait_text(STATUS["text"])
    assert window.text() == STATUS["text"]
    window.wait_text(STATUS["stale_text"])
    for changes, shown in (
        ({"stale_at": "2024-02-29T00:00:00Z"}, STATUS["stale_text"]),
        ({"visible": False}, ""),
    ):
        stored(home, **changes)
        window.reload()
        window.wait_said("No core was found")
        assert window.text() == shown
    (home.state / "status.json").write_text('{"text": 5}', encoding="utf-8")
    window.reload()
    window.wait_said("No core was found")
    assert window.text() == ""
