"""Which fault each failure is: every row of the table, and every status that was ever seen."""

import socket
import ssl

import httpx
import pytest
import respx

from far_end import BOTH, HOME, NOW, ONE, OTHER, SIX_FIELDS, client, fault, ok, read, refusal
from opencredits.providers.openrouter import OpenRouter

SECURITY_POLICY = '{"success":false,"error":"Access denied by security policy."}'


@pytest.mark.parametrize("path", ["/key", "/credits"])
@pytest.mark.parametrize(
    ("status", "kind", "shown"),
    [
        (204, "status_204", "unexpected answer"),
        (206, "status_206", "unexpected answer"),
        (301, "redirect", "unexpected answer"),
        (302, "redirect", "unexpected answer"),
        (304, "redirect", "unexpected answer"),
        (307, "redirect", "unexpected answer"),
        (400, "status_400", "unexpected answer"),
        (402, "status_402", "unexpected answer"),
        (404, "not_found", "unexpected answer"),
        (408, "server_error", "server error"),
        (410, "status_410", "unexpected answer"),
        (418, "status_418", "unexpected answer"),
        (429, "rate_limited", "rate limited"),
        (500, "server_error", "server error"),
        (502, "server_error", "server error"),
        (503, "server_error", "server error"),
        (524, "server_error", "server error"),
        (529, "server_error", "server error"),
        (599, "server_error", "server error"),
    ],
)
def test_status(path, status, kind, shown):
    found = fault({path: httpx.Response(status)}, part=path[1:])
    assert (found.kind, found.shown) == (kind, shown)
    assert found.message.endswith(".")
    assert found.action.endswith(".")


@pytest.mark.parametrize(
    ("path", "answer", "kind"),
    [
        ("/credits", refusal(403), "no_permission"),
        (
            "/credits",
            refusal(403, "Only provisioning keys can fetch credits for an account"),
            "no_permission",
        ),
        ("/key", refusal(403, "Key limit exceeded (monthly limit)."), "status_403"),
        *(
            (path, httpx.Response(403, text=text), "blocked")
            for path in ("/key", "/credits")
            for text in (
                "",
                "error code: 1010",
                "<html><title>Attention Required!</title></html>",
                SECURITY_POLICY,
                '{"error":{"code":"403","message":"no"}}',
                '{"error":{"code":403,"message":null}}',
                '{"error":{"code":true,"message":"no"}}',
                '{"error":{"message":"no"}}',
                '[{"error":{"code":403,"message":"no"}}]',
                '{"error":' * 9000,
                "\ufeff" + '{"error":{"code":403,"message":"no"}}',
            )
        ),
    ],
)
def test_403_is_a_refusal_only_in_the_apis_own_words(path, answer, kind):
    assert fault({path: answer}, part=path[1:]).kind == kind


def test_refused_permission_names_the_way_out():
    found = fault({"/credits": refusal(403)}, part="credits")
    assert "may not read the account's balance" in found.message
    assert "login --management" in found.action


def test_management_key_without_permission_is_not_told_to_be_one():
    found = fault({"/credits": refusal(403)}, BOTH, part="credits")
    assert found.kind == "no_permission"
    assert "management key may not" in found.message


@pytest.mark.parametrize(
    ("keys", "name", "action"),
    [(ONE, "API key", "opencredits login'"), (OTHER, "management key", "login --management'")],
)
def test_rejected_key_is_named(keys, name, action):
    found = fault({"/key": refusal(401, "User not found.")}, keys)
    assert (found.kind, found.shown) == ("invalid_key", "invalid key")
    assert found.message == f'OpenRouter does not accept the {name} ("User not found.").'
    assert action in found.action


def test_401_in_any_form_is_a_rejected_key():
    assert fault({"/key": httpx.Response(401, text="<html>")}).kind == "invalid_key"


def test_openrouters_own_words_are_quoted_in_one_short_line():
    said = fault({"/key": refusal(500, "Provider\nreturned\x07 error " + "x" * 500)}).message
    assert said.startswith('OpenRouter answered /key with status 500 ("Provider returned error xxx')
    assert said.endswith('...").')
    assert len(said) < 260


@pytest.mark.parametrize("message", [None, 1, ["a"], {}, ""])
def test_words_of_another_form_are_left_out(message):
    assert fault({"/key": refusal(500, message)}).message == "OpenRouter answered /key with status 500."


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{", b"null", b"[]", b'"text"', b"\xef\xbb\xbf" + ok(SIX_FIELDS).content]
)
def test_good_status_without_proper_answer(body):
    found = fault({"/key": httpx.Response(200, content=body)})
    assert (found.shown, found.kind in {"not_json", "wrong_fields"}) == ("unexpected answer", True)


def test_too_large_an_answer():
    """One byte over a megabyte is refused unread; a failing status counts for itself."""
    body = ok(SIX_FIELDS).content
    at_most = body + b" " * (1024 * 1024 - len(body))
    assert read({"/key": httpx.Response(200, content=at_most)}).key.fault is None
    assert fault({"/key": httpx.Response(200, content=at_most + b" ")}).kind == "too_large"
    assert fault({"/key": httpx.Response(500, content=at_most + b" ")}).kind == "server_error"


def from_system(exc, cause):
    """An exception of httpx, as it comes when the system raised `cause`."""
    exc.__cause__ = cause
    return exc


UNTRUSTED = ssl.SSLCertVerificationError("certificate verify failed")
UNTRUSTED.verify_message = "self-signed certificate"


@pytest.mark.parametrize(
    ("exc", "kind"),
    [
        (from_system(httpx.ConnectError(""), socket.gaierror(-2, "Name not known")), "dns"),
        (from_system(httpx.ConnectError(""), UnicodeError("label too long")), "dns"),
        (from_system(httpx.ConnectError(""), ConnectionRefusedError()), "refused"),
        (from_system(httpx.ConnectError(""), ConnectionResetError()), "reset"),
        (from_system(httpx.ReadError(""), ConnectionResetError()), "reset"),
        (from_system(httpx.WriteError(""), BrokenPipeError()), "reset"),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), "reset"),
        (from_system(httpx.ConnectError(""), UNTRUSTED), "tls"),
        (from_system(httpx.ConnectError(""), ssl.SSLError("wrong version number")), "tls"),
        (from_system(httpx.ConnectError(""), OSError(101, "Network is unreachable")), "offline"),
        (httpx.ConnectTimeout(""), "timeout"),
        (httpx.ReadTimeout(""), "timeout"),
        (httpx.WriteTimeout(""), "timeout"),
        (httpx.PoolTimeout(""), "timeout"),
    ],
)
def test_no_answer_at_all(exc, kind):
    """All of them are "offline" in the status bar."""
    found = fault({"/key": exc})
    assert (found.kind, found.shown) == (kind, "offline")
    assert "openrouter.ai" in found.message
    assert found.message.endswith(".")


def test_answer_that_is_no_http():
    assert fault({"/key": httpx.RemoteProtocolError("illegal status line")}).shown == "unexpected answer"


@respx.mock
def test_transport_of_its_own():
    """The client builds the same requests with the transport that it opens by itself."""
    respx.get(f"{HOME}/key").mock(return_value=ok(SIX_FIELDS))
    respx.get(f"{HOME}/credits").mock(side_effect=httpx.ConnectTimeout)
    reading = OpenRouter(HOME).read(ONE, NOW)
    assert reading.succeeded
    assert reading.credits.fault.kind == "timeout"


def test_every_fault_is_a_whole_sentence():
    """What happened and what to do, for a person: no status alone, no trailing space, no traceback."""
    for status in (302, 400, 401, 403, 404, 408, 429, 500):
        reading = client({path: httpx.Response(status) for path in ("/key", "/credits", "/auth/key")})[
            0
        ].read(BOTH, NOW)
        for found in (reading.key.fault, reading.credits.fault):
            assert found.message[0] == "/" or found.message[0].isupper()
            assert found.message.count("\n") == 0
            assert found.message.endswith(".")
