"""The pages under docs/ say what the code says."""

import re
from pathlib import Path

import pytest

from opencredits import template
from opencredits.config import ACCOUNT_SETTINGS, ALERT_SETTINGS, SETTINGS
from opencredits.config.alert_settings import KINDS, SWITCHES
from opencredits.simulator import SCENARIOS

DOCS = Path(__file__).parent.parent / "docs"
OPTIONS = {**SETTINGS, **ALERT_SETTINGS, **SWITCHES, **ACCOUNT_SETTINGS}  # in the order of the page


def row(known):
    """An option as a row of the table."""
    default = known.kind.write(known.default) if known.default is not None else ""
    shown = str(default).lower() if isinstance(default, bool) else default
    allowed = known.kind.allowed.split(" out of ")[0].replace('"', "`")
    return f"| `{known.name}` | {f'`{shown}`' if shown not in ('', []) else ''} | {allowed} | {known.help} |"


@pytest.mark.parametrize("known", OPTIONS.values(), ids=lambda known: known.name)
def test_every_option_is_documented_as_it_is(known):
    """Name, default, what is allowed, and what it is for."""
    assert row(known) in (DOCS / "configuration.md").read_text(encoding="utf-8").splitlines()


def test_no_option_is_documented_that_does_not_exist():
    """A row for each, and no other."""
    rows = re.findall(
        r"^\| `(\w+)` \|", (DOCS / "configuration.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert rows == list(OPTIONS)


def test_every_kind_of_alert_is_documented():
    """When it begins, and when it is over."""
    text = (DOCS / "alerts.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == list(KINDS)


def test_names_of_the_format_are_documented():
    """All of them, in their order."""
    text = (DOCS / "what-is-shown.md").read_text(encoding="utf-8")
    section = text.partition("## Your own text")[2]
    assert tuple(re.findall(r"`\{(\w+)\}`", section)) == template.NAMES


def test_scenarios_of_the_simulator_are_documented():
    """By name."""
    text = (DOCS / "command-line.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^Scenarios: (.*)\.$", text, re.MULTILINE)
    assert re.findall(r"`([\w-]+)`", line) == list(SCENARIOS)
