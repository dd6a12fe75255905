"""`opencredits guard`, as the installed program: exit statuses, one sentence, and how often it asks."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from account_home import AccountHome
from opencredits.cli.app import App
from opencredits.cli.guard import guard
from opencredits.config import Config
from opencredits.keys import fingerprint
from opencredits.monitor import Monitor
from opencredits.schedule import Polled
from opencredits.simulator import Fault, Simulator
from opencredits.store import Finished, Store
from readings import credits, key, reading

SAFE, NOT_SAFE, USAGE, UNKNOWN = 0, 1, 2, 69


class Home(AccountHome):
    """A home with a guard."""

    def guard(self, *args):
        """Its exit status, and the one line that it prints."""
        ended = self.cli("guard", *args, env=self.env)
        (line,) = (ended.stdout + ended.stderr).splitlines()
        assert line.startswith("opencredits: ") == (line in ended.stderr)
        return ended.returncode, line.removeprefix("opencredits: ")

    def was_read(self, ago, *, spent="0"):
        """As if it had been read so long ago, when so much less was spent."""
        at = datetime.now(UTC) - ago
        usage = self.sim.account.total_usage - Decimal(spent)
        read = reading(key(usage=usage), credits(str(self.sim.account.credits), str(usage)), at=at)
        store = Store(str(self.state / "opencredits.db"))
        found = store.ensure("default", self.sim.base_url, fingerprint(self.sim.key))
        assert store.finish(store.take_lease(found, at), Finished(read, Polled(finished_at=at)))
        store.close()


@pytest.fixture
def home(cli):
    """A steady account of about $25, which spends little."""
    with Simulator("steady") as sim:
        yield Home(cli, sim, None)


def test_without_a_limit_nothing_is_checked_and_nobody_asked(home):
    status, said = home.guard()
    assert (status, "No limit was given" in said) == (SAFE, True)
    assert home.sim.count() == 0


def test_enough_is_safe_and_too_little_is_not(home):
    """0 is a limit."""
    assert home.guard("--min-balance", "5")[0] == SAFE
    status, said = home.guard("--min-balance", "1000", "--fail-open")
    assert status == NOT_SAFE
    assert said.startswith("Not safe: OpenRouter: $2")
    assert said.endswith(" is left (less than $1,000.00).")
    home.sim.account.credits = home.sim.account.total_usage - 1
    home.was_read(timedelta(minutes=2))
    assert home.guard("--min-balance", "0")[0] == NOT_SAFE


def test_it_asks_when_the_last_reading_is_older_than_a_minute(home):
    """However long the interval is, and not more often."""
    home.configure('update_interval = "24h"')
    for _ in range(2):
        assert home.guard("--min-balance", "5")[0] == SAFE
        assert home.sim.count("/key") == 1
    home.was_read(timedelta(seconds=61))
    assert home.guard("--min-balance", "5")[0] == SAFE
    assert home.sim.count("/key") == 2


def test_a_rate_takes_five_minutes_of_readings(home):
    """Until then it is not known; `--fail-open` lets that pass, and nothing else."""
    home.was_read(timedelta(minutes=2))
    status, said = home.guard("--max-rate", "1")
    assert (status, "5 minutes of readings" in said) == (UNKNOWN, True)
    assert home.guard("--max-rate", "1", "--fail-open")[0] == SAFE
    home.was_read(timedelta(minutes=30), spent="5")
    status, said = home.guard("--max-rate", "1")
    assert (status, "/hr is being spent (more than $1.00/hr)" in said) == (NOT_SAFE, True)
    assert home.guard("--min-hours", "100")[0] == NOT_SAFE
    assert home.guard("--max-rate", "100", "--min-hours", "0.5")[0] == SAFE


def test_a_failed_limit_beats_one_that_is_not_known(home):
    status, said = home.guard("--max-rate", "1", "--min-balance", "1000")
    assert (status, "$1,000.00" in said) == (NOT_SAFE, True)


@pytest.mark.parametrize("fault", [Fault(reset=True), Fault(status=500), Fault(status=401), Fault(body="<")])
def test_what_cannot_be_asked_is_not_known(home, fault):
    """However much there was a moment ago."""
    home.was_read(timedelta(minutes=2))
    home.sim.fault("*", fault)
    status, said = home.guard("--min-balance", "5")
    assert (status, said.startswith("Not known whether it is safe: OpenRouter: ")) == (UNKNOWN, True)
    assert home.guard("--min-balance", "5", "--fail-open")[0] == SAFE


def test_it_waits_out_a_retry_after(home):
    """As everybody does; what is known until then gets old."""
    home.was_read(timedelta(minutes=2))
    home.sim.fault("*", Fault(status=429, headers={"Retry-After": "600"}))
    assert home.guard("--min-balance", "5")[0] == UNKNOWN
    asked = home.sim.count()
    assert home.guard("--min-balance", "5")[0] == UNKNOWN
    assert home.sim.count() == asked


def test_without_a_key_nobody_knows(home):
    home.env = {}
    status, said = home.guard("--min-balance", "5")
    assert (status, "No API key was found" in said) == (UNKNOWN, True)


def test_without_a_balance_or_a_limit_nobody_knows_what_is_left(cli):
    """Such a key sees its own spending alone."""
    with Simulator("ordinary-403") as sim:
        status, said = Home(cli, sim, None).guard("--min-balance", "0")
    assert (status, "what is left is not known" in said) == (UNKNOWN, True)


def test_every_account_that_is_watched_has_to_be_safe(home):
    """Unless one is chosen."""
    work = '\n[accounts.work]\nlabel = "Work"\nkey_env = "WORK"\n'
    home.config.write_text(home.config.read_text() + work + f'base_url = "{home.sim.base_url}"\n')
    status, said = home.guard("--min-balance", "5")
    assert (status, "Work: No API key was found" in said) == (UNKNOWN, True)
    assert home.guard("--min-balance", "5", "--account", "default")[0] == SAFE
    home.env["WORK"] = home.sim.key
    assert home.guard("--min-balance", "5")[0] == SAFE


def test_a_mistake_of_our_own_is_no_answer(capsys):
    """It says nothing about the money."""

    class Broken:
        def find(self, account):
            return 1 / 0

    with App() as app:
        app.use_config(Config())
        app.store = Store(None)
        app.monitor = Monitor(Config(), app.store, Broken(), None)
        args = ["--min-balance", "5"]
        assert guard.main(args, obj=app, standalone_mode=False) == UNKNOWN
        assert "OpenCredits itself failed (ZeroDivisionError)" in capsys.readouterr().err
        assert guard.main([*args, "--fail-open"], obj=app, standalone_mode=False) == SAFE


@pytest.mark.parametrize(
    "args",
    [
        *(["--min-balance", amount] for amount in ("", "-1", "much", "nan", "1e999")),
        *(["--min-hours", amount] for amount in ("$1", "9000")),
        ["--max-rate"],
        ["--min-balance", "5", "--account", "nobody"],
    ],
)
def test_wrong_usage_is_no_answer(home, args):
    """Nor does it let anything pass."""
    ended = home.cli("guard", *args, "--fail-open", env=home.env)
    assert (ended.returncode, home.sim.count()) == (USAGE, 0)
