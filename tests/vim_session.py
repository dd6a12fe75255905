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
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from editor_session import EditorSession
from editors import Editor
from installation import ROOT, clean_environ
from needs import need
from processes import is_running
from waiting import PATIENCE, wait_for

ADAPTER = ROOT / "plugins" / "vim"
COMMON = ROOT / "tests" / "vim_init.vim"
VERSIONS = ["9.0", "9.2"]  # each that is tried

VIMRC = """
source {common}
{vimrc}
let g:test = ch_open('127.0.0.1:{port}', {{'mode': 'json', 'waittime': 10000}})
"""
# The popups in which something can be chosen.
MENUS = (
    "filter(popup_list(), {_, id -> popup_getoptions(id).cursorline && popup_getoptions(id).zindex == 200})"
)


class Vim(EditorSession):
    """Use as a context manager. `vimrc` is more of its configuration, `argv` more of its arguments."""

    CLIENT: ClassVar = {"name": "Vim"}
    COLOURS: ClassVar = {"ok": 2, "low": 3, "critical": 5, "error": 1, "unknown": None}

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
        text = VIMRC.format(common=COMMON, vimrc=vimrc, port=self.server.getsockname()[1])
        (home / ".vimrc").write_text(text, encoding="utf-8")
        width, height = map(str, size)
        self.session = ["new-session", "-d", "-c", str(home), "-x", width, "-y", height]
        self.session += ["--", editor.program, *argv]
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
            if is_running(self.pid):
                assert (self.faults(), self.waits_for_enter()) == ([], False), (
                    f"Vim stumbled:\n{self.scene()}"
                )

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

    # what is seen

    def text(self) -> str:
        """What the adapter shows."""
        return self.eval("opencredits#Statusline()")

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
            lambda: part in (screen := self.screen()) and screen,
            lambda: f"{part!r} on the screen:\n{self.screen()}",
        )

    def colour(self) -> int | None:
        """On the screen, where a long text loses its beginning."""
        return self.colour_of(self.text()[-60:])

    def colour_of(self, part: str) -> int | None:
        """The number of the background behind this on the screen."""
        screen = wait_for(
            lambda: part in (screen := self.screen(colours=True)) and screen,
            lambda: f"{part!r} on the screen:\n{self.screen()}",
        )
        before, _, _ = screen.partition(part)
        escapes = "".join(re.findall(r"\x1b\[[\d;]*m", before))
        backgrounds = re.findall(r"[;\[]4([0-79])(?=[;m])", escapes.rpartition("\x1b[0m")[2])
        return int(backgrounds[-1]) if backgrounds else None

    def said(self) -> list[str]:
        """The adapter's messages so far."""
        lines = self.eval("execute('messages')").split("\n")
        return [line for line in lines if line.startswith("OpenCredits")]

    def page_text(self) -> str:
        """Details are a popup: the whole screen."""
        return self.screen()

    def waits_for_enter(self) -> bool:
        """Whether a message has stopped everything."""
        return self.eval("mode(1)").startswith("r")

    def scene(self) -> str:
        """With the screen."""
        return f"{super().scene()}:\n{self.screen()}"

    # what a person does

    def type(self, *keys: str) -> None:
        """Press keys by their names in tmux, or letters."""
        self._tmux("send-keys", "--", *keys)

    def run(self, command: str) -> None:
        """One of our commands."""
        self.command(f"OpenCredits {command}")

    def set_options(self, **options: Any) -> None:
        """By typing commands: it is their end that the adapter notices."""
        known = "unlet! g:opencredits_enabled g:opencredits_demo g:opencredits_settings"
        self.type("Escape", f":{' | '.join([known, *in_vimrc(options)])}", "Enter")

    def choose(self, title: str) -> None:
        """In a popup."""
        number = wait_for(lambda: self._line(MENUS, title), lambda: f"the choice {title!r}; {self.scene()}")
        self._leave_popup(*"j" * (number - 1), "Enter")

    def _line(self, popups: str, start: str) -> int | None:
        """In which line something begins so, in one of these popups."""
        pages = self.eval(f"map({popups}, 'getbufline(winbufnr(v:val), 1, \"$\")')")
        lines = (each for page in reversed(pages) for each in enumerate(page, 1))
        return next((number for number, line in lines if line.startswith(start)), None)

    def confirm(self, question: str, *, yes: bool) -> None:
        """In a popup as well."""
        self.wait_screen(question)
        self._leave_popup("y" if yes else "n")

    def _leave_popup(self, *keys: str) -> None:
        # Until it is gone, what is looked for next might be found in it.
        before = self.eval("popup_list()")
        self.type(*keys)
        wait_for(lambda: set(before) - set(self.eval("popup_list()")), lambda: f"its end:\n{self.screen()}")

    def answer(self, prompt: str, text: str) -> None:
        """On the command line."""
        self.wait_screen(f"{prompt}:")
        self.type(text, "Enter")

    def answer_secretly(self, text: str) -> None:
        """On the command line, too; pasted, since keys would be in the arguments of tmux."""
        self.wait_screen("(not shown)")
        self._tmux("load-buffer", "-", typed=text)
        self._tmux("paste-buffer", "-d")
        wait_for(lambda: "*" * len(text[:20]) in self.screen(), lambda: f"asterisks:\n{self.screen()}")
        self.type("Enter")

    def act(self, row: str, action: str) -> None:
        """With Enter, in the line of the row."""
        number = wait_for(lambda: self._line("popup_list()", f"  {row}"), lambda: f"{row!r}; {self.scene()}")
        self.type("g", *"j" * (number - 1), "Enter")
        self.choose(action)

    def quit(self) -> None:
        """As a person does."""
        self.type("Escape", ":qall!", "Enter")
        wait_for(lambda: not is_running(self.pid), "Vim's end")

    def kill(self) -> None:
        """As nobody should."""
        if is_running(self.pid):
            os.kill(self.pid, signal.SIGKILL)


def in_vimrc(options: Mapping[str, Any]) -> list[str]:
    """Options as commands: those of the core are in g:opencredits_settings."""
    own = [
        f"let g:opencredits_{name} = {int(options[name])}" for name in ("demo", "enabled") if name in options
    ]
    settings = {name: value for name, value in options.items() if name not in ("demo", "enabled")}
    quoted = json.dumps(settings).replace("'", "''")
    return [*own, f"let g:opencredits_settings = json_decode('{quoted}')"] if settings else own
