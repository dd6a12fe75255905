"""All that can be configured, as a tree whose leaves are requests."""

from datetime import timedelta

import pytest

from opencredits.config import AccountSettings, Config, Settings, parse_value
from opencredits.keys import Key, Keys
from opencredits.reading import Fault
from opencredits.session import METHODS
from opencredits.session.details import REMOVE, subject_of
from opencredits.session.menu import INTERVALS, menu
from opencredits.session.overrides import Overrides

SECRET = "sk-or-v1-0123456789abcdef"
ONE = Config()
TWO = Config(accounts={name: AccountSettings(name, label=name.title()) for name in ("default", "work")})


def key(kind="ordinary", source="keyring", origin="keyring (SecretService)"):
    """One that was found."""
    return Key(SECRET, kind, source, origin)


def branch(title, config=ONE, keys=None):
    """The choices one level down, by their titles."""
    (found,) = [each for each in menu(config, keys or {})["choices"] if each["title"] == title]
    return found, {each["title"]: each for each in found["choices"]}


def leaves(choices):
    """All that can be done."""
    for choice in choices:
        yield from leaves(choice["choices"]) if "choices" in choice else [choice]


@pytest.mark.parametrize("config", [ONE, TWO], ids=["one", "two"])
@pytest.mark.parametrize("keys", [Keys(), Keys(key(), key("management"))], ids=["none", "both"])
def test_every_choice_has_the_form_that_adapters_rely_on(config, keys):
    """Each leaf is a request that exists; each prompt says under which name its answer goes."""
    tree = menu(config, dict.fromkeys(config.accounts, keys))
    assert set(tree) == {"title", "choices"}
    for choice in tree["choices"]:
        assert set(choice) == {"title", "detail", "choices"}
    for leaf in leaves(tree["choices"]):
        assert set(leaf) == {"title", "detail", "request", "prompt"}
        assert set(leaf["request"]) == {"method", "params"}
        assert leaf["request"]["method"] in METHODS
        assert leaf["prompt"] is None or set(leaf["prompt"]) == {"title", "into", "secret"}


def test_without_a_key_one_can_be_entered():
    """Hidden while it is typed."""
    found, choices = branch("OpenRouter: API key")
    assert found["detail"] == "no key"
    assert [*choices] == ["Enter an API key", "Enter a management key, which may read the balance"]
    enter = choices["Enter an API key"]
    assert enter["request"] == {"method": "set_key", "params": {"account": "default", "kind": "ordinary"}}
    assert enter["prompt"] == {"title": "API key for OpenRouter (not shown)", "into": "key", "secret": True}


def test_a_keyring_that_did_not_answer_is_not_called_empty():
    silent = Fault("keyring", "keyring", "The keyring is locked.", "Unlock it.")
    found, _ = branch("OpenRouter: API key", keys={"default": Keys(fault=silent)})
    assert found["detail"] == "The keyring is locked."


def test_a_key_in_the_keyring_can_be_replaced_and_removed():
    found, choices = branch("OpenRouter: API key", keys={"default": Keys(key(), key("management"))})
    assert found["detail"] == "from: keyring (SecretService)"
    assert [*choices] == [
        "Replace the API key",
        "Remove the API key",
        "Replace the management key, which may read the balance",
        "Remove the management key",
    ]
    for kind, title in (("ordinary", "Remove the API key"), ("management", "Remove the management key")):
        params = {"subject": subject_of("default"), "action": REMOVE[kind]}
        assert choices[title]["request"] == {"method": "act", "params": params}


def test_a_key_from_elsewhere_can_be_covered_but_not_removed():
    """It is not ours."""
    keys = {"default": Keys(key(source="environment", origin="environment variable X"))}
    found, choices = branch("OpenRouter: API key", keys=keys)
    assert found["detail"] == "from: environment variable X"
    assert [*choices] == ["Enter the API key", "Enter a management key, which may read the balance"]


def test_no_key_is_in_it():
    assert SECRET not in str(menu(TWO, dict.fromkeys(TWO.accounts, Keys(key(), key("management")))))


def test_a_choice_of_accounts_is_offered_where_there_are_several():
    """For this editor alone."""
    assert "Shown in this editor" not in [each["title"] for each in menu(ONE, {})["choices"]]
    chosen = Config(Settings(accounts=("work",)), TWO.accounts)
    found, choices = branch("Shown in this editor", chosen)
    assert found["detail"] == "Work"
    assert {title: each["detail"] for title, each in choices.items()} == {
        "All": "",
        "Default": "",
        "Work": "current",
    }
    for leaf in choices.values():
        assert leaf["request"]["method"] == "settings"
        assert Overrides().update(leaf["request"]["params"], chosen.accounts) == []


def test_all_accounts_are_all_also_where_the_file_has_chosen():
    chosen = Config(Settings(accounts=("work",)), TWO.accounts)
    _, choices = branch("Shown in this editor", chosen)
    overrides = Overrides()
    overrides.update(choices["All"]["request"]["params"], chosen.accounts)
    assert [each.name for each in overrides.over(chosen).watched()] == ["default", "work"]


@pytest.mark.parametrize("config", [ONE, TWO], ids=["one", "two"])
def test_no_request_has_a_null_in_it(config):
    """Lua has none: what an editor gives back would lack it, and do nothing."""
    keys = dict.fromkeys(config.accounts, Keys(key(), key("management")))
    for leaf in leaves(menu(config, keys)["choices"]):
        assert None not in leaf["request"]["params"].values()


def test_an_account_that_is_switched_off_is_not_offered():
    off = Config(accounts={**TWO.accounts, "work": AccountSettings("work", label="Work", enabled=False)})
    assert [each["title"] for each in menu(off, {})["choices"]] == ["Default: API key", "Update interval"]


def test_intervals_are_saved_for_every_editor_and_the_one_in_use_is_marked():
    found, choices = branch("Update interval", Config(Settings(update_interval=timedelta(hours=1))))
    assert found["detail"] == "1h"
    assert [title for title, each in choices.items() if each["detail"]] == ["1 hour"]
    for title, leaf in choices.items():
        assert leaf["request"]["method"] == "save_setting"
        _, span = parse_value(text=leaf["request"]["params"]["value"], name="update_interval")
        assert span == INTERVALS[title]


def test_an_interval_of_ones_own_is_shown_and_none_is_marked():
    found, choices = branch("Update interval", Config(Settings(update_interval=timedelta(seconds=90))))
    assert found["detail"] == "90s"
    assert not any(each["detail"] for each in choices.values())
