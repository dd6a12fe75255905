"""`opencredits setup`: the adapter in place, the core's path recorded, and all of it undone again."""

import json
import runpy
import subprocess
from pathlib import Path

import pytest

from installation import ROOT
from setup_home import SetupHome, files

# Where each editor looks for packages, and ours in there.
PACKAGES = {
    "neovim": ".local/share/nvim/site/pack",
    "vim": ".vim/pack",
    "sublime": ".config/sublime-text/Packages",
}
PACKAGED = "opencredits/start/opencredits"
PLACES = {
    "neovim": f"{PACKAGES['neovim']}/{PACKAGED}",
    "vim": f"{PACKAGES['vim']}/{PACKAGED}",
    "sublime": f"{PACKAGES['sublime']}/OpenCredits",
}
MARK = ".opencredits-setup.json"


@pytest.fixture
def setup(cli, tmp_path):
    """See SetupHome; no editor is there."""
    return SetupHome(cli, tmp_path)


@pytest.mark.parametrize("editor", PLACES)
class TestInPlace:
    """Copied, recorded, and taken away again."""

    def test_all_of_it_is_copied(self, setup, editor):
        """It is said where to, how to see it, and how to undo it."""
        done = setup(editor)
        place = setup.home / PLACES[editor]
        assert done.returncode == 0, done.stderr
        assert str(place) in done.stdout
        assert "status" in done.stdout.splitlines()[2]
        assert f"opencredits setup {editor} --remove" in done.stdout
        assert len(files(place)) > 5

    def test_the_core_is_recorded(self, setup, editor):
        """By a command that works from anywhere."""
        setup(editor)
        record = json.loads(setup.record.read_text())
        asked = [*record["command"], "--version"]
        done = subprocess.run(asked, cwd="/", env={}, capture_output=True, text=True, check=True)
        assert done.stdout.split()[-1] == record["version"]
        assert setup.record.stat().st_mode & 0o777 == 0o600

    def test_a_record_that_cannot_be_written_is_named(self, setup, editor):
        """The adapter is in place all the same."""
        setup.record.parent.parent.mkdir(parents=True)
        setup.record.parent.write_text("a file where the folder should be")
        done = setup(editor)
        assert done.returncode == 1
        assert f"could not be recorded in {setup.record}" in done.stderr
        assert (setup.home / PLACES[editor]).is_dir()

    def test_dry_run(self, setup, editor):
        """Says the same and does nothing."""
        said = setup(editor, "--dry-run").stdout
        assert f"Would put the {'Sublime Text' if editor == 'sublime' else editor.title()} adapter" in said
        assert str(setup.home / PLACES[editor]) in said
        assert "setup.json" in said
        assert files(setup.home) == set()

    def test_undone(self, setup, editor):
        """Nothing is left of it; what else is there stays."""
        setup(editor)
        other = setup.home / PACKAGES[editor] / "other"
        other.mkdir()
        before = files(setup.home)
        assert before != set()
        said = setup(editor, "--remove", "--dry-run").stdout
        assert said.count("Would remove") == 2
        assert files(setup.home) == before
        assert setup(editor, "--remove").returncode == 0
        assert files(setup.home) == set()
        assert list(other.parent.iterdir()) == [other]

    def test_nothing_to_undo(self, setup, editor):
        """Is said, and is no error."""
        done = setup(editor, "--remove")
        assert (done.returncode, "nothing was done" in done.stdout) == (0, True)

    def test_again(self, setup, editor):
        """An older one is replaced as a whole."""
        setup(editor)
        old = setup.home / PLACES[editor] / "gone.txt"
        old.write_text("of an older version")
        assert "over version" in setup(editor).stdout
        assert not old.exists()
        assert [each.name for each in old.parent.parent.iterdir()] == [old.parent.name]

    @pytest.mark.parametrize(
        "removing", [(), ("--remove",), ("--dry-run",)], ids=["install", "remove", "dry run"]
    )
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
        assert not setup.record.exists()

    def test_a_folder_that_cannot_be_made(self, setup, editor):
        """One sentence, and nothing half done."""
        top = setup.home / Path(PLACES[editor]).parts[0]
        top.write_text("a file stands here")
        done = setup(editor)
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert str(top) in done.stderr
        assert files(setup.home) == {top.name}


@pytest.mark.parametrize("editor", ["neovim", "vim"])
def test_help_has_its_index(setup, editor):
    """Neither Neovim nor Vim makes one for packages."""
    setup(editor)
    tags = setup.home / PLACES[editor] / "doc/tags"
    assert "opencredits\topencredits.txt\t/*opencredits*" in tags.read_text().splitlines()


def test_sublime_gets_the_same_as_by_its_package(setup):
    """`hatch run package-sublime` makes the same folder into one file, with the licence."""
    setup("sublime")
    members = runpy.run_path(str(ROOT / "plugins/package_sublime.py"))["members"]()
    assert files(setup.home / PLACES["sublime"]) - {MARK} == set(members) - {"LICENSE"}


def test_sublimes_folder_may_be_a_link(setup):
    """People keep their packages where they are synchronized."""
    shared = setup.home / "shared"
    shared.mkdir()
    packages = setup.home / PACKAGES["sublime"]
    packages.parent.mkdir(parents=True)
    packages.symlink_to(shared)
    assert setup("sublime").returncode == 0
    assert [each.name for each in shared.iterdir()] == ["OpenCredits"]
    assert setup("sublime", "--remove").returncode == 0
    assert (packages.is_symlink(), list(shared.iterdir())) == (True, [])


def test_sublime_4_may_go_on_in_the_folder_of_version_3(setup):
    """A folder of its own, made for the adapter, would hide all that was in the older one."""
    config = setup.home / ".config"
    (config / "sublime-text-3").mkdir(parents=True)
    assert setup("sublime").returncode == 0
    assert (config / "sublime-text-3/Packages/OpenCredits/adapter").is_dir()
    assert not (config / "sublime-text").exists()
    (config / "sublime-text").mkdir()
    setup("sublime")
    assert (config / "sublime-text/Packages/OpenCredits/adapter").is_dir()


def test_the_record_is_kept_for_the_other_editors(setup):
    """Only the last one takes it away."""
    editors = list(PLACES)
    for editor in editors:
        setup(editor)
    for editor in editors:
        assert setup.record.exists()
        setup(editor, "--remove")
    assert not setup.record.exists()


def test_folders_of_the_users_own_choice(setup):
    """XDG_DATA_HOME and NVIM_APPNAME, XDG_CONFIG_HOME, ~/.config/vim where Vim itself would take it."""
    data = setup.home / "data"
    setup("neovim", XDG_DATA_HOME=str(data), NVIM_APPNAME="other")
    assert (data / "other/site/pack" / PACKAGED / "plugin").is_dir()
    (setup.home / ".config/vim").mkdir(parents=True)
    (setup.home / ".config/vim/vimrc").write_text("")
    setup("vim")
    assert (setup.home / ".config/vim/pack" / PACKAGED / "plugin").is_dir()
    setup("sublime", XDG_CONFIG_HOME=str(data))
    assert (data / "sublime-text/Packages/OpenCredits/adapter").is_dir()


def test_without_pynvim(setup):
    """It says how to have it tried."""
    assert "opencredits[nvim]" in setup("neovim").stdout


@pytest.mark.parametrize(
    "wrong", [("--remove",), ("emacs",), ("vim", "--vsix", "README"), ("--vsix", "README")], ids=" ".join
)
def test_wrong_usage(setup, wrong):
    """What makes no sense is refused, and nothing is done."""
    readme = setup.home / "README"
    readme.write_text("")
    done = setup(*(str(readme) if each == "README" else each for each in wrong))
    assert done.returncode == 2
    assert "Usage: opencredits setup" in done.stderr
    assert files(setup.home) == {"README"}
