"""What the package shows in Sublime Text, in our own host; for other promises see `test_adapters_shown`."""

import sys
from decimal import Decimal

import pytest

from account_home import moment
from adapters import FULL, home_of
from scripted_bridge import STATUS
from sublime_session import VERSIONS
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the host is driven by POSIX's means")


HOSTILE = ["62% of $50 %#Error# %{1}", "a'b\"c\\d|e <b>&amp;", "🦜💸 ünï", "x" * 200]

home = home_of("sublime", "3.8")


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
    assert (sublime.said(), sublime.dialogs(), sublime.outputs()) == ([], [], {})
    sublime.set_options(enabled=False)
    wait_for(lambda: in_all_views(sublime, ""), lambda: str(sublime.statuses()))


def test_labels_are_shown_as_they_are(home, script):
    """Also in the details, which are HTML."""
    page = {"title": "T", "markdown": "", "text": "\n".join(HOSTILE), "lists": []}
    script.write(details=[{"result": page}])
    sublime = home.play(script)
    for label in HOSTILE:
        script.cue(status={**STATUS, "text": f"{label}: $25.00"})
        sublime.wait_text(f"{label}: $25.00")
        assert in_all_views(sublime, f"{label}: $25.00")
    sublime.run("details")
    for label in HOSTILE:
        sublime.wait_page(label)


def test_what_is_not_visible_is_not_shown(home, script):
    """Whatever text it has."""
    script.write(start=[{"status": {**STATUS, "visible": False}}])
    sublime = home.open_scripted(script.command)
    wait_for(lambda: script.params("initialize"), "the first request")
    sublime.run("refresh")
    wait_for(lambda: script.params("refresh"), "what came after it")
    assert in_all_views(sublime, "")
    script.cue(status={**STATUS, "text": "visible"})
    sublime.wait_text("visible")


# before the core answers, and without it


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
    home.store()
    sublime = home.open(env={**home.without_core(), "TZ": zone})
    sublime.wait_text(STATUS["text"])
    sublime.wait_said("No core was found")
    for changes, shown in STORED:
        home.store(**changes)
        sublime.disable()
        assert sublime.text() == ""
        sublime.reload()
        wait_for(lambda shown=shown: sublime.text() == shown, lambda shown=shown: repr(shown))


def test_what_is_shown_without_a_core_becomes_old_by_itself(home):
    home.store(stale_at=moment(seconds=2))
    home.open(env=home.without_core()).wait_text(STATUS["stale_text"])


def test_a_broken_status_file_is_as_none(home):
    """Whatever is in it, Sublime starts in silence."""
    home.state.mkdir(parents=True, exist_ok=True)
    sublime = home.open(env=home.without_core())
    sublime.wait_said("No core was found")
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
