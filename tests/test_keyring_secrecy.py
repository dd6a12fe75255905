"""A key travels by pipe alone, and a child of ours leaves nothing behind."""

import os
import secrets
import signal
import subprocess
import sys
import threading
import traceback
from pathlib import Path

import pytest

from odd_keyrings import chosen, gone, report, reported
from opencredits.config import AccountSettings
from opencredits.errors import KeyringSilent
from opencredits.keyring_store import KeyringStore
from opencredits.keys import KeyFinder

pytestmark = pytest.mark.process
# Another one in each run: the search goes through all processes of the machine.
CANARY = f"sk-or-v1-{secrets.token_hex(12)}"
PIECES = [CANARY[at : at + 8] for at in range(len("sk-or-v1-"), len(CANARY) - 7)]
# What an environment may hold of it; none of these may reach a child.
TAINTED = {
    "OPENROUTER_API_KEY": CANARY,
    "WORK_KEY": CANARY.removeprefix("sk-or-v1-"),
    "CURL_HEADER": f"Authorization: Bearer {CANARY}",
}
AMPLE = 20

linux = pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="there is no /proc to look at")


def leaks():
    """Where in the argv and environment of any process a piece of the key is."""
    found = []
    for name in ("cmdline", "environ"):
        for path in Path("/proc").glob(f"[0-9]*/{name}"):
            try:
                text = path.read_bytes().decode(errors="replace")
            except OSError:
                continue
            found += [str(path) for piece in PIECES if piece in text]
    return found


def while_waiting(folder, work):
    """Look for leaks while a child that `work` started stands still; then let it go on."""
    results = []
    thread = threading.Thread(target=lambda: results.append(work()), daemon=True)
    thread.start()
    reported(folder)
    found = leaks()
    (folder / "go").touch()
    thread.join(AMPLE)
    return found, results[0]


def test_the_search_finds_a_leak(tmp_path):
    """The search itself works: a key in a variable or an argument is seen."""
    command = [sys.executable, "-S", "-c", "input()", CANARY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env={"KEY": CANARY}) as process:
        while not leaks():
            assert process.poll() is None
        process.communicate(b"\n")


@linux
class TestTravel:
    """While a child works, the key is in no argv and in no environment."""

    @pytest.fixture
    def store(self, tmp_path):
        environ = chosen("Waiting", tmp_path) | TAINTED
        return KeyringStore(environ=environ, hidden=["WORK_KEY"], patience=AMPLE)

    def test_writing(self, store, tmp_path):
        """`login`."""
        found, place = while_waiting(tmp_path, lambda: store.write("default", "ordinary", CANARY))
        assert (found, place.startswith("keyring")) == ([], True)

    def test_reading(self, store, tmp_path):
        """Every look for a key."""
        (tmp_path / "go").touch()
        store.write("default", "ordinary", CANARY)
        for name in ("go", "ready"):
            (tmp_path / name).unlink()
        found, answer = while_waiting(tmp_path, lambda: store.read("default"))
        assert (found, answer.secrets) == ([], {("default", "ordinary"): CANARY})

    def test_key_command(self, tmp_path):
        """A command sees none of the keys that are known, and a copy of the one in the keyring neither."""
        keyring = KeyringStore(environ=chosen("Stored", tmp_path), patience=AMPLE)
        keyring.write("default", "management", TAINTED["WORK_KEY"])
        code = (
            f"import os, time\n{report(tmp_path, 'os.getpid()')}\n"
            f"while not os.path.exists({str(tmp_path / 'go')!r}): time.sleep(0.01)\n"
            "print('key-of-the-command')"
        )
        account = AccountSettings("default", key_command=(sys.executable, "-S", "-c", code))
        environ = {"PATH": os.environ["PATH"]} | TAINTED
        finder = KeyFinder(environ=environ, keyring=keyring)
        found, keys = while_waiting(tmp_path, lambda: finder.find(account))
        assert (found, keys.ordinary.secret) == ([], "key-of-the-command")


@pytest.mark.parametrize("backend", ["Raising", "Crashing", "Hanging"])
def test_errors_do_not_hold_the_key(backend, tmp_path):
    """Whatever becomes of `login`, its traceback is clean, with all causes."""
    with pytest.raises(KeyringSilent) as caught:
        KeyringStore(environ=chosen(backend, tmp_path), patience=1).write("default", "ordinary", CANARY)
    said = "".join(traceback.format_exception(caught.value)) + caught.value.sentence()
    assert [piece for piece in PIECES if piece in said] == []


@linux
class TestNothingStays:
    """A child that does not answer is ended with all that it started."""

    def test_after_the_time_limit(self, tmp_path):
        """The child is reaped, and a process that it started is gone too."""
        with pytest.raises(KeyringSilent):
            KeyringStore(environ=chosen("Hanging", tmp_path), patience=1).read("default")
        child, its_child = reported(tmp_path)
        assert not os.path.exists(f"/proc/{child}")
        assert gone(its_child)

    def test_after_we_were_killed(self, tmp_path):
        """A bridge that is killed while the keyring hangs leaves no hanging child."""
        program = (
            "import os; from opencredits.keyring_store import KeyringStore\n"
            "KeyringStore(environ=dict(os.environ), patience=1).read('default')"
        )
        environ = chosen("Waiting", tmp_path)
        parent = subprocess.Popen([sys.executable, "-c", program], env=environ, stderr=subprocess.DEVNULL)
        (child,) = reported(tmp_path)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        assert gone(child)


@pytest.mark.parametrize("path", ["", ".", os.pathsep])
def test_the_working_directory_is_never_imported_from(tmp_path, monkeypatch, path):
    """A checkout with a `keyring.py` in it is not run by an editor that was started there."""
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    for name in ("keyring", "json", "secretstorage", "sitecustomize", "faulthandler", "errors"):
        (checkout / f"{name}.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')")
    monkeypatch.chdir(checkout)
    KeyringStore(environ={"HOME": str(tmp_path), "PYTHONPATH": path}, patience=AMPLE).read("default")
    assert not (tmp_path / "run").exists()


def test_it_works_from_an_isolated_python(tmp_path):
    """An editor may start the bridge with `python -I`; its child is isolated as well."""
    program = (
        "from opencredits.keyring_store import KeyringStore\n"
        f"environ = dict(HOME={str(tmp_path)!r}, PYTHONPATH={str(tmp_path)!r})\n"
        f"print(KeyringStore(environ=environ, patience={AMPLE}).read('default').absent)"
    )
    (tmp_path / "keyring.py").write_text("raise SystemExit")
    command = [sys.executable, "-I", "-c", program]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "no D-Bus" in said
