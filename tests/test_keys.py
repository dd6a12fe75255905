"""Where keys come from: their order, what counts as a key, and what is said when there is none."""

import hashlib
import subprocess
import sys

import pytest

from odd_keyrings import chosen, starts
from opencredits.config import AccountSettings
from opencredits.errors import KeyringSilent, KeyUnusable
from opencredits.handed_keys import HandedKeys
from opencredits.keyring_store import KeyringAnswer, KeyringStore
from opencredits.keys import Key, KeyFinder, Keys, check_key, fingerprint

ONE, TWO, THREE, FOUR = (f"sk-or-v1-{digit * 24}" for digit in "1234")
NONE_HERE = KeyringAnswer(absent="There is no keyring: none was made.", way_out="Make one.")
SILENT = KeyringSilent("The keyring is locked.", action="Unlock it.")


class FakeKeyring:
    """A far end that answers what it is told to."""

    def __init__(self, answer):
        self.answer = answer

    def read(self, *accounts, hidden=None):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def holding(**secrets):
    """A keyring with keys of the account `default`."""
    return KeyringAnswer("Test", {("default", kind): secret for kind, secret in secrets.items()})


def printing(text):
    return (sys.executable, "-S", "-c", f"print({text!r})")


def account(name="default", **options):
    if name == "default":
        options = {"key_env": "OPENROUTER_API_KEY"} | options
    return AccountSettings(name, **options)


def finder(keyring=NONE_HERE, environ=None, handed=None):
    return KeyFinder(keyring=FakeKeyring(keyring), environ=environ or {}, handed=HandedKeys(handed))


# Every source with its own key, strongest first.
FULL = {
    "keyring": {"keyring": holding(ordinary=ONE, management=ONE)},
    "key_command": {"command": TWO},
    "editor": {"handed": {("default", "ordinary"): THREE, ("default", "management"): THREE}},
    "environment": {"environ": {"OPENROUTER_API_KEY": FOUR, "OPENROUTER_MANAGEMENT_KEY": FOUR}},
}


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("kind", ["ordinary", "management"])
def test_order_of_sources(first, kind):
    """The keyring comes before the command, that before the editor, that before the environment."""
    sources = {name: value for each in list(FULL.values())[first:] for name, value in each.items()}
    command = sources.pop("command", None)
    options = {name: printing(command) for name in ("key_command", "management_key_command") if command}
    key = getattr(finder(**sources).find(account(**options)), kind)
    assert (key.secret, key.source, key.kind) == ((ONE, TWO, THREE, FOUR)[first], list(FULL)[first], kind)


def test_origins_are_for_people():
    """`doctor` says where a key came from in words."""
    environ = {"OPENROUTER_API_KEY": FOUR}
    keys = finder(holding(management=ONE), environ).find(account())
    assert keys.management.origin == "keyring (Test)"
    assert keys.ordinary.origin == "environment variable OPENROUTER_API_KEY"


def test_a_key_is_not_in_its_repr():
    """Whatever logs or shows these objects shows no key."""
    keys = finder(holding(ordinary=ONE), handed={("default", "ordinary"): TWO}).find(account())
    assert ONE not in repr(keys) + str(keys) + repr(holding(ordinary=ONE))


def test_each_account_has_its_own_variable():
    """The default variables belong to the account `default` alone."""
    environ = {"OPENROUTER_API_KEY": ONE, "OPENROUTER_MANAGEMENT_KEY": TWO, "WORK_KEY": THREE}
    work = finder(environ=environ).find(account("work", key_env="WORK_KEY"))
    assert (work.ordinary.secret, work.management) == (THREE, None)
    assert finder(environ=environ).find(account("home")).fault.kind == "no_key"


def test_a_handed_key_belongs_to_its_account_and_kind():
    """What an editor gave for one account is not used for another."""
    handed = {("work", "management"): ONE}
    assert finder(handed=handed).find(account("default")).fault.kind == "no_key"
    keys = finder(handed=handed).find(account("work"))
    assert (keys.ordinary, keys.management.secret) == (None, ONE)


def test_an_empty_variable_is_not_set():
    """`OPENROUTER_API_KEY= opencredits` means: without one."""
    keys = finder(environ={"OPENROUTER_API_KEY": " "}).find(account())
    assert (keys.fault.kind, keys.notes) == ("no_key", ())


class TestFaults:
    """What is said when no source has a key, and when one failed though another had it."""

    def test_no_key_where_there_is_a_keyring(self):
        """The way to go on is `login`, with the account's name where it needs one."""
        assert (
            finder(KeyringAnswer("Test")).find(account()).fault.action.startswith("Run 'opencredits login' ")
        )
        work = finder(KeyringAnswer("Test")).find(account("work")).fault
        assert (work.kind, work.action) == ("no_key", "Run 'opencredits login work' to store one.")

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems have a keyring of their own")
    def test_no_key_where_there_is_no_keyring(self, tmp_path):
        """On a headless machine the other ways are named."""
        real = KeyFinder(environ={"HOME": str(tmp_path)})
        fault = real.find(account()).fault
        assert fault.kind == "no_key"
        assert "no D-Bus" in fault.message
        assert "key_command" in fault.action
        assert "OPENROUTER_API_KEY" in fault.action

    def test_a_silent_keyring_is_the_reason_when_no_other_source_has_a_key(self):
        """The key may well be in it; what failed besides is a note."""
        keys = finder(SILENT).find(account(key_command=(sys.executable, "-c", "exit(3)")))
        assert (keys.fault.kind, keys.fault.shown) == ("keyring", "keyring")
        assert [note.kind for note in keys.notes] == ["key_command"]

    def test_a_silent_keyring_is_a_note_when_another_source_has_a_key(self):
        """It is told once, not once for each kind."""
        keys = finder(SILENT, {"OPENROUTER_API_KEY": ONE}).find(account())
        assert (keys.ordinary.secret, keys.fault) == (ONE, None)
        assert [note.message for note in keys.notes] == ["The keyring is locked."]

    def test_a_hanging_keyring_does_not_hide_the_environment(self, tmp_path):
        """The real thing: a keyring that never answers, and a variable that does."""
        keyring = KeyringStore(environ=chosen("Hanging", tmp_path), patience=0.5)
        keys = KeyFinder(environ={"OPENROUTER_API_KEY": ONE}, keyring=keyring).find(account())
        assert keys.ordinary.source == "environment"
        assert [note.kind for note in keys.notes] == ["keyring"]

    def test_a_failed_command_is_the_reason_when_nothing_else_failed(self):
        """It says which option it was."""
        keys = finder().find(account("work", management_key_command=("/nonexistent/program",)))
        assert keys.fault.kind == "key_command"
        assert "management_key_command of the account 'work'" in keys.fault.message

    @pytest.mark.parametrize(
        ("sources", "origin"),
        [
            ({"keyring": holding(ordinary="two words")}, "keyring (Test)"),
            ({"handed": {("default", "ordinary"): "two words"}}, "the editor"),
            ({"environ": {"OPENROUTER_API_KEY": "two words"}}, "environment variable OPENROUTER_API_KEY"),
        ],
    )
    def test_an_unusable_text_is_a_fault_of_its_source(self, sources, origin):
        """It says where to look, and does not repeat what was found."""
        fault = finder(**sources).find(account()).fault
        assert fault.kind == "unusable_key"
        assert f"from: {origin})" in fault.message
        assert "two words" not in fault.message + fault.action

    def test_after_an_unusable_text_the_next_source_is_tried(self):
        """A broken entry in the keyring does not hide a good variable."""
        keys = finder(holding(ordinary="a b"), {"OPENROUTER_API_KEY": ONE}).find(account())
        assert keys.ordinary.source == "environment"
        assert [note.kind for note in keys.notes] == ["unusable_key"]


class TestCheckKey:
    """What can be a key at all."""

    @pytest.mark.parametrize("text", [ONE, f" {ONE}\n", f"\t{ONE}\r\n", "x", "y" * 512])
    def test_good(self, text):
        """White space around is what copying brings along."""
        assert check_key(text) == text.strip()

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "empty"),
            (" \n", "empty"),
            ("sk-or two", "white space"),
            ("sk-or\ttwo", "white space"),
            ("sk-or\ntwo", "white space"),
            ("sk-or\xa0two", "white space"),
            ("sk-or\x00two", "control"),
            ("sk-or\x1b[0m", "control"),
            ("sk-or\x7f", "control"),
            ("sk-or-\x85x", "white space"),
            ("sk-or-é", "characters"),
            ("\ufeffsk-or", "characters"),
            ("sk-or-\u202e", "characters"),
            ("sk-or-\udc80", "characters"),
            ("z" * 513, "longer than 512"),
        ],
    )
    def test_bad(self, text, why):
        """Each refusal has its reason and never the text."""
        with pytest.raises(KeyUnusable, match=why) as caught:
            check_key(text)
        assert not text.strip() or text not in caught.value.sentence()


def test_fingerprint():
    """The first 16 hex digits of SHA-256; of the ordinary key where there are both kinds."""
    ordinary, management = (
        Key(secret, kind, "editor", "") for secret, kind in ((ONE, "ordinary"), (TWO, "management"))
    )
    assert fingerprint(ONE) == hashlib.sha256(ONE.encode()).hexdigest()[:16]
    assert Keys(ordinary, management).fingerprint == fingerprint(ONE)
    assert Keys(management=management).fingerprint == fingerprint(TWO)
    assert Keys().fingerprint is None


def test_both_kinds_are_asked_in_one_child(tmp_path):
    """One start of Python brings the ordinary and the management key."""
    store = KeyringStore(environ=chosen("Stored", tmp_path), patience=20)
    store.write("default", "ordinary", ONE)
    store.write("default", "management", TWO)
    before = starts(tmp_path)
    keys = KeyFinder(environ={}, keyring=store).find(account())
    assert (keys.ordinary.secret, keys.management.secret) == (ONE, TWO)
    assert keys.ordinary.took > 0
    assert starts(tmp_path) == before + 1


def test_looking_for_a_key_loads_nothing_heavy():
    """An idle bridge looks for keys and stays small."""
    program = (
        "import sys; from opencredits import config, keys\n"
        "found = keys.KeyFinder(environ={}).find(config.AccountSettings('x', key_command=('true',)))\n"
        "heavy = 'httpx keyring msgspec click rich asyncio pynvim logging importlib.metadata"
        " concurrent.futures'\n"
        "print([name for name in heavy.split() if name in sys.modules], found.fault.kind)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[] key_command"
