"""What the Sublime Text package shows, in our own host, with the installed core against the simulator."""

import json
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from installation import ROOT
from opencredits.simulator import Fault
from scripted_bridge import STATUS, Script
from sublime_session import FULL, VERSIONS, open_home
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the host is driven by POSIX's means")

GOLDEN = json.loads((ROOT / "tests/golden/statuses.json").read_text(encoding="utf-8"))
HOSTILE = ["62% of $50 %#Error# %{1}", "a'b\"c\\d|e <b>&amp;", "🦜💸 ünï", "x" * 200]


@pytest.fixture(params=["3.8"])
def home(cli, request):
    """See sublime_session.Home."""
    with open_home(cli, request.param) as home:
        yield home


def in_all_views(sublime, text):
    """Whether every tab has this in its status bar, and nothing else of ours."""
    statuses = sublime.statuses()
    wanted = {"opencredits": text} if text else {}
    return all(statuses[str(view)] == wanted for view in sublime.view_ids())


@pytest.mark.parametrize("home", VERSIONS, indirect=True)
def test_every_view_shows_the_balance(home, tmp_path):
    """Those that are there, new ones, files, previews, clones, and those of other windows."""
    (tmp_path / "file.txt").write_text("text")
    sublime = home.open()
    sublime.wait_text(FULL)
    sublime.new_view()
    sublime.open_file(path=str(tmp_path / "file.txt"))
    sublime.clone()
    sublime.open_file(path=str(tmp_path / "other.txt"), transient=True)
    sublime.new_window()
    sublime.new_view()
    assert len(sublime.view_ids()) == 6
    wait_for(lambda: in_all_views(sublime, FULL), lambda: str(sublime.statuses()))
    home.sim.account.spend(Decimal(2))
    assert home.cli("refresh", env=home.env).returncode == 0
    sublime.wait_text("OpenRouter: $23.00")  # although nobody touches Sublime
    assert in_all_views(sublime, "OpenRouter: $23.00")
    assert sublime.told() == []


@pytest.mark.parametrize("label", HOSTILE)
def test_a_label_is_shown_as_it_is(home, label):
    home.configure(label=label)
    sublime = home.open()
    sublime.wait_text(f"{label}: $25.00")
    sublime.run("details")
    assert f"{label}: $25.00" in sublime.wait_shown("Balance")["text"]


def test_line_breaks_become_spaces(home, tmp_path):
    """A core that sends some is not ours; the status bar holds one line."""
    status = {**STATUS, "text": "\n one\r\n\ttwo\x7fthree\n"}
    script = Script(tmp_path / "script", start=[{"status": status}])
    sublime = home.open_scripted(script.command)
    sublime.wait_text("one")
    assert " ".join(sublime.text().split()) == "one two three"
    assert sublime.text().isprintable()


def test_every_status_is_shown_as_it_is(home, tmp_path):
    """The texts of the golden file; nothing where it is not visible."""
    script = Script(tmp_path / "script")
    sublime = home.open_scripted(script.command)
    for each in GOLDEN:
        script_text = each["status"]["text"] if each["status"]["visible"] else ""
        sublime.wait_text(STATUS["text"])
        script.cue(status=each["status"])
        wait_for(lambda text=script_text: sublime.text() == text, lambda text=script_text: repr(text))
        assert in_all_views(sublime, script_text), each["name"]
        script.cue(status=STATUS)
    assert sublime.told() == []


def test_what_is_not_visible_is_not_shown(home, tmp_path):
    """Whatever text it has."""
    script = Script(tmp_path / "script", start=[{"status": {**STATUS, "visible": False}}])
    sublime = home.open_scripted(script.command)
    wait_for(lambda: script.params("initialize"), "the first request")
    sublime.run("refresh")
    wait_for(lambda: script.params("refresh"), "what came after it")
    assert in_all_views(sublime, "")
    script.cue(status={**STATUS, "text": "visible"})
    sublime.wait_text("visible")


def test_a_status_that_is_none_changes_nothing(home, tmp_path):
    """What another core may send by mistake."""
    script = Script(tmp_path / "script")
    sublime = home.open_scripted(script.command)
    sublime.wait_text(STATUS["text"])
    for wrong in (None, [], "x", {"text": 5, "level": "ok"}, {}):
        script.cue(notify="status_changed", params={"status": wrong})
    script.cue(notify="status_changed", params={})
    script.cue(status={**STATUS, "text": "after"})
    sublime.wait_text("after")


def test_without_a_key_it_says_so(home):
    home.open(env={"OPENROUTER_API_KEY": None}).wait_text("OpenRouter: Set API key")


def test_a_wrong_key_is_an_error(home):
    home.open(env={"OPENROUTER_API_KEY": "sk-or-v1-wrong"}).wait_text("OpenRouter: Error (invalid key)")


def test_a_network_that_is_down_shows_the_age_and_back_the_figure(home):
    sublime = home.open()
    sublime.wait_text(FULL)
    home.sim.fault("*", Fault(reset=True))
    sublime.run("refresh")
    wait_for(lambda: "ago)" in sublime.text(), "an age")
    assert sublime.text().startswith(FULL)
    home.sim.clear()
    home.sim.account.spend(Decimal(3))

    def is_fresh():
        # Within five seconds of the last manual refresh that one's answer is given again.
        sublime.run("refresh")
        return sublime.text() == "OpenRouter: $22.00"

    wait_for(is_fresh, "a fresh figure")


# before the core answers, and without it


def stored(home, **changes):
    """Leave this as what was shown last."""
    home.state.mkdir(parents=True, exist_ok=True)
    (home.state / "status.json").write_text(json.dumps({**STATUS, **changes}), encoding="utf-8")


def moment(**from_now):
    """A moment as in status.json."""
    return (datetime.now(UTC) + timedelta(**from_now)).strftime("%Y-%m-%dT%H:%M:%SZ")


STORED = [
    ({"stale_at": None}, STATUS["text"]),
    ({"stale_at": moment(hours=1)}, STATUS["text"]),
    ({"stale_at": moment(hours=-1)}, STATUS["stale_text"]),
    ({"stale_at": "2024-02-29T00:00:00Z", "stale_text": None}, STATUS["text"]),
    ({"visible": False}, ""),
]


@pytest.mark.parametrize("zone", ["UTC", "America/St_Johns"])
def test_what_was_stored_is_shown_before_the_core_is_there(home, zone):
    """The moments in it are UTC, wherever Sublime runs."""
    stored(home)
    sublime = home.open(env={**home.without_core(), "TZ": zone})
    sublime.wait_text(STATUS["text"])
    sublime.wait_told("No core was found")
    for changes, shown in STORED:
        stored(home, **changes)
        sublime.disable()
        assert sublime.text() == ""
        sublime.reload()
        wait_for(lambda shown=shown: sublime.text() == shown, lambda shown=shown: repr(shown))


def test_what_is_shown_without_a_core_becomes_old_by_itself(home):
    stored(home, stale_at=moment(seconds=2))
    home.open(env=home.without_core()).wait_text(STATUS["stale_text"])


def test_a_broken_status_file_is_as_none(home):
    """Whatever is in it, Sublime starts in silence."""
    home.state.mkdir(parents=True)
    sublime = home.open(env=home.without_core())
    sublime.wait_told("No core was found")
    texts = (
        b"",
        b"null",
        b"[1]",
        b"{",
        b'{"text": 5}',
        b'{"visible": true, "text": "x"}',
        b"\xff",
        b"[" * 99999,
    )
    for text in texts:
        (home.state / "status.json").write_bytes(text)
        sublime.disable()
        said = len(sublime.said())
        sublime.reload()
        wait_for(lambda said=said: len(sublime.said()) > said, "the word about the core")
        assert (sublime.text(), sublime.faults()) == ("", []), text
