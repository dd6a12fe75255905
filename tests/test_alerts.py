"""What deserves an interruption: when each kind begins, when it is over, and what a person is told."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencredits.alerts import Facts, Finding, findings
from opencredits.config import AccountSettings, Settings
from opencredits.config.alert_settings import KINDS, AlertSettings
from opencredits.forecast import Forecast
from opencredits.reading import Part
from opencredits.runaway import Finding as Runaway
from readings import NOW, OFFLINE, REJECTED, budget, credits, funded, key, reading

ACCOUNT = AccountSettings("default")
BERLIN, NUUK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Nuuk")


def facts(read=None, *, now=NOW, account=ACCOUNT, settings=None, previous=None, **more):
    """What is known after a poll; `alerts` are options by name, amounts may be given as texts."""
    read = funded("50") if read is None else read
    alerts = AlertSettings(**{name: amount(value) for name, value in more.pop("alerts", {}).items()})
    spent = {name: Decimal(value) for name, value in more.pop("spent", {}).items()}
    known = {name: amount(value) for name, value in more.items()}
    spendable = read.spendable(billed_by_invoice=account.billed_by_invoice)
    return Facts(
        account, settings or Settings(), alerts, read, now, previous, spendable, spent=spent, **known
    )


def amount(value):
    return Decimal(value) if isinstance(value, str) else value


def forecast(*minutes):
    """Low, middle and high."""
    low, middle, high = (timedelta(minutes=each) for each in minutes)
    return Forecast(low, middle, high)


SOON = forecast(30, 45, 60)


def found(given, kind, step=""):
    """The one finding of a crossing, or None."""
    of_kind = [each for each in findings(given) if (each.kind, each.step) == (kind, step)]
    assert len(of_kind) <= 1
    return of_kind[0] if of_kind else None


def state(given, kind, step=""):
    """Its state; None where it cannot be judged."""
    finding = found(given, kind, step)
    return finding and finding.state


class Memory:
    """What whoever calls it remembers: a crossing is raised once, until it is over."""

    def __init__(self):
        self.lasting, self.raised = set(), []

    def see(self, given):
        for each in findings(given):
            crossing = each.kind, each.step
            if each.state == "on" and crossing not in self.lasting:
                self.lasting.add(crossing)
                self.raised.append(each.kind)
            elif each.state == "off":
                self.lasting.discard(crossing)


def told(given):
    """What is raised by the first look: kind and step."""
    return [(each.kind, each.step) for each in findings(given) if each.state == "on"]


def test_an_account_with_plenty_raises_nothing():
    assert told(facts(per_hour="0.5", forecast=forecast(3000, 6000, 9000))) == []


class TestBalance:
    @pytest.mark.parametrize(
        ("balance", "low", "critical"),
        [
            ("5.50", "off", "off"), ("5.49", "hold", "off"), ("5", "hold", "off"), ("4.99", "on", "off"),
            ("1.10", "on", "off"), ("1.09", "on", "hold"), ("0.99", "on", "on"), ("0", "on", "on"),
            ("-3", "on", "on"),
        ],
    )  # fmt: skip
    def test_it_is_over_a_tenth_above_its_threshold(self, balance, low, critical):
        given = facts(funded(balance))
        assert (state(given, "low_balance"), state(given, "critical_balance")) == (low, critical)

    def test_small_thresholds_are_over_ten_cents_above(self):
        settings = Settings(warn_below=Decimal("0.20"), critical_below=Decimal(0))
        assert state(facts(funded("0.29"), settings=settings), "low_balance") == "hold"
        assert state(facts(funded("0.30"), settings=settings), "low_balance") == "off"
        assert state(facts(funded("0"), settings=settings), "critical_balance") == "on"

    def test_critical_hides_low(self):
        """They are one family, and critical is graver."""
        low, critical = (found(facts(funded("0.5")), kind) for kind in ("low_balance", "critical_balance"))
        assert low.family == critical.family
        assert low.rank < critical.rank
        assert (low.level, critical.level) == ("warn", "error")

    def test_it_says_what_is_left_how_long_that_lasts_and_what_to_do(self):
        low = found(facts(funded("4.20"), per_hour="0.5", forecast=forecast(300, 480, 600)), "low_balance")
        assert low.title == "OpenRouter: $4.20 left"
        assert low.message == (
            "That is less than $5.00. At $0.50/hr that lasts about 5 to 10 hours."
            " Buy credits, or stop what is spending."
        )
        assert low.url == "https://openrouter.ai/settings/credits"

    def test_nothing_left_says_what_happens(self):
        critical = found(facts(funded("-0.08"), per_hour="0"), "critical_balance")
        assert critical.title == "OpenRouter: -$0.08 left"
        assert critical.message.startswith("Requests to models that cost anything fail now. Buy credits")

    def test_where_a_key_limit_binds_it_is_still_the_balance_that_is_told(self):
        """The limit is told as such; how long it lasts says nothing about the balance."""
        read = funded("4", limit="10", limit_remaining="1")
        low = found(facts(read, per_hour="1", forecast=forecast(30, 60, 90)), "low_balance")
        assert low.title == "OpenRouter: $4.00 left"
        assert low.message.startswith("That is less than $5.00. It goes at $1.00/hr.")
        assert state(facts(funded("50", limit="10", limit_remaining="1")), "low_balance") == "off"

    def test_a_budget_that_binds_goes_by_its_own_size(self):
        """As the level of the status bar does."""
        read = funded("50", effective_budget=budget("0.30", limit="2"))
        low = found(facts(read), "low_balance")
        assert (low.state, low.title) == ("on", "OpenRouter: $0.30 left of the budget")
        assert low.message.startswith("That is less than $0.40.")
        assert state(facts(funded("50", effective_budget=budget("1", limit="2"))), "low_balance") == "off"

    def test_a_low_balance_is_not_over_when_a_budget_binds(self):
        """Else it would be told anew whenever the budget has reset."""
        read = funded("4", effective_budget=budget("3", limit="10"))
        low = found(facts(read), "low_balance")
        assert (low.state, low.title) == ("on", "OpenRouter: $4.00 left")
        assert state(facts(funded("5.20", effective_budget=budget("3", limit="10"))), "low_balance") == "hold"

    @pytest.mark.parametrize(
        "given",
        [
            facts(reading(key(), credits("0", "0"))),
            facts(reading(key(is_free_tier=True, usage="0"), credits("0", "0"))),
            facts(funded("1"), account=replace(ACCOUNT, billed_by_invoice=True)),
        ],
        ids=["unknown", "free", "invoice"],
    )
    def test_without_a_balance_nothing_is_judged(self, given):
        assert state(given, "low_balance") is None
        assert state(given, "critical_balance") is None

    @given(st.lists(st.decimals("4.51", "5.49", places=2), min_size=1))
    def test_a_balance_that_hovers_raises_once(self, balances):
        """Whatever it does within the band."""
        memory = Memory()
        for balance in (Decimal(10), Decimal("4.99"), *balances):
            memory.see(facts(funded(balance)))
        assert memory.raised == ["low_balance"]

    @given(st.lists(st.decimals("-5", "20", places=2)))
    def test_a_falling_balance_raises_each_threshold_once(self, balances):
        memory = Memory()
        for balance in (Decimal(20), *sorted(balances, reverse=True), Decimal(-5)):
            memory.see(facts(funded(balance)))
        assert sorted(memory.raised) == ["critical_balance", "low_balance"]

    @given(st.lists(st.sampled_from(["20", "4", "0.5"]), min_size=1))
    def test_each_new_fall_raises_anew(self, balances):
        """As often as it has been over before."""
        memory = Memory()
        for balance in ("20", *balances):
            memory.see(facts(funded(balance)))
        falls = sum(before == "20" != after for before, after in pairwise(("20", *balances)))
        assert memory.raised.count("low_balance") == falls


class TestStale:
    """What is old was told when it was new."""

    def test_a_part_that_failed_raises_nothing(self):
        """Its last value is kept for showing."""
        old = NOW - timedelta(minutes=5)
        read = reading(key(limit="10", limit_remaining="0"), Part(credits("100", "99.9"), old, OFFLINE))
        assert [kind for kind, _ in told(facts(read))] == ["key_limit", "key_limit"]
        assert state(facts(read), "low_balance") is None

    def test_a_poll_that_failed_raises_nothing_at_all(self):
        old = funded("0.1", at=NOW - timedelta(minutes=5), limit="1", limit_remaining="0")
        read = reading(OFFLINE, OFFLINE).after(old)
        given = facts(
            read, per_hour="9", forecast=forecast(1, 2, 3), alerts={"budget_daily": "1"},
            spent={"daily": "5"}, runaway=runaway(), previous=funded("0.1", at=NOW - timedelta(hours=1)),
        )  # fmt: skip
        assert findings(given) == []

    def test_a_reading_that_nobody_has_renewed_raises_nothing(self):
        """A session that starts after a weekend waits for its first poll."""
        assert findings(facts(funded("0.1"), now=NOW + timedelta(minutes=12))) == []
        assert told(facts(funded("0.1"), now=NOW + timedelta(minutes=11)))


class TestKeyLimit:
    @pytest.mark.parametrize(
        ("left", "warn", "full"),
        [
            ("2.51", "off", "off"), ("2.50", "hold", "off"), ("2.01", "hold", "off"), ("2", "on", "off"),
            ("0.50", "on", "hold"), ("0.01", "on", "hold"), ("0", "on", "on"), ("-1", "on", "on"),
        ],
    )  # fmt: skip
    def test_it_begins_at_80_and_100_percent(self, left, warn, full):
        given = facts(funded("50", limit="10", limit_remaining=left))
        assert (state(given, "key_limit", "warn"), state(given, "key_limit", "full")) == (warn, full)

    def test_it_says_how_much_is_used_and_what_happens(self):
        read = funded("50", limit="10", limit_remaining="1.70", limit_reset="daily")
        given = facts(read, per_hour="2", forecast=SOON)
        warn = found(given, "key_limit", "warn")
        assert warn.title == "OpenRouter: 83 % of the key limit used"
        assert warn.message == (
            f"The key has used $8.30 of $10.00; $1.70 is left. At $2.00/hr that lasts {SOON.spelled()}."
            " It resets at Nov 21, 00:00."
        )
        full = found(facts(funded("50", limit="10", limit_remaining="0")), "key_limit", "full")
        assert full.title == "OpenRouter: key limit used up"
        assert full.message == (
            "The key has used $10.00 of $10.00, so that its requests fail. It does not reset by itself."
            " Raise the limit to go on."
        )

    def test_what_is_not_used_up_does_not_look_so(self):
        """Its figures differ."""
        warn = found(facts(funded("50", limit="10", limit_remaining="0.004")), "key_limit", "warn")
        assert (warn.title, warn.message[:34]) == (
            "OpenRouter: 99 % of the key limit used", "The key has used $9.996 of $10.00;",
        )  # fmt: skip

    def test_the_percentage_can_be_set(self):
        given = facts(funded("50", limit="10", limit_remaining="2"), alerts={"limit_warn_at": 90})
        assert state(given, "key_limit", "warn") == "off"

    def test_a_limit_that_was_taken_away_is_over(self):
        """But one of which nobody knows how much is left is not judged."""
        assert state(facts(), "key_limit", "full") == "off"
        assert state(facts(funded("50", limit="10", limit_reset="daily")), "key_limit", "full") is None

    def test_a_limit_of_nothing_is_used_up(self):
        """Such a key can do nothing."""
        given = facts(funded("50", limit="0", limit_remaining="0"))
        assert found(given, "key_limit", "full").title == "OpenRouter: key limit used up"


class TestTimeToEmpty:
    @pytest.mark.parametrize(("minutes", "expected"), [(59, "on"), (60, "hold"), (90, "hold"), (91, "off")])
    def test_it_is_over_when_it_lasts_half_as_long_again(self, minutes, expected):
        """By the middle of the range."""
        given = facts(per_hour="50", forecast=forecast(1, minutes, 9999))
        assert state(given, "time_to_empty") == expected

    def test_only_while_burning(self):
        """A whole window without spending ends it; a rate that is not known does not."""
        assert state(facts(per_hour="0"), "time_to_empty") == "off"
        assert state(facts(per_hour=None), "time_to_empty") is None
        assert state(facts(per_hour="1"), "time_to_empty") is None

    def test_what_is_filled_up_again_before_lasts(self):
        assert state(facts(per_hour="1", lasts_until_reset=True), "time_to_empty") == "off"

    def test_it_says_how_long_and_at_what_rate(self):
        """Each once: the title stands before the message."""
        given = facts(funded("6"), per_hour="8", forecast=SOON)
        alert = found(given, "time_to_empty")
        assert alert.title == f"OpenRouter: empty in {SOON.spelled()}"
        assert alert.message == ("$6.00 is left. It goes at $8.00/hr. Buy credits, or stop what is spending.")

    def test_hours_can_be_set_and_zero_is_never(self):
        given = facts(per_hour="50", forecast=forecast(1, 100, 200), alerts={"warn_hours": "2.5"})
        assert state(given, "time_to_empty") == "on"
        for known in (forecast(1, 2, 3), None):
            given = facts(per_hour="50", forecast=known, alerts={"warn_hours": "0"})
            assert state(given, "time_to_empty") == "off"


class TestBudget:
    """Budgets of one's own."""

    def given(self, spent, name="daily", now=NOW, per_hour=None):
        alerts = {f"budget_{name}": "10"}
        return facts(now=now, per_hour=per_hour, alerts=alerts, spent={name: spent})

    @pytest.mark.parametrize("name", ["daily", "weekly", "monthly"])
    @pytest.mark.parametrize(
        ("spent", "warn", "full"),
        [
            ("7.49", "off", "off"), ("7.5", "hold", "off"), ("8", "on", "off"), ("9.5", "on", "hold"),
            ("10", "on", "on"),
        ],
    )  # fmt: skip
    def test_it_begins_at_80_and_100_percent(self, name, spent, warn, full):
        given = self.given(spent, name)
        assert state(given, "budget", f"{name} warn") == warn
        assert state(given, "budget", f"{name} full") == full

    def test_what_is_not_used_up_does_not_look_so(self):
        """Its figures differ."""
        warn = found(self.given("9.996"), "budget", "daily warn")
        assert warn.message == "$9.996 of $10.00 for today is spent."

    def test_a_budget_that_is_used_up_blocks_nothing(self):
        full = found(self.given("10.50"), "budget", "daily full")
        assert full.title == "OpenRouter: the daily budget is used up"
        assert full.message.startswith("$10.50 of $10.00 for today is spent. Nothing is blocked by that;")

    def test_a_new_window_is_a_new_start(self):
        memory = Memory()
        for spent in ("9", "11", "0", "8.5"):
            memory.see(self.given(spent))
        assert memory.raised == ["budget"] * 3

    def test_it_says_by_when_it_will_be_exceeded(self):
        """In the clock time of the person."""
        at = datetime(2026, 11, 20, 16, 40, tzinfo=BERLIN)
        ahead = found(self.at(at, "6", "2"), "budget", "daily ahead")
        assert ahead.state == "on"
        assert ahead.title == "OpenRouter: the daily budget will be exceeded by 18:40 at this rate"
        assert ahead.message == "$6.00 of $10.00 for today is spent. It goes at $2.00/hr."

    def at(self, now, spent, per_hour, name="daily"):
        read = funded("50", at=now)
        given = self.given(spent, name, now, per_hour)
        return replace(given, reading=read, spendable=read.spendable())

    @pytest.mark.parametrize(
        ("hour", "spent", "per_hour", "expected"),
        [
            (12, "6", "2", "on"),
            (12, "4.9", "2", "hold"),  # not half of it is used yet
            (12, "6", "0.6", "hold"),  # more than six hours ahead
            (12, "6", "0.4", "off"),  # more than nine
            (12, "6", "0", "off"),
            (12, "6", None, None),
            (12, "10", "2", "hold"),  # it is exceeded, and that is told
            (22, "6", "2.5", "hold"),  # not quite before midnight
            (22, "6", "1.9", "off"),
        ],
    )
    def test_only_what_is_near_and_of_this_window_is_foreseen(self, hour, spent, per_hour, expected):
        given = self.at(datetime(2026, 11, 20, hour, 30, tzinfo=BERLIN), spent, per_hour)
        assert state(given, "budget", "daily ahead") == expected

    @pytest.mark.parametrize(
        ("name", "now", "hours"),
        [
            ("daily", datetime(2026, 11, 20, 21, 30, tzinfo=BERLIN), 2.5),
            ("weekly", datetime(2026, 11, 22, 20, 0, tzinfo=BERLIN), 4),  # a Sunday
            ("monthly", datetime(2026, 11, 30, 19, 0, tzinfo=BERLIN), 5),
            ("monthly", datetime(2026, 12, 31, 23, 0, tzinfo=BERLIN), 1),
            ("daily", datetime(2026, 3, 28, 20, 0, tzinfo=NUUK), 3),  # there the hour before midnight is
            ("daily", datetime(2026, 10, 24, 20, 0, tzinfo=NUUK), 5),  # left out, and comes twice
        ],
    )
    def test_windows_end_by_the_local_calendar(self, name, now, hours):
        """What would be exceeded a moment after the end is not."""
        per_hour = Decimal(4) / Decimal(hours)
        late = self.at(now, "6", per_hour * Decimal("0.99"), name)
        soon = self.at(now, "6", per_hour * Decimal("1.01"), name)
        assert state(soon, "budget", f"{name} ahead") == "on"
        assert state(late, "budget", f"{name} ahead") == "hold"

    def test_without_a_budget_nothing_is_raised(self):
        """And what was raised for one that was taken away is over."""
        given = facts(per_hour="100", spent={"daily": "1000"})
        assert state(given, "budget", "daily full") == "off"
        assert told(given) == []

    def test_what_nobody_has_counted_is_not_judged(self):
        assert found(facts(alerts={"budget_weekly": "1"}), "budget", "weekly full") is None

    def test_each_budget_is_a_family_of_its_own(self):
        """That of the month does not hide that of the day."""
        given = facts(
            alerts={"budget_daily": "1", "budget_monthly": "1"}, spent={"daily": "2", "monthly": "2"}
        )
        raised = [each for each in findings(given) if each.state == "on"]
        assert {each.family for each in raised} == {"budget daily", "budget monthly"}
        assert [each.rank for each in raised] == [0, 2, 0, 2]


def runaway(**more):
    known = {"state": "on", "per_hour": Decimal(24), "usual_per_hour": Decimal(3), "since": NOW}
    return Runaway(**{**known, **more})


class TestRunaway:
    @pytest.mark.parametrize("expected", ["on", "hold", "off"])
    def test_it_is_what_was_found(self, expected):
        assert state(facts(runaway=runaway(state=expected)), "runaway") == expected

    def test_it_says_how_fast_since_when_and_what_to_do(self):
        given = facts(runaway=runaway(since=NOW - timedelta(minutes=4)), forecast=SOON)
        alert = found(given, "runaway")
        assert alert.level == "error"
        assert alert.title == "OpenRouter: $24.00/hr is being spent, 8 times the usual"
        assert alert.message == (
            "It began at 19:56. Usual is $3.00/hr."
            f" What is left lasts {SOON.spelled()}. An agent may be looping: look at what runs."
        )

    def test_a_habit_that_is_not_known_is_not_named(self):
        alert = found(facts(runaway=runaway(usual_per_hour=None)), "runaway")
        assert alert.title == "OpenRouter: $24.00/hr is being spent"
        assert "sual" not in alert.message
        alert = found(facts(runaway=runaway(usual_per_hour=Decimal(20))), "runaway")
        assert alert.title == "OpenRouter: $24.00/hr is being spent"
        assert "Usual is $20.00/hr" in alert.message

    def test_what_nobody_has_looked_for_is_not_judged(self):
        assert state(facts(), "runaway") is None


class TestKey:
    def test_a_refused_key_is_told_alone(self):
        """Whatever was known before."""
        read = reading(REJECTED, credits("100", "99.5")).after(funded("0.1", at=NOW - timedelta(minutes=5)))
        assert told(facts(read))[-1] == ("key_invalid", "")
        alert = found(facts(read), "key_invalid")
        assert (alert.title, alert.message) == (
            "OpenRouter: the key is no longer accepted",
            "User not found. Check it.",
        )
        assert alert.url == "https://openrouter.ai/settings/keys"

    def test_a_key_that_is_accepted_again_is_over(self):
        assert state(facts(), "key_invalid") == "off"
        assert state(facts(reading(OFFLINE, OFFLINE)), "key_invalid") is None

    @pytest.mark.parametrize(
        ("left", "soon", "last"),
        [
            (timedelta(days=7, seconds=1), "off", "off"),
            (timedelta(days=7), "on", "off"),
            (timedelta(days=1, seconds=1), "on", "off"),
            (timedelta(days=1), "on", "on"),
            (timedelta(hours=-1), "on", "on"),
        ],
    )
    def test_a_key_that_expires_is_told_a_week_and_a_day_before(self, left, soon, last):
        given = facts(funded("50", expires_at=NOW + left))
        assert state(given, "key_expiring", "soon") == soon
        assert state(given, "key_expiring", "last") == last

    def test_it_says_when_and_what_to_do(self):
        alert = found(facts(funded("50", expires_at=NOW + timedelta(days=3))), "key_expiring", "soon")
        assert alert.title == "OpenRouter: the key expires in 3d"
        assert alert.message == (
            "It stops working at Nov 23, 20:00. Make another one, then run 'opencredits login'."
        )

    def test_a_key_without_an_end_is_over_it(self):
        assert state(facts(), "key_expiring", "soon") == "off"


class TestTopUp:
    def test_credits_that_were_bought_are_told_as_they_pass(self):
        before = reading(key(), credits("100", "98"), at=NOW - timedelta(minutes=5))
        alert = found(facts(reading(key(), credits("125", "98.50")), previous=before), "top_up", "125.00")
        assert (alert.passing, alert.level) == (True, "info")
        assert (alert.title, alert.message) == ("OpenRouter: $25.00 bought", "$26.50 is left now.")

    @pytest.mark.parametrize(
        "before",
        [
            None,
            reading(key(), None),
            reading(key(), credits("0", "0")),  # zeros that stand for "not known"
            reading(key(), credits("100", "99")),  # another account: its usage was higher
            reading(key(), credits("125", "98")),
        ],
        ids=["nothing", "not asked", "zeros", "another account", "the same"],
    )
    def test_what_is_none_is_not_told(self, before):
        now = reading(key(), credits("125", "98"))
        assert found(facts(now, previous=before), "top_up", "125.00") is None


class TestSwitches:
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_kind_that_is_switched_off_is_over(self, kind):
        """It raises nothing, and what was raised does not last for ever."""
        given = everything()
        assert kind in [each.kind for each in findings(given) if each.state == "on"] or kind == "key_invalid"
        off = replace(given, alerts=replace(given.alerts, off=frozenset({kind})))
        assert {each.state for each in findings(off) if each.kind == kind} <= {"off"}
        assert findings(off) == [
            replace(each, state="off") if each.kind == kind else each for each in findings(given)
        ]


def everything():
    """Almost all that can happen, at once."""
    read = reading(key(limit="10", limit_remaining="0", expires_at=NOW), credits("101", "100.5"))
    return facts(
        read, per_hour="9", forecast=forecast(1, 2, 3), runaway=runaway(), spent={"daily": "5"},
        alerts={"budget_daily": "1"}, previous=reading(key(), credits("100", "99")),
    )  # fmt: skip


def test_each_crossing_is_found_once():
    """By which whoever calls it remembers what was raised."""
    crossings = [(each.kind, each.step) for each in findings(everything())]
    assert len(set(crossings)) == len(crossings)
    assert {kind for kind, _ in crossings} == set(KINDS)


def test_what_a_person_is_told_is_short_plain_and_whole():
    """One line each, of whole sentences; the title has room in a notification."""
    for each in findings(everything()):
        if each.state == "on":
            assert isinstance(each, Finding)
            assert 0 < len(each.title) <= 80
            assert each.title.startswith("OpenRouter: ")
            assert each.message.endswith(".")
            assert not any(sign in each.message for sign in ("\n", "  ", "None"))
