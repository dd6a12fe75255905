"""A key is nowhere but in its source and in one header: not in what is said, nor left behind, nor started.

Every command meets every kind of error, with another key in each source, and then all of it is searched.
"""

import base64
import json
import os
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest

from canary_home import Call, CanaryHome
from desktop import Desktop
from far_end import http, serving
from key_search import Descendants, Search, new_key
from needs import need
from odd_keyrings import chosen
from opencredits.keyring_store import KeyringStore
from opencredits.simulator import Fault, Simulator
from opencredits.simulator.key import Key

pytestmark = pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="there is no /proc to look at")

SOURCES = ("default", "command", "keyring")
KEYS = {(account, kind): new_key() for account in SOURCES for kind in ("ordinary", "management")}
OWN = KEYS["keyring", "ordinary"]
PASSWORD = "of-the-keyring"
AMPLE = 20
MOST_TRIES = 4

# The two ways of asking OpenRouter, and all that can be told of how it went.
ASKING = (
    Call(("--debug", "doctor", "--json")),
    Call(("--debug", "login", "--stdin", "keyring"), OWN),
)
# Every other command, in every form.
OTHERS = (
    Call(("status",)),
    Call(("status", "--json", "--refresh")),
    Call(("status", "--line", "--account", "command", "--format", "{label} {amount} {notes}")),
    Call(("status", "--cached")),
    Call(("refresh",)),
    Call(("accounts",)),
    Call(("doctor",)),
    Call(("login", "--stdin", "--management", "keyring"), KEYS["keyring", "management"]),
    Call(("login", "--stdin", "--no-verify", "keyring"), OWN),
    Call(("login",), OWN),
    Call(("logout", "command")),
    Call(("logout", "--management", "command")),
    Call(("config", "path")),
    Call(("config", "show")),
    Call(("config", "set", "warn_below", "7")),
    Call(("config", "set", "warn_below", "much")),
    Call(("alerts",)),
    Call(("alerts", "--json")),
    Call(("alerts", "snooze", "runaway")),
    Call(("guard", "--min-balance", "5", "--max-rate", "1")),
    Call(("demo", "--once")),
    Call(("--help",)),
    Call(("login", "--help")),
    Call(("status", "--line", "--json")),
    Call(("no-such-command",)),
)
EVERYTHING = (*ASKING, *OTHERS)
DEBUGGED = (*ASKING, *(Call(("--debug", *call.args), call.typed) for call in OTHERS))


@pytest.fixture(scope="module")
def desktop():
    """A real keyring with two of the keys; None where there is none, and then those two are not used."""
    try:
        started = Desktop()
    except pytest.skip.Exception:
        yield None
        return
    with started as desktop:
        desktop.start_keyring(PASSWORD)
        store(desktop, KEYS)
        yield desktop


def store(desktop, keys):
    """Put the two keys of one account into the keyring."""
    keyring = KeyringStore(environ=desktop.environ, patience=AMPLE)
    for kind in ("ordinary", "management"):
        keyring.write("keyring", kind, keys["keyring", kind])


@pytest.fixture
def keyring(desktop):
    """Inside of `keyring(keys)` it has other ones."""

    @contextmanager
    def holding(keys):
        if desktop:
            store(desktop, keys)
        yield
        if desktop:
            store(desktop, KEYS)

    return holding


@pytest.fixture
def need_desktop(desktop):
    """For what is about the keyring itself."""
    need("dbus-daemon")
    need("gnome-keyring-daemon")
    yield desktop
    desktop.start_keyring(PASSWORD)  # unlocked, and awake


@pytest.fixture(scope="module")
def sim():
    """Accepts all of the keys."""
    with Simulator("steady") as sim:
        for (account, kind), secret in KEYS.items():
            at = sim.account.started_at
            sim.account.add_key(Key(f"{account} {kind}", at, secret, management=kind == "management"))
        yield sim
        assert sim.errors == []


@pytest.fixture(scope="module")
def trap():
    """Where redirects and proxies lead, and no key may go."""
    with serving(lambda head: http(b"", "502 Trap")) as trap:
        yield trap


@pytest.fixture
def home(cli, sim, trap, desktop):
    """Three accounts at the simulator. Nothing may be found in the end, whatever the test did."""
    names = ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")
    bus = {name: desktop.environ[name] for name in names} if desktop else {}
    home = CanaryHome(cli, KEYS, bus, trap.base_url)
    home.configure(sim.base_url)
    sim.clear()
    asked, trapped = len(sim.requests), len(trap.seen)
    with home.children:
        yield home
        cli.end()
    assert [each for request in sim.requests[asked:] for each in astray(request)] == []
    # With a broken configuration OpenRouter itself is asked for; more than that a proxy is not told.
    assert all(head.startswith("CONNECT openrouter.") for head in trap.seen[trapped:])
    assert Search(KEYS.values())("".join(trap.seen[trapped:]).encode()) == set()


def astray(request):
    """What was sent to the simulator with a key in any other place than the one header."""
    header = request.headers.pop("authorization", "")
    rest = f"{request.method} {request.path} {request.query} {request.headers}"
    if (
        header != f"Bearer {request.key}"
        or request.key not in KEYS.values()
        or Search(KEYS.values())(rest.encode())
    ):
        yield rest


def errors(home):
    """The kinds of error of all accounts that were asked: those that have a key."""
    told = json.loads(home.run("status", "--json", "--cached").stdout)["accounts"]
    return {
        account["error"] and account["error"]["kind"] for account in told if account["state"] != "starting"
    }


@contextmanager
def watching(home):
    """`watch` runs inside of this and keeps the database open; then it is stopped and all is searched."""
    process = home.start("--debug", "watch")
    yield
    home.stop(process)
    assert home.found() == []


def meet(home, calls=ASKING):
    """Run all of these, look at what is stored then, and search."""
    home.run_all(calls)
    home.run("status", "--line", "--cached")
    assert home.found() == []


def meet_all(home, kind, calls=ASKING):
    """The same, until every account has met this kind of error (None: has a reading).

    On a busy machine a source of keys may be late, and its account is asked the next time.
    """
    for _ in range(MOST_TRIES):
        meet(home, calls)
        if errors(home) == {kind}:
            return
    pytest.fail(f"{errors(home)} instead of {kind}")


ANSWERS = {
    "401": (Fault(status=401), "invalid_key"),
    "403 of the API": (Fault(status=403), "status_403"),
    "403 of a firewall": (Fault(status=403, body="<html>1010", content_type="text/html"), "blocked"),
    "404": (Fault(status=404), "not_found"),
    "429": (Fault(status=429, headers={"Retry-After": "30"}), "rate_limited"),
    "500": (Fault(status=500), "server_error"),
    "HTML": (Fault(body="<html>", content_type="text/html"), "not_json"),
    "not JSON": (Fault(body='{"data": {'), "not_json"),
    "cut off": (Fault(cut_off=True), "cut_off"),
    "reset": (Fault(reset=True), "reset"),
    "black hole": (Fault(hang=True), "timeout"),
    "echo with 401": (Fault(status=401, echo=True), "invalid_key"),
    "echo with 403": (Fault(status=403, echo=True), "status_403"),
    "echo with 429": (Fault(status=429, echo=True), "rate_limited"),
}


@pytest.mark.parametrize(("fault", "kind"), ANSWERS.values(), ids=ANSWERS)
def test_answers(home, sim, fault, kind):
    """Whatever OpenRouter answers to who had a good reading before."""
    with watching(home):
        sim.fault("*", fault)
        meet_all(home, kind)


def message(text):
    """A refusal in the API's own form."""
    return json.dumps({"error": {"code": 500, "message": text}}).encode()


def label(text):
    """A good answer that repeats something, in a field and as a field."""
    data = {"usage": 1, "limit": None, "is_free_tier": False, "label": text, text: text}
    return json.dumps({"data": {**data, "total_credits": 9, "total_usage": 1}}).encode()


# The answer to a request with this key, and the kind of error.
ECHOES = {
    "whole, in HTML": (lambda key: http(f"<pre>{key}</pre>".encode(), "500 Oops"), "server_error"),
    "whole, with 200": (lambda key: http(f"Bearer {key}".encode()), "not_json"),
    "whole, in headers": (
        lambda key: http(b"", f"500 {key}", f"Set-Cookie: key={key}", f"Retry-After: {key}"),
        "server_error",
    ),
    "whole, in place of HTTP": (lambda key: f"{key}\r\n\r\n".encode(), "not_http"),
    "first half": (lambda key: http(message(f"Bad key {key[:33]}..."), "401 No"), "invalid_key"),
    "last half": (lambda key: http(message(f"Bad key ...{key[33:]}"), "429 Slow"), "rate_limited"),
    "the middle, upper case": (lambda key: http(message(key[20:40].upper()), "418 Tea"), "status_418"),
    "escaped": (lambda key: http(message(key).replace(b"-", b"\\u002d"), "400 Bad"), "status_400"),
    "as a label": (lambda key: http(label(key)), None),
    "half of it as a label": (lambda key: http(label(key[:40])), None),
}


@pytest.mark.parametrize(("answer", "kind"), ECHOES.values(), ids=ECHOES)
def test_echoes(home, answer, kind):
    """Servers that repeat the key, or a part of it, to who never had a reading."""
    with serving(lambda head: answer(sent_key(head))) as server:
        home.configure(server.base_url, "command")
        with watching(home):
            meet_all(home, kind)


def sent_key(head):
    """The key of a request, given as its head."""
    return head.partition("Authorization: Bearer ")[2].partition("\r\n")[0]


class TestEveryCommand:
    """In each kind of trouble that there is."""

    def test_repeated_key(self, home, sim):
        """After a good reading the server refuses the key, and repeats it."""
        with watching(home):
            sim.fault("*", Fault(status=401, echo=True))
            meet(home, EVERYTHING)

    def test_no_network(self, home):
        """Nothing listens at the address."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        home.configure(f"http://127.0.0.1:{port}/api/v1")
        with watching(home):
            meet_all(home, "refused", DEBUGGED)

    def test_state_folder_unusable(self, home):
        """It is a file."""
        home.state.parent.mkdir(parents=True)
        home.state.write_text("no folder")
        with watching(home):
            meet(home, DEBUGGED)
        assert "cannot be used" in home.run("status").stderr

    def test_database_spoiled(self, home):
        """By a text in its place."""
        home.state.mkdir(parents=True)
        (home.state / "opencredits.db").write_text("no database" * 1000)
        with watching(home):
            meet(home, DEBUGGED)
        assert list(home.state.glob("opencredits.db.broken-*"))

    def test_keyring_locked(self, home, need_desktop):
        """As after a screen saver."""
        need_desktop.lock()
        with watching(home):
            meet(home, DEBUGGED)
        assert "The keyring is locked" in home.run("accounts").stdout

    def test_keyring_silent(self, home, need_desktop):
        """It takes questions and does not answer."""
        need_desktop.freeze_keyring()
        with watching(home):
            meet(home, DEBUGGED)
        assert "did not answer within" in home.run("accounts").stdout

    def test_keyring_quotes_what_it_was_given(self, home, tmp_path):
        """Its error holds the key."""
        folder = tmp_path / "odd"
        folder.mkdir()
        odd = chosen("Raising", folder)
        home.environ |= {name: odd[name] for name in ("ODD_FOLDER", "PYTHON_KEYRING_BACKEND")}
        home.environ["PYTHONPATH"] += f"{os.pathsep}{odd['PYTHONPATH']}"
        with watching(home):
            meet(home, DEBUGGED)
        assert "(ValueError)" in home.run("accounts").stdout

    def test_white_space_inside_of_keys(self, home, sim, keyring):
        """None of them is used, nor told what it is like."""
        asked = len(sim.requests)
        spoiled = {place: f"{key[:20]} {key[20:40]}\t{key[40:]}" for place, key in KEYS.items()}
        home.hold(spoiled)
        with keyring(spoiled), watching(home):
            meet(
                home,
                (*(Call(call.args, call.typed and spoiled["keyring", "ordinary"]) for call in DEBUGGED),),
            )
        assert "white space" in home.run("accounts").stdout
        assert len(sim.requests) == asked


def test_redirects_lead_nowhere(home, sim, trap):
    """The other host is not asked, with a key or without."""
    trapped = len(trap.connections)
    sim.fault("*", Fault(redirect=f"{trap.base_url}/key"))
    with watching(home):
        meet_all(home, "redirect")
    assert len(trap.connections) == trapped


def test_proxies_see_no_key(home):
    """It is asked for a tunnel, in which alone the key would go; and it may repeat what it was asked."""
    with serving(lambda head: http(head.encode(), "502 Bad Gateway")) as proxy:
        home.environ |= {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"}
        home.configure("https://openrouter.invalid/api/v1")
        with watching(home):
            meet_all(home, "proxy")
        assert {head.partition(" HTTP")[0] for head in proxy.seen} == {"CONNECT openrouter.invalid:443"}
        assert home.search("".join(proxy.seen).encode()) == set()


# Where a key does not belong, in a file that the person has written.
BAD_CONFIGS = {
    "options": """
api_key = "{key}"
update_interval = "{key}"
format = "{{label}} {key}"
warn_below = "{key}"
accounts.show = ["default", "{key}"]
on_alert = ["{key}"]
alerts.{key} = "off"
alerts.runaway = "{key}"
accounts.default.key = "{key}"
accounts.default.label = "{key}"
accounts.default.key_env = "{key}"
accounts.default.key_command = "echo {key}"
accounts.default.management_key_command = ["{key}"]
accounts.default.base_url = "https://{key}@openrouter.invalid/api/v1"
accounts.command.base_url = "https://openrouter.invalid:{key}/api/v1"
accounts.keyring.base_url = "https://{key}/api/v1"
accounts.{key}.base_url = "https://openrouter.invalid/api/v1"
{key} = 1
""",
    "template": 'format = "{{{key}}}"',
    "no table": 'accounts = "{key}"',
    "no TOML": "api_key = {key}",
    "twice": "{key} = 1\n{key} = 2",
}


@pytest.mark.parametrize("text", BAD_CONFIGS.values(), ids=BAD_CONFIGS)
def test_key_in_the_wrong_option(home, text):
    """It is neither repeated nor used."""
    home.write_config(text.format(key=OWN))
    shown = Call(("config", "show")), Call(("--debug", "config", "set", "warn_below", "7"))
    home.run_all(DEBUGGED if text is BAD_CONFIGS["options"] else (*ASKING, *shown))
    assert home.found(but=[home.config]) == []


MISPLACED = (
    (OWN,),
    ("status", OWN),
    ("refresh", "--account", OWN),
    ("status", "--account", OWN),
    ("status", "--format", OWN),
    ("status", "--format", f"{{{OWN}}}"),
    ("login", OWN),
    ("login", "keyring", OWN),
    ("login", f"--{OWN}"),
    ("login", f"--stdin={OWN}"),
    ("logout", OWN),
    ("config", "set", OWN, "7"),
    ("config", "set", "api_key", OWN),
    ("config", "set", "format", OWN),
    ("config", "set", "warn_below", OWN),
    ("config", "set", f"accounts.{OWN}.label", "Mine"),
    ("config", "set", "accounts.default.label", OWN),
    ("config", "set", "accounts.default.key_command", f"echo {OWN}"),
    ("config", "set", "accounts.default.base_url", f"https://openrouter.invalid:{OWN}"),
    ("config", "set", "on_alert", f"echo {OWN}"),
    ("config", "set", f"alerts.{OWN}", "off"),
    ("config", "set", "alerts.runaway", OWN),
    ("alerts", "snooze", OWN),
    ("alerts", "snooze", "--account", OWN),
    ("alerts", "snooze", "--for", OWN),
    ("guard", "--min-balance", OWN),
    ("guard", "--min-balance", "5", "--account", OWN),
    ("simulate", "--port", OWN),
    ("simulate", "--scenario", OWN),
)


def test_key_in_the_command_line(home):
    """Whoever gives it there is not told it again, and it is not kept."""
    home.run_all(Call(("--debug", *args)) for args in MISPLACED)
    assert home.found() == []


def test_simulator_knows_only_its_own_keys(home):
    """It shows those, and none of ours."""
    home.stop(home.start("simulate"))
    assert home.found() == []


class TestLogin:
    """At the hidden prompt."""

    def test_accepted(self, home, need_desktop):
        """Twice, with a logout between, for both kinds."""
        for kind, options in (("ordinary", ()), ("management", ("--management",))):
            home.run("logout", "keyring", *options)
            assert home.on_a_terminal("login", "keyring", *options, typed=home.keys["keyring", kind]) == 0
        assert home.found() == []

    def test_refused(self, home, sim):
        """With the key in the answer."""
        sim.fault("*", Fault(status=401, echo=True))
        assert home.on_a_terminal("--debug", "login", "keyring", typed=OWN) == 1
        assert home.found() == []

    def test_interrupted(self, home):
        """In the middle of the key."""
        assert home.on_a_terminal("--debug", "login", typed=OWN[:40], ending="") == 130
        assert home.found() == []


def test_every_key_is_used(home, sim, desktop):
    """Or else nothing could be found; where there is no keyring, its two are not."""
    asked = len(sim.requests)
    home.run("refresh")
    used = {request.key for request in sim.requests[asked:]}
    assert used == {key for (account, _), key in KEYS.items() if desktop or account != "keyring"}
    assert home.children.saw("keyring_child.py")


def test_keyring_takes_part(home, sim, need_desktop):
    """Skipped where there is none."""
    asked = len(sim.requests)
    home.run("refresh", "--account", "keyring")
    assert {request.key for request in sim.requests[asked:]} == {OWN, KEYS["keyring", "management"]}


class TestSearch:
    """It finds what is there."""

    @pytest.mark.parametrize(
        ("shown", "how"),
        [
            (OWN, "a part"),
            (OWN[-8:], "a part"),
            (OWN[20:28].upper(), "a part"),
            (OWN[::-1], "reversed"),
            (OWN.encode().hex().upper(), "hex"),
            ("".join(f"%{ord(char):02X}" for char in OWN), "URL-encoded"),
            *((base64.b64encode(f"{'x' * n}{OWN}".encode()).decode(), "base64") for n in range(3)),
        ],
        ids=[
            "whole",
            "end",
            "middle",
            "reversed",
            "hex",
            "url",
            "base64",
            "base64-after-1",
            "base64-after-2",
        ],
    )
    def test_in_any_form(self, shown, how):
        assert how in Search([OWN])(f"before{shown}after".encode())

    def test_no_less_than_eight_characters(self):
        """As in OpenRouter's own masked labels."""
        assert Search([OWN])(f"{OWN[:12]}...{OWN[-7:]}".encode()) == set()

    def test_below_a_program(self):
        """argv and environment of a child's child."""
        inner = "import sys; print(flush=True); input()"
        outer = (
            f"import os, subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {inner!r}, {OWN!r}])"
        )
        with (
            Descendants() as children,
            subprocess.Popen(
                [sys.executable, "-S", "-c", outer], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            ) as process,
        ):
            process.stdout.readline()
            while not children.saw(OWN):
                assert process.poll() is None
            process.communicate(b"\n")
