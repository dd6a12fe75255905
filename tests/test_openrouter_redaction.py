"""No part of a key survives what a server sends back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from far_end import (
    BOTH,
    MANAGEMENT_SECRET,
    NOW,
    ORDINARY,
    SECRET,
    SIX_FIELDS,
    client,
    http,
    ok,
    refusal,
    serving,
)
from opencredits.errors import CreditsError
from opencredits.providers.openrouter import OpenRouter
from opencredits.providers.openrouter.redaction import Redaction

TAIL = SECRET.removeprefix("sk-or-v1-")
REDACTION = Redaction([SECRET, MANAGEMENT_SECRET])


def leaks(found):
    """Whether eight characters in a row of either key are in the text."""
    tails = [secret.removeprefix("sk-or-v1-") for secret in (SECRET, MANAGEMENT_SECRET)]
    return any(tail[at : at + 8] in str(found).lower() for tail in tails for at in range(len(tail) - 7))


ECHOES = {
    "whole": f"Invalid key {SECRET}",
    "header": f"Authorization: Bearer {SECRET}",
    "without prefix": TAIL,
    "first half": f"{TAIL[:32]}...",
    "last eight": f"key ends in {TAIL[-8:]}",
    "upper case": SECRET.upper(),
    "twice": f"{SECRET}{SECRET}",
    "the other one": MANAGEMENT_SECRET,
    "with an invisible character": f"{TAIL[:5]}\u200b{TAIL[5:10]}",
    "broken by a line": f"{TAIL[:7]}{TAIL[7]}\n{TAIL[8:]}",
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 408, 429, 500])
def test_messages_repeat_no_key(echo, status):
    reading = client({"/key": refusal(status, echo), "/credits": refusal(status, echo)})[0].read(BOTH, NOW)
    assert reading.key.fault
    assert reading.credits.fault
    assert not leaks(reading)


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
def test_values_repeat_no_key(echo):
    """Nor does any field of a good answer: label, budget, or the reason why one cannot be used."""
    budget = {"scope": echo, "remaining_usd": 1, "reset_interval": echo, "resets_at": echo}
    data = SIX_FIELDS | {"label": echo, "limit_reset": echo, "effective_budget": budget, echo: echo}
    reading = client({"/key": ok(data)})[0].read(BOTH, NOW)
    assert reading.key.value is not None
    assert not leaks(reading)


def test_escaped_key_is_hidden_as_well():
    """JSON can write every character as a number, so that only the text itself shows the key."""
    escaped = "".join(f"\\u{ord(char):04x}" for char in SECRET)
    error = f'{{"error":{{"code":500,"message":"{escaped}"}}}}'.encode()
    label = f'{{"data":{{"usage":1,"limit":null,"is_free_tier":true,"label":"{escaped}"}}}}'.encode()
    with serving(lambda head: http(error, "500 No") if "/credits " in head else http(label)) as server:
        reading = OpenRouter(server.base_url).read(BOTH, NOW)
    assert (reading.key.value.label, leaks(reading)) == ("sk-or-v1-***", False)
    assert "***" in reading.credits.fault.message


def test_status_line_and_headers_are_not_repeated():
    answer = http(b"", f"500 {SECRET}", f"Location: https://{TAIL}.example.com/", f"Retry-After: {SECRET}")
    with serving(lambda head: answer) as server:
        reading = OpenRouter(server.base_url).read(BOTH, NOW)
    assert reading.key.fault.kind == "server_error"
    assert not leaks(reading)


@pytest.mark.parametrize("answer", [http(b"", f"999999 {SECRET}"), f"{SECRET}\r\n\r\n".encode()])
def test_what_is_no_http_is_not_repeated(answer):
    with serving(lambda head: answer) as server:
        reading = OpenRouter(server.base_url).read(BOTH, NOW)
    assert reading.key.fault.kind == "not_http"
    assert not leaks(reading)


@pytest.mark.parametrize(
    "form", ['{{"error":{{"code":{},"message":"{}"}}}}', '{{"data":{{"usage":"{1}"}}}}', "{1}"]
)
@pytest.mark.parametrize("status", [200, 401, 403, 500])
def test_exceptions_hold_no_key(status, form):
    """Neither in their text nor in what they were raised from, down the whole chain."""
    body = form.format(status, SECRET).encode()
    with (
        serving(lambda head: http(body, f"{status} Status")) as server,
        pytest.raises(CreditsError) as caught,
    ):
        OpenRouter(server.base_url).identify(ORDINARY, NOW)
    assert not any(leaks([each, each.args, vars(each)]) for each in chain(caught.value))


def test_causes_are_the_systems_own():
    """An exception of httpx holds the request, and with it the key."""
    with pytest.raises(CreditsError) as caught:
        OpenRouter("http://127.0.0.1:1/api/v1").identify(ORDINARY, NOW)
    assert [type(each) for each in chain(caught.value)][1:] == [ConnectionRefusedError]


def test_causes_that_repeat_what_was_sent_are_left_out():
    with serving(lambda head: f"{SECRET}\r\n\r\n".encode()) as server, pytest.raises(CreditsError) as caught:
        OpenRouter(server.base_url).identify(ORDINARY, NOW)
    assert list(chain(caught.value)) == [caught.value]


def chain(exc):
    """An exception and all that it came from."""
    while exc is not None:
        yield exc
        exc = exc.__cause__ or exc.__context__


@given(st.integers(0, 56), st.integers(8, 64), st.text('0123456789abcdef" ,:{}', max_size=20))
def test_any_part_of_eight_is_hidden(start, length, around):
    part = TAIL[start : start + length]
    assert not leaks(REDACTION.hide(f"{around}{part}{around}".encode()))


def test_everything_else_stays():
    """A masked label shows three characters at each end, as OpenRouter makes it."""
    text = f'{{"label":"sk-or-v1-{TAIL[:3]}...{TAIL[-3:]}","usage":12345678.5}}'.encode()
    assert REDACTION.hide(text) == text


def test_texts_become_one_short_printable_line():
    assert REDACTION.line("a\r\n b\x1b[31m\u202e c") == "a b[31m c"
    assert len(REDACTION.line("x" * 5000)) == 200


@pytest.mark.parametrize("secret", ["", "sk-or-v1-", "a"])
def test_what_is_too_short_for_a_key_hides_nothing(secret):
    assert Redaction([secret]).hide(b'{"data": 1}') == b'{"data": 1}'


def test_a_short_key_is_hidden_as_a_whole():
    assert Redaction(["sk-or-v1-hunter"]).hide(b"my hunter2") == b"my ***2"
