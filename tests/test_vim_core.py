"""How the Vim adapter finds the core and keeps one running, in real Vims."""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

import editors
from installation import clean_environ
from opencredits import __version__, paths
from processes import is_running
from scripted_bridge import STATUS
from vim_session import ADAPTER, FULL, VERSIONS, open_home
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tmux and signals are POSIX's")

FIND = "opencredits#core#Find(get(g:, 'opencredits_command', ''))"


@pytest.fixture(params=VERSIONS)
def home(cli, request):
    """See vim_session.Home."""
    with open_home(cli, request.param) as home:
        yield home


# finding it


def test_a_missing_core_is_one_message_that_says_what_to_do(home):
    """In one line, so that nothing waits for a key, and whole in a popup."""
    vim = home.open(env=home.without_core())
    message = vim.wait_said("No core was found")
    for part in (f"{home.state}/setup.json", "PATH", "~/.local/bin", "pipx install opencredits"):
        assert part in message
    assert "pipx install" in vim.wait_screen("opencredits'")
    assert not vim.waits_for_enter()
    vim.command("OpenCreditsRefresh")
    vim.wait_said("is not running")
    assert len(vim.said()) == 2


def test_a_command_that_cannot_be_run_is_named(home):
    vim = home.open("let g:opencredits_command = ['/nowhere/opencredits', '--key=it']")
    assert "'/nowhere/opencredits'" in vim.wait_said("g:opencredits_command names")


def test_the_ladder_to_the_core(home):
    """Each step wins over those below."""
    in_user_folder = home.link_core(home.path / ".local/bin")
    vim = home.open(env=home.without_core())
    vim.wait_text(FULL)
    assert vim.eval(FIND)["command"] == [in_user_folder]
    on_path = home.link_core(home.path / "programs")
    vim.command(f"let $PATH = '{home.path}/programs'")
    assert vim.eval(FIND)["command"] == [on_path]
    recorded = home.link_core(home.path / "recorded")
    (home.state / "setup.json").write_text(json.dumps({"command": [recorded], "version": "0.1.0"}))
    assert vim.eval(FIND)["command"] == [recorded]
    chosen = home.link_core(home.path / "chosen")
    vim.command("let g:opencredits_command = ['~/chosen/opencredits', '-x']")
    assert vim.eval(FIND) == {"command": [chosen, "-x"], "step": "g:opencredits_command"}


FOLDERS = [
    ("PIPX_BIN_DIR", "."),
    ("UV_TOOL_BIN_DIR", "."),
    ("XDG_BIN_HOME", "."),
    ("PIPX_HOME", "venvs/opencredits/bin"),
    ("UV_TOOL_DIR", "opencredits/bin"),
    ("XDG_DATA_HOME", "uv/tools/opencredits/bin"),
    ("HOME", ".local/bin"),
    ("HOME", ".local/share/pipx/venvs/opencredits/bin"),
    ("HOME", ".local/pipx/venvs/opencredits/bin"),
]


def test_the_folders_of_pipx_and_uv(home):
    vim = home.open(env=home.without_core())
    vim.wait_said("No core was found")
    for number, (variable, folder) in enumerate(FOLDERS):
        base = home.path / f"base{number}"
        program = home.link_core(base / folder)
        before = vim.eval(f"${variable}")
        vim.command(f"let ${variable} = '{base}'")
        assert vim.eval(FIND).get("command") == [program], variable
        vim.command(f"let ${variable} = '{before}'")
    assert "command" not in vim.eval(FIND)


def test_what_setup_has_recorded_may_be_out_of_date(home):
    """Then the ladder goes on."""
    vim = home.open()
    vim.wait_text(FULL)
    for text in ("{", "[]", '{"command": 5}', '{"command": []}', '{"command": ["/gone"]}'):
        (home.state / "setup.json").write_text(text)
        assert vim.eval(FIND)["step"] == "PATH", text


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the platform's own rules hold")
def test_the_files_of_the_core_are_where_it_has_them(home, monkeypatch):
    """Both follow the same variables."""
    vim = home.open(env={**home.without_core(), "XDG_STATE_HOME": None})
    vim.wait_said("No core was found")
    monkeypatch.setenv("HOME", str(home.path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    for name, value in (("HOME", str(home.path)), ("XDG_STATE_HOME", "/a/b"), ("OPENCREDITS_HOME", "/c d")):
        monkeypatch.setenv(name, value)
        vim.command(f"let ${name} = '{value}'")
        files = vim.eval("[opencredits#paths#Status(), opencredits#paths#Setup(), opencredits#paths#Log()]")
        ours = paths.default()
        assert files == [ours.status, ours.setup, ours.log]


def test_after_setup_nothing_needs_to_be_set(home):
    """As the README says: the program puts the plugin in place, and is found although it is not on PATH."""
    shutil.rmtree(home.path / ".vim")
    assert home.cli("setup", "vim").returncode == 0
    vim = home.open(env=home.without_core())
    vim.wait_screen(FULL)
    vim.command("help opencredits")
    assert vim.eval("expand('%:t')") == "opencredits.txt"


def test_the_version_is_that_of_the_core(home):
    """What is released together has one version."""
    assert home.open().eval("[opencredits#Level(), g:opencredits#session#version]")[1] == __version__


# its life


def test_nothing_runs_before_vim_is_up(home, script):
    """The core is started with the word `bridge`, and told who speaks."""
    vim = home.open_scripted(
        script.command, "autocmd VimEnter * let g:early = [exists('g:opencredits#session#version')]"
    )
    wait_for(lambda: script.params("initialize"), "the first request")
    assert vim.eval("g:early") == [0]
    assert [each["argv"] for each in script.received if "argv" in each] == [["bridge"]]
    (initialize,) = script.params("initialize")
    assert initialize == {
        "protocol": 1,
        "client": {"name": "Vim", "version": __version__},
        "settings": {},
    }


def test_a_killed_core_comes_back(home):
    vim = home.open()
    vim.wait_text(FULL)
    first = vim.core()
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: vim.cores() not in ([], [first]), "another core")
    home.sim.account.spend(Decimal(1))
    vim.command("OpenCreditsRefresh")
    vim.wait_text("OpenRouter: $24.00")
    assert vim.said() == []


def test_a_core_that_crashes_at_once_is_given_up_after_five_times(home, script):
    script.write(start=[{"stderr": "something\nis broken\n\n"}, {"exit": 3}])
    vim = home.open_scripted(script.command)
    message = vim.wait_said("crashed 5 times")
    assert "is broken." in message
    assert ":OpenCredits restart" in message
    assert len(script.starts) == 5
    assert not vim.waits_for_enter()
    script.write()
    vim.command("OpenCredits restart")
    vim.wait_text(STATUS["text"])
    assert len(vim.said()) == 1


def test_a_core_that_says_nothing_is_told_by_how_it_ended(home):
    vim = home.open()
    for command, words in {
        "kill -9 $$": "signal kill",
        "echo; echo ' ' >&2; exit 3": "exit status 3",
    }.items():
        vim.command("let g:words = '' | let g:Tell = {words -> extend(g:, {'words': words})}")
        argv = json.dumps(["sh", "-c", command])
        vim.command(f"call opencredits#process#Start({argv}, {{_ -> 0}}, g:Tell)")
        wait_for(lambda words=words: vim.eval("g:words") == words, words)


def test_what_was_asked_of_a_core_that_crashes_is_answered(home, script):
    script.write(refresh=[{"exit": 1}])
    vim = home.open_scripted(script.command)
    vim.wait_text(STATUS["text"])
    vim.command("OpenCreditsRefresh")
    vim.wait_said("crashed before it answered")


def test_what_is_asked_early_is_answered_later(home, script):
    """Between the start and the answer to `initialize`."""
    vim = home.open_scripted(script.command)
    vim.wait_text(STATUS["text"])
    vim.command("OpenCredits restart | OpenCredits refresh")
    wait_for(lambda: script.params("refresh"), "the request")


@pytest.mark.parametrize("how", ["quit", "kill"])
def test_the_core_goes_with_vim(home, how):
    vim = home.open()
    vim.wait_text(FULL)
    core = vim.core()
    vim.quit() if how == "quit" else vim.kill()
    wait_for(lambda: not is_running(core), "the core's end")


def test_sourcing_again_and_restarting_leave_one_core(home):
    vim = home.open()
    vim.wait_text(FULL)
    first = vim.core()
    for _ in range(3):
        vim.command("unlet g:loaded_opencredits | runtime plugin/opencredits.vim")
        vim.command("runtime! autoload/opencredits.vim autoload/opencredits/*.vim")
    home.sim.account.spend(Decimal(1))
    vim.command("OpenCreditsRefresh")
    vim.wait_text("OpenRouter: $24.00")
    assert vim.cores() == [first]
    for _ in range(3):
        vim.command("OpenCredits restart")
    wait_for(lambda: first not in vim.cores() and len(vim.cores()) == 1, "the end of the others")


def test_a_core_that_does_not_end_is_killed(home, tmp_path):
    """One that neither hears SIGTERM nor sees the end of its stdin."""
    deaf = tmp_path / "deaf"
    deaf.write_text("#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n")
    deaf.chmod(0o755)
    vim = home.open_scripted([str(deaf)])
    core = vim.core()
    vim.command("let g:opencredits_enabled = 0 | OpenCredits refresh")
    wait_for(lambda: not is_running(core), "its end")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            {"result": {"protocol": 2, "server": {"version": "9"}, "status": STATUS}},
            "The core (9) does not speak",
        ),
        (
            {"error": {"code": -32010, "message": "Too old.", "data": {"action": "Update."}}},
            "Too old. Update.",
        ),
    ],
)
def test_another_version_of_the_protocol_is_one_message(home, script, answer, said):
    script.write(initialize=[answer])
    vim = home.open_scripted(script.command)
    vim.wait_said(said)
    vim.command("OpenCreditsRefresh")
    vim.wait_said("is not running")
    assert (len(script.starts), len(vim.said())) == (1, 2)
    wait_for(lambda: not vim.cores(), "its end")


def test_what_is_not_of_the_protocol_is_passed_over(home, script):
    """Lines in pieces, long ones, and what is none of our business."""
    long = {**STATUS, "text": "ünï💸", "tooltip": "x" * 300_000}
    noise = 'not JSON\n\n[1]\n"x"\nnull\n5\n{"id": 99, "result": 1}\n{"method": "news", "params": {}}\n'
    script.write(
        start=[{"write": noise}],
        initialize=[
            {
                "result": {"protocol": 1, "server": {}, "status": STATUS, "faults": []},
                "chunk": 7,
            }
        ],
    )
    vim = home.open_scripted(script.command)
    vim.wait_text(STATUS["text"])
    script.cue(status=long, chunk=30_001)
    vim.wait_text("ünï💸")


def test_answers_in_another_order(home, script):
    script.write(
        details=[{"until": "menu"}, {"result": {"title": "T", "markdown": "", "text": "late", "lists": []}}],
        menu=[{"result": {"title": "M", "choices": []}}],
    )
    vim = home.open_scripted(script.command)
    vim.wait_text(STATUS["text"])
    vim.command("OpenCredits details | OpenCredits configure")
    vim.wait_screen("late")


# kinds of Vim


def run_without_screen(home, steps, *argv):
    """Run a script in Ex mode; it has the function Tell(LIST), and gives back what that was told."""
    told, file = home.path / "told", home.path / "steps.vim"
    tell = f"let Tell = {{lines -> writefile(lines, '{told}')}}"
    load = f"set runtimepath^={ADAPTER}\nruntime plugin/opencredits.vim\ncall opencredits#Start()"
    file.write_text("\n".join([tell, load, steps, "qall!"]))
    command = [home.editor.program, "-u", "NONE", "-i", "NONE", "-n", "-T", "dumb", "--not-a-term", *argv]
    done = subprocess.run(
        [*command, "-S", str(file)],
        env=clean_environ(home.path, {**home.editor.environ, **home.env}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    return told.read_text().splitlines()


UNTIL = """
for i in range(3000)
  if {condition} | break | endif
  sleep 20m
endfor
"""


@pytest.mark.parametrize("mode", ["-Nes", "-Ces"])
def test_a_vim_without_a_screen(home, mode):
    """In Ex mode, compatible or not; nothing is printed, and the core ends with it."""
    steps = (
        UNTIL.format(condition="opencredits#Statusline() =~# '25'")
        + """
    OpenCreditsRefresh
    let cores = json_encode(map(job_info(), 'job_info(v:val).process'))
    call Tell([opencredits#Statusline(), cores, execute('messages')])
    """
    )
    text, cores, *messages = run_without_screen(home, steps, mode)
    assert (text, messages) == (FULL, [""])
    (core,) = json.loads(cores)
    wait_for(lambda: not is_running(core), "the core's end")
    with contextlib.closing(sqlite3.connect(home.state / "opencredits.db")) as database:
        assert database.execute("SELECT * FROM focus").fetchall() == []  # nobody is there to see an alert


def test_a_restricted_vim_says_why_there_is_nothing(home):
    """It may start no programs."""
    steps = (
        UNTIL.format(condition="execute('messages') =~# 'OpenCredits'")
        + "call Tell(split(execute('messages'), '\\n'))"
    )
    (message,) = run_without_screen(home, steps, "-Nes", "-Z")
    assert message.startswith("OpenCredits: The core cannot be started in a restricted Vim")


def test_neovim_is_told_that_this_is_not_for_it(tmp_path):
    """It lacks what this plugin stands on."""
    nvim = editors.neovim("0.10")
    command = [nvim.program, "--headless", "-u", "NONE", "-i", "NONE", "--cmd", f"set rtp^={ADAPTER}"]
    done = subprocess.run(
        [*command, "+runtime plugin/opencredits.vim", "+doautocmd VimEnter", "+OpenCredits", "+qall!"],
        env=clean_environ(tmp_path, nvim.environ),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert "install OpenCredits for Neovim instead" in done.stderr
    assert "E492" in done.stderr  # no command


def test_every_file_is_read_in_compatible_mode(home):
    """Each guards its continued lines by itself."""
    files = sorted(str(path) for path in Path(ADAPTER).rglob("*.vim") if "airline" not in str(path))
    vim = home.open(env=home.without_core())
    vim.wait_said("No core was found")
    vim.command("set compatible")
    for file in files:
        vim.command(f"source {file}")
        assert vim.eval("&cpoptions =~# 'C'") == 1, file
