"""A real Neovim with the adapter and lualine, in a home of its own, driven by pynvim."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

import pynvim

from editor_session import EditorSession
from editors import Editor
from installation import ROOT, clean_environ
from neovim_screen import Screen
from waiting import PATIENCE, wait_for

ADAPTER = ROOT / "plugins" / "neovim"
COMMON = ROOT / "tests" / "neovim_init.lua"
VERSIONS = ["0.10", "0.12"]  # each that is tried

INIT = "Adapter, Lualine = {adapter}, {lualine}\ndofile({common})\n"
SETUP = 'require("opencredits").setup(vim.json.decode({setup}))\n'


class Neovim(EditorSession):
    """Use as a context manager. `setup` goes to setup(), which is not called when it is None.

    `argv` are more arguments of Neovim; `lua` is run at the end of its configuration.
    """

    CLIENT: ClassVar = {"name": "Neovim"}
    COLOURS: ClassVar = {
        **{
            level: f"lualine_c_normal_OpenCredits{level.title()}"
            for level in ("ok", "low", "critical", "error")
        },
        "unknown": "lualine_c_normal",
    }

    def __init__(
        self,
        editor: Editor,
        home: Path,
        setup: Mapping[str, Any] | None = None,
        *,
        env: Mapping[str, str | None] | None = None,
        argv: tuple[str, ...] = (),
        lua: str = "",
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="oc-nvim-"))  # short: it holds a socket
        self.home = home
        files = {"adapter": ADAPTER, "lualine": editor.plugin("lualine"), "common": COMMON}
        init = INIT.format(**{name: json.dumps(str(path)) for name, path in files.items()})
        if setup is not None:
            init += SETUP.format(setup=f"[=====[{json.dumps(setup)}]=====]")
        (self.folder / "init.lua").write_text(init + lua, encoding="utf-8")
        self.socket = self.folder / "socket"
        self.argv = [editor.program, "--headless", "--listen", str(self.socket)]
        self.argv += ["-u", str(self.folder / "init.lua"), *argv]
        # No plugins of this machine: they, too, have status lines.
        nowhere = {"XDG_DATA_DIRS": str(self.folder), "XDG_CONFIG_DIRS": str(self.folder)}
        self.environ = clean_environ(home, {**editor.environ, **nowhere, **(env or {})})

    def __enter__(self) -> Self:
        self.output = (self.folder / "output").open("wb+")
        self.process = subprocess.Popen(
            self.argv,
            env=self.environ,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=-2,
        )
        self.pid = self.process.pid
        self.api: Any = None
        self._screen: Screen | None = None
        try:
            wait_for(self._is_listening, "Neovim's socket")
            self.api = pynvim.attach("socket", path=str(self.socket))
        except BaseException:
            self._end()
            raise
        return self

    def _is_listening(self) -> bool:
        assert self.process.poll() is None, self.printed()
        # There is a moment in which the socket is there and nobody listens yet.
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket)) == 0

    def __exit__(self, *_: object) -> None:
        fault = self.fault()
        self._end()
        assert not fault, f"Neovim stumbled: {fault}"

    def fault(self) -> str:
        """The last error that no one has caught; "" for none, or where Neovim could not say."""
        is_free = self.process.poll() is None and not self.api.request("nvim_get_mode")["blocking"]
        return self.lua("return vim.v.errmsg") if is_free else ""

    def _end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.output.close()
        if self.api is not None:
            self._read_to_end()
            self.api.close()
        # Neovim's fork of a moment ago, and files that it still writes, are none of our business any more.
        subprocess.run(["rm", "-rf", str(self.folder)], check=False)

    def _read_to_end(self) -> None:
        # Only whoever reads the end of the connection closes the socket.
        with contextlib.suppress(OSError, EOFError):
            while self.api.next_message():
                pass

    def printed(self) -> str:
        """What it wrote to its terminal."""
        return (self.folder / "output").read_text(errors="replace")

    def lua(self, code: str, *args: object) -> Any:
        """Run this and give what it returns."""
        return self.api.exec_lua(code, *args)

    def command(self, command: str) -> None:
        """Run an Ex command."""
        self.api.command(command)

    # what is seen

    def drawn(self) -> dict[str, Any]:
        """lualine's line, as Neovim evaluates it: `str`, and the groups in `highlights`."""
        return self.lua(
            """
            local window = vim.api.nvim_list_wins()[1] -- not one that floats above it
            local line = vim.wo[window].statusline
            return vim.api.nvim_eval_statusline(line, { winid = window, maxwidth = 400, highlights = true })
            """
        )

    def text(self) -> str:
        """The text in lualine's line."""
        return self.drawn()["str"].strip()

    def colour(self) -> str:
        """The highlight group of the text in lualine's line."""
        drawn = self.drawn()
        start = len(drawn["str"]) - len(drawn["str"].lstrip())
        groups = [each["group"] for each in drawn["highlights"] if each["start"] <= start]
        return groups[-1]

    def screen(self) -> Screen:
        """What is on the true screen, as a terminal gets x."""
        if self._screen is None:
            self._screen = Screen()
            self.api.ui_attach(120, 20, rgb=True, ext_linegrid=True)
        self.command("redraw!")
        self.command(f"call rpcnotify({self.api.channel_id}, 'drawn')")
        while (message := self.api.next_message())[1] != "drawn":
            if message[1] == "redraw":
                self._screen.draw(message[2])
        return self._screen

    def said(self) -> list[str]:
        """The messages so far."""
        return [each["text"] for each in self.lua("return Said")]

    def page_text(self) -> str:
        """The text of the window that the person is in."""
        return "\n".join(self.api.current.buffer[:])

    def asked(self) -> list[dict[str, Any]]:
        """The menus so far."""
        return self.lua("return Asked")

    def is_ready(self) -> bool:
        """Whether the core has answered."""
        return self.lua("return require('opencredits.session').is_ready()")

    def mode(self) -> str:
        """Also while it asks for something on the command line."""
        return self.api.request("nvim_get_mode")["mode"]

    # what a person does

    def type(self, keys: str) -> None:
        """Keys as mappings name them."""
        self.api.input(keys)

    def click(self, text: str) -> None:
        """With the left button, on a text of the screen."""
        row, column = self.screen().place_of(text)
        for what in ("press", "release"):
            self.api.request("nvim_input_mouse", "left", what, "", 0, row, column)

    def run(self, command: str) -> None:
        """One of our commands."""
        self.command(f"OpenCredits {command}")

    def set_options(self, **options: Any) -> None:
        """By calling setup() again."""
        self.lua("require('opencredits').setup(vim.json.decode(...))", json.dumps(in_setup(options)))

    def choose(self, title: str) -> None:
        """In vim.ui.select."""
        wait_for(
            lambda: self.lua("return Choose(...)", title),
            lambda: f"a menu with {title!r}; asked was {self.asked()}; {self.scene()}",
        )

    def answer(self, prompt: str, text: str) -> None:
        """In vim.ui.input."""
        wait_for(
            lambda: self.lua("return Answer(...)", prompt, text),
            lambda: f"the prompt {prompt!r}; {self.scene()}",
        )

    def answer_secretly(self, text: str) -> None:
        """On the command line: what is typed before it asks would go elsewhere."""
        wait_for(lambda: self.mode() == "c", lambda: f"the prompt; {self.asked()}")
        self.type(f"{text}<CR>")

    def confirm(self, question: str, *, yes: bool) -> None:
        """In vim.ui.select as well."""
        asked = {"prompt": question, "items": ["Yes", "No"]}
        wait_for(
            lambda: self.lua("return Menu") == asked, lambda: f"{question!r}; {self.asked()}; {self.scene()}"
        )
        self.choose("Yes" if yes else "No")

    def act(self, row: str, action: str) -> None:
        """With Enter, in the line of the row."""
        lines = self.page_text().split("\n")
        (line, *_) = (at for at, text in enumerate(lines, 1) if text.startswith(f"  {row}"))
        self.api.current.window.cursor = (line, 0)
        self.type("<CR>")
        self.choose(action)

    def quit(self) -> None:
        """As a person does."""
        self.command("call timer_start(0, {-> execute('qall!')})")
        assert self.process.wait(PATIENCE) == 0, self.printed()

    def kill(self) -> None:
        """As nobody should."""
        self.process.kill()


def in_setup(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as setup() takes them: its own, and those of the core in `settings`."""
    own = {name: value for name, value in options.items() if name in ("demo", "enabled")}
    settings = {name: value for name, value in options.items() if name not in own}
    return {**own, "settings": settings} if settings else own
