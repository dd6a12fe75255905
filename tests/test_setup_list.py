"""`opencredits setup` alone: which editors are there, what they have, and an offer for each."""

import json
import os
from pathlib import Path

import pytest

import extension
from setup_home import SetupHome, files

pytestmark = pytest.mark.skipif(os.name == "nt", reason="programs are scripts here, on a terminal")

LISTS = f"""
import sys
if "--list-extensions" not in sys.argv:
    sys.exit("only asked what it has")
print("[info] a line of another kind")
print("not-{extension.ID}@9.9.9")
print("{extension.ID}@0.0.1")
"""
NEVER = "open(__file__ + '.started', 'w')\n"
VIM = ".vim/pack/opencredits/start/opencredits"


@pytest.fixture
def setup(cli, tmp_path):
    """See SetupHome."""
    return SetupHome(cli, tmp_path)


@pytest.fixture
def version(cli):
    """Of this package."""
    return cli("--version").stdout.split()[-1]


def test_nothing_is_there(setup):
    """It is said what was looked for, and is no error."""
    done = setup()
    assert (done.returncode, done.stderr) == (0, "")
    for editor in ("Neovim", "Vim", "Sublime Text", "VS Code"):
        assert f"{editor}: not found. Looked for: " in done.stdout
    assert "opencredits setup" not in done.stdout
    assert files(setup.home) == set()


def test_what_is_there(setup, version):
    """Each with where it is and which version it has; what is missing or another version with its command."""
    vim, code = setup.program("vim", NEVER), setup.program("code", LISTS)
    (setup.home / ".config/sublime-text/Local").mkdir(parents=True)
    setup("sublime")
    said = setup().stdout.splitlines()
    assert f"Vim ({vim}): no adapter" in said
    assert any(line.startswith(f"VS Code ({code}): adapter 0.0.1") for line in said)
    assert f"Sublime Text ({setup.home}/.config/sublime-text/Local): adapter {version}" in said
    assert "Put it in place with: opencredits setup vim" in said
    assert "Put it in place with: opencredits setup sublime" not in said


def test_an_older_one(setup, version):
    """Is offered again."""
    vim = setup.program("vim", NEVER)
    setup("vim")
    assert f"Vim ({vim}): adapter {version}\n" in setup().stdout
    mark = setup.home / VIM / ".opencredits-setup.json"
    mark.write_text(json.dumps({"version": "0.0.9"}))
    said = setup().stdout
    assert f"Vim ({vim}): adapter 0.0.9, here is {version}\n" in said
    assert "opencredits setup vim" in said


def test_an_editor_that_is_gone(setup, version):
    """What it has left is still listed, not offered."""
    setup("vim")
    said = setup().stdout
    assert "Vim: not found." in said
    assert f"Vim ({setup.home / VIM}): adapter {version}\n" in said
    assert "opencredits setup vim" not in said


def test_what_is_not_ours(setup):
    """Is said, and left to whoever put it there."""
    setup.program("vim", NEVER)
    (setup.home / VIM).mkdir(parents=True)
    said = setup().stdout
    assert "was not put there by 'opencredits setup'" in said
    assert "Put it in place" not in said


def test_one_that_does_not_say(setup):
    """It hides no other."""
    setup.program("code", "raise SystemExit('broken')")
    vim, cursor = setup.program("vim", NEVER), setup.program("cursor", LISTS)
    done = setup()
    assert done.returncode == 0
    assert "code failed: broken" in done.stdout
    assert f"Vim ({vim}): no adapter" in done.stdout
    assert f"Cursor ({cursor}): adapter 0.0.1" in done.stdout


def test_no_editor_is_started(setup):
    """And nothing is changed."""
    vim, neovim, sublime = (setup.program(name, NEVER) for name in ("vim", "nvim", "subl"))
    assert setup().stdout.count("no adapter") == 3
    assert [Path(f"{program}.started").exists() for program in (vim, neovim, sublime)] == [False] * 3
    assert files(setup.home) == set()


class TestOnATerminal:
    """It asks."""

    def test_each_is_offered(self, setup):
        """What is agreed to is put in place, the rest is left alone."""
        for name in ("vim", "nvim"):
            setup.program(name, NEVER)
        said = setup.on_a_terminal(answers={"Put the Neovim adapter": "n", "Put the Vim adapter": ""})
        assert "The Vim adapter" in said
        assert "Put the Sublime Text" not in said
        assert (setup.home / VIM).is_dir()
        assert setup.record.exists()
        assert not (setup.home / ".local/share/nvim").exists()

    def test_nothing_to_offer(self, setup):
        """It does not ask."""
        setup.program("vim", NEVER)
        setup("vim")
        assert "?" not in setup.on_a_terminal(answers={})

    def test_dry_run(self, setup):
        """It does not ask either, and says the commands."""
        setup.program("vim", NEVER)
        said = setup.on_a_terminal("--dry-run", answers={})
        assert "?" not in said
        assert "opencredits setup vim" in said
        assert files(setup.home) == set()
