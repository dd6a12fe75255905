"""The pictures of the README: real editors in a real terminal, playing the demo.

    python docs/pictures/make.py

Needs the editors that the tests need (`.ci/editors FOLDER`), `opencredits` in this Python's environment, and
Xvfb, xterm and ImageMagick: xvfb xterm imagemagick fonts-dejavu-core.
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

from editors import Editor, neovim, vim  # noqa: E402  # shared with the tests
from installation import clean_environ  # noqa: E402

SIZE = "96x20"
WORTH_A_PICTURE = re.compile(r"\$7\.\d\d \(-\$2\.\d\d/hr\)")
PATIENCE = 25.0  # seconds; the story comes around every 20

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
    """Make both."""
    with tempfile.TemporaryDirectory() as folder, screen() as display:
        home = Path(folder)
        (home / "agent.py").write_text((ROOT / "core/opencredits/money.py").read_text(encoding="utf-8"))
        environ = {**clean_environ(home), "DISPLAY": display, "COLORTERM": "truecolor"}
        editor = neovim("0.12")
        show = NEOVIM.format(lualine=editor.plugin("lualine"), **places("neovim", home))
        take(editor, ["-u", written(home / "init.lua", show)], environ, home, HERE / "neovim.png")
        editor = vim("9.2")
        show = VIM.format(**places("vim", home))
        take(editor, ["-Nu", written(home / "vimrc", show)], environ, home, HERE / "vim.png")


def places(editor: str, home: Path) -> Mapping[str, str]:
    """What the configurations name."""
    core = Path(sys.executable).with_name("opencredits")
    return {"adapter": str(ROOT / "plugins" / editor), "core": str(core), "told": str(home / "told")}


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


def take(editor: Editor, options: Sequence[str], environ: Mapping[str, str], home: Path, to: Path) -> None:
    """Run the editor in a terminal until it shows what we want, and take the picture."""
    told = home / "told"
    told.unlink(missing_ok=True)
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
