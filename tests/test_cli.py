"""The command line, as the installed program: what is printed where, and exit statuses."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys

import pytest

from desktop import Desktop
from installation import clean_environ
from opencredits.cli import COMMANDS
from opencredits.simulator import Fault, Simulator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals and signals are POSIX's")

HEADLESS = "There is no keyring"


class Home:
    """A home whose account is a simulated one; the key comes from the environment unless it is taken away."""

    def __init__(self, cli, sim):
        self.cli, self.sim = cli, sim
        self.state = cli.home / ".local" / "state" / "opencredits"
        self.config = cli.home / ".config" / "opencredits" / "config.toml"
        self.env = {"OPENROUTER_API_KEY": sim.key}
        self.configure()

    def configure(self, text="", *, accounts=""):
        """Write `config.toml` with the simulator's address."""
        self.config.parent.mkdir(parents=True, exist_ok=True)
        base = f'[accounts.default]\nbase_url = "{self.sim.base_url}"\n'
        self.config.write_text(f"{text}\n{base}{accounts}", encoding="utf-8")

    def __call__(self, *args, env=None, **options):
        """Run a command to its end."""
        return self.cli(*args, env={**self.env, **(env or {})}, **options)


@pytest.fixture
def home(cli):
    """A home beside a steady account."""
    with Simulator("steady") as sim:
        yield Home(cli, sim)


@pytest.fixture
def desktop(home):
    """The same with a real keyring and no key in the environment."""
    with Desktop() as session:
        session.start_keyring("password")
        home.env = session.variables
        yield home


def test_status_prints_the_line_and_the_details(home):
    """The line first, then plain text."""
    result = home("status")
    line, *details = result.stdout.splitlines()
    assert (result.returncode, result.stderr) == (0, "")
    assert re.fullmatch(r"OpenRouter: \$2[45]\.\d\d", line)
    assert any(detail.startswith("Balance: $2") for detail in details)
    assert not any("\x1b" in each for each in (line, *details))


def test_forms_of_status_agree(home):
    """`--line`, `--json`, `--format`, `--cached` and `refresh` show one reading."""
    line = home("status", "--line").stdout
    status = json.loads(home("status", "--json").stdout)
    assert status["text"] + "\n" == line
    assert home("status", "--line", "--format", "{amount}").stdout == line.removeprefix("OpenRouter: ")
    assert home("status", "--line", "--cached").stdout == line
    assert json.loads(home("status", "--json", "--cached").stdout)["text"] == status["text"]
    assert json.loads((home.state / "status.json").read_text())["text"] == status["text"]
    assert home.sim.count("/key") == 1
    assert home("refresh").stdout == home("status", "--refresh", "--line").stdout
    assert home.sim.count("/key") == 2


def test_cached_never_touches_the_network_and_makes_no_file(home):
    """With nothing stored it says so, and that is exit status 1."""
    for form in ((), ("--line",), ("--json",)):
        result = home("status", "--cached", *form)
        assert result.returncode == 1
        assert "OpenRouter: ..." in result.stdout
        assert "Nothing is stored yet" in result.stderr
    assert home.sim.count() == 0
    assert not home.state.exists()


def test_the_stored_line_gets_old_by_itself(home):
    """`status.json` has what to show once its time has passed; nothing is computed."""
    line = home("status", "--line").stdout
    path = home.state / "status.json"
    status = json.loads(path.read_text())
    path.write_text(json.dumps({**status, "stale_at": "2026-01-01T00:00:00Z"}))
    assert home("status", "--line", "--cached").stdout == line.replace("\n", " (old)\n")


@pytest.mark.parametrize("spoiled", ["", "{", "[]", "null", '{"text": 5}', '{"text": "x"}', "\udcff"])
def test_a_stored_line_that_nobody_can_read_is_made_anew(home, spoiled):
    """From the readings, without an error."""
    line = home("status", "--line").stdout
    (home.state / "status.json").write_bytes(spoiled.encode("utf-8", "surrogateescape"))
    result = home("status", "--line", "--cached")
    assert (result.returncode, result.stdout, result.stderr) == (0, line, "")


def test_what_editors_hide_the_command_line_shows(home):
    """`show_in_status_bar` is for editors."""
    home.configure("show_in_status_bar = false")
    assert "$" in home("status", "--line").stdout
    assert json.loads((home.state / "status.json").read_text())["visible"] is False
    assert "$" in home("status", "--line", "--cached").stdout


def test_no_key_is_one_sentence_with_the_other_ways(home):
    """On a headless machine without a keyring."""
    for form in ((), ("--line",), ("--json",)):
        result = home("status", *form, env={"OPENROUTER_API_KEY": None})
        assert result.returncode == 1
        assert "OpenRouter: Set API key" in result.stdout
        assert len(result.stderr.splitlines()) == 1
        assert all(way in result.stderr for way in (HEADLESS, "key_command", "OPENROUTER_API_KEY"))


@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        (Fault(status=401), "invalid key"),
        (Fault(status=500), "server error"),
        (Fault(status=429, headers={"Retry-After": "60"}), "rate limited"),
        (Fault(status=403, body="<html>no</html>", content_type="text/html"), "blocked"),
        (Fault(status=404), "unexpected answer"),
        (Fault(reset=True), "offline"),
    ],
)
def test_errors_are_one_sentence_on_stderr(home, fault, shown):
    """The line still goes to stdout, the exit status is 1, and nobody sees a traceback."""
    home.sim.fault("*", fault)
    for form in (("status", "--line"), ("status",), ("status", "--json"), ("refresh",), ("accounts",)):
        result = home(*form)
        assert f"OpenRouter: Error ({shown})" in result.stdout or form == ("accounts",)
        assert result.returncode == (0 if form == ("accounts",) else 1)
        assert len(result.stderr.splitlines()) <= 2
        assert "Traceback" not in result.stderr + result.stdout


def test_a_stale_figure_is_still_a_reading(home):
    """Exit status 0, marked with its age."""
    home("status")
    home.sim.fault("*", Fault(status=500))
    result = home("refresh")
    assert (result.returncode, result.stdout[-5:]) == (0, "ago)\n")


@pytest.mark.parametrize(
    "args",
    [
        ("nonsense",),
        ("status", "--line", "--json"),
        ("status", "--refresh", "--cached"),
        ("status", "--account", "nobody"),
        ("status", "--format", "{cost}"),
        ("config", "set", "colour", "red"),
        ("config", "set", "warn_below", "much"),
        ("login", "nobody", "--stdin"),
        ("login",),
        ("simulate", "--scenario", "nonsense"),
    ],
)
def test_wrong_usage_is_2(home, args):
    """With what is known or allowed."""
    result = home(*args)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("name", [None, *COMMANDS])
def test_help_is_complete(cli, name):
    """Each command has a sentence, and so has each of its options."""
    result = cli(*([name] if name else []), "--help")
    assert result.returncode == 0
    assert len(result.stdout.splitlines()) > 4
    options = re.findall(r"^  (-.*)$", result.stdout, re.MULTILINE)
    assert all(re.search(r"\S  +\S", option) or len(option) > 20 for option in options)


def test_login_checks_the_key_and_keeps_it_in_the_keyring(desktop):
    """Then `status` needs nothing else, and `logout` undoes it."""
    result = desktop("login", "--stdin", input=f"  {desktop.sim.key}\n")
    assert result.returncode == 0, result.stderr
    assert "ordinary key" in result.stdout
    assert "OpenRouter: $" in result.stdout
    assert desktop("status", "--line").returncode == 0
    assert "keyring" in desktop("accounts").stdout
    out = desktop("logout")
    assert (out.returncode, "removed" in out.stdout) == (0, True)
    assert desktop("status", "--line").stdout == "OpenRouter: Set API key\n"
    assert desktop("status", "--line", "--cached").stdout == "OpenRouter: Set API key\n"
    assert desktop("logout").returncode == 1


def test_login_says_which_kind_of_key_it_was_given(desktop):
    """A management key finds its own place; an ordinary one is not stored as one."""
    given = desktop("login", "--stdin", input=desktop.sim.management_key)
    assert "stored" in given.stdout
    assert "management key" in given.stdout
    assert re.search(r"management key +keyring", desktop("accounts").stdout)
    refused = desktop("login", "--management", "--stdin", input=desktop.sim.key)
    assert (refused.returncode, "ordinary key" in refused.stderr) == (1, True)
    assert desktop("logout", "--management").returncode == 0
    assert "Set API key" in desktop("status").stdout


def test_both_kinds_of_key_answer_each_for_its_part(cli):
    """The ordinary key for its spend, the management key for the balance."""
    with Simulator("ordinary-403") as sim:
        home = Home(cli, sim)
        assert home("status", "--line").stdout.startswith("OpenRouter: PAYG")
        both = home("refresh", env={"OPENROUTER_MANAGEMENT_KEY": sim.management_key})
        assert both.stdout.startswith("OpenRouter: $2")
        sent = {request.path.rpartition("/")[2]: request.key for request in sim.requests}
        assert sent == {"key": sim.key, "credits": sim.management_key}


def test_a_rejected_key_is_not_stored(desktop):
    """And neither is one that nobody could check, unless that is asked for."""
    wrong = "sk-or-v1-" + "0" * 64
    assert desktop("login", "--stdin", input=wrong).returncode == 1
    desktop.sim.close()
    offline = desktop("login", "--stdin", input=desktop.sim.key)
    assert (offline.returncode, "--no-verify" in offline.stderr) == (1, True)
    assert "Set API key" in desktop("status").stdout
    assert desktop("login", "--stdin", "--no-verify", input=desktop.sim.key).returncode == 0
    assert desktop("status", "--line").stdout == "OpenRouter: Error (offline)\n"


def test_login_after_a_rejection_asks_again_at_once(desktop):
    """401 stops polling only until somebody does something about it."""
    desktop("login", "--stdin", input=desktop.sim.key)
    desktop.sim.fault("*", Fault(status=401))
    assert "invalid key" in desktop("refresh").stdout
    assert "invalid key" in desktop("refresh").stdout
    desktop.sim.clear()
    desktop("login", "--stdin", input=desktop.sim.key)
    assert "OpenRouter: $" in desktop("status", "--line").stdout


@pytest.mark.parametrize("text", ["", "\n", "sk-or-v1-a b\n", "sk-or-v1-ü\n", "x" * 600])
def test_what_cannot_be_a_key_is_refused_without_asking(desktop, text):
    """White space inside, nothing at all, or no ASCII."""
    result = desktop("login", "--stdin", input=text)
    assert (result.returncode, desktop.sim.count()) == (1, 0)
    assert result.stderr.startswith("opencredits: The key ")


def test_login_without_a_keyring_names_the_other_ways(home):
    """Nothing is stored in a file instead."""
    result = home("login", "--stdin", input=home.sim.key)
    assert result.returncode == 1
    assert all(way in result.stderr for way in (HEADLESS, "key_command", "OPENROUTER_API_KEY"))
    assert home.sim.count() == 0


def test_the_prompt_hides_the_key(desktop):
    """What is typed on the terminal is not shown on it."""
    typed = desktop.sim.key.encode()
    seen, status = on_terminal(desktop, ["login", "--no-verify"], answers={b"shown": typed + b"\n"})
    assert b"API key (not shown):" in seen
    assert typed[12:] not in seen
    assert (b"is stored in" in seen, status) == (True, 0)


def test_ctrl_c_at_the_prompt_is_130(desktop):
    """Without a traceback."""
    seen, status = on_terminal(desktop, ["login"], answers={b"shown": b"\x03"})
    assert status == 130
    assert b"Traceback" not in seen


def test_watch_redraws_on_a_terminal_and_ends_cleanly(home):
    """Ctrl-C is the way out."""
    seen, status = on_terminal(home, ["watch"], answers={b"Read at": b"\x03"})
    assert status == 130
    assert b"OpenRouter: $" in seen
    assert b"Traceback" not in seen


def test_watch_says_when_an_alert_came(home):
    """Its figures are of that time, and stay below those of now."""
    home.configure("warn_below = 1000\n")
    seen, _ = on_terminal(home, ["watch"], answers={b"less than": b"\x03"})
    assert re.search(rb"\d\d:\d\d OpenRouter: \$\S+ left\. That is less than", seen)


def test_alerts_are_listed_no_wider_than_the_terminal(home):
    home.configure("warn_below = 1000\n")
    home("status")
    listed = home("alerts", env={"COLUMNS": "40"}).stdout
    assert "less than $1,000.00" in " ".join(listed.split())
    assert max(map(len, listed.splitlines())) <= 40


TAKE_TERMINAL = (
    "import fcntl, os, sys, termios;fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


def on_terminal(home, args, *, answers):
    """Run a command on a terminal of its own, answering each cue once. All that it wrote, and its exit."""
    master, slave = pty.openpty()
    command = [home.cli.python, "-c", TAKE_TERMINAL, home.cli.script, *args]
    env = clean_environ(home.cli.home, {**home.env, "TERM": "xterm"})
    with subprocess.Popen(
        command, env=env, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
    ) as process:
        os.close(slave)
        seen = b""
        while select.select([master], [], [], 30)[0]:
            try:
                seen += os.read(master, 4096)
            except OSError:  # the program has ended
                break
            for cue in [cue for cue in answers if cue in seen]:
                os.write(master, answers.pop(cue))
        os.close(master)
        return seen, process.wait(30)


def test_several_accounts_work_side_by_side(home):
    """Each with its own key, label and address; one that hangs does not hold up the other."""
    with Simulator("capped") as other:
        home.configure(
            accounts=f'[accounts.work]\nlabel = "Work"\nbase_url = "{other.base_url}"\nkey_env = "WORK_KEY"\n'
        )
        home.env["WORK_KEY"] = other.key
        line = home("status", "--line").stdout
        assert re.fullmatch(r"OpenRouter: \$\S+ \| Work: \$3\.\d\d \(key limit\)\n", line)
        assert home("status", "--line", "--account", "work").stdout == line.partition(" | ")[2]
        assert home("status", "--line", "--cached").stdout == line
        other.fault("*", Fault(hang=True))
        assert home("refresh").stdout.startswith(line.partition(" |")[0])
        listed = home("accounts").stdout
        assert all(each in listed for each in ("default", "work", "variable WORK_KEY"))


def test_a_label_may_hold_anything(home):
    """Quotes, emoji, percent signs; a terminal that cannot show it gets something else in its place."""
    home.configure(accounts='label = "50 % \\"é\\" 🎉"\n')
    assert home("status", "--line").stdout.startswith('50 % "é" 🎉: $')
    ascii_only = {"LANG": "C", "LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for form in (("--cached",), ()):
        result = home("status", "--line", *form, env=ascii_only)
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout.startswith('50 % "')


def test_a_bad_config_is_named_and_hides_nothing(home):
    """On stderr, with the number on stdout."""
    home.configure('update_interval = "never"')
    result = home("status", "--line")
    assert (result.returncode, result.stdout[:13]) == (0, "OpenRouter: $")
    assert "update_interval is 'never', but must be 1 minute to 24 hours" in result.stderr
    assert home("doctor").returncode == 1


def test_config_shows_values_with_their_origin(home):
    """And `set` takes effect at once, `status.json` included."""
    home("status")
    assert home("config", "path").stdout == f"{home.config}\n"
    assert home("config", "set", "format", "left: {amount}").returncode == 0
    assert f'format = "left: {{amount}}"  # {home.config}' in home("config", "show").stdout
    assert 'update_interval = "5m"  # default' in home("config", "show").stdout
    assert home("status", "--line", "--cached").stdout.startswith("left: $")
    assert home.sim.count("/key") == 1


def test_config_show_is_toml(home):
    """What is printed could be pasted into the file."""
    import tomllib

    shown = home("config", "show").stdout
    table = tomllib.loads(shown)
    assert table["update_interval"] == "5m"
    assert table["accounts"]["default"]["label"] == "OpenRouter"


def test_doctor_finds_a_healthy_machine_healthy(home):
    """It asks the API by the same request as a poll, once."""
    result = home("doctor")
    assert result.returncode == 0, result.stdout
    assert home.sim.count("/key") == 1
    told = ("opencredits 0.", "SQLite", "keyring:", "variable OPENROUTER_API_KEY", "has mode 0700")
    for said in (*told, "answered at", "clock differs by", "is sound", "asked next at"):
        assert said in result.stdout
    checks = json.loads(home("doctor", "--json").stdout)
    assert {"name", "result", "detail", "action"} == set(checks[0])
    assert {check["result"] for check in checks} <= {"ok", "note"}


def test_doctor_says_what_needs_doing(home):
    """Exit status 1, with the next step below each finding."""
    home.sim.fault("*", Fault(status=401))
    os.chmod(home.config.parent, 0o755)
    result = home("doctor")
    assert result.returncode == 1
    assert re.search(r"FAIL  API for 'default'.*\n +Check it at", result.stdout)
    assert "note  path" in result.stdout


def test_doctor_sees_a_clock_that_is_wrong(cli):
    """Against the Date header of the reply."""
    import time

    with Simulator("steady", clock=lambda: time.time() + 3600) as sim:
        result = Home(cli, sim)("doctor")
    assert result.returncode == 1
    assert re.search(r"FAIL  clock: the server's clock differs by \+3[56]\d\d s", result.stdout)


def test_a_reader_that_goes_away_is_no_error(home):
    """`opencredits status | head -1` and the like."""
    home("status")
    for form in (["status"], ["status", "--json"], ["status", "--line", "--cached"], ["config", "show"]):
        reader, writer = os.pipe()
        os.close(reader)
        process = home.cli.start(*form, env=home.env, stdout=writer)
        os.close(writer)
        assert process.stderr.read() == "", form


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
@pytest.mark.parametrize("form", [["--line", "--cached"], ["--line"], []])
def test_an_output_that_is_full_or_closed_makes_no_traceback(home, form):
    """Whichever way the line is made."""
    home("status")
    for where in ("> /dev/full", ">&-"):
        command = f'exec "$0" status {" ".join(form)} {where}'
        result = subprocess.run(
            ["sh", "-c", command, home.cli.script],
            env=clean_environ(home.cli.home, home.env),
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in result.stderr
        assert "Exception ignored" not in result.stderr


def test_an_interrupt_before_anything_is_loaded_is_130(home):
    """Ctrl-C is quicker than Python."""
    slow = home.cli.home / "click.py"  # stands before the real one, and does not end
    slow.write_text("import time\nprint('loading', flush=True)\ntime.sleep(60)\n")
    process = home.cli.start("status", env={**home.env, "PYTHONPATH": str(home.cli.home)})
    assert process.stdout.readline() == "loading\n"
    process.send_signal(signal.SIGINT)
    assert (process.communicate()[1], process.returncode) == ("", 130)


def test_a_stored_error_is_explained_as_well(home):
    """`--line --cached` of an account without a reading: the line, a sentence, exit status 1."""
    home.sim.fault("*", Fault(status=401))
    home("status")
    result = home("status", "--line", "--cached")
    assert (result.returncode, result.stdout) == (1, "OpenRouter: Error (invalid key)\n")
    assert "opencredits: OpenRouter does not accept the API key" in result.stderr


def test_one_account_without_a_reading_spoils_nothing(home):
    """Details of the others are shown, its own error is said, and a reading was shown."""
    home.configure(accounts='[accounts.work]\nkey_env = "WORK_KEY"\n')
    result = home("status")
    assert (result.returncode, "Balance: $2" in result.stdout) == (0, True)
    assert "for the account 'work'" in result.stderr
    assert home("status", "--line", "--cached").returncode == 0


def test_debug_shows_where_an_error_came_from(home):
    """And without it nobody sees a traceback."""
    home.configure()
    plain, debug = home("login", "nobody", "--stdin"), home("--debug", "login", "nobody", "--stdin")
    assert "Traceback" not in plain.stderr
    assert "Traceback" in debug.stderr
    assert debug.stderr.endswith(plain.stderr)


def test_simulate_serves_what_it_prints(cli):
    """Address and keys, until it is stopped."""
    process = cli.start("simulate", "--scenario", "capped")
    printed = [process.stdout.readline() for _ in range(6)]
    facts = dict(re.findall(r"^(address|key|management key) +(\S+)$", "".join(printed), re.MULTILINE))
    cli("config", "set", "accounts.default.base_url", facts["address"])
    shown = cli("status", "--line", env={"OPENROUTER_API_KEY": facts["key"]})
    assert shown.stdout.startswith("OpenRouter: $")
    process.send_signal(signal.SIGINT)
    assert process.communicate()[1].strip() == ""
    assert process.returncode == 130


def test_a_port_that_is_taken_is_said_plainly(home):
    """With what to do next."""
    result = home("simulate", "--port", str(home.sim.port))
    assert (result.returncode, "Take another one" in result.stderr) == (1, True)


def test_shell_completion_is_there(cli):
    """As docs/command-line.md has it."""
    for shell in ("bash", "zsh", "fish"):
        script = cli(env={"_OPENCREDITS_COMPLETE": f"{shell}_source"})
        assert (script.returncode, "opencredits" in script.stdout) == (0, True)


def test_it_runs_as_a_module_too(home):
    """`python -m opencredits` is the same program."""
    result = subprocess.run(
        [home.cli.python, "-m", "opencredits", "status", "--line"],
        env=clean_environ(home.cli.home, home.env),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (result.returncode, result.stdout[:13]) == (0, "OpenRouter: $")
