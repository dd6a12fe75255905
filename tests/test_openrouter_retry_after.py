"""When a server wants to be asked again: one pure function, by a table."""

from datetime import timedelta

import pytest

from far_end import NOW
from opencredits.providers.openrouter.retry_after import http_date, retry_at

UNIX = int(NOW.timestamp())


def wait(**headers):
    """Seconds from now; None when there is nothing to wait for."""
    at = retry_at(NOW, **({"retry_after": None} | headers))
    return None if at is None else (at - NOW).total_seconds()


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("30", 30),
        (" 30 ", 30),
        ("1.5", 1.5),
        ("3600", 3600),
        ("3601", 3600),
        ("9" * 500, 3600),
        ("Fri, 20 Nov 2026 20:02:00 GMT", 120),
        ("Friday, 20-Nov-26 20:02:00 GMT", 120),
        ("Fri, 20 Nov 2026 21:02:00 +0100", 120),
        ("Sat, 21 Nov 2026 20:02:00 GMT", 3600),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
        ("Fri, 20 Nov 2026 19:59:00 GMT", None),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("1e9", None),
        ("inf", None),
        ("٣٠", None),
        ("30, 60", None),
        ("Fri, 99 Nov 2026 20:02:00 GMT", None),
        (None, None),
    ],
)
def test_retry_after(retry_after, seconds):
    assert wait(retry_after=retry_after) == seconds


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        (f"{UNIX + 60}", 60),
        (f"{UNIX + 60}000", 60),
        (f"{UNIX + 86400}000", 3600),
        ("9" * 500, 3600),
        (f"{UNIX - 60}", None),
        ("0", None),
        ("tomorrow", None),
        (None, None),
    ],
)
def test_rate_limit_reset_in_seconds_or_milliseconds(reset, seconds):
    assert wait(reset=reset) == seconds


def test_the_later_one_wins():
    assert wait(retry_after="30", reset=f"{UNIX + 60}") == 60
    assert wait(retry_after="90", reset=f"{UNIX + 60}") == 90


def test_dates_are_read_by_the_clock_that_wrote_them():
    """Our clock is an hour ahead of the server's, so that its date seems to be over."""
    theirs = NOW - timedelta(hours=1)
    assert wait(retry_after="Fri, 20 Nov 2026 19:02:00 GMT", server_time=theirs) == 120
    assert wait(retry_after="30", server_time=theirs) == 30


@pytest.mark.parametrize("text", [None, "", "now", "Fri, 20 Nov", "Fri, 20 Nov 99999 20:00:00 GMT"])
def test_no_date(text):
    assert http_date(text) is None
