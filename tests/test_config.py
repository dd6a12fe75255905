"""Options: their defaults, what they take, and a file that may hold anything."""

import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from opencredits import config
from opencredits.config import ACCOUNT_SETTINGS, ALERT_SETTINGS, SETTINGS, load, parse_value, save_value
from opencredits.config.alert_settings import SWITCHES
from opencredits.errors import ConfigError


@pytest.fixture
def file(tmp_path):
    """Write `config.toml` and get its path."""

    def write(text):
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_the_account_default_exists_without_a_file(tmp_path):
    """Nothing has to be configured."""
    loaded = load(str(tmp_path / "none.toml"))
    (account,) = loaded.watched()
    assert (account.name, account.label, account.key_env) == ("default", "OpenRouter", "OPENROUTER_API_KEY")
    assert loaded.faults == ()


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90s", 90), ("5m", 300), ("1 hour", 3600), ("24h", 86400), ("1 minute", 60), ("10 minutes", 600),
        ("2 hours", 7200), (" 60 S ", 60), ("5 min", 300),
    ],
)  # fmt: skip
def test_intervals_are_written_as_people_do(text, span):
    """Number and unit."""
    assert parse_value("update_interval", text)[1] == timedelta(seconds=span)


@pytest.mark.parametrize("text", ["59s", "25h", "5", "m", "5 days", "-5m", "5m 3s", "", "1e3m", "٥m"])
def test_other_intervals_are_refused_with_what_is_allowed(text):
    """From a minute to a day, always with a unit."""
    with pytest.raises(ConfigError) as raised:
        parse_value("update_interval", text)
    assert "1 minute to 24 hours" in raised.value.action


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("adaptive", "off", False),
        ("rate_window", "1440", 1440),
        ("warn_below", "2.50", Decimal("2.50")),
        ("critical_below", "$1", Decimal(1)),
        ("warn_hours", "0.5", Decimal("0.5")),
        ("limit_warn_at", "90", 90),
        ("budget_daily", "$12.50", Decimal("12.50")),
        ("on_alert", "tell-me 'loud and clear'", ("tell-me", "loud and clear")),
        ("on_alert", "", None),
        ("alerts.runaway", "off", False),
        ("alerts.runaway", "On", True),
        ("alerts.runaway", "false", False),
        ("accounts", "work, home", ("work", "home")),
        ("accounts.work.key_command", "pass show 'open router'", ("pass", "show", "open router")),
        ("accounts.work.base_url", "http://127.0.0.1:8080/api/v1/", "http://127.0.0.1:8080/api/v1"),
    ],
)
def test_values_of_the_command_line(name, text, value):
    """Text stands for the option's own type."""
    assert parse_value(name, text)[1] == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rate_window", "0"),
        ("rate_window", "1441"),
        ("rate_window", "ten"),
        ("adaptive", "perhaps"),
        ("warn_below", "-1"),
        ("warn_below", "NaN"),
        ("format", "{cost}"),
        ("format", ""),
        ("accounts.work.provider", "other"),
        ("accounts.work.base_url", "http://openrouter.ai/api/v1"),
        ("accounts.work.base_url", "http://127.0.0.1.evil.example/"),
        ("accounts.work.base_url", "https://user:secret@openrouter.ai"),
        ("accounts.work.base_url", "openrouter.ai"),
        ("accounts.work.base_url", "https://openrouter.ai:port"),
        ("accounts.work.key_env", "A=B"),
        ("accounts.work.key_command", "pass 'open"),
        ("accounts.work.label", "two\nlines"),
        ("accounts.w rk.label", "x"),
        ("warn_hours", "-1"),
        ("warn_hours", "$1"),
        ("warn_hours", "9000"),
        ("limit_warn_at", "0"),
        ("budget_warn_at", "80.5"),
        ("expiry_days", "0"),
        ("on_alert", []),
        ("alerts.runaway", "perhaps"),
        ("alerts.nope", "off"),
        ("alerts", "off"),
        ("alerts.default.label", "x"),
        ("unknown", "1"),
        ("accounts.work.unknown", "1"),
    ],
)
def test_bad_values_are_refused(name, text):
    """With what is known or allowed as the next step."""
    with pytest.raises(ConfigError) as raised:
        parse_value(name, text)
    assert raised.value.action.startswith(("Allowed:", "Known are"))


@pytest.mark.parametrize("text", ["x = " + "1" * 5000, "x = " + "[" * 100_000], ids=["digits", "depth"])
def test_a_file_beyond_what_python_reads_is_a_fault_as_well(file, text):
    """It is no TOML that anybody meant."""
    loaded = load(file(text))
    assert "cannot be read" in loaded.faults[0]
    assert loaded.origins == {}


def test_a_bad_file_never_hides_the_balance(file):
    """Each fault is named with file, option, what was found and what is allowed; defaults are used."""
    path = file(
        'update_interval = "5 days"\nwarn_below = true\ncolour = 1\nrate_window = 30\n'
        '[accounts.work]\nlable = "x"'
    )
    loaded = load(path)
    assert loaded.settings.update_interval == timedelta(minutes=5)
    assert loaded.settings.rate_window == 30
    assert len(loaded.faults) == 4
    interval, warn, unknown, account = sorted(loaded.faults, key=lambda fault: ("unknown" in fault, fault))
    assert all(part in interval for part in (path, "update_interval", "'5 days'", "1 minute to 24 hours"))
    assert "warn_below is true" in warn
    assert "unknown option accounts.work.lable" in unknown + account
    assert "unknown option colour" in unknown + account


@pytest.mark.parametrize("text", ["a = ", "\x00", "[accounts", "a = 1\na = 2"])
def test_a_file_that_is_no_toml_is_named(file, text):
    """All options are at their defaults then."""
    path = file(text)
    loaded = load(path)
    assert path in loaded.faults[0]
    assert loaded.settings == config.Settings()


def test_a_file_in_another_encoding_or_a_folder_is_named(tmp_path):
    """Nothing that stands at that path can stop the status line."""
    odd = tmp_path / "config.toml"
    odd.write_bytes(b'label = "\xff"')
    assert len(load(str(odd)).faults) == 1
    assert len(load(str(tmp_path)).faults) == 1


def test_a_key_in_the_wrong_place_is_not_repeated(file):
    """Faults go to terminals and support questions."""
    path = file(
        'key_env = "sk-or-v1-0123456789"\nformat = 1\n[accounts.default]\nkey_env = "sk-or-v1-0123456789"'
    )
    assert "0123456789" not in " ".join(load(path).faults)
    with pytest.raises(ConfigError) as raised:
        parse_value("accounts.default.key_env", "sk-or-v1-0123456789")
    assert "0123456789" not in raised.value.sentence()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format", "{KEY}"),
        ("accounts.work.label", "KEY"),
        ("accounts.work.key_command", "echo KEY"),
        ("accounts.work.base_url", "https://KEY/api/v1"),
        ("accounts.work.base_url", "https://openrouter.ai:KEY"),
        ("accounts.KEY.label", "Work"),
        ("KEY", "1"),
    ],
)
def test_a_key_is_no_value_and_no_name(file, name, value):
    """It would be shown, or started as an argument, or asked for by name; and the file is no place for it."""
    name, value = (each.replace("KEY", "sk-or-v1-0123456789") for each in (name, value))
    with pytest.raises(ConfigError) as raised:
        parse_value(name, value)
    assert "0123456789" not in raised.value.sentence()
    loaded = load(file(f'{name} = "{value}"'))
    assert loaded.faults
    assert "0123456789" not in f"{loaded}"


def test_a_key_is_not_repeated_from_a_file_that_is_no_toml(file):
    """tomlkit quotes a name that comes twice."""
    path = file("sk-or-v1-0123456789 = 1\nsk-or-v1-0123456789 = 2")
    with pytest.raises(ConfigError) as raised:
        save_value(path, "warn_below", "7")
    assert "0123456789" not in raised.value.sentence()


def test_several_accounts(file):
    """`default` stays the first, and is only implied; a label is the name unless it is set."""
    loaded = load(file('[accounts.work]\nkey_env = "WORK"\n[accounts.home]\nlabel = "Home"\nenabled = false'))
    assert [account.name for account in loaded.watched()] == ["default", "work"]
    assert [account.label for account in loaded.accounts.values()] == ["OpenRouter", "work", "Home"]
    assert loaded.accounts["default"].implied
    assert loaded.accounts["work"].key_env == "WORK"


@pytest.mark.parametrize(
    "text", ['accounts = ["default"]', '[accounts]\nshow = ["work"]\n[accounts.work]\nlabel = "W"']
)
def test_which_accounts_are_shown_can_be_chosen(file, text):
    """TOML has no place for the list beside the tables, so that it may stand in them as well."""
    loaded = load(file(text))
    assert len(loaded.watched()) == 1
    assert loaded.faults == ()


def test_an_unknown_account_is_named_with_those_that_exist(file):
    """In the file, and on the command line."""
    loaded = load(file('accounts = ["default", "wrk"]'))
    assert "'wrk', but must be one of default" in loaded.faults[0]
    with pytest.raises(ConfigError, match="no account 'wrk'"):
        loaded.only(("wrk",))


@pytest.mark.parametrize("found", ['"off"', "false"])
def test_kinds_of_alerts_are_switched_off_in_a_table_of_their_own(file, found):
    """With a text, or as TOML has it; the others stay on."""
    loaded = load(file(f'warn_hours = 2\n[alerts]\nrunaway = {found}\ntop_up = "on"\n'))
    assert loaded.faults == ()
    assert loaded.alerts.off == {"runaway"}
    assert loaded.alerts.warn_hours == 2
    assert set(loaded.origins) == {"warn_hours", "alerts.runaway", "alerts.top_up"}


def test_an_unknown_kind_of_alert_is_named_with_those_that_exist(file):
    """And no alert is lost by it."""
    loaded = load(file('[alerts]\nrunaways = "off"\nbudget = 1'))
    unknown, budget = loaded.faults
    assert f"unknown option alerts.runaways; known are {', '.join(SWITCHES)}." in unknown
    assert 'alerts.budget is 1, but must be "on" or "off"' in budget
    assert loaded.alerts.off == set()
    with pytest.raises(ConfigError) as raised:
        parse_value("alerts.runaways", "off")
    assert raised.value.action == f"Known are {', '.join(f'alerts.{kind}' for kind in SWITCHES)}."


def test_alerts_that_are_no_table_are_named(file):
    """In the file, and by whoever would set one of them."""
    path = file('alerts = "off"')
    assert "alerts is 'off', but must be a table [alerts]" in load(path).faults[0]
    with pytest.raises(ConfigError, match="alerts is no table"):
        save_value(path, "alerts.runaway", "off")


def test_set_switches_a_kind_off_and_on_again(file):
    """Beside options that were there, below which no table may slip."""
    path = file('adaptive = true\n\n[accounts.work]\nlabel = "W"\n')
    assert save_value(path, "alerts.top_up", "off").alerts.off == {"top_up"}
    assert save_value(path, "budget_daily", "10").alerts.budget_daily == 10
    loaded = save_value(path, "alerts.top_up", "on")
    assert (loaded.alerts.off, loaded.faults) == (set(), ())
    assert loaded.alerts.budget_daily == 10


def test_a_bad_address_never_sends_a_key_elsewhere(file):
    """Its default would be another server than the one that the key is for."""
    loaded = load(file('[accounts.work]\nbase_url = "http://gateway.example"'))
    assert "base_url" in loaded.accounts["work"].fault


def test_set_keeps_comments_and_what_stands_around_it(file):
    """Only the one value changes."""
    path = file('# mine\nwarn_below = 5 # dollars\n\n[accounts.work] # job\nlabel = "W"\n')
    save_value(path, "warn_below", "7.5")
    save_value(path, "accounts.work.label", "Work")
    save_value(path, "accounts.home.label", "Home")
    loaded = save_value(path, "accounts", "work,home")
    text = Path(path).read_text(encoding="utf-8")
    assert all(comment in text for comment in ("# mine", "# dollars", "# job"))
    assert loaded.faults == ()
    assert loaded.settings.warn_below == Decimal("7.5")
    assert [account.label for account in loaded.watched()] == ["Work", "Home"]


def test_the_list_of_accounts_and_their_tables_get_along(file, tmp_path):
    """In whichever order they are set."""
    for path in (str(tmp_path / "new.toml"), file('accounts = ["default"] # mine\nadaptive = false\n')):
        save_value(path, "accounts", "default")
        save_value(path, "accounts.work.label", "Work")
        loaded = save_value(path, "accounts", "work,work")
        assert loaded.faults == ()
        assert [account.label for account in loaded.watched()] == ["Work"]


def test_a_file_that_cannot_be_read_sends_no_key_to_the_usual_address(file):
    """It may have named another one."""
    assert (
        load(file('[accounts.default]\nbase_url = "https://gateway.example"\nlabel = x'))
        .accounts["default"]
        .fault
    )
    assert load(file("label = x")).accounts["default"].fault is None


def test_set_makes_a_private_file(tmp_path):
    """0600 in a folder of 0700."""
    path = str(tmp_path / "new" / "config.toml")
    save_value(path, "adaptive", "false")
    assert load(path).settings.adaptive is False
    if os.name == "posix":
        assert os.stat(path).st_mode & 0o777 == 0o600
        assert os.stat(os.path.dirname(path)).st_mode & 0o777 == 0o700


def test_set_never_overwrites_a_file_that_it_cannot_read(file):
    """Somebody's work is in it."""
    path = file("broken = ")
    with pytest.raises(ConfigError, match="cannot be read"):
        save_value(path, "adaptive", "false")
    assert Path(path).read_text(encoding="utf-8") == "broken = "


def test_set_follows_a_link(tmp_path, file):
    """The file of a dotfile manager stays a link."""
    path = file("adaptive = true\n")
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    save_value(str(link), "adaptive", "false")
    assert link.is_symlink()
    assert load(path).settings.adaptive is False


@pytest.mark.parametrize(
    "known",
    [*SETTINGS.values(), *ALERT_SETTINGS.values(), *SWITCHES.values(), *ACCOUNT_SETTINGS.values()],
    ids=lambda known: known.name,
)
def test_every_default_is_a_value_that_the_option_takes(known):
    """What is written is read again as the same."""
    assert known.help.endswith(".")
    if known.default is not None:
        assert known.kind.read(known.kind.write(known.default)) == known.default
