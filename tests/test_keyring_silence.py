"""A keyring that is absent, locked, frozen, late or broken: each has its own sentence, none stops us."""

import socket
import sys
import threading
from contextlib import suppress

import pytest

from desktop import Desktop
from odd_keyrings import chosen, starts
from opencredits.errors import KeyMissing, KeyProblem, KeyringSilent
from opencredits.keyring_store import KeyringStore

KEY = "sk-or-v1-0123456789abcdef"
pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(sys.platform != "linux", reason="other systems have their own keyring"),
]
# More than any machine needs for what ends by itself.
AMPLE = 20


@pytest.fixture
def desktop():
    with Desktop() as desktop:
        yield desktop


def store(environ, patience=AMPLE, **more):
    return KeyringStore(environ=environ, patience=patience, **more)


def silence(environ, **more):
    """What `read` raises, as one line."""
    with pytest.raises(KeyringSilent) as caught:
        store(environ, **more).read("default")
    assert caught.value.kind == "keyring"
    return caught.value.sentence()


def refusal(environ):
    """What `write` raises where there is no keyring, as one line."""
    with pytest.raises(KeyMissing) as caught:
        store(environ).write("default", "ordinary", KEY)
    return caught.value.sentence()


class TestNoneHere:
    """There is nothing to wait for: reading finds no key, writing names the other ways."""

    @pytest.mark.parametrize("address", [None, "", "disabled:", "/dev/null", "tcp:host=localhost,port=1"])
    def test_without_a_dbus_session(self, address, tmp_path):
        """A machine without a desktop."""
        environ = {"HOME": str(tmp_path)} | ({"DBUS_SESSION_BUS_ADDRESS": address} if address else {})
        answer = store(environ).read("default")
        assert "no D-Bus" in answer.absent

    def test_writing_names_the_other_ways(self, tmp_path):
        """`login` on a headless machine tells what else there is."""
        said = refusal({"HOME": str(tmp_path)})
        ways = ("key_command", "key_env", "OPENROUTER_API_KEY", "gnome-keyring", "KWallet", "KeePassXC")
        assert [way for way in ways if way not in said] == []

    def test_removing_finds_nothing(self, tmp_path):
        """`logout` without a keyring is no error."""
        assert store({"HOME": str(tmp_path)}).remove("default", "ordinary") is False

    def test_a_session_without_a_secret_service(self, desktop):
        """D-Bus answers, but nothing on it stores secrets."""
        assert "nothing on this D-Bus session" in store(desktop.environ).read("default").absent
        assert "nothing on this D-Bus session" in refusal(desktop.environ)

    def test_no_collection_yet(self, desktop):
        """A new keyring: nothing to read, and writing asks to create a collection, without a window."""
        desktop.start_keyring(None)
        assert "no collection" in store(desktop.environ).read("default").absent
        assert "Create one" in refusal(desktop.environ)

    @pytest.mark.parametrize("backend", ["keyring.backends.fail.Keyring", "keyring.backends.null.Keyring"])
    def test_a_user_who_switched_keyrings_off(self, backend, tmp_path):
        """keyring's own ways to say "none" are no fault, whatever state D-Bus is in."""
        environ = {
            "HOME": str(tmp_path),
            "PYTHON_KEYRING_BACKEND": backend,
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/gone",
        }
        assert not store(environ).read("default").secrets
        assert "key_command" in refusal(environ)

    @pytest.mark.parametrize("address", [None, "gone"])
    def test_a_secret_service_that_the_user_chose(self, address, tmp_path):
        """What is wrong with D-Bus is told in the same words as without a choice."""
        environ = {"HOME": str(tmp_path), "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring"}
        if address is None:
            assert "no D-Bus" in store(environ).read("default").absent
        else:
            environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={tmp_path}/{address}"
            assert "names is gone" in silence(environ)

    def test_a_backend_says_that_there_is_no_keyring(self, tmp_path):
        """Any backend's NoKeyringError counts."""
        assert not store(chosen("Homeless", tmp_path)).read("default").secrets


class TestSilent:
    """It is here, but did not answer."""

    def test_never_unlocked(self, desktop):
        """The collection was made with another password than this session's."""
        desktop.start_keyring("password")
        desktop.start_keyring("another")
        assert silence(desktop.environ).startswith("The keyring is locked. Unlock it, or use 'key_command'")

    def test_locked_later(self, desktop):
        """Its key is back as soon as it is unlocked; nothing is remembered."""
        desktop.start_keyring("password")
        mine = store(desktop.environ)
        mine.write("default", "ordinary", KEY)
        desktop.lock()
        with pytest.raises(KeyringSilent, match="locked"):
            mine.read("default")
        desktop.start_keyring("password")
        assert mine.read("default").secrets == {("default", "ordinary"): KEY}

    @pytest.mark.parametrize("question", [("write", KEY), ("remove",)])
    def test_locked_for_changes(self, desktop, question):
        """A locked keyring says so to `login` and `logout` as well."""
        desktop.start_keyring("password")
        desktop.lock()
        name, *arguments = question
        with pytest.raises(KeyringSilent, match="locked"):
            getattr(store(desktop.environ), name)("default", "ordinary", *arguments)

    @pytest.mark.parametrize("password", ["password", None], ids=["locked", "no collection"])
    def test_no_window_is_opened(self, desktop, password):
        """A poll must not ask for a password every few minutes, least of all for two seconds."""
        desktop.start_keyring(password)
        if password:
            desktop.lock()
        mine = store(desktop.environ, patience=5)
        questions = [("read",), ("write", "ordinary", KEY), ("remove", "ordinary")]
        with desktop.prompter() as asked:
            for question, *arguments in questions:
                with suppress(KeyProblem):
                    getattr(mine, question)("default", *arguments)
        assert asked == []

    def test_the_backend_of_a_locked_keyring_has_a_name(self, desktop):
        """`doctor` says which keyring it is that is locked."""
        desktop.start_keyring("password")
        desktop.lock()
        assert store(desktop.environ).describe() == "SecretService"

    def test_a_backend_says_that_it_is_locked(self, tmp_path):
        """Any backend's KeyringLocked counts, not only that of a Secret Service."""
        assert silence(chosen("Locked", tmp_path)).startswith("The keyring is locked.")

    def test_a_frozen_keyring(self, desktop):
        """A daemon that was stopped keeps its name on the bus and never answers."""
        desktop.start_keyring("password")
        desktop.freeze_keyring()
        assert "did not answer within 1 seconds" in silence(desktop.environ, patience=1)

    def test_a_keyring_that_does_not_start(self, desktop):
        """D-Bus knows a Secret Service, but its program ends at once."""
        desktop.install_broken_keyring()
        assert silence(desktop.environ).startswith("The Secret Service of this D-Bus session failed")

    def test_a_frozen_bus(self, desktop):
        """D-Bus takes the connection and never answers."""
        desktop.freeze_bus()
        assert "DBUS_SESSION_BUS_ADDRESS names does not answer" in silence(desktop.environ)

    def test_a_socket_that_is_no_bus(self, tmp_path, desktop):
        """Something else listens there, and says nothing: one attempt is all that there is time for."""
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{desktop.folder}/other")
            listener.listen()
            environ = desktop.environ | {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={desktop.folder}/other"}
            assert "does not answer" in silence(environ)
            assert _waiting(listener) == 1

    def test_a_bus_with_nobody_behind_it(self, desktop):
        """The socket of a session that has ended is still there."""
        desktop.stop_bus()
        assert "names is gone" in silence(desktop.environ)

    def test_a_bus_whose_socket_is_missing(self, tmp_path):
        """The variable outlived its session."""
        environ = {"HOME": str(tmp_path), "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/gone"}
        assert "names is gone" in silence(environ)

    def test_a_bus_that_hangs_up(self, desktop):
        """Something answers there, but not as D-Bus does."""
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{desktop.folder}/other")
            listener.listen()
            threading.Thread(target=_hang_up, args=(listener,), daemon=True).start()
            environ = desktop.environ | {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={desktop.folder}/other"}
            assert "names is gone" in silence(environ)

    def test_a_late_answer_is_none(self, tmp_path):
        """What comes after the time limit is not used."""
        assert "did not answer within 0.5 seconds" in silence(chosen("Late", tmp_path), patience=0.5)

    def test_a_backend_that_crashes(self, tmp_path):
        """A crash ends the child, not us."""
        assert "ended early" in silence(chosen("Crashing", tmp_path))

    def test_a_backend_that_fails(self, tmp_path):
        """The kind of the error is told, its text is not: it may hold the key."""
        said = silence(chosen("Raising", tmp_path))
        assert "failed (ValueError)" in said
        assert "canary" not in said

    def test_a_backend_that_cannot_be_loaded(self, tmp_path):
        """A backend that was chosen and then uninstalled."""
        assert "cannot be loaded" in silence(chosen("Missing", tmp_path))

    def test_no_python_to_ask_with(self, tmp_path, monkeypatch):
        """The interpreter was removed while the bridge was running."""
        monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
        assert "no child process could be started" in silence({"HOME": str(tmp_path)})


class TestPatience:
    """A keyring that let its time pass is not asked at every poll."""

    def test_it_is_left_alone_for_a_minute(self, tmp_path):
        """Within 60 s the answer is the same without a child; then it is asked again."""
        now = [1000.0]
        mine = store(chosen("Hanging", tmp_path), patience=0.5, clock=lambda: now[0])
        for moment in (1000, 1001, 1059):
            now[0] = moment
            with pytest.raises(KeyringSilent):
                mine.read("default")
        assert starts(tmp_path) == 1
        now[0] = 1061
        with pytest.raises(KeyringSilent):
            mine.read("default")
        assert starts(tmp_path) == 2

    def test_a_change_is_not_held_back(self, tmp_path):
        """`login` asks at once, and its answer ends the pause."""
        environ = chosen("Late", tmp_path)
        mine = store(environ, patience=0.5)
        with pytest.raises(KeyringSilent):
            mine.read("default")
        mine.patience = AMPLE
        environ["PYTHON_KEYRING_BACKEND"] = "odd_keyrings.Stored"
        mine.write("default", "ordinary", KEY)
        assert mine.read("default").secrets == {("default", "ordinary"): KEY}

    @pytest.mark.parametrize(
        ("question", "done"), [(("write", KEY), "be stored"), (("remove",), "be removed")]
    )
    def test_a_change_that_timed_out_may_have_happened(self, tmp_path, question, done):
        """Nobody knows, and that is what is said."""
        name, *arguments = question
        with pytest.raises(
            KeyringSilent, match=f"may or may not {done}; check with 'opencredits accounts'"
        ) as said:
            getattr(store(chosen("Hanging", tmp_path), patience=0.25), name)(
                "default", "ordinary", *arguments
            )
        assert "within 1.25 seconds" in said.value.action  # five times as long as for a question


def _waiting(listener):
    """How many connections were made to a socket that nobody serves."""
    listener.setblocking(False)
    count = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


def _hang_up(listener):
    while True:
        try:
            listener.accept()[0].close()
        except OSError:
            return


@pytest.mark.parametrize(("given", "used"), [("7", 7), ("", 2), ("0", 2), ("61", 2), ("nan", 2), ("soon", 2)])
def test_a_person_may_have_more_patience(given, used):
    """By a variable, since it is about this machine; nonsense is passed over."""
    assert KeyringStore(environ={"OPENCREDITS_KEYRING_PATIENCE": given}).patience == used
