"""The pictures of the README: real editors in a real terminal and a real browser, playing the demo.

    python docs/pictures/make.py [neovim] [vim] [vscode]

Needs the editors that the tests need (`.ci/editors FOLDER`), the VS Code extension (`npm run build` in its
folder), `opencredits` and what the tests need in this Python's environment, and Xvfb, xterm, Chromium and
ImageMagick: xvfb xterm chromium imagemagick fonts-dejavu-core.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from browser import Browser  # noqa: E402  # shared with the tests
from editors import Editor, neovim, vim, vscode  # noqa: E402
from installation import clean_environ  # noqa: E402
from opencredits.simulator import Simulator  # noqa: E402
from vscode_session import QUIET, VERSION, VsCode, Window  # noqa: E402
from waiting import wait_for as wait_until  # noqa: E402

SIZE = "96x20"
WORTH_A_PICTURE = re.compile(r"\$7\.\d\d \(-\$2\.\d\d/hr\)")
LOW = re.compile(r"\$[1234]\.\d\d \(")
PATIENCE = 25.0  # seconds; the story comes around every 20

# VS Code: the size of its window, and the parts of it that are shown.
WIDTH, HEIGHT = 900, 460
WHOLE = {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT}
CORNER = {"x": WIDTH - 560, "y": HEIGHT - 240, "width": 560, "height": 240}
ALERT = {"x": WIDTH - 560, "y": HEIGHT - 320, "width": 560, "height": 320}
BAR = {"x": WIDTH - 560, "y": HEIGHT - 30, "width": 560, "height": 30}
LOOK = {"workbench.colorTheme": "Default Dark Modern", "editor.minimap.enabled": False}

NEOVIM = """
vim.opt.runtimepath:append({{ [[{lualine}]], [[{adapter}]] }})
vim.opt.shortmess:append("I")
vim.opt.swapfile = false
vim.opt.number = true
vim.cmd.syntax("on")
require("lualine").setup({{
  options = {{ icons_enabled = false, theme = "auto", section_separators = "", globalstatus = true }},
  sections = {{ lualine_b = {{}}, lualine_x = {{ "opencredits" }}, lualine_y = {{ "progress" }} }},
}})
require("opencredits").setup({{ demo = true, command = [[{core}]] }})
vim.api.nvim_create_autocmd("User", {{
  pattern = "OpenCreditsChanged",
  callback = function()
    vim.fn.writefile({{ vim.g.opencredits.text }}, [[{told}]])
  end,
}})
vim.defer_fn(function() vim.cmd("OpenCredits details") end, 4000)
"""
VIM = """
let g:loaded_airline = 1 " where the system brings it, it is loaded unasked
set nocompatible laststatus=2 number noswapfile shortmess+=I background=dark
syntax on
let &runtimepath .= ',{adapter}'
let g:opencredits_demo = 1
let g:opencredits_command = '{core}'
let &statusline = ' %f%=%{{%opencredits#StatuslineInColour()%}}  %l:%c '
autocmd User OpenCreditsChanged call writefile([opencredits#Statusline()], '{told}')
"""


def main() -> None:
    """Make those that are named, or all."""
    makers = {"neovim": take_neovim, "vim": take_vim, "vscode": take_vscode}
    for name in sys.argv[1:] or makers:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            (home / "agent.py").write_text((ROOT / "core/opencredits/money.py").read_text(encoding="utf-8"))
            makers[name](home)


def take_neovim(home: Path) -> None:
    """With lualine, and with its window of details."""
    editor = neovim("0.12")
    show = NEOVIM.format(lualine=editor.plugin("lualine"), **places("neovim", home))
    take(editor, ["-u", written(home / "init.lua", show)], home, HERE / "neovim.png")


def take_vim(home: Path) -> None:
    """With its own status line."""
    show = VIM.format(**places("vim", home))
    take(vim("9.2"), ["-Nu", written(home / "vimrc", show)], home, HERE / "vim.png")


def take_vscode(home: Path) -> None:
    """The demo as it comes to each of these; the error is a simulator's, for a key that it does not know."""
    config = home / ".config/opencredits/config.toml"
    config.parent.mkdir(parents=True)
    with Browser() as browser, Simulator("idle") as simulator:
        config.write_text(f'[accounts.default]\nbase_url = "{simulator.base_url}"\n')
        settings = {"opencredits.command": str(core()), "opencredits.demo": True}
        env = {"OPENROUTER_API_KEY": "sk-or-v1-unknown"}
        editor = vscode(VERSION)
        with VsCode(editor, browser, home, settings, env=env, look={**QUIET, **LOOK}) as server:
            (server.workspace / "agent.py").write_text((home / "agent.py").read_text())
            window = server.open()
            window.do(window.page.set_viewport_size, {"width": WIDTH, "height": HEIGHT})
            window.do(window.page.get_by_text("agent.py").first.dblclick)
            window.run("View: Toggle Primary Side Bar Visibility")
            take_story(window)
            server.set({**settings, "opencredits.demo": False})
            window.wait_text("OpenRouter: Error (")
            shoot(window, "error", BAR)


def take_story(window: Window) -> None:
    """What the demo brings."""
    comes(window, WORTH_A_PICTURE)
    shoot(window, "normal", WHOLE)
    window.tooltip("Refresh")
    comes(window, WORTH_A_PICTURE)
    shoot(window, "tooltip", CORNER)
    window.leave_tooltip()
    comes(window, LOW)
    shoot(window, "low", BAR)
    window.wait_said("An agent may be looping")
    shoot(window, "alert", ALERT)
    window.run("OpenCredits: Show Details")
    window.wait_page("Accounts")
    comes(window, WORTH_A_PICTURE)
    window.run("Notifications: Clear All Notifications")
    window.wait_page("Burn rate")
    shoot(window, "details", WHOLE)


def comes(window: Window, text: re.Pattern[str]) -> None:
    """The next time that this is shown."""
    wait_until(lambda: text.search(window.text()), f"{text.pattern}")


def shoot(window: Window, what: str, part: Mapping[str, int]) -> None:
    """Take this part of the window."""
    to = HERE / f"vscode-{what}.png"
    window.picture(to, clip=part, animations="disabled")
    subprocess.run(["convert", to, "+dither", "-colors", "128", "-strip", f"png8:{to}"], check=True)
    print(f"{to}: {to.stat().st_size} bytes")


def core() -> Path:
    """The installed program."""
    return Path(sys.executable).with_name("opencredits")


def places(editor: str, home: Path) -> Mapping[str, str]:
    """What the configurations name."""
    return {"adapter": str(ROOT / "plugins" / editor), "core": str(core()), "told": str(home / "told")}


def written(path: Path, text: str) -> str:
    """The file with this text."""
    path.write_text(text, encoding="utf-8")
    return str(path)


@contextmanager
def screen() -> Iterator[str]:
    """A screen that nobody sees, by its name."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1200x700x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        try:
            with os.fdopen(reader) as told:
                yield f":{told.readline().strip()}"
        finally:
            server.terminate()


def take(editor: Editor, options: Sequence[str], home: Path, to: Path) -> None:
    """Run the editor in a terminal until it shows what we want, and take the picture."""
    with screen() as display:
        environ = {**clean_environ(home), "DISPLAY": display, "COLORTERM": "truecolor"}
        take_on(editor, options, environ, home, to)


def take_on(editor: Editor, options: Sequence[str], environ: Mapping[str, str], home: Path, to: Path) -> None:
    """On the screen of this environment."""
    told = home / "told"
    terminal = ["xterm", "-geometry", f"{SIZE}+0+0", "-fa", "DejaVu Sans Mono", "-fs", "11", "-bg", "#1c1c1c"]
    command = [*terminal, "-fg", "#d0d0d0", "-e", editor.program, *options, str(home / "agent.py")]
    with subprocess.Popen(command, env={**environ, **editor.environ}, cwd=home) as process:
        try:
            wait_for(told)
            shot = ["import", "-window", "root", "-trim", "+repage", "+dither", "-strip", f"png8:{to}"]
            subprocess.run(shot, env=environ, check=True)
        finally:
            process.terminate()
    print(f"{to}: {to.stat().st_size} bytes")


def wait_for(told: Path) -> None:
    """The text that is worth a picture, after everything has been drawn."""
    deadline = time.monotonic() + PATIENCE
    time.sleep(5)  # the story begins; by then the editor stands, and its window with the details
    while time.monotonic() < deadline:
        if told.exists() and WORTH_A_PICTURE.search(told.read_text(encoding="utf-8")):
            time.sleep(0.2)
            return
        time.sleep(0.05)
    raise SystemExit("The text did not come; what was shown last is in the window.")


if __name__ == "__main__":
    main()
