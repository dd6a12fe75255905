"""The page of details, and what can be done about its rows."""

from datetime import timedelta
from decimal import Decimal

from opencredits.config import AccountSettings, Settings
from opencredits.keys import Key, Keys
from opencredits.reading import Fault
from opencredits.session.details import REFRESH, REMOVE, details, subject_of
from opencredits.spending import Counters
from opencredits.status import Status, View
from readings import NOW, funded

SECRET = "sk-or-v1-0123456789abcdef"
NO_KEY = Fault("no_key", "no key", "No API key was found.", "Run 'opencredits login'.")


def page(keys=None, *, labels=("OpenRouter",), reading=None, fault=None, day=()):
    """Of accounts that are called by their labels."""
    views = [View(AccountSettings(label, label=label), reading, (), fault, day=day) for label in labels]
    return details(Status.of(views, Settings(), NOW), keys or {})


def rows(*args, **options):
    """Of the only list."""
    (accounts,) = page(*args, **options)["lists"]
    assert accounts["title"] == "Accounts"
    return accounts["rows"]


def test_the_page_says_what_the_status_bar_says_and_more():
    """As Markdown and as plain text."""
    found = page(reading=funded())
    assert found["title"] == "OpenCredits"
    assert found["text"].startswith("OpenRouter: $5.20\n\nBalance: $5.20")
    assert found["markdown"].startswith("**OpenRouter: $5.20**\n\n- Balance: $5.20")


def test_the_page_has_the_last_24_hours_as_a_sparkline():
    day = [Counters(NOW - timedelta(hours=back), usage=Decimal(9 - back * back)) for back in (3, 2, 1, 0)]
    found = page(reading=funded(), day=day)
    assert f"Last 24 hours: {'░' * 21}█▅▂ $9.00" in found["text"]
    assert f"Last 24 hours: {'░' * 21}█▅▂ $9.00" in found["markdown"]


def test_a_label_is_no_markdown():
    assert page(reading=funded(), labels=["*a*_b_"])["markdown"].startswith(r"**\*a\*\_b\_: $5.20**")


def test_each_account_has_a_row_that_can_be_refreshed():
    found = rows(labels=["one", "two"], reading=funded())
    assert [row["id"] for row in found] == [subject_of("one"), subject_of("two")]
    assert [row["text"] for row in found] == ["one: $5.20", "two: $5.20"]
    assert all(set(row) == {"id", "text", "detail", "actions"} for row in found)
    assert all({"id": REFRESH, "title": "Refresh"} in row["actions"] for row in found)


def test_a_row_says_where_its_keys_come_from():
    keys = Keys(Key(SECRET, "ordinary", "environment", "X"), Key(SECRET, "management", "key_command", "Y"))
    (row,) = rows({"OpenRouter": keys}, reading=funded())
    assert row["detail"] == "ordinary key from: X, management key from: Y"
    assert [action["id"] for action in row["actions"]] == [REFRESH]
    (row,) = rows(fault=NO_KEY)
    assert row["detail"] == "no key"


def test_keys_in_the_keyring_can_be_removed():
    keys = Keys(
        Key(SECRET, "ordinary", "keyring", "keyring"), Key(SECRET, "management", "keyring", "keyring")
    )
    (row,) = rows({"OpenRouter": keys}, reading=funded())
    assert [action["id"] for action in row["actions"]] == [REFRESH, *REMOVE.values()]
    assert SECRET not in str(row)


def test_without_an_account_the_page_says_so():
    found = page(labels=[])
    assert found["text"] == "No account is enabled; see 'opencredits config show'."
    assert found["lists"] == []
