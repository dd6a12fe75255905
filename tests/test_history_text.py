"""The texts and the chart of `opencredits history`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from opencredits.cli.chart import chart
from opencredits.cli.history_text import MEANINGS, amount, bucket_lines, heading, label, marks, window_lines
from opencredits.history import Bucket, History
from opencredits.history.windows import Window
from opencredits.spending import Counters

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 21, 15, 40, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NOTHING = History([], NOW)


def bucket(begin=NOW, spent="1.20", *, length=DAY, known=DAY, **more):
    """A day of an account's spending."""
    counter = more.pop("counter", "total_usage")
    return Bucket(begin, begin + length, Decimal(spent), counter, known, **more)


@pytest.mark.parametrize(
    ("by", "shown"),
    [
        ("hour", "2026-10-24 00:00"),
        ("day", "2026-10-24 Sat"),
        ("week", "2026-10-24 week 43"),
        ("month", "2026-10"),
    ],
)
def test_a_label_says_when_it_begins(by, shown):
    """In the zone."""
    assert label(bucket(datetime(2026, 10, 23, 22, tzinfo=UTC)), by, BERLIN) == shown


def test_two_hours_of_one_name_are_told_apart():
    """By what the clock was ahead of UTC."""
    night = datetime(2026, 10, 25, 0, tzinfo=UTC)
    labels = [label(bucket(night + turn * HOUR), "hour", BERLIN) for turn in range(3)]
    assert labels == ["2026-10-25 02:00 +0200", "2026-10-25 02:00 +0100", "2026-10-25 03:00"]


def test_little_is_more_than_nothing_and_nothing_is_known():
    """An amount never shows as zero unless it is."""
    assert [
        amount(None if spent is None else Decimal(spent)) for spent in (None, "0", "0.004", "0.005", "1.2")
    ] == [
        "-",
        "$0.00",
        "<$0.01",
        "<$0.01",
        "$1.20",
    ]


def test_every_figure_that_is_not_what_it_seems_is_marked():
    """Known in part, shared out, thinned, or of one key among figures of all of them."""
    odd = [
        bucket(known=HOUR),
        bucket(interpolated=True),
        bucket(interpolated=True, thinned=True),
        bucket(counter="usage"),
        Bucket(NOW, NOW + DAY),
    ]
    assert marks([bucket(), *odd], NOW + DAY) == ["", "+", "~", "=", "'", ""]
    assert marks([odd[3]], NOW + DAY) == [""]
    assert marks([odd[0]], NOW + HOUR) == [""]  # it is not over yet


def test_columns_say_in_words_what_there_is_to_know():
    """For whoever reads them in a file."""
    history = History([[Counters(NOW + 9 * DAY, usage=Decimal(1))]], NOW)
    found = [bucket(), bucket(NOW + DAY, "12", thinned=True), Bucket(NOW + 2 * DAY, NOW + 3 * DAY)]
    assert list(bucket_lines(found, history, "day", UTC)) == [
        "2026-11-21 Sat   $1.20",
        f"2026-11-22 Sun  $12.00  {MEANINGS['=']}",
        "2026-11-23 Mon       -",
    ]


def test_windows_say_since_when_and_what_openrouter_says():
    """Ours by the clock here, theirs by UTC, each with its name."""
    begin = datetime(2026, 11, 20, 23, tzinfo=UTC)
    history = History([[Counters(begin - DAY, usage=Decimal(0)), Counters(NOW, usage=Decimal(9))]], begin)
    today = replace(bucket(begin, known=NOW - begin), end=NOW)
    shown = [
        Window("Today", today, Decimal("1.24"), "day"),
        Window("7 days", replace(today, begin=begin - 6 * DAY)),
    ]
    assert list(window_lines(shown, history, NOW, BERLIN)) == [
        "Today   $1.20  since 00:00 here",
        "        $1.24  OpenRouter's UTC day, this key alone",
        "7 days  $1.20  since Nov 20, 00:00, when the readings begin",
    ]


def test_the_heading_says_whose_spending_it_is_and_how_old_it_is():
    """Of all keys, or of this one."""
    history = History([[Counters(NOW + ago, usage=Decimal(9)) for ago in (-DAY, -HOUR)]], NOW)
    assert heading(bucket(), NOTHING, NOW) == "Spent by all keys since 2026-11-21 15:40: $1.20"
    assert (
        heading(bucket(counter="usage"), history, NOW.astimezone(BERLIN))
        == "Spent by this key since 2026-11-21 16:40: $1.20 (read at 15:40)"
    )


def test_the_heading_says_since_when_anything_is_known():
    """Of a month in which the readings begin it is not the whole month."""
    history = History([[Counters(NOW + turn * HOUR, usage=Decimal(9)) for turn in (1, 2)]], NOW)
    assert (
        heading(bucket(), history, NOW) == "Spent by all keys since 2026-11-21 16:40: $1.20 (read at 17:40)"
    )


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_chart_fits_the_terminal(width):
    """The dearest day has the longest bar, and what is marked is explained."""
    days = [bucket(NOW + turn * DAY, str(turn * 10), interpolated=turn == 1) for turn in range(4)]
    console = Console(file=StringIO(), width=width, color_system=None)
    console.print(chart(days, NOTHING, "day", UTC))
    lines = console.file.getvalue().splitlines()
    assert all(len(line) <= width for line in lines)
    assert [line.count("█") for line in lines[:4]] == sorted(line.count("█") for line in lines[:4])
    assert MEANINGS["~"][:20] in lines[4]


def test_a_chart_of_nothing_is_no_error():
    """A day without spending, and one that is not known."""
    console = Console(file=StringIO(), width=80, color_system=None)
    console.print(chart([bucket(spent="0"), Bucket(NOW + DAY, NOW + 2 * DAY)], NOTHING, "day", UTC))
    assert [line.split()[2] for line in console.file.getvalue().splitlines()] == ["$0.00", "-"]
