"""The simulated account: what it spends as time passes, and how its sums agree."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from opencredits.simulator import SCENARIOS
from opencredits.simulator.account import Account
from opencredits.simulator.key import Key
from opencredits.simulator.model import FREE, SONNET
from opencredits.simulator.past import shares
from opencredits.simulator.spend import spend_fields
from opencredits.simulator.window import RESETS, first_day, resets_at
from opencredits.simulator.workload import Workload

HOUR, DAY = 3600, 86_400
DOLLAR = Decimal(1)


class Clock:
    """A time that stands still until it is moved; it begins on a Friday."""

    def __init__(self):
        self.at = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()

    def __call__(self):
        return self.at

    def set(self, *moment):
        """To a moment in UTC."""
        self.at = datetime(*moment, tzinfo=UTC).timestamp()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def account(clock):
    """One key, $100, and no past."""
    account = Account(clock, Decimal(100))
    account.add_key(Key("laptop", clock.at))
    return account


def opened(name, clock):
    """A scenario's account."""
    return SCENARIOS[name].open_account(clock)


def figures(account, which="laptop"):
    """A key's figures now."""
    return spend_fields(account, account.key(which), account.now())


# spending in time


def test_steady_spends_half_a_dollar_an_hour(clock):
    account = opened("steady", clock)
    clock.at += HOUR
    assert account.balance == Decimal("24.50")


def test_often_or_seldom_asked_the_sums_are_the_same(clock):
    """What was spent does not depend on who looked."""
    often, seldom = opened("runaway", clock), opened("runaway", clock)
    for _ in range(50):
        clock.at += 97
        assert often.total_usage
    assert often.total_usage == seldom.total_usage
    for mine, theirs in zip(often.keys, seldom.keys, strict=True):
        assert list(often.ledger.rows(mine.hash)) == list(seldom.ledger.rows(theirs.hash))


def test_a_clock_set_back_takes_nothing_back(clock):
    """Nor does anything happen until it has caught up."""
    account = opened("steady", clock)
    clock.at += HOUR
    before = figures(account)
    clock.at -= DAY
    assert figures(account) == before


def test_the_runaway_begins_after_two_minutes(clock):
    """From then on at $40 an hour from one key."""
    account = opened("runaway", clock)
    at_first = figures(account, "cline")["usage"]
    clock.at += 120
    calm = figures(account, "cline")["usage"]
    clock.at += 360
    looping = figures(account, "cline")["usage"]
    assert calm - at_first < Decimal("0.01")
    assert looping - calm == pytest.approx(Decimal("4.02"), abs=Decimal("0.01"))


def test_an_empty_account_spends_no_more(clock):
    """Requests are refused once the balance is gone; the last one may push it below zero."""
    account = opened("runaway", clock)
    clock.at += 400 * DAY
    assert -DOLLAR < account.balance <= 0


def test_bought_credits_let_programs_go_on(clock):
    """Without making up for what was refused."""
    account = opened("empty", clock)
    clock.at += DAY
    assert account.balance == Decimal("-0.076117902")
    account.top_up(Decimal(10))
    clock.at += HOUR
    assert account.balance == Decimal("9.423882098")


def test_a_disabled_key_spends_no_more(clock):
    """The others do."""
    account = opened("runaway", clock)
    clock.at += HOUR / 4
    cline, laptop = figures(account, "cline")["usage"], figures(account)["usage"]
    account.change_key(account.key("cline").hash, disabled=True)
    clock.at += HOUR / 4
    assert figures(account, "cline")["usage"] == cline
    assert figures(account)["usage"] > laptop


def test_a_deleted_key_spends_no_more_but_its_spend_stays(clock):
    account = opened("runaway", clock)
    clock.at += HOUR / 4
    used = account.total_usage
    for key in account.keys:
        account.delete_key(key.hash)
    clock.at += HOUR
    assert account.total_usage == used > 80


def test_an_expired_key_spends_no_more(account, clock):
    account.work([Workload("laptop", SONNET, DOLLAR)])
    account.change_key(account.key("laptop").hash, expires_at=clock.at + HOUR)
    clock.at += DAY
    assert account.total_usage == pytest.approx(DOLLAR, abs=Decimal("0.01"))


def test_a_renamed_key_goes_on_spending(account, clock):
    account.work([Workload("laptop", SONNET, DOLLAR)])
    account.change_key(account.key("laptop").hash, name="desktop")
    clock.at += HOUR
    assert account.total_usage == DOLLAR


def test_a_capped_key_stops_until_its_window_ends(clock):
    """It spends up to its limit each day, and at midnight begins anew."""
    account = opened("capped", clock)
    clock.set(2026, 11, 20, 23, 59)
    assert account.limit_remaining(account.key("laptop"), account.now()) <= 0
    assert figures(account)["usage_daily"] < Decimal("10.01")
    clock.set(2026, 11, 21, 1)
    assert figures(account)["usage_daily"] == pytest.approx(Decimal("0.30"), abs=Decimal("0.01"))


# windows


@pytest.mark.parametrize(
    ("reset", "begins", "ends"),
    [
        ("daily", "2026-11-20", "2026-11-21"),
        ("weekly", "2026-11-16", "2026-11-23"),
        ("monthly", "2026-11-01", "2026-12-01"),
    ],
)
def test_windows_are_utc_and_weeks_begin_on_monday(clock, reset, begins, ends):
    day = datetime.fromisoformat(f"{begins}T00:00:00Z")
    assert first_day(reset, clock.at) == (day - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(1)
    assert resets_at(reset, clock.at) == datetime.fromisoformat(f"{ends}T00:00:00Z").timestamp()


def test_without_reset_a_window_never_ends(clock):
    assert (first_day(None, clock.at), resets_at(None, clock.at)) == (0, None)


@pytest.mark.parametrize(
    ("moment", "fallen"),
    [
        ((2026, 11, 21), {"usage_daily"}),
        ((2026, 11, 23), {"usage_daily", "usage_weekly"}),
        ((2026, 12, 1), {"usage_daily", "usage_weekly", "usage_monthly"}),
    ],
)
def test_windows_roll_over(account, clock, moment, fallen):
    """At midnight, on Monday, and on the first: what was spent before does not count any more."""
    account.spend(DOLLAR)
    clock.set(*moment)
    after = figures(account)
    assert {name for name in after if name.startswith("usage_") and after[name] == 0} == fallen
    assert after["usage"] == DOLLAR


@pytest.mark.parametrize("reset", [*RESETS, None])
def test_a_limit_counts_down_in_its_window(account, clock, reset):
    """And may go below zero; with the window it begins anew."""
    account.change_key(account.key("laptop").hash, limit=Decimal(3), limit_reset=reset)
    account.spend(Decimal(4))
    assert figures(account)["limit_remaining"] == -DOLLAR
    clock.set(2026, 12, 1)
    assert figures(account)["limit_remaining"] == (3 if reset else -DOLLAR)


@pytest.mark.parametrize(("included", "left"), [(False, 9), (True, 4)])
def test_outside_spend_counts_only_where_it_is_included(account, included, left):
    """BYOK spend leaves the balance alone; a limit may include it."""
    account.change_key(account.key("laptop").hash, limit=Decimal(10), include_byok_in_limit=included)
    account.spend(DOLLAR, byok=Decimal(5))
    assert (figures(account)["limit_remaining"], account.balance) == (left, 99)
    assert figures(account)["byok_usage"] == figures(account)["byok_usage_daily"] == 5


# sums


@pytest.mark.parametrize("name", SCENARIOS)
def test_keys_add_up_to_the_account(clock, name):
    """Every cent of the account's usage was spent by one of its keys, on some day and model."""
    account = opened(name, clock)
    clock.at += 7 * HOUR
    total = account.total_usage
    assert sum(figures(account, key.name)["usage"] for key in account.keys) == total
    assert sum(tally.usage for _, _, tally in account.ledger.rows()) == total


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "free"])
def test_there_is_a_past(clock, name):
    """Day, week and month are told apart from the first moment on."""
    now = figures(opened(name, clock))
    assert 0 < now["usage_daily"] < now["usage_weekly"] < now["usage_monthly"] < now["usage"]


def test_the_past_is_the_same_at_midnight(clock):
    """Today's spend belongs to today, however young the day is."""
    clock.set(2026, 11, 20)
    account = opened("capped", clock)
    assert figures(account)["limit_remaining"] == Decimal("3.10")
    assert account.balance == 20


def test_shares_are_exact():
    parts = shares(Decimal("24.00"), 45)
    assert sum(parts) == 24
    assert len(set(parts)) > 20


def test_spend_is_booked_on_the_key_that_is_named(account):
    """By its name, hash or secret; another is not guessed."""
    key = account.key("laptop")
    for which in (key.name, key.hash, key.secret):
        account.spend(DOLLAR, key=which)
    assert figures(account)["usage"] == 3
    with pytest.raises(LookupError, match="no such key: nobody"):
        account.spend(DOLLAR, key="nobody")


def test_an_old_generation_is_forgotten(account, clock):
    """The last thousand are kept, so that a long run does not grow."""
    first = account.spend(DOLLAR)
    account.credits = Decimal(10_000)
    account.work([Workload("laptop", SONNET, DOLLAR, every=1)])
    clock.at += 1000
    assert account.total_usage
    assert account.ledger.booking(first.id) is None
    assert len(account.ledger._recent) == 1000


# free requests


def test_free_requests_begin_anew_at_midnight(clock):
    account = opened("free", clock)
    account.spend(Decimal(0), model=FREE)
    assert account.free_requests(account.now()) == (3, 50)
    clock.at += DAY
    assert account.free_requests(account.now()) == (0, 50)


def test_ten_dollars_buy_a_thousand_free_requests(clock):
    """And end the free tier, which less than that ends as well."""
    account = opened("free", clock)
    account.top_up(Decimal(5))
    assert (account.is_free_tier, account.free_requests(clock.at)[1]) == (False, 50)
    account.top_up(Decimal(5))
    assert account.free_requests(clock.at)[1] == 1000


# secrets


def test_a_key_does_not_show_its_secret():
    key = Key("laptop", 0)
    assert key.secret[12:-4] not in repr(key) + key.label + key.hash
    assert len(key.secret) == len("sk-or-v1-") + 64
