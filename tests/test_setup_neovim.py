"""`opencredits setup neovim` with pynvim: loaded into the Neovims that run, and tried in a new one."""

import os
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path

import pynvim
import pytest

from editors import neovim
from opencredits.simulator import Simulator
from processes import is_running
from waiting import wait_for

LUALINE = """
vim.opt.runtimepath:append("{folder}")
require("lualine").setup({{ sections = {{ lualine_x = {{ "opencredits" }} }} }})
"""
TRIED = """
from opencredits.editors import live_neovim
from opencredits.errors import SetupRefused
try:
    print(live_neovim.text_of_a_new_one(patience=5))
except SetupRefused as exc:
    print(exc.sentence())
"""


@pytest.mark.parametrize("version", ["0.10", "0.12"])
class TestRealNeovim:
    """With pynvim: loaded into those that run, and tried in a new one."""

    @pytest.fixture
    def nvim(self, cli, tmp_path, version):
        """`.setup()`, `.configure(TEXT)` and `.running()` for a Neovim with a key."""
        with Simulator("steady") as simulator:
            yield Neovim(cli, neovim(version), tmp_path / "run", simulator)

    def test_nothing_is_shown_yet(self, nvim):
        """Without a place for it in the status line that is said."""
        assert "A new Neovim shows: OpenRouter: $25.00 (but not in its status line yet)" in nvim.setup()

    def test_a_new_one(self, nvim):
        """With the user's own lualine."""
        nvim.configure(LUALINE.format(folder=nvim.editor.plugin("lualine")))
        assert "A new Neovim shows: OpenRouter: $25.00\n" in nvim.setup()

    def test_one_that_runs(self, nvim):
        """It was started before, and shows it at once."""
        with nvim.running() as running:
            said = nvim.setup()
            assert running("g:opencredits.text") == "OpenRouter: $25.00"
        assert "The Neovim at " in said
        assert said.count("shows: OpenRouter: $25.00") == 2

    def test_one_that_waits_for_a_key(self, nvim):
        """It is left alone, and nobody waits for it."""
        with nvim.running():
            running = pynvim.attach("socket", path=nvim.address())
            running.ui_attach(80, 20)
            running.input(':echo "one\\ntwo"<CR>')
            wait_for(lambda: running.api.get_mode()["blocking"], "waiting")
            said = nvim.setup()
        with suppress(OSError, EOFError):  # only whoever reads the end of the connection closes the socket
            while running.next_message():
                pass
        running.close()
        assert "not loaded (it waits for a key" in said

    def test_a_package_manager_in_the_way(self, nvim):
        """It leaves out the folder of packages."""
        nvim.configure("vim.opt.packpath = {}\nvim.opt.runtimepath = { vim.env.VIMRUNTIME }")
        assert "does not load the adapter" in nvim.setup(complaint=True)

    @pytest.mark.parametrize("blocking", ["while true do end", "vim.fn.getchar()"], ids=["busy", "waiting"])
    def test_one_that_never_starts(self, nvim, blocking):
        """Nobody waits for it longer than that, and it does not stay."""
        nvim.configure(
            f"vim.fn.writefile({{ tostring(vim.fn.getpid()) }}, vim.env.HOME .. '/pid')\n{blocking}"
        )
        assert nvim.text_within_five_seconds().startswith("A new Neovim did not answer within 5 seconds.")
        assert not is_running(int((nvim.cli.home / "pid").read_text()))

    def test_one_that_starts_slowly(self, nvim):
        """Its configuration waits, and answers meanwhile: it is looked at when it is up."""
        nvim.configure("vim.wait(500)")
        assert "A new Neovim shows: OpenRouter: $25.00" in nvim.setup()

    def test_not_on_the_path(self, nvim):
        """The adapter is in place all the same."""
        nvim.environ["PATH"] = os.defpath
        if not any(Path(folder, "nvim").exists() for folder in os.defpath.split(os.pathsep)):
            assert "Neovim was not found on the PATH" in nvim.setup(complaint=True)


class Neovim:
    """A user's Neovim, for `opencredits setup neovim`."""

    def __init__(self, cli, editor, runtime, simulator):
        self.cli, self.editor = cli, editor
        runtime.mkdir(mode=0o700)
        self.environ = {
            **editor.environ,
            "PATH": f"{Path(editor.program).parent}{os.pathsep}{os.environ['PATH']}",
            "XDG_RUNTIME_DIR": str(runtime),
            "TMPDIR": str(runtime),  # where it looks for Neovims as well
            "OPENROUTER_API_KEY": simulator.key,
        }
        self.runtime = runtime
        cli("config", "set", "accounts.default.base_url", simulator.base_url)

    def configure(self, text):
        """The user's init.lua."""
        config = self.cli.home / ".config/nvim"
        config.mkdir(parents=True, exist_ok=True)
        (config / "init.lua").write_text(text)

    def setup(self, *, complaint=False):
        """What `opencredits setup neovim` says."""
        done = self.cli("setup", "neovim", env=self.environ)
        assert done.returncode == 0
        assert bool(done.stderr) == complaint, done.stderr
        return done.stdout + done.stderr

    def text_within_five_seconds(self):
        """Of a new one; or what stands in the way."""
        command = [self.cli.python, "-c", TRIED]
        environ = {**self.environ, "HOME": str(self.cli.home)}
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def running(self):
        """One that is there already, listening where it does by itself."""
        environ = {**self.environ, "HOME": str(self.cli.home)}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL}
        command = [self.editor.program, "--headless", "-i", "NONE", "-n"]
        with subprocess.Popen(command, env=environ, **pipes) as process:
            try:
                wait_for(lambda: list(self.runtime.glob("nvim.*.0")), "listening")
                yield lambda expression: self._ask(self.address(), expression)
            finally:
                process.kill()

    def address(self):
        """Where the one that runs listens."""
        (found,) = self.runtime.glob("nvim.*.0")
        return str(found)

    def _ask(self, address, expression):
        """The value of an expression in one that runs."""
        asked = [self.editor.program, "--server", address, "--remote-expr", expression]
        environ = {**self.environ, "HOME": str(self.cli.home)}
        return subprocess.run(asked, env=environ, capture_output=True, text=True, check=True).stdout.strip()
