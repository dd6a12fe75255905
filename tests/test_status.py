"""What is shown: every row of DESIGN's table, every rule below it."""

import json
from dataclasses import replace
from datetime import timedelta, timezone
from decimal import Decimal

import pytest

from opencredits.config import AccountSettings, Settings
from opencredits.forecast import Profile
from opencredits.reading import Fault, Part
from opencredits.spending import Counters
from opencredits.status import Status, View
from readings import NOW, OFFLINE, REFUSED, REJECTED, budget, credits, free, funded, key, part, reading
from test_profile import BERLIN, at_work, line

NO_KEY = Fault("no_key", "no key", "No API key was found.", "Run 'opencredits login'.")
KEYRING = Fault("keyring", "keyring", "The keyring is locked.", "Unlock it.")
SPENT = tuple(
    Counters(
        NOW - timedelta(minutes=60 - 30 * turn), None, 100 + Decimal(turn) / 4, 50 + Decimal(turn) / 4, None
    )
    for turn in range(3)
)


def account(name="default", label="OpenRouter", **more):
    """An account as it is configured."""
    return AccountSettings(name, label=label, **more)


def lines(poll, **more):
    """The tooltip of one account."""
    return shown(poll, **more).tooltip_text.splitlines()


def shown(poll=None, *, history=(), now=NOW, fault=None, settings=None, profile=None, day=(), **more):
    """The status of one account."""
    view = View(account(**more), poll, history, fault, profile, day)
    return Status.of([view], settings or Settings(), now)


ROWS = [
    ("zeros alone", reading(OFFLINE, credits("0", "0")), {}, "OpenRouter: Error (offline)", "error", "error"),
    ("no key", None, {"fault": NO_KEY}, "OpenRouter: Set API key", "unknown", "no_key"),
    ("first poll", None, {}, "OpenRouter: ...", "unknown", "starting"),
    ("keyring", None, {"fault": KEYRING}, "OpenRouter: Error (keyring)", "error", "error"),
    ("refused", reading(REJECTED).after(funded()), {}, "OpenRouter: Error (invalid key)", "error", "error"),
    ("offline", reading(OFFLINE, OFFLINE), {}, "OpenRouter: Error (offline)", "error", "error"),
    (
        "free",
        reading(key(usage="0", is_free_tier=True), credits("0", "0")),
        {},
        "OpenRouter: Free",
        "ok",
        "free",
    ),
    (
        "free, credits refused",
        reading(key(usage="0", is_free_tier=True, free_model_daily_requests=free(48)), REFUSED),
        {},
        "OpenRouter: Free (48 of 50 left)",
        "ok",
        "free",
    ),
    (
        "free with a cap",
        reading(key(usage="0", is_free_tier=True, limit="5", limit_remaining="5"), REFUSED),
        {},
        "OpenRouter: $5.00 (key limit)",
        "ok",
        "limit",
    ),
    ("balance", funded("5.20"), {}, "OpenRouter: $5.20", "ok", "balance"),
    (
        "balance without key",
        reading(OFFLINE, credits("100", "94.8")),
        {},
        "OpenRouter: $5.20",
        "ok",
        "balance",
    ),
    ("overdrawn", funded("-0.0761"), {}, "OpenRouter: -$0.08", "critical", "balance"),
    ("with rate", funded("5.20"), {"history": SPENT}, "OpenRouter: $5.20 (-$0.50/hr)", "ok", "balance"),
    (
        "key limit",
        funded("50", limit="100", limit_remaining="3.10"),
        {"history": SPENT},
        "OpenRouter: $3.10 (key limit, -$0.50/hr)",
        "low",
        "limit",
    ),
    (
        "budget",
        funded("50", effective_budget=budget("2", limit="500")),
        {},
        "OpenRouter: $2.00 (budget)",
        "low",
        "limit",
    ),
    ("payg", reading(key(usage_daily="1.236"), REFUSED), {}, "OpenRouter: PAYG ($1.24 today)", "ok", "payg"),
    ("payg, 2025 shape", reading(key(), REFUSED), {}, "OpenRouter: PAYG", "ok", "payg"),
    (
        "payg, zeros",
        reading(key(usage_daily="0"), credits("0", "0")),
        {},
        "OpenRouter: PAYG ($0.00 today)",
        "ok",
        "payg",
    ),
    (
        "payg with rate",
        reading(key(usage_daily="1.24"), REFUSED),
        {"history": SPENT},
        "OpenRouter: PAYG ($1.24 today, -$0.50/hr)",
        "ok",
        "payg",
    ),
    (
        "invoice",
        reading(key(usage_daily="3"), credits("0", "900")),
        {"billed_by_invoice": True},
        "OpenRouter: PAYG ($3.00 today)",
        "ok",
        "payg",
    ),
]


@pytest.mark.parametrize(
    ("poll", "more", "text", "level", "state"), [row[1:] for row in ROWS], ids=[r[0] for r in ROWS]
)
def test_text(poll, more, text, level, state):
    """The first situation of the table that fits decides."""
    status = shown(poll, **more)
    assert (status.text, status.level, status.state) == (text, level, state)


def test_switched_off_is_empty_and_not_visible():
    """Nothing is shown, not even an error."""
    status = shown(funded(), settings=Settings(show_in_status_bar=False))
    assert (status.text, status.visible, status.level, status.state) == ("", False, "unknown", "hidden")


@pytest.mark.parametrize(
    ("poll", "now", "text"),
    [
        (funded(), NOW + timedelta(minutes=11, seconds=59), "OpenRouter: $5.20 (-$0.50/hr)"),
        (funded(), NOW + timedelta(minutes=12), "OpenRouter: $5.20 (12m ago)"),
        (funded(), NOW + timedelta(hours=3), "OpenRouter: $5.20 (3h ago)"),
        (
            reading(key(usage_daily="1.24"), REFUSED),
            NOW + timedelta(minutes=12),
            "OpenRouter: PAYG ($1.24 today, 12m ago)",
        ),
        (reading(key(usage_daily="1.24"), REFUSED), NOW + timedelta(hours=4), "OpenRouter: PAYG (4h ago)"),
        (
            reading(OFFLINE, OFFLINE, at=NOW + timedelta(minutes=3)).after(funded()),
            NOW + timedelta(minutes=3),
            "OpenRouter: $5.20 (3m ago)",
        ),
        (
            reading(key(), OFFLINE, at=NOW + timedelta(minutes=3)).after(funded()),
            NOW + timedelta(minutes=3),
            "OpenRouter: $5.20 (3m ago)",
        ),
    ],
)
def test_an_old_figure_shows_its_age_instead_of_a_rate(poll, now, text):
    """Older than two intervals and two minutes, or the last poll failed; level and state are kept."""
    status = shown(poll, history=SPENT, now=now)
    assert status.text == text
    assert status.stale is ("ago" in text)
    assert status.level == "ok"


def test_today_is_unknown_once_the_utc_day_has_passed():
    """Yesterday's spend is not today's."""
    midnight = NOW + timedelta(hours=4)
    daily = replace(Settings(), update_interval=timedelta(hours=24))
    payg = reading(key(usage_daily="1.24"), REFUSED)
    assert (
        shown(payg, now=midnight - timedelta(seconds=1), settings=daily).text
        == "OpenRouter: PAYG ($1.24 today)"
    )
    assert shown(payg, now=midnight, settings=daily).text == "OpenRouter: PAYG"
    quota = reading(key(usage="0", is_free_tier=True, free_model_daily_requests=free(48)), REFUSED)
    assert shown(quota, now=midnight, settings=daily).text == "OpenRouter: Free"


def test_the_stored_line_knows_when_it_gets_old():
    """A prompt that reads it computes nothing."""
    status = shown(funded(), history=SPENT)
    assert status.to_json()["stale_at"] == "2026-11-20T20:12:00Z"
    assert status.stale_text == "OpenRouter: $5.20 (old)"


def test_the_stored_line_gets_old_with_its_day():
    """ "$1.24 today" is wrong after midnight UTC, however long the interval."""
    daily = Settings(update_interval=timedelta(hours=24))
    status = shown(reading(key(usage_daily="1.24"), REFUSED), settings=daily)
    assert status.to_json()["stale_at"] == "2026-11-21T00:00:00Z"
    assert status.stale_text == "OpenRouter: PAYG (old)"


@pytest.mark.parametrize(
    ("template", "at"), [("{label}: {amount} ({notes})", "00:10"), ("{amount}, {today} today", "00:00")]
)
def test_midnight_is_nothing_to_a_text_without_today(template, at):
    """A balance read at 23:58 is as good at 00:01."""
    late = NOW.replace(hour=23, minute=58)
    status = shown(funded(at=late, usage_daily="1"), now=late, settings=Settings(format=template))
    assert status.to_json()["stale_at"] == f"2026-11-21T{at}:00Z"


def test_a_format_without_notes_is_marked_as_old_all_the_same():
    """Nobody shows an old figure as a new one, whatever its label is called."""
    plain = Settings(format="{label} {amount}")
    status = shown(funded(), settings=plain, label="Gold")
    assert (status.text, status.stale_text) == ("Gold $5.20", "Gold $5.20 (old)")
    assert shown(funded(), settings=plain, now=NOW + timedelta(hours=1)).text == "OpenRouter $5.20 (1h ago)"
    aged = Settings(format="{amount}, {age}")
    assert shown(funded(), settings=aged, now=NOW + timedelta(hours=1)).text == "$5.20, 1h"


@pytest.mark.parametrize(
    ("balance", "level"),
    [("5", "ok"), ("4.99", "low"), ("1", "low"), ("0.99", "critical"), ("0", "critical"), ("-1", "critical")],
)
def test_levels_of_a_balance(balance, level):
    """Low under $5, critical under $1 or at zero."""
    assert shown(funded(balance)).level == level


@pytest.mark.parametrize(
    ("left", "level"),
    [
        ("2", "ok"),
        ("0.40", "ok"),
        ("0.39", "low"),
        ("0.10", "low"),
        ("0.0999", "critical"),
        ("0", "critical"),
    ],
)
def test_thresholds_of_a_small_cap_are_shares_of_it(left, level):
    """A key of $2 a day is not always red: 20 % and 5 % of the cap at most."""
    assert shown(funded("50", limit="2", limit_remaining=left)).level == level
    assert shown(funded("50", effective_budget=budget(left, limit="2"))).level == level


def test_zero_is_critical_whatever_the_thresholds():
    """A threshold of zero does not make an empty account green."""
    none = Settings(warn_below=Decimal(0), critical_below=Decimal(0))
    assert shown(funded("0"), settings=none).level == "critical"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{spendable} of {limit}, {binding}", "$3.10 of $10.00, key limit"),
        ("{balance} {rate} {time_to_empty}", "$50.00 -$0.50/hr 3h-35h"),
        ("{today}/{week}/{month} {age}", "$0.13/$0.69/$25.50 0s"),
    ],
)
def test_names_of_the_format_are_bare_values(template, text):
    """No word or bracket comes with them."""
    poll = funded(
        "50",
        limit="10",
        limit_remaining="3.10",
        usage_daily="0.13",
        usage_weekly="0.69",
        usage_monthly="25.50",
    )
    assert shown(poll, history=SPENT, settings=Settings(format=template)).text == text


def test_the_format_is_not_for_errors():
    """It applies to balance, limit and PAYG."""
    assert shown(fault=NO_KEY, settings=Settings(format="{amount}")).text == "OpenRouter: Set API key"


def test_several_accounts_are_joined_and_the_worst_decides():
    """Text of each; level, state and short of the worst; the oldest time; stale if any is."""
    old = NOW - timedelta(hours=1)
    views = [
        View(account("default"), funded("50", at=NOW)),
        View(account("work", "Work"), funded("0.50", at=old)),
        View(account("home", "Home"), fault=NO_KEY),
    ]
    status = Status.of(views, Settings(), NOW)
    assert status.text == "OpenRouter: $50.00 | Work: $0.50 (1h ago) | Home: Set API key"
    assert (status.level, status.state, status.short) == ("critical", "balance", "$0.50")
    assert (status.read_at, status.stale) == (old, True)
    assert status.stale_text == "OpenRouter: $50.00 (old) | Work: $0.50 (old) | Home: Set API key"
    assert status.to_json()["stale_at"] == "2026-11-20T20:12:00Z"
    assert status.has_reading


@pytest.mark.parametrize(
    ("views", "level"),
    [
        ([View(account(), funded("50")), View(account("a"), fault=NO_KEY)], "unknown"),
        ([View(account(), funded("4")), View(account("a"), fault=NO_KEY)], "low"),
        ([View(account(), funded("4")), View(account("a"), fault=KEYRING)], "error"),
        ([View(account(), funded("0")), View(account("a"), fault=KEYRING)], "critical"),
    ],
)
def test_order_of_levels(views, level):
    """ok < unknown < low < error < critical."""
    assert Status.of(views, Settings(), NOW).level == level


def test_an_account_that_nobody_configured_hides_while_others_are_watched():
    """Without a key, `default` would only say that it has none."""
    views = [View(account(implied=True), fault=NO_KEY), View(account("work", "Work"), funded())]
    assert Status.of(views, Settings(), NOW).text == "Work: $5.20"
    assert Status.of(views[:1], Settings(), NOW).text == "OpenRouter: Set API key"


def test_json_has_every_key_and_unknown_is_null():
    """The contract of bridge, `--json` and `status.json`."""
    contract = {
        "text", "short", "level", "state", "stale", "visible", "stale_at", "stale_text", "tooltip",
        "tooltip_text", "read_at", "accounts",
    }  # fmt: skip
    of_account = {
        "name", "label", "provider", "text", "level", "state", "stale", "read_at", "balance", "total_credits",
        "total_usage", "spendable", "binding", "key", "burn_per_hour", "time_to_empty_s",
        "time_to_empty_low_s", "time_to_empty_high_s", "lasts_until_reset_at", "error",
    }  # fmt: skip
    of_key = {
        "label", "limit", "limit_remaining", "limit_reset", "usage", "usage_daily", "usage_weekly",
        "usage_monthly", "is_free_tier", "is_management_key", "expires_at",
    }  # fmt: skip
    for poll, more in ((funded(), {"history": SPENT}), (None, {"fault": NO_KEY}), (reading(OFFLINE), {})):
        status = json.loads(json.dumps(shown(poll, **more).to_json()))
        assert set(status) == contract
        assert set(status["accounts"][0]) == of_account
        assert status["accounts"][0]["key"] is None or set(status["accounts"][0]["key"]) == of_key


def test_json_of_the_documented_example():
    """Decimal strings, ISO times, seconds."""
    one = shown(funded("5.20"), history=SPENT).to_json()["accounts"][0]
    assert (one["balance"], one["total_credits"], one["total_usage"]) == ("5.20", "100.00", "94.80")
    assert (one["spendable"], one["binding"]) == ("5.20", "balance")
    assert (one["burn_per_hour"], one["time_to_empty_s"]) == ("0.50", 37440)
    assert (one["read_at"], one["error"]) == ("2026-11-20T20:00:00Z", None)


def test_key_is_null_only_where_it_never_answered():
    """`/key` failing while `/credits` answers shows the balance all the same."""
    status = shown(reading(OFFLINE, credits("100", "94.8"))).to_json()["accounts"][0]
    assert (status["text"], status["key"]) == ("OpenRouter: $5.20", None)


def test_an_error_says_what_happened_and_what_to_do():
    """In JSON, and as the last line of the tooltip."""
    status = shown(reading(OFFLINE, OFFLINE).after(funded(at=NOW - timedelta(minutes=1))))
    assert status.to_json()["accounts"][0]["error"] == {
        "kind": "dns",
        "message": OFFLINE.message,
        "action": OFFLINE.action,
    }
    assert status.tooltip_text.endswith(f"{OFFLINE.message} {OFFLINE.action}")


def test_the_tooltip_tells_what_is_known_with_times_and_not_ages():
    """So that it does not change by itself."""
    poll = funded(
        "50", limit="10", limit_remaining="3.10", limit_reset="daily", usage_daily="0.13", byok_usage="7",
        byok_usage_monthly="7", effective_budget=budget("9", limit="500", reset_interval="monthly"),
    )  # fmt: skip
    text = shown(poll, history=SPENT).tooltip_text
    assert text == shown(poll, history=SPENT, now=NOW + timedelta(minutes=9)).tooltip_text
    for said in (
        "Balance: $50.00",
        "Key limit: $3.10 of $10.00 left, resets daily, next at Nov 21, 00:00",
        "Budget (workspace): $9.00 of $500.00 left, resets monthly",
        "Runs out first: the key limit, $3.10 left",
        "Spent by this key (UTC): $0.13 today",
        "(BYOK): $7.00 this month",
        "Burn rate: $0.50/hr over the last 60 minutes",
        "Probably lasts until it resets at Nov 21, 00:00",
        "Read at 20:00",
    ):
        assert said in text


@pytest.mark.parametrize(("window", "minutes"), [(20, 20), (60, 30)])
def test_the_rate_is_said_to_be_of_no_more_time_than_is_known(window, minutes):
    """Half an hour after the first reading it is not that of an hour."""
    history = [
        Counters(NOW - timedelta(minutes=30 - 10 * turn), usage=Decimal(turn), total_usage=Decimal(turn))
        for turn in range(4)
    ]
    text = shown(funded("50"), history=history, settings=Settings(rate_window=window)).tooltip_text
    assert f"Burn rate: $6.00/hr over the last {minutes} minutes" in text


@pytest.mark.parametrize(
    ("reset", "when"), [("daily", "Nov 21"), ("weekly", "Nov 23"), ("monthly", "Dec 1"), (None, "for life")]
)
def test_the_tooltip_says_when_a_limit_resets(reset, when):
    """Midnight UTC: each day, on Mondays, on the first."""
    text = shown(funded("50", limit="10", limit_remaining="3", limit_reset=reset)).tooltip_text
    assert when in text


def test_clock_times_are_shown_in_the_zone_of_now():
    """Reset times of the API are UTC, a person's clock is not."""
    tokyo = timezone(timedelta(hours=9))
    assert "Read at Nov 21, 05:00" not in shown(funded()).tooltip_text
    assert "Read at 05:00" in shown(funded(), now=NOW.astimezone(tokyo)).tooltip_text


def test_the_tooltip_says_why_a_balance_is_unknown():
    """Refused, zeros, or by invoice: each its own sentence."""
    assert REFUSED.message in shown(reading(key(), REFUSED)).tooltip_text
    assert "zero credits" in shown(reading(key(), credits("0", "0"))).tooltip_text
    assert "by invoice" in shown(reading(key(), credits("0", "9")), billed_by_invoice=True).tooltip_text


def test_the_tooltip_of_several_accounts_names_them():
    """Of a single one it does not: the line above has the label."""
    views = [View(account(), funded()), View(account("work", "Work"), funded("9"))]
    both = Status.of(views, Settings(), NOW)
    assert both.tooltip_text.splitlines()[:2] == ["OpenRouter:", "  Balance: $5.20 ($94.80 used of $100.00)"]
    assert both.tooltip.startswith("**OpenRouter**\n\n- Balance: $5.20")
    assert "Work:\n  Balance: $9.00" in both.tooltip_text
    assert "OpenRouter" not in shown(funded()).tooltip_text


@pytest.mark.parametrize(("balance", "said"), [("-0.01", True), ("0", False)])
def test_the_tooltip_says_what_a_debt_means(balance, said):
    """Requests fail, free models too."""
    assert ("requests fail until credits are bought" in shown(funded(balance)).tooltip_text) is said


def test_a_management_key_has_no_spend_of_its_own_to_show():
    """Its own `/key` usage stays 0."""
    poll = funded(is_management_key=True, usage="0", usage_daily="0")
    assert "Spent by this key" not in shown(poll).tooltip_text
    assert "Spent by this key" in shown(funded(usage_daily="0")).tooltip_text


def test_free_requests_are_of_their_day():
    """Tomorrow they are others."""
    poll = funded(free_model_daily_requests=free(48))
    assert "Free model requests: 48 of 50 left today (UTC)" in shown(poll).tooltip_text
    assert "Free model requests" not in shown(poll, now=NOW + timedelta(hours=4)).tooltip_text


def test_the_tooltip_says_a_key_limit_once():
    """OpenRouter may name the key's own cap as the effective budget as well."""
    own = budget("3", limit="10", scope="key_limit")
    capped = shown(funded("50", limit="10", limit_remaining="3", effective_budget=own)).tooltip_text
    assert ("Key limit: $3.00" in capped, "Budget" in capped) == (True, False)
    assert "Budget (key_limit): $3.00" in shown(funded("50", effective_budget=own)).tooltip_text


def test_what_runs_out_first_is_said_where_there_is_a_choice():
    """An account without caps has its balance only."""
    capped = funded("5.20", limit="10", limit_remaining="9")
    assert "Runs out first: the balance, $5.20 left" in shown(capped).tooltip_text
    assert "Runs out first" not in shown(funded()).tooltip_text


def test_a_tooltip_is_never_markup_of_somebody_else():
    """What a label or a server says is shown to the letter."""
    evil = Fault("dns", "offline", "See [this](http://evil) **now**\n# x", "")
    tooltip = shown(reading(evil, evil)).tooltip
    assert "[this](" not in tooltip
    assert "**" not in tooltip.replace("\\*\\*", "")
    assert "\n#" not in tooltip


def test_a_part_that_failed_is_named_although_the_other_one_is_shown():
    """What is missing, and why; but that a key may not see the balance is no error."""
    status = shown(reading(OFFLINE, credits("100", "94.8")))
    assert status.tooltip_text.endswith(f"{OFFLINE.message} {OFFLINE.action}")
    assert status.to_json()["accounts"][0]["error"]["kind"] == "dns"
    assert status.stale is False
    assert shown(reading(key(), REFUSED)).to_json()["accounts"][0]["error"] is None
    assert shown(reading(key(), REJECTED)).to_json()["accounts"][0]["error"]["kind"] == "invalid_key"


def test_a_reason_is_given_once():
    """The line that says why the balance is unknown is not repeated at the end."""
    assert sum(REJECTED.message in line for line in lines(reading(key(), REJECTED))) == 1


def test_the_free_tier_has_no_balance_of_zero():
    """No credits were ever bought."""
    assert lines(reading(key(usage="0", is_free_tier=True), credits("0", "0")))[0].startswith(
        "No credits bought"
    )


def test_no_credits_for_a_management_key_is_not_for_want_of_one():
    """It has one already."""
    text = shown(reading(key(is_management_key=True), credits("0", "9"))).tooltip_text
    assert "login --management" not in text
    assert "billed_by_invoice" in text


def test_a_part_kept_from_before_is_told_apart():
    """Its own time stands beside that of the fresh part."""
    kept = reading(key(), OFFLINE, at=NOW + timedelta(minutes=3)).after(funded())
    assert (
        "Balance read at 20:00, key read at 20:03" in shown(kept, now=NOW + timedelta(minutes=3)).tooltip_text
    )


def test_a_value_of_a_stale_key_shows_its_own_age():
    """A key limit that could not be read again is as old as `/key` is."""
    old = Part(key(limit="10", limit_remaining="3"), NOW - timedelta(minutes=7), OFFLINE)
    assert shown(reading(old, credits("100", "50"))).text == "OpenRouter: $3.00 (key limit, 7m ago)"
    assert part(OFFLINE).value is None


def spent_over_two_days(*, total=True):
    """A quarter of a dollar each hour; each reading a quarter of an hour after the one before."""
    spent = [(NOW - timedelta(minutes=15 * back), Decimal(192 - back) / 16) for back in range(192, -1, -1)]
    return [Counters(at, Decimal(100), amount if total else None, amount) for at, amount in spent]


def test_time_to_empty_is_a_range():
    """In words for the tooltip, in seconds for programs."""
    status = shown(funded("5.20"), history=SPENT)
    assert "Empty in about 5 hours to 3 days" in status.tooltip_text
    one = status.to_json()["accounts"][0]
    assert one["time_to_empty_low_s"] < one["time_to_empty_s"] < one["time_to_empty_high_s"]
    assert one["lasts_until_reset_at"] is None


def test_what_is_idle_has_a_rate_and_no_time_to_empty():
    """The last hour did cost that much; but nothing is being spent."""
    idle = (*SPENT, Counters(NOW + timedelta(minutes=10), None, Decimal(100), SPENT[-1].total_usage))
    poll = funded("5.20", at=NOW + timedelta(minutes=10))
    status = shown(poll, history=idle, now=NOW + timedelta(minutes=10), settings=Settings(format=_BRACKET))
    assert status.text == "$5.20"
    assert "Burn rate: $0.42/hr" in status.tooltip_text
    assert "Empty" not in status.tooltip_text
    assert status.to_json()["accounts"][0]["time_to_empty_s"] is None


_BRACKET = "{amount} ({time_to_empty} left)"


def test_an_old_reading_has_no_time_to_empty():
    """It was so much when it was read."""
    status = shown(funded("5.20"), history=SPENT, now=NOW + timedelta(hours=1))
    assert "Empty" not in status.tooltip_text
    assert status.to_json()["accounts"][0]["time_to_empty_s"] is None


@pytest.mark.parametrize(
    ("left", "line"),
    [
        ("1", "Empty in about 1 to 8 hours"),
        ("3", "Probably lasts until it resets at Nov 21, 00:00"),
        ("9", "Lasts until it resets at Nov 21, 00:00"),
    ],
)
def test_what_is_filled_up_again_before_it_is_empty_lasts(left, line):
    """At half a dollar an hour, at most a dollar: $3 are there for 6 hours, probably; it resets in 4."""
    status = shown(funded("50", limit="10", limit_remaining=left, limit_reset="daily"), history=SPENT)
    assert line in status.tooltip_text
    one = status.to_json()["accounts"][0]
    assert one["lasts_until_reset_at"] == ("2026-11-21T00:00:00Z" if "asts" in line else None)
    assert (one["time_to_empty_s"] is None) is ("asts" in line)


def test_a_budget_lasts_until_its_own_reset():
    """Which OpenRouter names; where it does not, until the end of its day, week or month."""
    history = [Counters(each.at, spend_usd=each.usage) for each in SPENT]
    soon = budget("3", limit="9", resets_at=NOW + timedelta(hours=1), reset_interval="daily")
    assert (
        "Lasts until it resets at 21:00" in shown(funded(effective_budget=soon), history=history).tooltip_text
    )
    daily = budget("9", limit="9", scope="key_limit", reset_interval="daily")
    poll = funded("50", effective_budget=daily)
    assert "Lasts until it resets at Nov 21, 00:00" in shown(poll, history=SPENT).tooltip_text
    for_life = budget("3", limit="9")
    assert "Empty in about" in shown(funded(effective_budget=for_life), history=history).tooltip_text


def test_the_habit_of_the_account_tells_how_long_it_lasts():
    """Nobody works in it at night."""
    points = line(28, at_work)
    profile = Profile.learned(points, BERLIN, points[-1].at)
    now = NOW.astimezone(BERLIN)
    without, with_habit = (
        shown(funded("5.20"), history=SPENT, now=now, profile=each).accounts[0].forecast.middle
        for each in (None, profile)
    )
    assert without < timedelta(hours=11) < timedelta(hours=20) < with_habit


def test_the_last_24_hours_are_a_sparkline_with_their_sum():
    """Hour by hour up to the reading; what is not known is a dot."""
    text = shown(funded(), day=spent_over_two_days()).tooltip_text
    assert f"Last 24 hours: {'█' * 24} $6.00" in text
    text = shown(funded(), day=spent_over_two_days()[-9:]).tooltip_text
    assert f"Last 24 hours: {'░' * 22}██ $0.50" in text
    assert "Last 24 hours" not in shown(funded()).tooltip_text


@pytest.mark.parametrize(("total", "whose"), [(True, "by all keys"), (False, "by this key")])
def test_the_day_here_is_told_apart_from_the_utc_day(total, whose):
    """20:00 UTC is 05:00 of the next day in Tokyo: five hours at $0.25."""
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    poll, day = funded(usage_daily="5"), spent_over_two_days(total=total)
    text = shown(poll, day=day, now=tokyo).tooltip_text
    assert "Spent by this key (UTC): $5.00 today" in text
    assert f"Since 00:00 here: $1.25 {whose}" in text
    assert "here" not in shown(poll, day=day).tooltip_text  # where it is 20:00, they are the same
    assert "here" not in shown(poll, day=day[-8:], now=tokyo).tooltip_text  # not known for all of it
