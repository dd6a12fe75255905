"""What the environment says about the way out: proxies and certificates."""

from __future__ import annotations

import contextlib
import os
import ssl
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.request import getproxies, proxy_bypass

import httpx

from ...errors import Unreachable
from ...option import is_loopback
from .addresses import is_plain


@dataclass(frozen=True)
class Proxy:
    """The proxy for one address. The proxy's own address may hold a password, so that it is never shown."""

    address: str = field(repr=False)
    variable: str
    """Where it was set, for people."""


def proxy_for(url: httpx.URL) -> Proxy | None:
    """What HTTPS_PROXY, ALL_PROXY and NO_PROXY (or the system) say; never one for this machine itself."""
    if is_loopback(url.host):
        return None
    known = getproxies()
    address = (known.get(url.scheme) or known.get("all") or "").strip()
    if not address or "*" in known.get("no", "").replace(" ", "").split(",") or proxy_bypass(_place(url)):
        return None
    return Proxy(address if "://" in address else f"http://{address}", _variable(url.scheme))


def open_client(url: httpx.URL, proxy: Proxy | None, transport: httpx.BaseTransport | None) -> httpx.Client:
    """A client for one address. Raises Unreachable, naming the variable, when the environment is wrong."""
    trust = _nobody() if transport or is_plain(url) else _trust()
    client = None
    # Suppressed rather than kept as a cause: the exception may repeat the proxy's password.
    with contextlib.suppress(ImportError, ValueError, httpx.InvalidURL):
        client = httpx.Client(
            proxy=_httpx_proxy(proxy, trust) if proxy else None,
            verify=trust,
            transport=transport,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # none are kept
            # Both are read here instead, so that a mistake can be told by the name of its variable.
            trust_env=False,
            event_hooks={"response": [_take_as_it_is]},
        )
    if client is None:
        raise _bad_proxy(proxy)
    return client


def _httpx_proxy(proxy: Proxy, trust: ssl.SSLContext) -> httpx.Proxy:
    """Only a proxy that is itself reached over https has a certificate to verify."""
    is_encrypted = proxy.address.lower().startswith("https:")
    return httpx.Proxy(proxy.address, ssl_context=trust if is_encrypted else None)


def _take_as_it_is(response: httpx.Response) -> None:
    """A redirect is not followed, nor prepared; what comes compressed, although nobody asked, stays so."""
    for name in ("Location", "Content-Encoding"):
        response.headers.pop(name, None)


def _nobody() -> ssl.SSLContext:
    """No certificate at all to believe in: nothing is read from the disk where nothing will be encrypted."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _trust() -> ssl.SSLContext:
    """The certificates to believe in: SSL_CERT_FILE or SSL_CERT_DIR, else those that come with httpx."""
    try:
        return httpx.create_ssl_context()
    except OSError as exc:  # ssl.SSLError is one
        variable = "SSL_CERT_FILE" if os.environ.get("SSL_CERT_FILE") else "SSL_CERT_DIR"
        raise Unreachable(
            f"The certificates that {variable} names cannot be read.",
            action=f"Correct {variable}, or remove it.",
            kind="tls",
        ) from exc


def _bad_proxy(proxy: Proxy | None) -> Unreachable:
    variable = proxy.variable if proxy else "The environment"
    if proxy and proxy.address.lower().startswith("socks5"):
        return Unreachable(
            f"{variable} names a SOCKS proxy, for which the package 'socksio' is missing.",
            action="Install 'httpx[socks]' where OpenCredits is installed, or name an HTTP proxy.",
            kind="proxy",
        )
    return Unreachable(
        f"{variable} does not name a proxy that can be used.",
        action="Write it as http://host:port, or remove it.",
        kind="proxy",
    )


def _place(url: httpx.URL) -> str:
    return f"{url.host}:{url.port or 443}"


def _variable(scheme: str) -> str:
    """Which variable won; lower case goes first."""
    names = (f"{scheme}_proxy", f"{scheme}_proxy".upper(), "all_proxy", "ALL_PROXY")
    return next((name for name in names if os.environ.get(name)), "The system's network settings")
