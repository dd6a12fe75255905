"""docs/bridge.md says what the code says."""

import re
from collections import Counter
from pathlib import Path

import pytest

from opencredits import errors, wire
from opencredits.session import METHODS
from opencredits.session.lane import MOST_WAITING

DOC = (Path(__file__).parent.parent / "docs" / "bridge.md").read_text(encoding="utf-8")


def classes(of=errors.CreditsError):
    """All that can be raised, bases included."""
    return [of, *(each for below in of.__subclasses__() for each in classes(below))]


LEAVES = [each for each in classes() if not each.__subclasses__()]


def section(title):
    """The text under a heading."""
    return DOC.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def names(title):
    """The first column of the section's table."""
    return re.findall(r"^\| `(\w+)` \|", section(title), re.MULTILINE)


def test_each_code_belongs_to_one_class():
    """Bases have their own as well, so that a new error without a code is noticed."""
    assert [code for code, count in Counter(each.code for each in classes()).items() if count > 1] == []
    assert [each for each in classes() if "code" not in vars(each)] == []


@pytest.mark.parametrize("error", LEAVES, ids=lambda each: each.__name__)
def test_each_code_is_documented_with_its_kind(error):
    assert f"\n| {error.code} | `{error.kind}` | " in section("Errors")


def test_no_code_is_documented_that_does_not_exist():
    documented = re.findall(r"^\| (-\d+) \| `(\w+)` \|", section("Errors"), re.MULTILINE)
    assert {(int(code), kind) for code, kind in documented} == {(each.code, each.kind) for each in LEAVES}
    assert len(documented) == len(LEAVES)


def test_own_codes_are_in_their_own_range():
    """Where JSON-RPC has none for it: from -32010 to -32099."""
    of_json_rpc = {-32700, -32600, -32601, -32602, -32603, -32002}
    assert [each for each in classes() if each.code not in {*of_json_rpc, *range(-32099, -32009)}] == []


def test_each_method_is_documented():
    """As a request, or as a notification from the editor."""
    notifications = re.findall(r"^\| `(\w+)` \| the (editor|core) \|", section("Notifications"), re.MULTILINE)
    assert [name for name, _ in notifications] == names("Notifications")
    from_editor = [name for name, sender in notifications if sender == "editor"]
    assert sorted([*names("Requests"), *from_editor]) == sorted(METHODS)
    assert [name for name, sender in notifications if sender == "core"] == ["status_changed", "alert"]


def test_limits_are_documented():
    assert wire.MOST_BYTES == 1024**2
    assert "a line over 1 MiB" in section("Errors")
    assert f"{MOST_WAITING} requests" in section("Errors")
