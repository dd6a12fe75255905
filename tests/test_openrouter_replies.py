"""The answers of /key and /credits: what is taken from them, and what is refused rather than guessed."""

import contextlib
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from far_end import BOTH, CREDITS, ONE, SIX_FIELDS, ok, read, refusal
from opencredits import money
from opencredits.errors import UnexpectedAnswer
from opencredits.providers.openrouter.replies import Replies
from opencredits.reading import Budget, FreeRequests

FULL = {
    "label": "laptop",
    "limit": 100,
    "limit_remaining": 74.5,
    "limit_reset": "monthly",
    "include_byok_in_limit": False,
    "usage": 225.5,
    "usage_daily": 0.13,
    "usage_weekly": 0.69,
    "usage_monthly": 25.5,
    "byok_usage": 17.38,
    "byok_usage_daily": 1,
    "byok_usage_weekly": 2,
    "byok_usage_monthly": 3,
    "is_free_tier": False,
    "is_management_key": False,
    "is_provisioning_key": False,
    "creator_user_id": "user_1",
    "expires_at": "2027-12-31T23:59:59Z",
    "rate_limit": {"requests": -1, "interval": "10s", "note": "deprecated"},
}
BUDGET = {
    "scope": "workspace",
    "limit_usd": 500,
    "spend_usd": 498,
    "remaining_usd": 2,
    "reset_interval": "monthly",
    "resets_at": "2026-12-01T00:00:00Z",
    "include_byok": False,
    "budget_id": "b1",
    "guardrail_id": None,
}
OPTIONAL = sorted(set(FULL) - {"usage", "limit", "is_free_tier", "creator_user_id", "rate_limit"})
REPLIES = Replies(lambda text: text)


def key(text=None, **fields):
    """What is read from an answer with these fields besides those of 2025, or from a JSON text of `data`."""
    data = text if text is not None else json.dumps(SIX_FIELDS | fields)
    return REPLIES.key(f'{{"data":{data}}}'.encode())


def usage(number):
    """What becomes of a JSON text as the value of `usage`."""
    return key(f'{{"usage":{number},"limit":null,"is_free_tier":false}}').usage


def test_everything_of_key():
    found = key(**FULL)
    assert (found.label, found.limit, found.limit_remaining) == ("laptop", Decimal(100), Decimal("74.5"))
    assert (found.limit_reset, found.usage_monthly) == ("monthly", Decimal("25.5"))
    assert (found.byok_usage, found.byok_usage_monthly) == (Decimal("17.38"), Decimal(3))
    assert found.expires_at == datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert found.unreadable == ()


def test_six_fields_of_2025():
    """The rest is not known, which is not zero."""
    found = key()
    assert found.usage == Decimal("94.8")
    assert {found.usage_daily, found.byok_usage, found.is_management_key, found.effective_budget} == {None}
    assert found.unreadable == ()


@pytest.mark.parametrize("reset", ["daily", "weekly", "monthly", None])
def test_limit_resets(reset):
    assert key(limit=10, limit_reset=reset).limit_reset == reset


@pytest.mark.parametrize(("limit", "left"), [(0, 0), (5, -0.02)])
def test_limit_of_nothing_and_overdrawn_limit(limit, left):
    """Zero is a real cap, and a negative remainder is not clamped."""
    found = key(limit=limit, limit_remaining=left)
    assert (found.limit, found.limit_remaining) == (limit, Decimal(str(left)))


def test_fields_of_newer_versions():
    found = key(
        effective_budget=BUDGET,
        budgets=[BUDGET],
        free_model_daily_requests={"used": 2, "limit": 50, "remaining": 48},
        allowed_data_regions=["europe"],
        something_new={"a": [1]},
    )
    resets_at = datetime(2026, 12, 1, tzinfo=UTC)
    expected = Budget("workspace", Decimal(2), Decimal(500), Decimal(498), "monthly", resets_at)
    assert found.effective_budget == expected
    assert found.free_model_daily_requests == FreeRequests(50, 48)
    assert found.unreadable == ()


def test_budget_of_an_unknown_scope_counts():
    """The list of scopes is open: what it is called does not change what is left."""
    budget = {"scope": "galaxy", "remaining_usd": -0.5}
    assert key(effective_budget=budget).effective_budget == Budget("galaxy", Decimal("-0.5"))


def test_budget_for_life():
    budget = BUDGET | {"reset_interval": None, "resets_at": None}
    assert key(effective_budget=budget).effective_budget.resets_at is None


def test_budget_with_a_broken_detail_still_binds():
    assert key(effective_budget=BUDGET | {"spend_usd": "much"}).effective_budget.remaining_usd == 2


@pytest.mark.parametrize(
    "budget",
    [5, [], "workspace", {}, {"scope": "workspace"}, BUDGET | {"remaining_usd": "2"}, BUDGET | {"scope": 1}],
)
def test_unusable_budget_counts_as_missing_and_is_named(budget):
    found = key(effective_budget=budget)
    assert (found.effective_budget, found.unreadable) == (None, ("effective_budget",))


@pytest.mark.parametrize(
    "free", [48, {}, {"limit": 50}, {"limit": 50, "remaining": "48"}, {"remaining": 1.5}]
)
def test_unusable_free_requests_count_as_missing(free):
    found = key(free_model_daily_requests=free)
    assert (found.free_model_daily_requests, found.unreadable) == (None, ("free_model_daily_requests",))


@pytest.mark.parametrize("name", OPTIONAL)
@pytest.mark.parametrize("value", [["odd"], {"odd": 1}])
def test_optional_field_of_a_wrong_type_counts_as_missing_and_is_named(name, value):
    found = key(**FULL | {name: value})
    assert (getattr(found, name, None), found.unreadable) == (
        FULL["is_management_key"] if name == "is_management_key" else None,
        (name,),
    )


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        (r"caf\ud83d", "caf\ufffd"),
        (r"\ude00caf", "\ufffdcaf"),
        (r"\ud83d\ude00", "\U0001f600"),
        (r"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (r"\\ud83d", r"\ud83d"),
        (r"\u0041\n", "A\n"),
    ],
)
def test_label_that_was_cut_in_the_middle_of_an_emoji(label, shown):
    """JavaScript writes the half of it, which must not cost the number."""
    assert key(f'{{"usage":1,"limit":null,"is_free_tier":true,"label":"{label}"}}').label == shown


@pytest.mark.parametrize("name", OPTIONAL)
def test_optional_field_that_is_null_is_not_known(name):
    found = key(**FULL | {name: None, "is_provisioning_key": None})
    assert (getattr(found, name, None), found.unreadable) == (None, ())


@pytest.mark.parametrize("number", ['"1.5"', "1e400", "true", "9000000000"])
def test_optional_amount_that_is_none_counts_as_missing(number):
    found = key(f'{{"usage":1,"limit":null,"is_free_tier":true,"usage_daily":{number}}}')
    assert (found.usage_daily, found.unreadable) == (None, ("usage_daily",))


def test_unknown_word_for_the_reset_counts_as_missing():
    found = key(limit=10, limit_reset="fortnightly")
    assert (found.limit_reset, found.unreadable) == (None, ("limit_reset",))


@pytest.mark.parametrize("moment", ["soon", "", 1795000000, "0001-01-01T00:00:00+14:00"])
def test_unusable_moment_counts_as_missing(moment):
    found = key(expires_at=moment)
    assert (found.expires_at, found.unreadable) == (None, ("expires_at",))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"is_management_key": True}, True),
        ({"is_provisioning_key": True}, True),
        ({"is_management_key": None, "is_provisioning_key": True}, True),
        ({"is_management_key": False, "is_provisioning_key": True}, False),
        ({}, None),
    ],
)
def test_older_name_of_management_key(fields, expected):
    assert key(**fields).is_management_key is expected


@pytest.mark.parametrize("name", ["usage", "limit", "is_free_tier"])
@pytest.mark.parametrize("value", ["1.5", [], {}, "Infinity", "missing"])
def test_required_field_of_key_that_cannot_be_used(name, value):
    """The part is an unexpected answer that names the field; nothing is guessed."""
    data = {each: what for each, what in (SIX_FIELDS | {name: value}).items() if what != "missing"}
    with pytest.raises(UnexpectedAnswer, match=f"'{name}'") as caught:
        REPLIES.key(json.dumps({"data": data}).encode())
    assert caught.value.kind == "wrong_fields"


@pytest.mark.parametrize("name", ["total_credits", "total_usage"])
@pytest.mark.parametrize("value", ["100", None, True, [], {}, "missing"])
def test_required_field_of_credits_that_cannot_be_used(name, value):
    data = {each: what for each, what in (CREDITS | {name: value}).items() if what != "missing"}
    reading = read({"/credits": ok(data)})
    assert reading.credits.fault.kind == "wrong_fields"
    assert f"'{name}'" in reading.credits.fault.message
    assert reading.succeeded


@pytest.mark.parametrize("name", ["usage", "is_free_tier"])
def test_required_field_that_is_null(name):
    with pytest.raises(UnexpectedAnswer, match=f"'{name}'"):
        key(**{name: None})


@pytest.mark.parametrize(
    ("number", "amount"),
    [
        ("5.2", "5.2"),
        ("0", "0"),
        ("-0.0", "0"),
        ("-3.25", "-3.25"),
        ("1e2", "100"),
        ("1.5E-3", "0.0015"),
        ("770.893717902", "770.893717902"),
        ("0.1234567890123456789012345678901", "0.123456789"),
        ("1e-400", "0"),
        ("0e999999999", "0"),
        ("8999999999.999999999", "8999999999.999999999"),
        (f"0.{'0' * 9000}1", "0"),
    ],
)
def test_numbers_are_exact(number, amount):
    """Straight from the digits of the answer to a Decimal, so that 770.893717902 stays what it is."""
    assert usage(number) == Decimal(amount)


@pytest.mark.parametrize(
    "number",
    [
        "9000000000",
        "-9000000000",
        "1e400",
        "1e1000000",
        "1e99999999999999999999",
        "9" * 9000,
        '"5.2"',
        "[5.2]",
    ],
)
def test_numbers_that_are_no_amount(number):
    with pytest.raises(UnexpectedAnswer, match="'usage'") as caught:
        usage(number)
    assert caught.value.kind == "wrong_fields"


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "nan", "05", "+5", ".5", "5.", "1_000", "0x5", "5,2", "٥", ""]
)
def test_numbers_that_are_no_json(number):
    with pytest.raises(UnexpectedAnswer) as caught:
        usage(number)
    assert caught.value.kind == "not_json"


DIGITS = st.text("0123456789", min_size=1, max_size=40)
NUMBERS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "-"]),
    st.one_of(st.just("0"), st.builds("{}{}".format, st.sampled_from("123456789"), DIGITS)),
    st.one_of(st.just(""), DIGITS.map(".{}".format)),
    st.one_of(st.just(""), st.integers(-(10**7), 10**7).map("e{}".format)),
)


@given(NUMBERS)
def test_any_json_number_is_exact_or_refused(number):
    """Nothing else may come out: no float, no infinity, no exception of another kind."""
    if Decimal(number).copy_abs() >= money.TOO_MUCH:
        with pytest.raises(UnexpectedAnswer, match="'usage'"):
            usage(number)
    else:
        assert abs(usage(number) - Decimal(number)) <= money.NANO / 2


@given(st.floats(-1e9, 1e9))
def test_what_another_json_writer_prints_is_read_back(amount):
    assert abs(usage(json.dumps(amount)) - Decimal(repr(amount))) <= money.NANO / 2


HOSTILE = {
    "same name twice": b'{"data":{"usage":1,"usage":2,"limit":null,"is_free_tier":false}}',
    "data twice": b'{"data":{},"data":{"usage":1,"limit":null,"is_free_tier":false}}',
    "twice in what is ignored": b'{"data":{"usage":1,"limit":null,"is_free_tier":true,"x":{"a":1,"a":2}}}',
    "deep": b'{"data":{"usage":1,"limit":null,"is_free_tier":false,"x":%b}}' % (b"[" * 90000 + b"]" * 90000),
    "deep and open": b'{"data":' * 90000,
    "byte order mark": b'\xef\xbb\xbf{"data":{"usage":1,"limit":null,"is_free_tier":false}}',
    "UTF-16": '{"data":{"usage":1,"limit":null,"is_free_tier":false}}'.encode("utf-16"),
    "not UTF-8": b'{"data":{"usage":1,"limit":null,"is_free_tier":false,"label":"\xff"}}',
    "not UTF-8 in a name": b'{"data":{"usage":1,"limit":null,"is_free_tier":false,"\xff":1}}',
    "NaN in what is ignored": b'{"data":{"usage":1,"limit":null,"is_free_tier":false,"x":NaN}}',
    "more behind": b'{"data":{"usage":1,"limit":null,"is_free_tier":false}} {}',
    "control character": b'{"data":{"usage":1,"limit":null,"is_free_tier":false,"label":"\x00"}}',
    "nothing": b"",
    "page": b"<!doctype html><title>Sign in to the hotel</title>",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_what_is_not_proper_json(body):
    """Two readers may not understand it in two ways, and nothing in it may crash ours."""
    with pytest.raises(UnexpectedAnswer) as caught:
        REPLIES.key(body)
    assert caught.value.kind == "not_json"


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"null", b"5", b'{"data":null}', b'{"data":[]}', b'{"error":{"code":1}}']
)
def test_json_without_data(body):
    with pytest.raises(UnexpectedAnswer, match="'data'"):
        REPLIES.credits(body)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(body):
    with pytest.raises(UnexpectedAnswer):
        REPLIES.key(body)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*FULL, "effective_budget", "free_model_daily_requests"]), ANY_JSON))
def test_no_values_raise_anything_else(fields):
    """Whatever stands in whichever fields."""
    with contextlib.suppress(UnexpectedAnswer):
        assert set(key(json.dumps(SIX_FIELDS | fields)).unreadable) <= set(fields)


ACCOUNTS = {
    "prepaid": (CREDITS, {"is_free_tier": False}, "5.20"),
    "overdrawn": ({"total_credits": 770.8176, "total_usage": 770.893717902}, {}, "-0.076117902"),
    "free tier": ({"total_credits": 0, "total_usage": 0}, {"is_free_tier": True, "usage": 0}, "0"),
    "zeros for a funded account": ({"total_credits": 0, "total_usage": 0}, {}, None),
    "zeros with usage": ({"total_credits": 0, "total_usage": 0}, {"is_free_tier": True}, None),
    "invoiced": ({"total_credits": 0, "total_usage": 1234.5}, {}, None),
    "own keys only": (CREDITS, {"usage": 0.01, "byok_usage": 80}, "5.20"),
}


@pytest.mark.parametrize(("credits", "fields", "balance"), ACCOUNTS.values(), ids=ACCOUNTS)
def test_balance_of_each_kind_of_account(credits, fields, balance):
    reading = read({"/credits": ok(credits), "/key": ok(SIX_FIELDS | fields)}, ONE)
    assert reading.balance() == (None if balance is None else Decimal(balance))


def test_balance_without_permission_is_unknown_while_the_key_tells_its_spend():
    reading = read({"/credits": refusal(403)}, ONE)
    assert reading.balance() is None
    assert reading.succeeded
    assert reading.key.value.usage == Decimal("94.8")


def test_management_key_says_nothing_of_its_own():
    """Its own usage stays 0, while the account's balance is known."""
    management = SIX_FIELDS | {"usage": 0, "is_management_key": True}
    reading = read({"/key": ok(management)}, BOTH)
    assert reading.key.value.usage == 0
    assert reading.balance() == Decimal("5.20")


def test_lower_one_of_cap_budget_and_balance_is_what_can_be_spent():
    capped = SIX_FIELDS | {"limit": 10, "limit_remaining": 3.1, "effective_budget": BUDGET}
    spendable = read({"/key": ok(capped)}).spendable()
    assert (spendable.amount, spendable.binding) == (Decimal(2), "budget")
