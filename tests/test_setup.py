"""`opencredits setup`: the adapter in place, the core's path recorded, and all of it undone again."""

import json
import os
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path

import pynvim
import pytest

from editors import neovim
from opencredits.simulator import Simulator
from waiting import wait_for

PACKAGED = "pack/opencredits/start/opencredits"
PLACES = {"vim": f".vim/{PACKAGED}", "neovim": f".local/share/nvim/site/{PACKAGED}"}
NO_PYNVIM = "raise ImportError('not for this test')\n"
LUALINE = """
vim.opt.runtimepath:append("{folder}")
require("lualine").setup({{ sections = {{ lualine_x = {{ "opencredits" }} }} }})
"""


def files(folder):
    """All files by their paths in there."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def setup(cli, tmp_path):
    """`opencredits setup` without pynvim and without any editor on its PATH."""
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "pynvim.py").write_text(NO_PYNVIM)

    def setup(*args, **env):
        return cli("setup", *args, env={"PYTHONPATH": str(blocked), "PATH": os.defpath, **env})

    setup.home = cli.home
    setup.state = cli.home / ".local/state/opencredits"
    return setup


@pytest.mark.parametrize("editor", PLACES)
class TestInPlace:
    """Copied, recorded, and taken away again."""

    def test_all_of_it_is_copied(self, setup, editor):
        """With an index of its help, which editors do not make for packages."""
        done = setup(editor)
        place = setup.home / PLACES[editor]
        assert done.returncode == 0, done.stderr
        assert str(place) in done.stdout
        assert f"opencredits setup {editor} --remove" in done.stdout
        assert {"README.md", "doc/opencredits.txt", "doc/tags"} <= files(place)
        assert "opencredits\topencredits.txt\t/*opencredits*" in (place / "doc/tags").read_text().splitlines()

    def test_the_core_is_recorded(self, setup, editor):
        """By a command that works from anywhere."""
        setup(editor)
        record = json.loads((setup.state / "setup.json").read_text())
        asked = [*record["command"], "--version"]
        done = subprocess.run(asked, cwd="/", env={}, capture_output=True, text=True, check=True)
        assert done.stdout.split()[-1] == record["version"]
        assert (setup.state / "setup.json").stat().st_mode & 0o777 == 0o600

    def test_dry_run(self, setup, editor):
        """Says the same and does nothing."""
        said = setup(editor, "--dry-run").stdout
        assert str(setup.home / PLACES[editor]) in said
        assert "setup.json" in said
        assert files(setup.home) == set()

    def test_undone(self, setup, editor):
        """Nothing is left of it; what else is there stays."""
        setup(editor)
        other = setup.home / Path(PLACES[editor]).parent.parent.parent / "other"
        other.mkdir()
        assert files(setup.home) != set()
        before = files(setup.home)
        assert "Would remove" in setup(editor, "--remove", "--dry-run").stdout
        assert files(setup.home) == before
        assert setup(editor, "--remove").returncode == 0
        assert files(setup.home) == set()
        assert not (setup.home / PLACES[editor]).parent.parent.exists()
        assert other.is_dir()

    def test_nothing_to_undo(self, setup, editor):
        """Is said, and is no error."""
        done = setup(editor, "--remove")
        assert (done.returncode, "nothing was done" in done.stdout) == (0, True)

    def test_again(self, setup, editor):
        """An older one is replaced as a whole."""
        setup(editor)
        old = setup.home / PLACES[editor] / "lua/gone.lua"
        old.parent.mkdir(exist_ok=True)
        old.write_text("of an older version")
        assert "over version" in setup(editor).stdout
        assert not old.exists()
        assert [each.name for each in (setup.home / PLACES[editor]).parent.iterdir()] == ["opencredits"]

    @pytest.mark.parametrize("removing", [(), ("--remove",)], ids=["install", "remove"])
    @pytest.mark.parametrize("kind", ["folder", "link"])
    def test_what_is_not_ours_stays(self, setup, editor, removing, kind):
        """Such as a plugin manager's checkout, or a link to one's own."""
        place = setup.home / PLACES[editor]
        place.parent.mkdir(parents=True)
        own = setup.home / "own" if kind == "link" else place
        own.mkdir()
        (own / "mine.lua").write_text("mine")
        if kind == "link":
            place.symlink_to(own)
        done = setup(editor, *removing)
        assert done.returncode == 1
        assert "was not put there by 'opencredits setup'" in done.stderr
        assert (own / "mine.lua").read_text() == "mine"

    def test_a_folder_that_cannot_be_made(self, setup, editor):
        """One sentence, and nothing half done."""
        top = setup.home / Path(PLACES[editor]).parts[0]
        top.write_text("a file stands here")
        done = setup(editor)
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert files(setup.home) == {top.name}


def test_the_record_is_kept_for_the_other_editor(setup):
    """Only the last one takes it away."""
    setup("vim")
    setup("neovim")
    setup("vim", "--remove")
    assert (setup.state / "setup.json").exists()
    setup("neovim", "--remove")
    assert not (setup.state / "setup.json").exists()


def test_folders_of_the_users_own_choice(setup):
    """XDG_DATA_HOME and NVIM_APPNAME for Neovim, ~/.config/vim where Vim itself would take it."""
    data = setup.home / "data"
    setup("neovim", XDG_DATA_HOME=str(data), NVIM_APPNAME="other")
    assert (data / "other/site" / PACKAGED / "plugin").is_dir()
    (setup.home / ".config/vim").mkdir(parents=True)
    (setup.home / ".config/vim/vimrc").write_text("")
    setup("vim")
    assert (setup.home / ".config/vim" / PACKAGED / "plugin").is_dir()


def test_without_pynvim(setup):
    """It says how to have it tried."""
    assert "opencredits[nvim]" in setup("neovim").stdout


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
