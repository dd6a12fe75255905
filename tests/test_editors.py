"""The right editor is found, or its absence is seen."""

import os
import sys
from pathlib import Path

import pytest

import editors

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are scripts that start with #!")

REQUIRED = pytest.mark.parametrize(("required", "outcome"), [("", pytest.skip), ("1", pytest.fail)])
# Both are caught: a skip where a failure is due would else skip the very test that looks for it.
OUTCOMES = (pytest.skip.Exception, pytest.fail.Exception)


def stand_in(path: Path, says: str) -> str:
    """A program that only tells its version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable}\nprint({says!r})\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An empty OPENCREDITS_EDITORS; on PATH are Neovim 0.11 and Vim 9.0, and nothing else."""
    stand_in(tmp_path / "bin/nvim", "NVIM v0.11.5\nBuild type: Release")
    stand_in(tmp_path / "bin/vim", "VIM - Vi IMproved 9.0 (2022 Jun 28)")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("OPENCREDITS_EDITORS", str(tmp_path / "editors"))
    return tmp_path / "editors"


def test_what_was_installed_comes_first(folder):
    """With its own runtime files, not those of this machine, and its plugins."""
    share = folder / "vim-9.0/usr/share"
    for each in ("vim/vim90", "vim-airline"):
        (share / each).mkdir(parents=True)
    program = stand_in(folder / "vim-9.0/usr/bin/vim", "VIM - Vi IMproved 9.0 (2022 Jun 28)")
    found = editors.vim("9.0")
    assert found == editors.Editor(
        "Vim 9.0", program, {"VIMRUNTIME": str(share / "vim/vim90")}, (share / "vim-airline",)
    )
    assert found.plugin("airline") == share / "vim-airline"


def test_the_one_on_path(folder):
    """It will do where its version is the wanted one."""
    assert editors.neovim("0.11").program == str(folder.parent / "bin/nvim")


@REQUIRED
def test_another_version_is_not_taken(folder, monkeypatch, required, outcome):
    """Neither that on PATH nor one in the wrong place: 0.1 is not 0.11."""
    monkeypatch.setenv("OPENCREDITS_REQUIRE_EDITORS", required)
    stand_in(folder / "neovim-0.1/usr/bin/nvim", "NVIM v0.12.4")
    with pytest.raises(OUTCOMES, match=r"Neovim 0\.1 is not installed") as seen:
        editors.neovim("0.1")
    assert seen.type is outcome.Exception


@REQUIRED
def test_a_missing_plugin(folder, monkeypatch, required, outcome):
    """The editor is found without it, and the test that asks for it says so."""
    monkeypatch.setenv("OPENCREDITS_REQUIRE_EDITORS", required)
    found = editors.neovim("0.11")
    with pytest.raises(OUTCOMES, match=r"lualine for Neovim 0\.11 is not installed") as seen:
        found.plugin("lualine")
    assert seen.type is outcome.Exception


def test_vs_code_is_its_server(folder):
    """Which says its version and nothing else."""
    program = stand_in(folder / "vscode-1.139/usr/bin/vscode-server", "1.139.1\n53c2f32\nx64")
    assert editors.vscode("1.139") == editors.Editor("VS Code 1.139", program, {}, ())


@REQUIRED
def test_a_missing_vs_code(folder, monkeypatch, required, outcome):
    """There is another version only."""
    monkeypatch.setenv("OPENCREDITS_REQUIRE_EDITORS", required)
    stand_in(folder / "vscode-1.139/usr/bin/vscode-server", "1.138.0")
    with pytest.raises(OUTCOMES, match=r"VS Code 1\.139 is not installed") as seen:
        editors.vscode("1.139")
    assert seen.type is outcome.Exception
