"""How the adapter finds the core in Vim, and when it starts one; for its life see `test_adapters_core`."""

import contextlib
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import editors
from adapters import FOLDERS, FULL, home_of
from installation import clean_environ
from opencredits import paths
from processes import is_running
from vim_session import ADAPTER, VERSIONS
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tmux and signals are POSIX's")

FIND = "opencredits#core#Find(get(g:, 'opencredits_command', ''))"

home = home_of("vim", *VERSIONS)


# finding it


def test_that_a_core_is_missing_stops_nothing(home):
    """It is said in one line, so that nothing waits for a key, and whole in a popup."""
    vim = home.open(env=home.without_core())
    vim.wait_said("No core was found")
    assert "pipx install" in vim.wait_screen("opencredits'")
    assert not vim.waits_for_enter()


def test_a_command_that_cannot_be_run_is_named(home):
    vim = home.open(vimrc="let g:opencredits_command = ['/nowhere/opencredits', '--key=it']")
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
    home.record([recorded])
    assert vim.eval(FIND)["command"] == [recorded]
    chosen = home.link_core(home.path / "chosen")
    vim.command("let g:opencredits_command = ['~/chosen/opencredits', '-x']")
    assert vim.eval(FIND) == {"command": [chosen, "-x"], "step": "g:opencredits_command"}


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
    home.record(["/gone"])
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


# its life


def test_nothing_runs_before_vim_is_up(home, script):
    vim = home.play(
        script, vimrc="autocmd VimEnter * let g:early = [exists('g:opencredits#session#version')]"
    )
    assert vim.eval("g:early") == [0]


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


def test_what_is_asked_early_is_answered_later(home, script):
    """Between the start and the answer to `initialize`."""
    vim = home.play(script)
    vim.command("OpenCredits restart | OpenCredits refresh")
    wait_for(lambda: script.params("refresh"), "the request")


def test_sourcing_again_leaves_one_core(home):
    vim = home.open()
    vim.wait_text(FULL)
    core = vim.core()
    for _ in range(3):
        vim.command("unlet g:loaded_opencredits | runtime plugin/opencredits.vim")
        vim.command("runtime! autoload/opencredits.vim autoload/opencredits/*.vim")
    home.spend("1")
    vim.run("refresh")
    vim.wait_text("OpenRouter: $24.00")
    assert vim.cores() == [core]


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
