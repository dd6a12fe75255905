"""What can be done in VS Code: commands, settings, menus and details; in real windows."""

import sys
from decimal import Decimal

import pytest

import extension
from installation import ROOT
from scripted_bridge import STATUS
from vscode_session import FULL, open_home
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Debian's Chromium and /proc")

COMMANDS = [
    f"OpenCredits: {title}"
    for title in ("Configure Providers", "Refresh Credits", "Restart", "Show Details", "Show Log")
]
FOCUSED = {"focused": True}


@pytest.fixture
def home(cli, browser):
    """See vscode_session.Home."""
    with open_home(cli, browser) as home:
        yield home


def scripted(home, script, **settings):
    """A window whose core plays the script, once it is up."""
    window = home.open_scripted(
        script.command, {f"opencredits.{name}": each for name, each in settings.items()}
    )
    window.wait_text(STATUS["text"])
    return window


# commands


def test_every_command_is_in_the_palette_and_works(home):
    """Refresh asks now; details are a page that follows what changes; the log says what was started."""
    window = home.open()
    window.wait_text(FULL)
    window.press("F1")
    window.type("OpenCredits: ")
    wait_for(lambda: set(COMMANDS) <= set(window.choices()), lambda: f"{COMMANDS} in {window.choices()}")
    window.press("Escape")
    home.sim.account.spend(Decimal(1))
    window.run("OpenCredits: Refresh Credits")
    window.wait_text("OpenRouter: $24.00")
    window.run("OpenCredits: Show Details")
    assert "Accounts" in window.wait_page("Balance: $24.00")
    home.sim.account.spend(Decimal(1))
    window.push_on_page_until("Refresh", "Balance: $23.00")
    assert window.text() == "OpenRouter: $23.00"
    window.run("OpenCredits: Show Log")
    window.wait_visible("Starting ")
    window.wait_visible("Started, version")  # the core's log, which takes the focus
    core = window.server.core()
    window.run("OpenCredits: Restart")
    wait_for(lambda: window.server.cores() not in ([], [core]), "another core")
    assert window.said() == []


def refusal(message, action=None):
    """The step in which the core refuses."""
    return {"error": {"code": -32011, "message": message, "data": {"kind": "x", "action": action}}}


def test_a_refusal_is_shown_with_what_to_do(home, script):
    """As text: whatever it says makes no link and no icon."""
    said = "Wait for [this](command:workbench.action.files.newUntitledFile) $(bug)."
    script.write(refresh=[refusal(said, "Then try.")])
    window = scripted(home, script)
    window.click()
    assert "Then try." in window.wait_said("OpenCredits: Wait for")
    assert (
        window.do(
            window.page.locator(".notifications-toasts a[href], .notifications-toasts a[data-href]").count
        )
        == 0
    )


def test_an_answers_message_is_shown(home, script):
    script.write(refresh=[{"result": {"status": STATUS, "message": "Asked 3 s ago."}}])
    window = scripted(home, script)
    window.click()
    window.wait_said("OpenCredits: Asked 3 s ago.")


# settings


def test_settings_take_effect_without_a_restart(home):
    """Each of those that change what is shown; and what is taken back is taken back."""
    other = f'[accounts.other]\nkey_env = "OPENROUTER_API_KEY"\nbase_url = "{home.sim.base_url}"\n'
    home.config.write_text(f"{home.config.read_text()}{other}")
    window = home.open({"opencredits.accounts": ["default"]})
    window.wait_text(FULL)
    core = window.server.core()
    both = "OpenRouter: $25.00  other: $25.00"
    for settings, shown in (
        ({"format": "<{amount}>", "accounts": ["default"]}, "<$25.00>"),
        ({"format": "[{amount}]", "accounts": ["default"]}, "[$25.00]"),
        ({"accounts": ["other"]}, "other: $25.00"),
        ({"showInStatusBar": False}, ""),
    ):
        window.server.set({f"opencredits.{name}": each for name, each in settings.items()})
        wait_for(lambda: window.text() == shown, lambda: f"{shown!r}; there is {window.text()!r}")  # noqa: B023
    window.server.set({})
    wait_for(lambda: FULL in window.text(), lambda: f"{both!r}; there is {window.text()!r}")
    assert (window.server.cores(), window.said()) == ([core], [])


def test_a_workspace_has_accounts_of_its_own(home):
    other = f'[accounts.other]\nkey_env = "OPENROUTER_API_KEY"\nbase_url = "{home.sim.base_url}"\n'
    home.config.write_text(f"{home.config.read_text()}{other}")
    server = home.start()
    (server.workspace / ".vscode").mkdir()
    (server.workspace / ".vscode/settings.json").write_text('{"opencredits.accounts": ["other"]}')
    window = server.open()
    window.wait_text("other: $25.00")


def test_only_what_has_changed_is_sent(home, script):
    """By its name in `config.toml`; a choice of the settings page means the same to the core."""
    window = scripted(home, script, updateInterval="5 minutes", format="x", consumptionRatePeriod=30)
    window.server.set(
        {
            "opencredits.updateInterval": "24 hours",
            "opencredits.consumptionRatePeriod": 30,
            "opencredits.accounts": ["default"],
        }
    )
    wait_for(lambda: script.params("settings"), "the request")
    assert script.params("settings") == [
        {"update_interval": "24 hours", "format": None, "accounts": ["default"]}
    ]
    assert len(script.starts) == 1


def test_each_choice_of_the_interval_is_understood(home):
    """By the core, which would name one that it cannot use."""
    declared = extension.MANIFEST["contributes"]["configuration"]["properties"]
    choices = declared["opencredits.updateInterval"]["enum"]
    assert (choices[0], choices[-1], len(choices)) == ("1 minute", "24 hours", 7)
    for choice in choices:
        assert home.cli("config", "set", "update_interval", choice).returncode == 0


def test_a_setting_that_cannot_be_used_is_named_once(home):
    window = home.open({"opencredits.updateInterval": "soon"})
    assert "soon" in window.wait_said("update_interval")
    window.wait_text(FULL)
    window.run("OpenCredits: Restart")
    window.run("OpenCredits: Show Details")
    window.wait_page("Accounts")
    assert len(window.said()) == 1


def test_switched_off_there_is_no_core_and_no_text(home):
    """And back again; with the demo, which needs no key and no network."""
    window = home.open({"opencredits.providers.openrouter.enabled": False})
    window.run("OpenCredits: Refresh Credits")
    window.wait_said("switched off")
    assert (window.text(), window.server.cores()) == ("", [])
    window.server.set({})
    window.wait_text(FULL)
    asked = home.sim.count()
    window.server.set({"opencredits.demo": True})
    window.wait_text("OpenRouter: $7.")
    assert home.sim.count() == asked
    window.server.set({"opencredits.providers.openrouter.enabled": False, "opencredits.demo": True})
    wait_for(lambda: window.text() == "" and not window.server.cores(), "nothing")


# focus


def test_focus_is_told(home, script):
    """At the start of a core, when the window has it, and at the first input after a while."""
    window = scripted(home, script)
    assert wait_for(lambda: script.params("focus"), "the focus of a window that has opened") == [FOCUSED]
    window.run("OpenCredits: Restart")
    wait_for(lambda: script.params("focus") == [FOCUSED] * 2, "the same for the next core")
    window.run("File: New Untitled Text File")
    window.type("a b c")
    wait_for(lambda: script.params("focus") == [FOCUSED] * 3, "the news of an input")


# menus and details


def test_the_menu_changes_the_interval_for_all_editors(home):
    window = home.open()
    window.wait_text(FULL)
    window.run("OpenCredits: Configure Providers")
    window.choose("Update interval")
    window.choose("15 minutes")
    window.wait_said("update_interval is 15m now")
    assert 'update_interval = "15m"' in home.config.read_text()


def test_a_prompt_that_is_no_secret(home, script):
    request = {"method": "save_setting", "params": {"name": "format"}}
    prompt = {"title": "Format", "into": "value", "secret": False}
    leaf = {"title": "One $(bug)", "detail": "", "request": request, "prompt": prompt}
    tree = [{"title": "Branch", "detail": "deep", "choices": [leaf]}]
    script.write(menu=[{"result": {"title": "Menu", "choices": tree}}])
    window = scripted(home, script)
    window.run("OpenCredits: Configure Providers")
    window.choose("Branch")
    window.choose("One $(bug)")
    asked, is_secret = window.prompt()
    assert "Format" in asked
    assert not is_secret
    window.answer("{amount}")
    wait_for(lambda: script.params("save_setting"), "the request")
    assert script.params("save_setting") == [{"name": "format", "value": "{amount}"}]


def test_details_are_asked_for_once(home, script):
    """And again when something has changed, also while they were not seen."""
    script.write(details=[{"result": {"title": "T", "markdown": "", "text": "Page", "lists": []}}])
    window = scripted(home, script)
    window.run("OpenCredits: Show Details")
    window.wait_page("Page")
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


ROW = {
    "id": "r1",
    "text": "Row <b>$(bug)</b>",
    "detail": None,
    "actions": [{"id": "drop", "title": "Drop it"}],
}


@pytest.mark.parametrize(("answer", "sent"), [("Yes", 2), ("Cancel", 1)])
def test_what_needs_a_yes_is_asked(home, script, answer, sent):
    """In the details, where everything is text."""
    question = {"status": STATUS, "message": None, "confirm": {"text": "Really drop it?", "token": "t1"}}
    lists = [{"title": "Rows", "rows": [ROW]}]
    script.write(
        details=[{"result": {"title": "T", "markdown": "", "text": "<i>page</i>", "lists": lists}}],
        act=[{"result": question}],
    )
    window = scripted(home, script)
    window.run("OpenCredits: Show Details")
    assert "<i>page</i>" in window.wait_page("Row <b>$(bug)</b>")
    window.push_on_page("Drop it")
    assert "Really drop it?" in window.dialog()
    window.push(answer)
    first = {"subject": "r1", "action": "drop"}
    wait_for(lambda: len(script.params("act")) == sent, "the requests")
    assert script.params("act") == [first, {**first, "confirm": "t1"}][:sent]


def test_the_walkthrough_leads_to_the_balance(home):
    """A new user finds the first steps, and they are done as they say."""
    steps = extension.MANIFEST["contributes"]["walkthroughs"][0]["steps"]
    window = home.open()
    window.wait_text(FULL)
    window.run("Welcome: Open Walkthrough...")
    window.choose("Get Started with OpenCredits")
    for step in steps:
        window.wait_visible(step["title"])
    assert str(ROOT) not in window.visible()
