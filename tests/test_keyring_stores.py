"""One set of cases for every keyring: a real Secret Service, and a backend that the user chose."""

import pytest

from desktop import Desktop
from odd_keyrings import HERE, chosen
from opencredits.keyring_store import KeyringStore

pytestmark = pytest.mark.process
KEY = "sk-or-v1-0123456789abcdef"
OTHER = "sk-or-v1-fedcba9876543210"


@pytest.fixture(scope="module")
def desktop():
    with Desktop() as desktop:
        desktop.start_keyring("password")
        yield desktop


class KeyStoreContract:
    """Subclasses say how to make the store: a fixture `environ` in which keyring finds it."""

    @pytest.fixture
    def store(self, environ):
        return KeyringStore(environ=environ, patience=20)

    def test_an_empty_store_has_no_keys(self, store):
        """A missing entry is not an error."""
        assert dict(store.read("default").secrets) == {}

    def test_a_stored_key_is_found_by_the_next_process(self, environ, store):
        """Writing says where the key is; another store, by another child, finds it there."""
        place = store.write("default", "ordinary", KEY)
        answer = KeyringStore(environ=environ, patience=20).read("default")
        assert answer.secrets == {("default", "ordinary"): KEY}
        assert place == f"keyring ({answer.backend})"

    def test_kinds_and_accounts_are_separate(self, store):
        """Both kinds of several accounts come with one question."""
        store.write("default", "management", KEY)
        store.write("work", "ordinary", OTHER)
        found = store.read("default", "work", "home").secrets
        assert found == {("default", "management"): KEY, ("work", "ordinary"): OTHER}

    def test_a_new_key_takes_the_place_of_the_old_one(self, store):
        """After `login` with another key the first one is gone."""
        store.write("default", "ordinary", KEY)
        store.write("default", "ordinary", OTHER)
        assert store.read("default").secrets == {("default", "ordinary"): OTHER}
        assert store.remove("default", "ordinary")
        assert not store.read("default").secrets

    def test_removing_leaves_the_other_kind(self, store):
        """Removing says whether there was one."""
        store.write("default", "ordinary", KEY)
        store.write("default", "management", OTHER)
        assert store.remove("default", "ordinary")
        assert not store.remove("default", "ordinary")
        assert store.read("default").secrets == {("default", "management"): OTHER}

    @pytest.mark.parametrize("account", ["Ünïcode ☂ \"'\\ %s{}\n (management", "x" * 200])
    def test_awkward_account_names(self, store, account):
        """Whatever an account is called, its key comes back and no other does."""
        store.write(account, "ordinary", KEY)
        assert store.read(account, "default").secrets == {(account, "ordinary"): KEY}

    def test_it_has_a_name(self, store):
        """`doctor` can say which keyring this is."""
        assert store.describe() == store.read("default").backend != ""


class TestSecretService(KeyStoreContract):
    """gnome-keyring in a session of its own."""

    @pytest.fixture
    def environ(self, desktop):
        desktop.clear()
        return desktop.environ

    def test_keys_outlive_the_session(self, desktop, store):
        """A key is still there after the keyring was ended and started again."""
        store.write("default", "ordinary", KEY)
        desktop.start_keyring("password")
        assert store.read("default").secrets == {("default", "ordinary"): KEY}

    def test_an_entry_of_another_program_does_not_shadow_ours(self, desktop, store):
        """Where two entries have one name, the key that was stored last is the one that is read."""
        desktop.add_foreign_item("opencredits", "default", OTHER)
        store.write("default", "ordinary", KEY)
        assert store.read("default").secrets == {("default", "ordinary"): KEY}

    def test_removing_removes_entries_of_other_programs_too(self, desktop, store):
        """After `logout` no entry of this name is left."""
        store.write("default", "ordinary", KEY)
        desktop.add_foreign_item("opencredits", "default", OTHER)
        assert store.remove("default", "ordinary")
        assert not store.read("default").secrets


class TestChosenBackend(KeyStoreContract):
    """A backend that PYTHON_KEYRING_BACKEND names."""

    @pytest.fixture
    def environ(self, tmp_path):
        return chosen("Stored", tmp_path)


class TestChattyBackend(KeyStoreContract):
    """A backend that prints what it is doing to stdout."""

    @pytest.fixture
    def environ(self, tmp_path):
        return chosen("Chatty", tmp_path)


class TestBackendOfKeyringrc(KeyStoreContract):
    """A backend that keyring's own configuration file names."""

    @pytest.fixture
    def environ(self, tmp_path):
        environ = chosen("Stored", tmp_path)
        del environ["PYTHON_KEYRING_BACKEND"], environ["PYTHONPATH"]
        config = tmp_path / ".config" / "python_keyring" / "keyringrc.cfg"
        config.parent.mkdir(parents=True)
        config.write_text(f"[backend]\ndefault-keyring=odd_keyrings.Stored\nkeyring-path={HERE}\n")
        return environ
