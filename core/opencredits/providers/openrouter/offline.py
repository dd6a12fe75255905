"""Why no complete answer arrived, out of what httpx raises."""

from __future__ import annotations

import re
import socket
import ssl

import httpx

from ...errors import ProviderError, UnexpectedAnswer, Unreachable
from .surroundings import Proxy

_TRUST = "If your network has a certificate authority of its own, name its file in SSL_CERT_FILE."


def too_late(host: str) -> Unreachable:
    """It did not come in time."""
    return Unreachable(f"{host} did not answer in time.", kind="timeout")


def failure(exc: Exception, host: str, proxy: Proxy | None, *, in_body: bool) -> ProviderError:
    """What an exception of httpx means. Its own text is not repeated: it can hold a key or a password."""
    root = _root(exc)
    fault = _fault(exc, root, host, proxy, in_body=in_body)
    # Only the system's own error is kept as the cause: those above it hold the request, and so the key.
    fault.__cause__ = root.with_traceback(None) if isinstance(root, OSError) else None
    return fault


def _fault(
    exc: Exception, root: BaseException, host: str, proxy: Proxy | None, *, in_body: bool
) -> ProviderError:
    if isinstance(exc, httpx.TimeoutException):
        return too_late(host)
    if in_body:
        return Unreachable(f"The answer of {host} broke off in the middle.", kind="cut_off")
    if isinstance(root, ssl.SSLError):
        return _tls(root, host)
    if proxy and isinstance(exc, httpx.ConnectError | httpx.ProxyError):
        return _proxy(exc, proxy)
    if isinstance(exc, httpx.RemoteProtocolError):
        return _no_answer(exc, host)
    return _no_connection(root, host)


def _no_answer(exc: httpx.RemoteProtocolError, host: str) -> ProviderError:
    if "disconnected" in str(exc):
        return _closed(host)
    return UnexpectedAnswer(f"{host} does not speak HTTP.", kind="not_http")


def _no_connection(root: BaseException, host: str) -> Unreachable:
    if isinstance(root, socket.gaierror | UnicodeError):
        return Unreachable(f"The name {host} could not be found.", kind="dns")
    if isinstance(root, ConnectionRefusedError):
        return Unreachable(f"{host} refused the connection.", kind="refused")
    if isinstance(root, ConnectionError):
        return _closed(host)
    return Unreachable(f"There is no way to {host}.")


def _closed(host: str) -> Unreachable:
    return Unreachable(f"{host} closed the connection without an answer.", kind="reset")


def _tls(root: ssl.SSLError, host: str) -> Unreachable:
    if isinstance(root, ssl.SSLCertVerificationError):
        message = f"The certificate of {host} is not trusted ({root.verify_message.rstrip('.')})."
        return Unreachable(message, action=_TRUST, kind="tls")
    return Unreachable(f"No encrypted connection to {host} could be made.", action=_TRUST, kind="tls")


def _proxy(exc: Exception, proxy: Proxy) -> Unreachable:
    status = re.match(r"[1-5]\d\d\b", str(exc), re.ASCII) if isinstance(exc, httpx.ProxyError) else None
    if status and status[0] == "407":
        message = f"The proxy of {proxy.variable} asks for a name and a password (407)."
    elif status:
        message = f"The proxy of {proxy.variable} did not let the request through ({status[0]})."
    else:
        message = f"The proxy of {proxy.variable} cannot be reached."
    return Unreachable(message, action=f"Correct {proxy.variable}, or remove it.", kind="proxy")


def _root(exc: BaseException) -> BaseException:
    """The first of a chain of exceptions."""
    while below := exc.__cause__ or exc.__context__:
        exc = below
    return exc
