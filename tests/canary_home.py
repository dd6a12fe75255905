"""A home with one account for each source of keys, in which all that is said and left behind is searched."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from key_search import Descendants, Search

# It shows what it was started with, complains about the key on stderr, and prints it.
KEY_COMMAND = """#!/bin/sh
cat /proc/$$/environ /proc/$$/cmdline >> {folder}/started
cat {folder}/$1 >&2
cat {folder}/$1
"""

# Every Python of ours runs this first, and reports what it is about to start, however shortly that lives.
OBSERVER = """
import os, sys

def report(event, args):
    if event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system"):
        environ = args[-1] or dict(os.environ)  # None: all of its own
        with open({log!r}, "a") as log:
            log.write(f"{{args}} {{environ}}\\n")

sys.addaudithook(report)
"""


@dataclass(frozen=True)
class Call:
    """One command line, and what is typed into it."""

    args: tuple[str, ...]
    typed: str = ""


@dataclass(frozen=True)
class Said:
    """What a command wrote, and where."""

    where: str
    text: str


class CanaryHome:
    """Accounts: `default` has its keys in the environment, `command` from commands, `keyring` in the keyring.

    `run`, `run_all`, `briefly` and `on_a_terminal` run the installed program; `found` is the search.
    """

    def __init__(self, cli, keys: dict[tuple[str, str], str], bus: dict[str, str], proxy: str) -> None:
        self.cli = cli
        self.children = Descendants()
        self.said: list[Said] = []
        self.commands = cli.home.parent / "commands"
        self.started = self.commands / "started"
        self.config = cli.home / ".config/opencredits/config.toml"
        self.state = cli.home / ".local/state/opencredits"
        self.environ = {
            **bus,
            "TMPDIR": str(cli.home / "tmp"),
            "PYTHONPATH": str(self.commands),
            **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), proxy),
        }
        (cli.home / "tmp").mkdir()
        self._write_commands()
        self.hold(keys)

    def hold(self, keys: dict[tuple[str, str], str]) -> None:
        """Put these keys into the environment and the commands; the keyring is not of this home."""
        self.keys = keys
        self.search = Search(keys.values())
        self.environ |= {
            "OPENROUTER_API_KEY": keys["default", "ordinary"],
            "OPENROUTER_MANAGEMENT_KEY": keys["default", "management"],
            "CURL_HEADER": f"Authorization: Bearer {keys['default', 'ordinary']}",
        }
        for kind in ("ordinary", "management"):
            (self.commands / kind).write_text(keys["command", kind])

    def _write_commands(self) -> None:
        self.commands.mkdir()
        (self.commands / "sitecustomize.py").write_text(OBSERVER.format(log=str(self.started)))
        script = self.commands / "key"
        script.write_text(KEY_COMMAND.format(folder=self.commands))
        script.chmod(0o700)

    def configure(self, base_url: str, *shown: str) -> None:
        """Point all three accounts at an address, and show all or some of them."""
        script = self.commands / "key"
        lines = [
            *("[accounts]", f"show = {list(shown)}"),
            *("[accounts.default]", f'base_url = "{base_url}"'),
            *("[accounts.command]", f'base_url = "{base_url}"', f'key_command = ["{script}", "ordinary"]'),
            f'management_key_command = ["{script}", "management"]',
            *("[accounts.keyring]", f'base_url = "{base_url}"'),
        ]
        self.write_config("\n".join(lines))

    def write_config(self, text: str) -> None:
        """The whole file."""
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(f"{text}\n")

    def run(self, *args: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        ended = self.cli(*args, env=self.environ, input=typed)
        self._heard(args, ended.stdout, ended.stderr)
        return ended

    def run_all(self, calls: Iterable[Call]) -> None:
        """Run commands, a few at a time."""
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda call: self.run(*call.args, typed=call.typed), calls))

    def start(self, *args: str) -> subprocess.Popen[str]:
        """Start a command that stays, and wait for its first line."""
        process = self.cli.start(*args, env=self.environ)
        self._heard(args, process.stdout.readline())
        return process

    def stop(self, process: subprocess.Popen[str]) -> None:
        """Press Ctrl-C."""
        process.send_signal(signal.SIGINT)
        self._heard(process.args, *process.communicate())

    def on_a_terminal(self, *args: str, typed: str, ending: str = "\n") -> int:
        """Answer a hidden prompt, and return the exit status; without an ending it is interrupted."""
        ours, theirs = pty.openpty()
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
        # A session of its own, or the prompt would be on the terminal of whoever runs the tests.
        process = self.cli.start(*args, env=self.environ, start_new_session=True, **streams)
        os.close(theirs)
        shown = b""
        while b"(not shown)" not in shown:
            shown += os.read(ours, 1024)
        os.write(ours, (typed + ending).encode())
        quiet = True
        with suppress(OSError):  # that is how a terminal ends
            while True:
                # As long as nothing happens: a signal just before Python reads waits for the next key.
                if quiet and not ending:
                    process.send_signal(signal.SIGINT)
                quiet = not select.select([ours], [], [], 1)[0]
                shown += b"" if quiet else os.read(ours, 1024)
        os.close(ours)
        self._heard(args, shown.decode())
        return process.wait()

    def found(self, *, but: Sequence[Path] = ()) -> list[str]:
        """Where any key was found so far; files that the test itself wrote a key to are left out."""
        places = [(said.where, said.text.encode()) for said in self.said]
        files = [*self.cli.home.rglob("*"), self.started]
        places += [(f"file {path}", _content(path)) for path in files if path.is_file() and path not in but]
        for argv, environ in list(self.children.seen):
            child = argv.replace(b"\0", b" ").decode(errors="replace")
            places += [(f"argv of {child}", argv), (f"environment of {child}", environ)]
        return sorted(f"{what} in {where}" for where, data in places for what in self.search(data))

    def _heard(self, args: Sequence[str], *texts: str) -> None:
        self.said += [Said(" ".join(args), text) for text in texts]


def _content(path: Path) -> bytes:
    """Its path as well; nothing where it has gone in the meantime."""
    try:
        return str(path).encode() + path.read_bytes()
    except FileNotFoundError:
        return b""
