"""`opencredits alerts`, as the installed program: what is listed, and what is held back."""

import json
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from opencredits.alerts import Finding
from opencredits.alerts.snooze import until_tomorrow
from opencredits.store import Store

LOW = Finding("low_balance", "", "on", 1, "warn", "OpenRouter: $4.20 left", "That is less than $5.00.")
CRITICAL = Finding("critical_balance", "", "on", 2, "error", "OpenRouter: $0.20 left", "Buy credits.")
BOUGHT = Finding("top_up", "", "on", 1, "info", "OpenRouter: $9.00 bought", "Good.", passing=True)
HOUR = timedelta(hours=1)


class Home:
    """A home whose clock is UTC's, with alerts of the account `default`."""

    def __init__(self, cli):
        self.cli = cli
        self.database = cli.home / ".local/state/opencredits/opencredits.db"

    def run(self, *args):
        """The command; its output, and nothing on stderr."""
        ended = self.cli("alerts", *args, env={"TZ": "UTC"})
        assert (ended.returncode, ended.stderr) == (0, "")
        return ended.stdout

    def refused(self, *args):
        """What is wrong with a call."""
        ended = self.cli("alerts", *args)
        assert (ended.returncode, ended.stdout) == (2, "")
        return ended.stderr

    def raised(self, *found, ago=timedelta(0), show=False):
        """As if a poll had found it so long ago."""
        at = datetime.now(UTC) - ago
        store = Store(str(self.database))
        store.alerts.raise_new(("default", "https://openrouter.ai/api/v1", "key"), found, at)
        for alert in store.alerts.claim(at) if show else ():
            store.alerts.shown(alert.id, at)
        store.close()

    def listed(self):
        return json.loads(self.run("--json"))

    def held_back(self):
        """Kind and account of what is snoozed, and for how many minutes."""
        for each in self.listed()["snoozes"]:
            left = datetime.fromisoformat(each["until"]) - datetime.now(UTC)
            yield each["kind"], each["account"], round(left / timedelta(minutes=1))


@pytest.fixture
def home(cli):
    return Home(cli)


def test_without_any_it_says_so_and_makes_no_file(home):
    assert home.run() == "No alerts yet.\n"
    assert home.listed() == {"alerts": [], "snoozes": []}
    assert not home.database.exists()


def test_alerts_are_listed_newest_first_with_what_became_of_them(home):
    home.raised(LOW, ago=3 * HOUR, show=True)
    home.raised(LOW, CRITICAL, ago=2 * HOUR, show=True)
    home.raised(Finding("critical_balance", "", "off", 2), BOUGHT, ago=HOUR / 2)
    text = home.run()
    titles = re.findall(r"OpenRouter: (\S+)", text)
    assert titles == ["$9.00", "$0.20", "$4.20"]
    bought, critical, low = re.findall(r"\((.*)\)", text)
    assert bought == "top_up, not shown yet"
    assert re.fullmatch(r"critical_balance, over since (\w+ \d+, )?\d\d:\d\d", critical)
    assert low == "low_balance, still so"
    assert all(len(line) <= 80 for line in text.splitlines())


def test_what_was_never_shown_says_why(home):
    """Something graver began with it; or it was over before anybody looked."""
    home.raised(LOW, CRITICAL, ago=2 * HOUR)
    home.raised(Finding("critical_balance", "", "off", 2), ago=HOUR)
    critical, low = sorted(re.findall(r"\((.*)\)", home.run().replace("\n    ", " ")))
    assert critical.endswith(", never shown")
    assert low == "low_balance, still so, not shown, because something graver was"


def test_the_number_listed_can_be_chosen(home):
    home.raised(LOW, ago=HOUR)
    home.raised(BOUGHT)
    assert "$4.20" not in home.run("--last", "1")


def test_json_has_all_that_is_known(home):
    """The same object that `on_alert` gets."""
    home.raised(LOW)
    (alert,) = home.listed()["alerts"]
    assert (alert["account"], alert["kind"], alert["level"]) == ("default", "low_balance", "warn")
    assert (alert["title"], alert["message"], alert["ended_at"]) == (LOW.title, LOW.message, None)
    assert datetime.fromisoformat(alert["raised_at"]).tzinfo is not None


@pytest.mark.parametrize(
    ("args", "held"),
    [
        ((), (None, None, 60)),
        (("runaway",), ("runaway", None, 60)),
        (("--for", "8 hours"), (None, None, 480)),
        (("runaway", "--account", "default", "--for", "30m"), ("runaway", "default", 30)),
    ],
)
def test_alerts_are_held_back_for_a_time(home, args, held):
    """An hour unless another one is said; all of them, or those of a kind or an account."""
    said = home.run("snooze", *args)
    assert re.search(r"are held back until (\w+ \d+, )?\d\d:\d\d\.\n$", said)
    assert list(home.held_back()) == [held]
    assert said in home.run()


def test_alerts_are_held_back_until_the_morning(home):
    home.run("snooze", "--until", "tomorrow")
    ((_, _, minutes),) = home.held_back()
    assert 0 < minutes <= 24 * 60


def test_an_alert_that_is_held_back_says_so_and_is_told_again(home):
    home.raised(LOW, ago=HOUR, show=True)
    home.run("snooze", "low_balance")
    assert "(low_balance, still so, snoozed until " in home.run()
    assert home.run("unsnooze") == "No alerts are held back any more.\n"
    assert "(low_balance, still so, not shown yet)" in home.run()
    assert list(home.held_back()) == []


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("runaways",), "'runaway'"),
        (("--for", "3 days"), "1 minute to 24 hours"),
        (("--for", "1h", "--until", "tomorrow"), "exclude each other"),
        (("--until", "noon"), "tomorrow"),
        (("--account", "nobody"), "There is no account 'nobody'."),
    ],
)
def test_what_cannot_be_snoozed_is_said_with_what_can(home, args, why):
    assert why in home.refused("snooze", *args)
    assert not home.database.exists()


@pytest.mark.parametrize(
    ("now", "hours"),
    [("2026-11-20T20:00", 10), ("2026-11-20T06:00", 24), ("2026-11-20T01:30", 4.5), ("2026-11-20T00:00", 6)],
)
def test_tomorrow_begins_at_six(now, hours):
    """By the person's own clock."""
    local = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    assert until_tomorrow(local) - local == timedelta(hours=hours)
