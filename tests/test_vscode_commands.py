"""What can be done in VS Code alone, and its settings; for the rest see `test_adapters_commands`."""

import sys

import pytest

import extension
from adapters import FULL, open_home
from installation import ROOT
from scripted_bridge import STATUS, details, refusal
from vscode_session import VERSION
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Debian's Chromium and /proc")

COMMANDS = [
    f"OpenCredits: {title}"
    for title in ("Configure Providers", "Refresh Credits", "Restart", "Show Details", "Show Log")
]
FOCUSED = {"focused": True}


@pytest.fixture
def home(cli, browser, request):
    """See vscode_home.Home."""
    with open_home(request, "vscode", VERSION) as home:
        yield home


# commands


def test_every_command_is_in_the_palette(home):
    """Details follow what changes; the log says what was started."""
    window = home.open()
    window.wait_text(FULL)
    window.menu.search("OpenCredits: ")
    wait_for(lambda: set(COMMANDS) <= {*window.menu.choices()}, lambda: str(window.menu.choices()))
    window.press("Escape")
    window.run("details")
    window.wait_page("Balance: $25.00")
    home.spend("1")
    window.push_on_page("Refresh")
    window.wait_page("Balance: $24.00")
    window.run("log")
    window.wait_visible("Starting ")
    window.wait_visible("Started, version")  # the core's log, which takes the focus
    assert window.said() == []


def test_what_is_said_makes_no_link(home, script):
    """Nor an icon, whatever it says."""
    said = "Wait for [this](command:workbench.action.files.newUntitledFile) $(bug)."
    script.write(refresh=[refusal(said, "Then try.")])
    window = home.play(script)
    window.click()
    window.wait_said("OpenCredits: Wait for")
    assert window.notifications.links() == 0


# settings


def test_accounts_can_be_chosen_and_let_go(home):
    """Without a restart, as any setting."""
    other = f'[accounts.other]\nkey_env = "OPENROUTER_API_KEY"\nbase_url = "{home.sim.base_url}"\n'
    home.config.write_text(f"{home.config.read_text()}{other}")
    window = home.open({"accounts": ["default"]})
    window.wait_text(FULL)
    core = window.core()
    window.set_options(accounts=["other"])
    wait_for(lambda: window.text() == "other: $25.00", window.scene)
    window.set_options()
    wait_for(lambda: FULL in window.text() and "other: $25.00" in window.text(), window.scene)
    assert window.cores() == [core]


def test_a_workspace_has_accounts_of_its_own(home):
    other = f'[accounts.other]\nkey_env = "OPENROUTER_API_KEY"\nbase_url = "{home.sim.base_url}"\n'
    home.config.write_text(f"{home.config.read_text()}{other}")
    server = home.start()
    (server.workspace / ".vscode").mkdir()
    (server.workspace / ".vscode/settings.json").write_text('{"opencredits.accounts": ["other"]}')
    window = server.open()
    window.wait_text("other: $25.00")


def test_a_choice_of_the_settings_page_is_sent_as_it_is(home, script):
    """It means the same to the core."""
    window = home.play(script, {"update_interval": "5 minutes"})
    assert script.params("initialize")[0]["settings"] == {"update_interval": "5 minutes"}
    window.set_options(update_interval="24 hours")
    wait_for(lambda: script.params("settings"), "the request")
    assert script.params("settings") == [{"update_interval": "24 hours"}]


def test_each_choice_of_the_interval_is_understood(home):
    """By the core, which would name one that it cannot use."""
    declared = extension.MANIFEST["contributes"]["configuration"]["properties"]
    choices = declared["opencredits.updateInterval"]["enum"]
    assert (choices[0], choices[-1], len(choices)) == ("1 minute", "24 hours", 7)
    for choice in choices:
        assert home.cli("config", "set", "update_interval", choice).returncode == 0


# focus


def test_focus_is_told(home, script):
    """At the start of a core, when the window has it, and at the first input after a while."""
    window = home.play(script)
    assert wait_for(lambda: script.params("focus"), "the focus of a window that has opened") == [FOCUSED]
    window.run("restart")
    wait_for(lambda: script.params("focus") == [FOCUSED] * 2, "the same for the next core")
    window.type_into_new_file("a b c")
    wait_for(lambda: script.params("focus") == [FOCUSED] * 3, "the news of an input")


# menus and details


def test_details_are_asked_for_once(home, script):
    """And again when something has changed, also while they were not seen."""
    script.write(details=[details("Row")])
    window = home.play(script)
    window.run("details")
    window.wait_page("Row")
    window.click()
    wait_for(lambda: script.params("refresh"), "what came after it")
    asked = [each["method"] for each in script.received if "method" in each]
    assert asked[: asked.index("refresh")].count("details") == 1
    window.run("File: New Untitled Text File")
    window.wait_visible("Untitled-1")
    before = len(script.params("details"))
    script.cue(status={**STATUS, "text": "other"})
    window.wait_text("other")
    window.run("View: Close Editor")
    wait_for(lambda: len(script.params("details")) > before, "what they are now")


def test_the_walkthrough_leads_to_the_balance(home):
    """A new user finds the first steps, and they are done as they say."""
    steps = extension.MANIFEST["contributes"]["walkthroughs"][0]["steps"]
    window = home.open()
    window.wait_text(FULL)
    window.run("Welcome: Open Walkthrough...")
    window.choose("Get Started with OpenCredits")
    for step in steps:
        window.wait_visible(step["title"])
    window.do(window.page.get_by_text("Enter your key").first.click)
    # As it stands there: VS Code knows no emphasis in these texts and would show its signs.
    window.wait_visible('Choose "API key", then "Enter an API key".')
    assert str(ROOT) not in window.visible()
