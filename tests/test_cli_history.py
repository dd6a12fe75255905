"""`opencredits history`, the installed program over stored readings."""

import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest

from installation import clean_environ
from opencredits.config import AccountSettings
from opencredits.spending import Counters
from opencredits.store import Store, readings

DAY = timedelta(days=1)


class Home:
    """A home with readings of one account, a dollar apart, every six hours until a minute ago."""

    def __init__(self, cli):
        self.cli = cli
        self.env = {"OPENCREDITS_HOME": str(cli.home), "TZ": "Europe/Berlin"}
        self.newest = datetime.now(UTC) - timedelta(minutes=1)

    def store(self, *turns, key="a" * 16, name="default"):
        """Credits and usage so many quarters of a day before the newest reading."""
        store = Store(str(self.cli.home / "state" / "opencredits.db"))
        account = AccountSettings("default")
        series = store.ensure(name, account.base_url, key).series_id
        for turn, credits, usage in turns:
            counters = Counters(self.newest - turn * DAY / 4, Decimal(credits), Decimal(usage))
            store.run(lambda db, counters=counters: readings.insert(db, series, counters))
        store.close()

    def __call__(self, *args):
        return self.cli("history", *args, env=self.env)


@pytest.fixture
def home(cli):
    return Home(cli)


def steady(days):
    """A dollar each six hours."""
    return [(turn, 900, 100 - turn) for turn in range(4 * days, -1, -1)]


def test_all_forms_tell_the_same(home):
    """And all of it is the growth of the counter."""
    home.store(*steady(3))
    rows = list(csv.DictReader(StringIO(home("--csv").stdout)))
    objects = json.loads(home("--json").stdout)
    assert [each["spent"] for each in rows] == [each["spent"] for each in objects]
    assert sum(Decimal(each["spent"]) for each in rows) == 12
    assert {each["thinned"] for each in rows} == {"false"}
    lines = home().stdout.splitlines()
    assert [line.split()[0] for line in lines] == [each["begin"][:10] for each in rows]
    assert [line.split()[2] for line in lines] == [f"${Decimal(each['spent']):.2f}" for each in rows]


def test_hours_and_days_are_local_unless_utc_is_asked_for(home):
    """Each begin has its offset."""
    home.store(*steady(3))
    local, utc = json.loads(home("--json").stdout), json.loads(home("--json", "--utc").stdout)
    assert all(each["begin"][10:] in ("T00:00:00+01:00", "T00:00:00+02:00") for each in local)
    assert all(each["begin"].endswith("T00:00:00+00:00") for each in utc)


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")
def test_on_a_terminal_it_is_a_chart(home):
    """With today, the week and the month above it."""
    home.store(*steady(3))
    master, slave = os.openpty()
    env = clean_environ(home.cli.home, {**home.env, "TERM": "xterm", "COLUMNS": "80"})
    subprocess.run([home.cli.script, "history"], env=env, stdout=slave, check=True)
    os.close(slave)
    seen = os.read(master, 65536).decode()
    os.close(master)
    assert "Spent by all keys since " in seen
    assert "\nToday " in seen
    assert "\n30 days " in seen
    assert "███" in seen


def test_events_are_listed_and_not_counted(home):
    """A top-up, and a new key."""
    home.store((8, 100, 10), (6, 120, 11))
    home.store((4, 120, 15), (2, 120, 16), key="b" * 16)
    events = json.loads(home("--events", "--json").stdout)
    assert [(each["kind"], each["amount"]) for each in events] == [("top_up", "20.00"), ("key_changed", None)]
    assert [each["kind"] for each in json.loads(home("--events", "--json", "--since", "30h").stdout)] == [
        "key_changed"
    ]
    assert [line[:4].isdigit() for line in home("--events").stdout.splitlines()] == [True, True]
    assert home("--events", "--csv").stdout.startswith("account,at,kind,amount,sentence\ndefault,20")
    assert sum(Decimal(each["spent"] or 0) for each in json.loads(home("--json").stdout)) == 2


def test_without_readings_it_says_what_to_do(home):
    """Exit status 1, and no file is made."""
    result = home("--json")
    assert (result.returncode, result.stdout) == (1, "[]\n")
    assert "Nothing is stored yet of the account 'default'. 'opencredits status' asks." in result.stderr
    assert not (home.cli.home / "state").exists()


def test_one_reading_tells_no_spending(home):
    """That is no error, and no zero."""
    home.store((0, 100, 10))
    result = home()
    assert (result.returncode, result.stdout) == (0, "Too few readings yet to tell what was spent.\n")


def test_spending_shows_from_the_second_reading_on(home):
    """However soon it came."""
    home.store((0.001, 100, 10), (0, 100, 11))
    assert sum(Decimal(each["spent"] or 0) for each in json.loads(home("--json").stdout)) == 1


def test_a_time_without_readings_says_when_the_last_one_was(home):
    """Rather than an empty chart."""
    home.store(*((turn + 80, credits, usage) for turn, credits, usage in steady(3)))
    result = home("--since", "today")
    assert (result.returncode, result.stdout) == (1, "")
    assert "the last time was 20" in result.stderr
    assert home("--since", "60d", "--by", "month").returncode == 0


def test_an_account_that_nobody_configured_is_not_missed(home):
    """As it is left out of the status line beside another one; who asks for it is answered."""
    home.cli.home.joinpath("config").mkdir(parents=True)
    home.cli.home.joinpath("config", "config.toml").write_text("[accounts.work]\n")
    home.store(*steady(3), name="work")
    result = home()
    assert (result.returncode, result.stderr) == (0, "")
    asked = home("--account", "default")
    assert (asked.returncode, "Nothing is stored yet" in asked.stderr) == (1, True)


def test_a_backtest_prints_how_good_forecasts_would_have_been(home):
    """Or that there is too little history."""
    home.store(*steady(3))
    assert "forecast" in home("--backtest").stdout
    (row,) = json.loads(home("--backtest", "--json").stdout)
    (header, line) = home("--backtest", "--csv").stdout.splitlines()
    assert list(row) == header.split(",")
    assert line.startswith(f"default,{row['forecasts']},")


@pytest.mark.parametrize(
    "args",
    [
        ("--since", "soon"),
        ("--since", ""),
        ("--by", "year"),
        ("--csv", "--json"),
        ("--events", "--backtest"),
        ("--account", "no"),
    ],
)
def test_wrong_usage_is_2(home, args):
    """With what is allowed."""
    result = home(*args)
    assert (result.returncode, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr
