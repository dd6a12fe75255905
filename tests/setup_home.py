"""`opencredits setup` in a fresh home, with those editors alone that a test puts there."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import extension
from conftest import Cli
from editors import vscode
from installation import clean_environ

_NO_PYNVIM = "raise ImportError('not for this test')\n"
_VSIX = """\
<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
<Metadata><Identity Language="en-US" Id="{name}" Publisher="{publisher}" Version="{version}"/></Metadata>
<Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation><Dependencies/>
<Assets><Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json"/></Assets>
</PackageManifest>
"""


class SetupHome:
    """`home("vim")` runs `opencredits setup vim`, without pynvim. On its PATH are the programs of `bin`."""

    def __init__(self, cli: Cli, folder: Path) -> None:
        self.cli, self.folder, self.home = cli, folder, cli.home
        self.record = self.home / ".local/state/opencredits/setup.json"
        self.bin = folder / "bin"
        self.bin.mkdir()
        blocked = folder / "blocked"
        blocked.mkdir()
        (blocked / "pynvim.py").write_text(_NO_PYNVIM)
        self.env = {"PATH": str(self.bin), "PYTHONPATH": str(blocked)}

    def __call__(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end, without a terminal."""
        return self.cli("setup", *args, env={**self.env, **env})

    def on_a_terminal(self, *args: str, answers: Mapping[str, str]) -> str:
        """Run it on one, and answer each question that contains one of these; all that was shown."""
        ours, theirs = pty.openpty()
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
        process = self.cli.start(
            "setup", *args, env={**self.env, "COLUMNS": "200"}, start_new_session=True, **streams
        )
        os.close(theirs)
        shown, waiting = "", dict(answers)
        while select.select([ours], [], [], 60)[0]:
            try:
                shown += os.read(ours, 4096).decode()
            except OSError:  # that is how a terminal ends
                break
            for question in [each for each in waiting if each in shown]:
                os.write(ours, f"{waiting.pop(question)}\n".encode())
        os.close(ours)
        assert process.wait() == 0, shown
        assert waiting == {}, shown
        return shown

    def program(self, name: str, code: str, folder: Path | None = None) -> Path:
        """A program in Python that is there by this name, on the PATH unless `folder` is another."""
        path = (folder or self.bin) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!{sys.executable}\n{code}")
        path.chmod(0o755)
        return path

    def vscode(self, name: str, folder: Path | None = None) -> VsCode:
        """The real VS Code by this name, with extensions of its own."""
        own = self.folder / f"of-{name}"
        command = [
            vscode("1.139").program,
            f"--extensions-dir={own / 'extensions'}",
            f"--server-data-dir={own}",
        ]
        path = self.program(
            name, f"import os, sys\nos.execv({command[0]!r}, {command!r} + sys.argv[1:])\n", folder
        )
        return VsCode(path, clean_environ(self.home))

    def vsix(self, version: str) -> Path:
        """An extension that does nothing, but by our name."""
        path = self.folder / f"{version}.vsix"
        manifest = {name: extension.MANIFEST[name] for name in ("publisher", "name")}
        with zipfile.ZipFile(path, "w") as vsix:
            vsix.writestr(
                "extension/package.json",
                json.dumps({**manifest, "version": version, "engines": {"vscode": "*"}}),
            )
            vsix.writestr("extension.vsixmanifest", _VSIX.format(version=version, **manifest))
        return path


class VsCode:
    """A VS Code that is there."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self.path, self._environ = path, environ

    def extensions(self) -> list[str]:
        """What it says to have."""
        command = [self.path, "--list-extensions", "--show-versions"]
        done = subprocess.run(command, env=self._environ, capture_output=True, text=True, check=True)
        return done.stdout.split()


def files(folder: Path) -> set[str]:
    """All files by their paths in there."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
