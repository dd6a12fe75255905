"""What one editor sets for itself, on top of `config.toml`."""

from datetime import timedelta
from decimal import Decimal

import pytest

from opencredits.config import ACCOUNT_SETTINGS, ALERT_SETTINGS, SETTINGS, AccountSettings, Config, Settings
from opencredits.session.overrides import Overrides

SECRET = "sk-or-v1-0123456789abcdef"
# As JSON, and as it is meant.
GOOD = {
    "update_interval": ("1h", timedelta(hours=1)),
    "adaptive": (False, False),
    "rate_window": (5, 5),
    "format": ("{amount}", "{amount}"),
    "warn_below": (2.5, Decimal("2.5")),
    "critical_below": ("0.10", Decimal("0.10")),
    "show_in_status_bar": (False, False),
    "accounts": (["work"], ("work",)),
}
GOOD_OF_ACCOUNT = {"enabled": (False, False), "label": ("W", "W"), "billed_by_invoice": (True, True)}


def account(name, **options):
    """As it is configured."""
    return AccountSettings(name, **options)


FILE = Config(Settings(rate_window=30), {name: account(name, label=name) for name in ("default", "work")})


def over(given, config=FILE):
    """The configuration with these settings, all of which can be used."""
    overrides = Overrides()
    assert overrides.update(given, config.accounts) == []
    return overrides.over(config)


def faults(given):
    """What cannot be used, and the configuration that comes out."""
    overrides = Overrides()
    return overrides.update(given, FILE.accounts), overrides.over(FILE)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_option_can_be_set_for_one_editor(name):
    found, meant = GOOD[name]
    assert getattr(over({name: found}).settings, name) == meant


@pytest.mark.parametrize("name", GOOD_OF_ACCOUNT)
def test_how_an_account_is_shown_can_be_set(name):
    """For this account alone."""
    found, meant = GOOD_OF_ACCOUNT[name]
    config = over({f"accounts.work.{name}": found})
    assert getattr(config.accounts["work"], name) == meant
    assert config.accounts["default"] == FILE.accounts["default"]


@pytest.mark.parametrize("name", sorted(set(ACCOUNT_SETTINGS) - set(GOOD_OF_ACCOUNT)))
def test_where_a_key_comes_from_and_goes_to_cannot_be_set(name):
    """An editor's settings may come out of a checkout."""
    (fault,), config = faults({f"accounts.default.{name}": "http://127.0.0.1:1"})
    assert f"accounts.default.{name} cannot be set by an editor." in fault
    assert "opencredits config set" in fault
    assert config == FILE


@pytest.mark.parametrize("name", [*ALERT_SETTINGS, "alerts.runaway"])
def test_alerts_are_the_machine_s(name):
    """Each is raised once for all editors; and nobody's checkout starts a program."""
    (fault,), config = faults({name: "off"})
    assert f"{name} cannot be set by an editor. Use 'opencredits config set {name} VALUE'." in fault
    assert config == FILE


@pytest.mark.parametrize("found", [True, 1, "5", "5m "], ids=repr)
def test_a_configuration_is_the_same_without_settings(found):
    """What was set and taken back leaves nothing behind."""
    overrides = Overrides()
    overrides.update({"update_interval": found, "rate_window": 5}, ())
    assert overrides.update({"update_interval": None, "rate_window": None, "format": None}, ()) == []
    assert overrides.over(FILE) == FILE


def test_only_what_is_given_changes():
    overrides = Overrides()
    overrides.update({"rate_window": 5, "adaptive": False}, ())
    overrides.update({"rate_window": 6}, ())
    assert overrides.over(FILE).settings == Settings(rate_window=6, adaptive=False)


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("found", [[], {}, "", 1e30, [[]], {"a": "b"}, "\ud800", -1], ids=repr)
def test_a_value_that_cannot_be_used_is_named(name, found):
    """With the option, what was found and what is allowed; the rest is used, and the old value stays."""
    overrides = Overrides()
    overrides.update({name: GOOD[name][0]}, FILE.accounts)
    said = overrides.update({name: found, "accounts.default.label": "other"}, FILE.accounts)
    if (name, found) == ("accounts", []):
        assert said == []
        return
    (fault,) = said
    assert fault.startswith(
        f"{name} is {found!r} in this editor's settings, but must be {SETTINGS[name].kind.allowed} ("
    )
    config = overrides.over(FILE)
    assert getattr(config.settings, name) == GOOD[name][1]
    assert config.accounts["default"].label == "other"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nope",
        "accounts.default",
        "accounts.default.nope",
        "accounts..label",
        "accounts.a b.label",
        "Format",
    ],
)
def test_an_unknown_option_is_named_with_those_that_exist(name):
    (fault,), config = faults({name: "x"})
    assert f"There is no option {name!r}." in fault
    assert all(known in fault for known in (*SETTINGS, "accounts.NAME.label"))
    assert config == FILE


def test_a_key_in_the_wrong_place_is_not_repeated():
    """Neither as a value nor as a name."""
    given = {"format": SECRET, "accounts.default.label": SECRET, SECRET: 1, f"accounts.{SECRET}.label": "x"}
    said, config = faults(given)
    assert len(said) == 4
    assert SECRET not in f"{said}{config}"


@pytest.mark.parametrize("name", ["accounts", "accounts.nope.label"])
def test_an_account_that_is_not_there_is_named_and_passed_over(name):
    """`config.toml` may get it, or may have lost it."""
    overrides = Overrides()
    (fault,) = overrides.update({name: ["nope", "work"] if name == "accounts" else "x"}, FILE.accounts)
    assert fault.startswith(f"{name} in this editor's settings is about the account 'nope', which")
    config = overrides.over(FILE)
    assert set(config.accounts) == set(FILE.accounts)
    assert [each.name for each in config.watched()] == (
        ["work"] if name == "accounts" else ["default", "work"]
    )
    with_it = Config(FILE.settings, {**FILE.accounts, "nope": account("nope")})
    assert [each.label for each in overrides.over(with_it).watched()] != [
        each.label for each in with_it.watched()
    ]


def test_without_any_account_that_is_there_all_are_shown():
    overrides = Overrides()
    overrides.update({"accounts": ["nope"]}, FILE.accounts)
    assert overrides.over(FILE).settings.accounts == ()


def test_what_is_chosen_in_the_file_holds_until_an_editor_chooses():
    config = Config(Settings(accounts=("work",)), FILE.accounts)
    assert over({}, config).settings.accounts == ("work",)
    assert over({"accounts": ["default"]}, config).settings.accounts == ("default",)
