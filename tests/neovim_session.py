"""A real Neovim with the adapter and lualine, in a home of its own, driven by pynvim."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import pynvim

from editors import Editor
from installation import ROOT, clean_environ
from processes import children
from waiting import PATIENCE, wait_for

ADAPTER = ROOT / "plugins" / "neovim"

# `Said` are the messages that the person sees; `Answers` are given to what it asks by vim.ui.select.
INIT = """
vim.opt.runtimepath:prepend({adapter})
vim.opt.runtimepath:append({lualine})
vim.o.termguicolors = true
Said, Notify = {{}}, vim.notify
vim.notify = function(text, level) table.insert(Said, {{ level = level, text = text }}) end
Asked, Answers = {{}}, {{}}
vim.ui.select = function(items, options, chosen)
  local titles = vim.tbl_map(options.format_item or tostring, items)
  table.insert(Asked, {{ prompt = options.prompt, items = titles }})
  local answer = table.remove(Answers, 1)
  for i, title in ipairs(titles) do
    if answer and vim.startswith(title, answer) then
      return chosen(items[i], i)
    end
  end
  chosen(nil)
end
Changes = 0
vim.api.nvim_create_autocmd("User", {{
  pattern = "OpenCreditsChanged",
  callback = function() Changes = Changes + 1 end,
}})
local nothing = {{ lualine_a = {{}}, lualine_b = {{}}, lualine_x = {{}}, lualine_y = {{}}, lualine_z = {{}} }}
local sections = vim.tbl_extend("error", nothing, {{ lualine_c = {{ "opencredits" }} }})
require("lualine").setup({{
  options = {{ icons_enabled = false, theme = "auto" }},
  sections = sections,
  inactive_sections = sections,
}})
"""
SETUP = 'require("opencredits").setup(vim.json.decode({options}))\n'


class Screen:
    """Cells of text and colour, put together from what Neovim draws."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[int, tuple[str, int]]] = {}
        self.colours: dict[int, Mapping[str, Any]] = {}

    def draw(self, batch: list[list[Any]]) -> None:
        """Take over what has changed."""
        for name, *calls in batch:
            for call in calls:
                if name == "hl_attr_define":
                    self.colours[call[0]] = call[1]
                elif name == "grid_clear":
                    self.rows.clear()
                elif name == "grid_line":
                    self._draw_line(*call[1:4])

    def _draw_line(self, row: int, column: int, cells: list[list[Any]]) -> None:
        highlight = 0
        for text, *rest in cells:
            highlight = rest[0] if rest else highlight
            for _ in range(rest[1] if len(rest) > 1 else 1):
                self.rows.setdefault(row, {})[column] = (text, highlight)
                column += 1

    def lines(self) -> list[str]:
        """The text, from above."""
        return ["".join(text for _, (text, _) in sorted(self.rows[row].items())) for row in sorted(self.rows)]

    def place_of(self, text: str) -> tuple[int, int]:
        """Row and column of its first character."""
        for row, line in zip(sorted(self.rows), self.lines(), strict=True):
            if text in line:
                return row, line.index(text)
        raise AssertionError(f"{text!r} is not on the screen:\n" + "\n".join(self.lines()))

    def colour_of(self, text: str) -> str | None:
        """The colour of its first character: "#b3f6c0"."""
        row, column = self.place_of(text)
        _, highlight = self.rows[row][column]
        colour = self.colours[highlight].get("foreground")
        return None if colour is None else f"#{colour:06x}"


class Neovim:
    """Use as a context manager. `options` go to setup(), which is not called when they are None.

    `argv` are more arguments of Neovim; `lua` is run at the end of its configuration.
    """

    def __init__(
        self,
        editor: Editor,
        home: Path,
        options: Mapping[str, Any] | None = None,
        *,
        env: Mapping[str, str | None] | None = None,
        argv: tuple[str, ...] = (),
        lua: str = "",
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="oc-nvim-"))  # short: it holds a socket
        self.home = home
        init = INIT.format(
            adapter=json.dumps(str(ADAPTER)), lualine=json.dumps(str(editor.plugin("lualine")))
        )
        if options is not None:
            init += SETUP.format(options=f"[=====[{json.dumps(options)}]=====]")
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
            self.__exit__()
            raise
        return self

    def _is_listening(self) -> bool:
        assert self.process.poll() is None, self.printed()
        # There is a moment in which the socket is there and nobody listens yet.
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket)) == 0

    def __exit__(self, *_: object) -> None:
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

    def type(self, keys: str) -> None:
        """As a person does."""
        self.api.input(keys)

    def click(self, text: str) -> None:
        """With the left button, on a text of the screen."""
        row, column = self.screen().place_of(text)
        for what in ("press", "release"):
            self.api.request("nvim_input_mouse", "left", what, "", 0, row, column)

    # what is seen

    def drawn(self) -> dict[str, Any]:
        """lualine's line, as Neovim evaluates it: `str`, and the groups in `highlights`."""
        return self.lua(
            """
            local window = vim.api.nvim_get_current_win()
            local line = vim.wo[window].statusline
            return vim.api.nvim_eval_statusline(line, { winid = window, maxwidth = 400, highlights = true })
            """
        )

    def text(self) -> str:
        """The text in lualine's line."""
        return self.drawn()["str"].strip()

    def group(self) -> str:
        """The highlight group of the text in lualine's line."""
        drawn = self.drawn()
        start = len(drawn["str"]) - len(drawn["str"].lstrip())
        groups = [each["group"] for each in drawn["highlights"] if each["start"] <= start]
        return groups[-1]

    def wait_text(self, expected: str) -> str:
        """Wait until lualine's line begins with this."""
        return wait_for(
            lambda: self.text().startswith(expected) and self.text(),
            lambda: f"{expected!r}; there is {self.text()!r}, and {self.said()} was said",
        )

    def screen(self) -> Screen:
        """What is on the true screen, as a terminal gets it."""
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

    def wait_said(self, part: str) -> str:
        """The first message with this in it, as soon as there is one."""
        return wait_for(
            lambda: next((text for text in self.said() if part in text), None),
            lambda: f"{part!r}; said was {self.said()}",
        )

    def answer(self, *titles: str) -> None:
        """Choose these, one after the other, in the next menus."""
        self.lua("Answers = ...", list(titles))

    def asked(self) -> list[dict[str, Any]]:
        """The menus so far."""
        return self.lua("return Asked")

    # what runs

    def cores(self) -> list[int]:
        """The cores that run."""
        return children(self.pid)

    def core(self) -> int:
        """The one core that runs, as soon as it does."""
        (pid,) = wait_for(self.cores, "a core")
        return pid

    def quit(self) -> int:
        """As a person does; gives the exit status."""
        self.api.command("call timer_start(0, {-> execute('qall!')})")
        return self.process.wait(PATIENCE)
