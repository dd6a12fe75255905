"""The first steps in VS Code, as they are read there."""

import sys

import pytest

from browser import Browser
from vscode_session import FULL, open_home

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Debian's Chromium and /proc")


@pytest.fixture
def home(cli):
    """See vscode_session.Home."""
    with Browser() as browser, open_home(cli, browser) as home:
        yield home


def test_the_walkthrough_names_what_the_menu_offers(home):
    """As it stands there: VS Code knows no emphasis in these texts and would show its signs."""
    window = home.open()
    window.wait_text(FULL)
    window.run("Welcome: Open Walkthrough...")
    window.choose("Get Started with OpenCredits")
    window.wait_visible("Enter your key")
    window.do(window.page.get_by_text("Enter your key").first.click)
    window.wait_visible('Choose "API key", then "Enter an API key".')
