"""A real Vim with the adapter in its package folder, in a home of its own and on the screen of a tmux.

The test asks it over one of Vim's own channels, types as a person does, and reads the screen.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import editors
from account_home import AccountHome
from editors import Editor
from installation import ROOT, clean_environ
from needs import need
from opencredits.simulator import Simulator
from processes import children, is_running
from scripted_bridge import STATUS, Script
from waiting import PATIENCE, wait_for

ADAPTER = ROOT / "plugins" / "vim"
VERSIONS = ["9.0", "9.2"]  # each that is tried
FULL = "OpenRouter: $25.00"  # what the account of the tests has

# Colours of their own, so that the screen tells the groups apart. An airline that this machine loads by
# itself stays away, unless a test wants it.
VIMRC = """
set nocompatible
let g:loaded_airline = 1
for [s:group, s:colour] in items({{'Ok': 2, 'Low': 3, 'Critical': 5, 'Error': 1}})
  execute printf('highlight OpenCredits%s cterm=NONE ctermfg=0 ctermbg=%d', s:group, s:colour)
endfor
{vimrc}
let g:test = ch_open('127.0.0.1:{port}', {{'mode': 'json', 'waittime': 10000}})
"""


class Vim:
    """Use as a context manager. `vimrc` is more of its configuration, `argv` more of its arguments."""

    def __init__(
        self,
        editor: Editor,
        home: Path,
        vimrc: str = "",
        *,
        env: Mapping[str, str | None] | None = None,
        argv: tuple[str, ...] = (),
        size: tuple[int, int] = (100, 24),
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="oc-vim-"))  # short: it holds a socket
        self.home = home
        self.tmux = [need("tmux"), "-S", str(self.folder / "socket"), "-f", os.devnull]
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(PATIENCE)
        text = VIMRC.format(vimrc=vimrc, port=self.server.getsockname()[1])
        (home / ".vimrc").write_text(text, encoding="utf-8")
        width, height = map(str, size)
        self.session = [
            "new-session",
            "-d",
            "-c",
            str(home),
            "-x",
            width,
            "-y",
            height,
            "--",
            editor.program,
            *argv,
        ]
        self.environ = clean_environ(home, {**editor.environ, **(env or {})})
        self.asked = 0

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
            stack.enter_context(self.server)
            # In the foreground: whatever it starts is below the process of the test, and ends with it.
            self.screen_server = stack.enter_context(
                subprocess.Popen(
                    [*self.tmux, "-D"], env=self.environ, cwd=self.home, stdin=subprocess.DEVNULL
                )
            )
            stack.callback(self.screen_server.kill)
            wait_for((self.folder / "socket").exists, "tmux's socket")
            self._tmux(*self.session)
            self.connection = stack.enter_context(self.server.accept()[0])
            self.connection.settimeout(PATIENCE)
            self.answers = stack.enter_context(self.connection.makefile(encoding="utf-8"))
            self.pid = self.eval("getpid()")
            stack.callback(self.kill)
            self.ends = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        with self.ends:
            faults = self.faults() if is_running(self.pid) else []
            assert not faults, f"Vim stumbled: {faults}"

    def faults(self) -> list[str]:
        """Errors that no one has caught."""
        return re.findall(r"^(?:Error detected.*|E\d+: .*)$", self.eval("execute('messages')"), re.MULTILINE)

    def _tmux(self, *words: str, typed: str | None = None) -> str:
        command = [*self.tmux, *words]
        return subprocess.run(
            command, env=self.environ, input=typed, capture_output=True, encoding="utf-8", check=True
        ).stdout

    def eval(self, expression: str) -> Any:
        """The value of an expression."""
        self.asked += 1
        self.connection.sendall(json.dumps(["expr", expression, -self.asked]).encode() + b"\n")
        for line in self.answers:
            number, value = json.loads(line)
            if number == -self.asked:
                return value
        raise AssertionError("Vim has closed its channel")

    def command(self, command: str) -> str:
        """Run an Ex command, and give what it prints."""
        return self.eval(f"execute({json.dumps(command)}, '')")

    def type(self, *keys: str) -> None:
        """Press keys by their names in tmux, or letters."""
        self._tmux("send-keys", "--", *keys)

    def paste(self, text: str) -> None:
        """Type a text that no command line may hold."""
        self._tmux("load-buffer", "-", typed=text)
        self._tmux("paste-buffer", "-d")

    # what is seen

    def text(self) -> str:
        """What the adapter shows."""
        return self.eval("opencredits#Statusline()")

    def wait_text(self, expected: str) -> str:
        """Wait until what is shown begins with this."""
        return wait_for(
            lambda: self.text().startswith(expected) and self.text(),
            lambda: f"{expected!r}; there is {self.text()!r}, and {self.said()} was said:\n{self.screen()}",
        )

    def screen(self, *, colours: bool = False, redraw: bool = True) -> str:
        """What is on the screen, with the escape sequences of colours if wanted.

        `redraw` would wipe out what waits for a key.
        """
        if redraw:
            self.eval("execute('redraw')")
        return self._tmux("capture-pane", "-p", *(["-e"] if colours else []))

    def wait_screen(self, part: str) -> str:
        """Wait until this is on the screen, and give all of it."""
        return wait_for(
            lambda: part in self.screen() and self.screen(),
            lambda: f"{part!r} on the screen:\n{self.screen()}",
        )

    def colour_of(self, part: str) -> int | None:
        """The number of the background behind this on the screen."""
        before, found, _ = self.screen(colours=True).partition(part)
        assert found, f"{part!r} is not on the screen:\n{self.screen()}"
        escapes = "".join(re.findall(r"\x1b\[[\d;]*m", before))
        backgrounds = re.findall(r"[;\[]4([0-79])(?=[;m])", escapes.rpartition("\x1b[0m")[2])
        return int(backgrounds[-1]) if backgrounds else None

    def said(self) -> list[str]:
        """The adapter's messages so far."""
        lines = self.eval("execute('messages')").split("\n")
        return [line for line in lines if line.startswith("OpenCredits")]

    def wait_said(self, part: str) -> str:
        """The first message with this in it, as soon as there is one."""
        return wait_for(
            lambda: next((text for text in self.said() if part in text), None),
            lambda: f"{part!r}; said was {self.said()}:\n{self.screen()}",
        )

    def waits_for_enter(self) -> bool:
        """Whether a message has stopped everything."""
        return self.eval("mode(1)").startswith("r")

    # what runs

    def cores(self) -> list[int]:
        """The cores that run."""
        return children(self.pid)

    def core(self) -> int:
        """The one core that runs, as soon as it does."""
        (pid,) = wait_for(self.cores, "a core")
        return pid

    def quit(self) -> None:
        """As a person does."""
        self.type("Escape", ":qall!", "Enter")
        wait_for(lambda: not is_running(self.pid), "Vim's end")

    def kill(self) -> None:
        """As nobody should."""
        if is_running(self.pid):
            os.kill(self.pid, signal.SIGKILL)


class Home(AccountHome):
    """A home beside a simulator, with the key in the environment and the core on PATH, and the Vims in it."""

    def __init__(self, cli: Any, sim: Simulator, editor: Editor, stack: contextlib.ExitStack) -> None:
        super().__init__(cli, sim, stack)
        self.put_core_on_path()
        self.editor = editor
        self.install()

    def install(self) -> None:
        """Put the adapter where Vim looks for packages."""
        shutil.copytree(ADAPTER, self.path / ".vim/pack/opencredits/start/opencredits")

    def open(self, vimrc: str = "", *, env: Mapping[str, str | None] | None = None, **more: Any) -> Vim:
        """Start a Vim."""
        return self.stack.enter_context(
            Vim(self.editor, self.path, vimrc, env={**self.env, **(env or {})}, **more)
        )

    def open_scripted(self, command: list[str], vimrc: str = "", **more: Any) -> Vim:
        """Start a Vim whose core plays a script."""
        return self.open(f"let g:opencredits_command = {json.dumps(command)}\n{vimrc}", **more)

    def play(self, script: Script, vimrc: str = "") -> Vim:
        """The same, once the script's first text is shown."""
        vim = self.open_scripted(script.command, vimrc)
        vim.wait_text(STATUS["text"])
        return vim


@contextlib.contextmanager
def open_home(cli: Any, version: str) -> Iterator[Home]:
    """See Home; the account has $25.00, and nobody spends but the test. Skips where that Vim is missing."""
    with contextlib.ExitStack() as stack:
        sim = stack.enter_context(Simulator("idle"))
        yield Home(cli, sim, editors.vim(version), stack)
