"""Proxies and certificates, as the environment names them."""

import base64
import contextlib
import socket
import ssl
import threading

import pytest
import trustme

from far_end import (
    BOTH,
    DRIPPING_HEADERS,
    NOW,
    ONE,
    SECRET,
    Server,
    dripping,
    good,
    http,
    serving,
    wait_for_requests,
)
from opencredits.providers.openrouter import OpenRouter

HOST = "api.invalid"  # no name server knows it, so that only the proxy can lead there


@pytest.fixture(autouse=True)
def environ(monkeypatch):
    """None of the variables that count is set."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture(scope="session")
def certificates(authority, tmp_path_factory):
    """The file with the authority's certificate."""
    path = tmp_path_factory.mktemp("certificates") / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def context(authority, *names):
    """What a server of these names needs."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(made)
    return made


@pytest.fixture
def secure(authority):
    """A server that speaks TLS, for the host behind the proxy and for this machine."""
    with serving(good, context=context(authority, HOST, "127.0.0.1", "localhost")) as server:
        yield server


@pytest.fixture
def proxy(secure):
    """A proxy that leads every CONNECT to the secure server."""
    with Tunnel(secure.port) as tunnel:
        yield tunnel


class Tunnel(Server):
    """Keeps the head of each request, and then carries bytes unseen."""

    def __init__(self, port):
        super().__init__(self.carry)
        self.target = port
        self.address = f"http://127.0.0.1:{self.port}"

    def carry(self, connection):
        for head in self.requests(connection):
            if not head.startswith("CONNECT "):
                connection.sendall(http(b"", "405 Method Not Allowed"))
                continue
            with socket.create_connection(("127.0.0.1", self.target)) as target:
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=pump, args=(target, connection))
                back.start()
                pump(connection, target)
                back.join()
            return


def pump(source, sink):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def poll(base_url=f"https://{HOST}/api/v1", **how):
    """One poll with both keys."""
    return OpenRouter(base_url, **how).read(BOTH, NOW)


def fault(base_url=f"https://{HOST}/api/v1", **how):
    """What went wrong with /key."""
    return poll(base_url, **how).key.fault


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_proxy_of_the_environment(variable, environ, proxy, certificates):
    """One tunnel for the whole poll, and the proxy sees no key."""
    environ.setenv(variable, proxy.address)
    environ.setenv("SSL_CERT_FILE", certificates)
    assert poll().succeeded
    assert [head.splitlines()[0] for head in proxy.seen] == [f"CONNECT {HOST}:443 HTTP/1.1"]
    assert "Authorization" not in "".join(proxy.seen)
    assert SECRET not in "".join(proxy.seen)


def test_proxy_without_a_scheme(environ, proxy, certificates):
    environ.setenv("HTTPS_PROXY", f" 127.0.0.1:{proxy.port} ")
    environ.setenv("SSL_CERT_FILE", certificates)
    assert poll().succeeded


def test_proxy_gets_its_own_password(environ, proxy, certificates):
    environ.setenv("HTTPS_PROXY", f"http://me:hunter2@127.0.0.1:{proxy.port}")
    environ.setenv("SSL_CERT_FILE", certificates)
    assert poll().succeeded
    assert f"Proxy-Authorization: Basic {base64.b64encode(b'me:hunter2').decode()}" in proxy.seen[0]


def test_certificate_behind_a_proxy_is_verified(environ, proxy):
    """Otherwise the proxy could read the key."""
    environ.setenv("HTTPS_PROXY", proxy.address)
    assert fault().kind == "tls"


def test_http_proxy_is_not_for_https(environ, proxy):
    environ.setenv("HTTP_PROXY", proxy.address)
    assert fault().kind == "dns"
    assert proxy.seen == []


@pytest.mark.parametrize("no_proxy", [HOST, ".invalid", "invalid", "localhost, api.invalid", "*", "x, *"])
def test_no_proxy(no_proxy, environ, proxy):
    environ.setenv("HTTPS_PROXY", proxy.address)
    environ.setenv("NO_PROXY", no_proxy)
    assert fault().kind == "dns"
    assert proxy.seen == []


@pytest.mark.parametrize("no_proxy", ["other.invalid", "[::1]", "10.0.0.0/8", "::1,,http://x"])
def test_no_proxy_for_others(no_proxy, environ, proxy, certificates):
    """Whatever else it holds does no harm."""
    environ.setenv("HTTPS_PROXY", proxy.address)
    environ.setenv("NO_PROXY", no_proxy)
    environ.setenv("SSL_CERT_FILE", certificates)
    assert poll().succeeded


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"])
def test_this_machine_is_never_asked_through_a_proxy(variable, environ, secure, proxy, certificates):
    environ.setenv(variable.lower(), proxy.address)
    environ.setenv("SSL_CERT_FILE", certificates)
    with serving(good) as plain:
        assert poll(plain.base_url).succeeded
    assert poll(secure.base_url).succeeded
    assert poll(secure.base_url.replace("127.0.0.1", "localhost")).succeeded
    assert proxy.seen == []


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"])
def test_proxy_that_refuses(status, environ):
    with serving(lambda head: http(b"", status)) as proxy:
        environ.setenv("HTTPS_PROXY", f"http://me:hunter2@127.0.0.1:{proxy.port}")
        found = fault()
    assert (found.kind, found.shown) == ("proxy", "offline")
    assert f"({status[:3]})" in found.message
    assert "HTTPS_PROXY" in found.message


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1", "http://nothing.invalid:8080", "http://127.0.0.1:0"]
)
def test_proxy_that_is_not_there(address, environ):
    environ.setenv("ALL_PROXY", address)
    found = fault()
    assert (found.kind, found.message) == ("proxy", "The proxy of ALL_PROXY cannot be reached.")


def test_proxy_that_hangs(environ):
    with serving(lambda head: None) as proxy:
        environ.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert fault(patience=0.3).kind == "timeout"


@pytest.mark.parametrize(
    "address",
    [
        "http://me:hunter2@[",
        "http://me:hunter2@proxy:port",
        "http://me:hunter2@proxy:99999999",
        "ftp://me:hunter2@proxy",
        "socks://me:hunter2@proxy:1080",
        "socks4://me:hunter2@proxy:1080",
        "http://",
        "://",
        "http://me:hunter2@pro\u200bxy\x00",
    ],
)
def test_address_that_is_no_proxy(address, environ):
    """A sentence that names the variable, without the password in it."""
    environ.setattr("opencredits.providers.openrouter.surroundings.getproxies", lambda: {"https": address})
    environ.setenv("HTTPS_PROXY", "set")
    found = fault()
    assert found.kind == "proxy"
    assert "HTTPS_PROXY" in found.message + found.action
    assert "hunter2" not in found.message + found.action


def test_socks_proxy_without_its_package(environ):
    environ.setitem(__import__("sys").modules, "socksio", None)
    environ.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    found = fault()
    assert found.kind == "proxy"
    assert found.message.startswith("ALL_PROXY names a SOCKS proxy")
    assert "httpx[socks]" in found.action


def test_bad_proxy_that_is_not_needed_does_no_harm(environ):
    environ.setenv("HTTP_PROXY", "ftp://[")
    environ.setenv("HTTPS_PROXY", "ftp://[")
    with serving(good) as server:
        assert poll(server.base_url).succeeded


def test_certificate_that_does_not_verify(secure):
    """The key is not sent to whoever that is."""
    found = fault(secure.base_url)
    assert (found.kind, found.shown) == ("tls", "offline")
    assert found.message.startswith("The certificate of 127.0.0.1 is not trusted (")
    assert "SSL_CERT_FILE" in found.action
    assert secure.seen == []


def test_certificate_of_an_authority_of_ones_own(secure, certificates, environ):
    environ.setenv("SSL_CERT_FILE", certificates)
    assert poll(secure.base_url).succeeded
    assert len(secure.connections) == 1


def test_certificate_of_another_host(authority, certificates, environ):
    environ.setenv("SSL_CERT_FILE", certificates)
    with serving(good, context=context(authority, "other.invalid")) as server:
        assert "127.0.0.1" in fault(server.base_url).message
    assert server.seen == []


def test_no_tls_at_the_other_end():
    def handle(connection):
        connection.recv(65536)
        connection.sendall(http(b"", "400 Bad Request"))

    with Server(handle) as server:
        found = fault(server.base_url.replace("http:", "https:"))
    assert (found.kind, found.message) == ("tls", "No encrypted connection to 127.0.0.1 could be made.")


def test_handshake_that_hangs():
    def handle(connection):
        while connection.recv(65536):
            pass

    with Server(handle) as server:
        reading = poll(server.base_url.replace("http:", "https:"), patience=0.3)
    assert (reading.key.fault.kind, reading.credits.fault.kind) == ("timeout", "timeout")


def test_encrypted_answer_that_drips(authority, certificates, environ):
    """A thread that waits inside of TLS is woken as well."""
    environ.setenv("SSL_CERT_FILE", certificates)
    with dripping(DRIPPING_HEADERS, context=context(authority, "127.0.0.1")) as server:
        reading = OpenRouter(server.base_url, patience=0.5).read(ONE, NOW, ask_credits=False)
        wait_for_requests()
    assert reading.key.fault.kind == "timeout"


@pytest.mark.parametrize("content", [None, b"", b"no certificate", "a folder"])
def test_certificate_file_that_cannot_be_read(content, environ, tmp_path):
    path = tmp_path / "authority.pem"
    if content == "a folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    environ.setenv("SSL_CERT_FILE", str(path))
    found = fault()
    assert (found.kind, found.shown) == ("tls", "offline")
    assert "SSL_CERT_FILE" in found.message


def test_certificate_file_is_not_needed_for_this_machine(environ):
    environ.setenv("SSL_CERT_FILE", "/nowhere")
    with serving(good) as server:
        assert poll(server.base_url).succeeded


def test_mended_certificate_file_counts_at_the_next_poll(secure, certificates, environ):
    openrouter = OpenRouter(secure.base_url)
    environ.setenv("SSL_CERT_FILE", "/nowhere")
    assert openrouter.read(BOTH, NOW).key.fault.kind == "tls"
    environ.setenv("SSL_CERT_FILE", certificates)
    assert openrouter.read(BOTH, NOW).succeeded
