"""Which key asks what, where it may go, and what a poll says besides."""

from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest

from far_end import (
    BOTH,
    CREDITS,
    HOME,
    MANAGEMENT,
    MANAGEMENT_SECRET,
    NOW,
    ONE,
    ORDINARY,
    OTHER,
    SECRET,
    SIX_FIELDS,
    client,
    ok,
    read,
    refusal,
)
from opencredits import __version__
from opencredits.errors import KeyRejected, KeyUnusable, RateLimited
from opencredits.keys import Keys
from opencredits.providers.openrouter import OpenRouter

PARTS = [("/key", SIX_FIELDS, 1), ("/credits", CREDITS, 2)]


def test_one_poll_brings_both_parts():
    """Both were read at the moment that was given, whatever the server's clock says."""
    reading = read()
    assert (reading.key.value.usage, reading.key.read_at) == (Decimal("94.8"), NOW)
    assert (reading.balance(), reading.credits.read_at) == (Decimal("5.20"), NOW)
    assert reading.succeeded
    assert reading.polled_at == NOW


@pytest.mark.parametrize(
    ("keys", "for_key", "for_credits"),
    [
        (ONE, SECRET, SECRET),
        (OTHER, MANAGEMENT_SECRET, MANAGEMENT_SECRET),
        (BOTH, SECRET, MANAGEMENT_SECRET),
    ],
)
def test_each_question_has_its_key(keys, for_key, for_credits):
    """The ordinary key asks about itself, the management key about the account."""
    openrouter, far_end = client()
    openrouter.read(keys, NOW)
    assert far_end.asked == [("/key", for_key), ("/credits", for_credits)]


def test_requests_introduce_themselves():
    openrouter, far_end = client()
    openrouter.read(ONE, NOW)
    headers = far_end.requests[0].headers
    assert headers["User-Agent"] == f"opencredits/{__version__}"
    assert (headers["Accept"], headers["Accept-Encoding"]) == ("application/json", "identity")


def test_cookies_are_not_kept():
    openrouter, far_end = client({"/key": ok(SIX_FIELDS, **{"Set-Cookie": "a=b"})})
    openrouter.read(ONE, NOW)
    assert "Cookie" not in far_end.requests[1].headers


def test_credits_can_be_left_out():
    """That is no fault: the part is empty, so that an earlier value stays."""
    openrouter, far_end = client()
    reading = openrouter.read(ONE, NOW, ask_credits=False)
    assert len(far_end.requests) == 1
    assert (reading.credits.value, reading.credits.fault) == (None, None)


def test_rejected_key_is_not_used_again():
    openrouter, far_end = client({"/key": refusal(401, "User not found.")})
    reading = openrouter.read(ONE, NOW)
    assert reading.rejected
    assert reading.credits.fault is None
    assert [path for path, _ in far_end.asked] == ["/key"]


def test_rejected_key_does_not_stop_the_other_one():
    """The management key still tells the balance; the reading counts as rejected all the same."""
    reading = read({"/key": refusal(401)}, BOTH)
    assert reading.rejected
    assert not reading.succeeded
    assert reading.balance() == Decimal("5.20")


def test_rejected_management_key_has_its_own_sentence():
    fault = read({"/credits": refusal(401, "User not found.")}, BOTH).credits.fault
    assert fault.kind == "invalid_key"
    assert "management key" in fault.message
    assert "login --management" in fault.action


def test_401_on_credits_for_a_key_that_just_passed_is_a_lack_of_permission():
    reading = read({"/credits": refusal(401)}, ONE)
    assert reading.credits.fault.kind == "no_permission"
    assert reading.succeeded


def test_older_name_of_key_is_asked_when_the_newer_one_is_gone():
    reading = read({"/key": refusal(404), "/auth/key": ok(SIX_FIELDS)})
    assert reading.key.value.usage == Decimal("94.8")


def test_neither_name_of_key_is_there():
    reading = read({"/key": refusal(404)})
    assert (reading.key.fault.kind, reading.key.fault.shown) == ("not_found", "unexpected answer")
    assert reading.balance() == Decimal("5.20")


@pytest.mark.parametrize("failing", ["/key", "/credits"])
def test_one_part_failing_leaves_the_other(failing):
    reading = read({failing: refusal(500, "Internal Server Error")})
    parts = {"/key": reading.key, "/credits": reading.credits}
    assert parts.pop(failing).fault.kind == "server_error"
    assert [part.value is not None for part in parts.values()] == [True]
    assert reading.succeeded


def test_failing_part_keeps_the_figure_of_before():
    """$5.20, then 500 on /credits, is still $5.20."""
    later = datetime(2026, 11, 20, 20, 5, tzinfo=UTC)
    second = client({"/credits": refusal(500)})[0].read(ONE, later).after(read())
    assert (second.balance(), second.credits.read_at) == (Decimal("5.20"), NOW)
    assert second.credits.fault.kind == "server_error"


@pytest.mark.parametrize("host", ["openrouter.ai", "eu.openrouter.ai", "127.0.0.1", "localhost", "[::1]"])
def test_management_key_goes_home_or_to_this_machine(host):
    openrouter, far_end = client(base_url=f"https://{host}/api/v1")
    openrouter.read(BOTH, NOW)
    assert far_end.asked[1] == ("/credits", MANAGEMENT_SECRET)


@pytest.mark.parametrize(
    "host",
    [
        "proxy.example.com",
        "openrouter.ai.example.com",
        "notopenrouter.ai",
        "127.0.0.1.example.com",
        "10.0.0.1",
    ],
)
def test_management_key_goes_nowhere_else(host):
    """The ordinary key asks in its place."""
    openrouter, far_end = client(base_url=f"https://{host}/api/v1")
    openrouter.read(BOTH, NOW)
    assert far_end.asked == [("/key", SECRET), ("/credits", SECRET)]


def test_management_key_alone_is_kept_back_with_a_sentence():
    openrouter, far_end = client(base_url="https://proxy.example.com/api/v1")
    fault = openrouter.read(OTHER, NOW).key.fault
    assert fault.kind == "unusable_key"
    assert "only to openrouter.ai" in fault.message
    with pytest.raises(KeyUnusable):
        openrouter.identify(MANAGEMENT, NOW)
    assert not far_end.requests


@pytest.mark.parametrize(
    "base_url",
    [
        "http://openrouter.ai/api/v1",
        "http://10.0.0.1/api/v1",
        "http://127.0.0.1.example.com/api/v1",
        "ftp://127.0.0.1/",
        "openrouter.ai",
        "https://",
        "https://user:password@openrouter.ai/api/v1",
        "https://openrouter.ai/api/v1?to=",
        "https://openrouter.ai:port/",
    ],
)
def test_no_key_travels_unencrypted_or_nowhere(base_url):
    openrouter, far_end = client(base_url=base_url)
    reading = openrouter.read(BOTH, NOW)
    assert reading.key.fault.kind == reading.credits.fault.kind == "unusable_key"
    with pytest.raises(KeyUnusable):
        openrouter.identify(ORDINARY, NOW)
    assert not far_end.requests


def test_plain_http_is_fine_on_this_machine():
    openrouter, far_end = client(base_url="http://localhost:8080/api/v1/")
    assert openrouter.read(BOTH, NOW).succeeded
    assert str(far_end.requests[0].url) == "http://localhost:8080/api/v1/key"


def test_without_any_key_nothing_is_asked():
    openrouter, far_end = client()
    assert openrouter.read(Keys(), NOW).key.fault.kind == "no_key"
    assert not far_end.requests


def test_server_time_is_that_of_the_first_answer_that_tells_it():
    reading = read(
        {
            "/key": ok(SIX_FIELDS, Date="yesterday"),
            "/credits": refusal(500, Date="Fri, 20 Nov 2026 20:00:07 GMT"),
        }
    )
    assert reading.server_time == NOW.replace(second=7)


def test_server_time_does_not_change_within_a_poll():
    dates = {path: ok(data, Date=f"Fri, 20 Nov 2026 20:00:0{at} GMT") for path, data, at in PARTS}
    assert read(dates).server_time == NOW.replace(second=1)


def test_later_wait_of_both_requests_counts():
    waits = {"/key": refusal(503, **{"Retry-After": "90"}), "/credits": refusal(429, **{"Retry-After": "30"})}
    assert read(waits).retry_at == NOW.replace(minute=1, second=30)


@pytest.mark.parametrize(("status", "is_heard"), [(429, True), (503, False)])
def test_rate_limit_reset_is_heard_with_429_only(status, is_heard):
    reset = str(int(NOW.timestamp()) + 60)
    reading = read({"/credits": refusal(status, **{"X-RateLimit-Reset": reset})})
    assert reading.retry_at == (NOW.replace(minute=1) if is_heard else None)


def test_good_answers_make_nobody_wait():
    assert read({"/key": ok(SIX_FIELDS, **{"Retry-After": "30"})}).retry_at is None


def test_identify_says_what_a_key_is():
    openrouter, far_end = client({"/key": ok(SIX_FIELDS | {"is_management_key": True})})
    assert openrouter.identify(MANAGEMENT, NOW).is_management_key
    assert far_end.asked == [("/key", MANAGEMENT_SECRET)]


def test_identify_raises_what_went_wrong():
    with pytest.raises(KeyRejected, match="does not accept the API key"):
        client({"/key": refusal(401)})[0].identify(ORDINARY, NOW)
    with pytest.raises(RateLimited) as caught:
        client({"/key": refusal(429, **{"Retry-After": "60"})})[0].identify(ORDINARY, NOW)
    assert caught.value.retry_at == NOW.replace(minute=1)


def test_a_bug_is_not_taken_for_the_network():
    """What nobody foresaw is raised to the caller, not lost in a thread."""
    transport = httpx.MockTransport(lambda request: None)
    with pytest.raises(Exception, match="handler"):
        OpenRouter(HOME, transport=transport).read(ONE, NOW)
