"""`opencredits setup vscode`: the extension in each of VS Code's family that is found."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from extension import ID as EXTENSION
from installation import ROOT
from opencredits.editors.extension import Extension
from opencredits.editors.extension_host import ExtensionHost
from opencredits.errors import SetupRefused
from processes import is_running
from setup_home import SetupHome, files
from waiting import wait_for

pytestmark = pytest.mark.skipif(os.name == "nt", reason="programs are scripts here")

KEY = "sk-or-v1-" + "5e" * 32
# Knows no extensions, and writes down how it was started.
NOTES = """
import json, os, sys
with open(__file__ + ".started", "a") as file:
    print(json.dumps({"arguments": sys.argv[1:], "environment": dict(os.environ)}), file=file)
"""
STACK = """
import sys
if "--list-extensions" not in sys.argv:
    print("Installing extensions...")
    sys.stdout.flush()
    sys.exit("Error: no such file\\n    at open (fs.js:53)\\n}\\nFailed Installing Extensions: it")
"""
HANGS = """
import os, subprocess
child = subprocess.Popen(["sleep", "1000"])
print(child.pid, file=open(__file__ + ".child", "w"))
child.wait()
"""


@pytest.fixture
def setup(cli, tmp_path):
    """See SetupHome."""
    return SetupHome(cli, tmp_path)


class TestReal:
    """VS Code itself lists what it was given."""

    def test_each_that_is_found_gets_it(self, setup):
        """And each one's result is said; the core is recorded."""
        programs = [setup.vscode("code"), setup.vscode("codium")]
        done = setup("vscode", "--vsix", str(setup.vsix("1.2.3")))
        assert (done.returncode, done.stderr) == (0, "")
        assert [program.extensions() for program in programs] == [[f"{EXTENSION}@1.2.3"]] * 2
        assert f"The VS Code adapter 1.2.3 is in {programs[0].path}." in done.stdout
        assert f"The VSCodium adapter 1.2.3 is in {programs[1].path}." in done.stdout
        assert "opencredits setup vscode --remove" in done.stdout
        assert setup.record.exists()

    @pytest.mark.parametrize("before", ["1.2.2", "1.2.3", "2.0.0"])
    def test_another_version_is_replaced(self, setup, before):
        """A newer one as well: this core may not know what it asks."""
        code = setup.vscode("code")
        setup("vscode", "--vsix", str(setup.vsix(before)))
        said = setup("vscode", "--vsix", str(setup.vsix("1.2.3"))).stdout
        assert f"The VS Code adapter 1.2.3 is in {code.path} (over version {before})." in said
        assert code.extensions() == [f"{EXTENSION}@1.2.3"]

    def test_dry_run(self, setup):
        """Says what would be put where, and over what."""
        code = setup.vscode("code")
        vsix = setup.vsix("1.2.3")
        said = setup("vscode", "--vsix", str(vsix), "--dry-run").stdout
        assert f"Would put the VS Code adapter 1.2.3 into {code.path}, from {vsix}." in said
        assert "Would record" in said
        assert code.extensions() == []
        assert not setup.record.exists()

    def test_undone(self, setup):
        """In each that has it; the record goes with the last."""
        code, codium = setup.vscode("code"), setup.vscode("codium")
        setup("vscode", "--vsix", str(setup.vsix("1.2.3")))
        said = setup("vscode", "--remove", "--dry-run").stdout
        assert said.count("Would remove") == 3
        assert (len(code.extensions()), len(codium.extensions()), setup.record.exists()) == (1, 1, True)
        assert setup("vscode", "--remove").returncode == 0
        assert (code.extensions(), codium.extensions(), setup.record.exists()) == ([], [], False)
        assert setup("vscode", "--remove").stdout.count("nothing was done") == 2

    def test_the_record_is_kept_for_another_editor(self, setup):
        """Whichever goes first."""
        setup.vscode("code")
        vsix = str(setup.vsix("1.2.3"))
        for first, last in [("vim", "vscode"), ("vscode", "vim")]:
            setup("vim")
            setup("vscode", "--vsix", vsix)
            setup(first, "--remove")
            assert setup.record.exists()
            setup(last, "--remove")
            assert not setup.record.exists()

    def test_one_that_fails_hides_no_other(self, setup):
        """What went well stays, what did not is said, and the exit status tells."""
        failing, codium = setup.program("code", STACK), setup.vscode("codium")
        done = setup("vscode", "--vsix", str(setup.vsix("1.2.3")))
        assert done.returncode == 1
        assert done.stderr == f"opencredits: {failing} failed: Error: no such file\n"
        assert f"The VSCodium adapter 1.2.3 is in {codium.path}." in done.stdout
        assert codium.extensions() == [f"{EXTENSION}@1.2.3"]
        assert setup.record.exists()

    def test_a_macos_application_is_found(self, setup):
        """Where nobody has put its command on the PATH."""
        folder = setup.home / "Applications/VSCodium.app/Contents/Resources/app/bin"
        codium = setup.vscode("codium", folder)
        assert (
            f"The VSCodium adapter 1.2.3 is in {codium.path}."
            in setup("vscode", "--vsix", str(setup.vsix("1.2.3"))).stdout
        )

    def test_a_windows_installation_is_found(self, setup):
        """By its folder under LOCALAPPDATA."""
        local = setup.home / "local"
        cursor = setup.vscode("cursor.cmd", local / "Programs/cursor/resources/app/bin")
        done = setup("vscode", "--vsix", str(setup.vsix("1.2.3")), LOCALAPPDATA=str(local))
        assert f"The Cursor adapter 1.2.3 is in {cursor.path}." in done.stdout

    def test_one_by_two_names_is_one(self, setup):
        """Some install themselves as `code` too."""
        cursor = setup.vscode("cursor")
        (setup.bin / "code").symlink_to(cursor.path)
        done = setup("vscode", "--vsix", str(setup.vsix("1.2.3")))
        assert done.stdout.count(" is in ") == 1

    def test_no_vsix(self, setup):
        """Is seen before anyone is asked to take it."""
        code = setup.vscode("code")
        other = setup.home / "other.vsix"
        other.write_text("no archive")
        done = setup("vscode", "--vsix", str(other))
        assert (done.returncode, done.stderr) == (1, f"opencredits: {other} is not a VSIX.\n")
        assert code.extensions() == []


class TestScripted:
    """What a real one does not do on request."""

    def test_none_is_found(self, setup):
        """It is said what was looked for; nothing is recorded."""
        done = setup("vscode")
        assert done.returncode == 1
        for name in ("code", "codium", "cursor", "windsurf"):
            assert name in done.stderr
        assert files(setup.home) == set()

    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            ("import sys; sys.exit('first\\nlast')", "last"),
            ("raise SystemExit(3)", "it does not say why"),
            ("import os; os.kill(os.getpid(), 9)", "it does not say why"),
            ("print('noise' * 300_000)", "it does not say why"),
        ],
        ids=["last line", "nothing", "killed", "too much"],
    )
    def test_why_it_failed(self, setup, code, reason):
        """One sentence, with the program's own last words."""
        program = setup.program("code", code)
        done = setup("vscode", "--vsix", str(setup.vsix("1.2.3")))
        assert (done.returncode, done.stderr) == (1, f"opencredits: {program} failed: {reason}\n")
        assert not setup.record.exists()

    @pytest.mark.parametrize("listed", ["", "0.0.1"], ids=["none", "another"])
    def test_one_that_takes_it_and_forgets(self, setup, listed):
        """Success is what it lists afterwards."""
        program = setup.program("code", f"print('{EXTENSION}@{listed}')" if listed else "")
        done = setup("vscode", "--vsix", str(setup.vsix("1.2.3")))
        assert done.returncode == 1
        assert f"{program} took the extension, but lists {listed or 'none'}." in done.stderr

    def test_one_that_cannot_be_started(self, setup):
        """Such as one for another machine."""
        program = setup.bin / "code"
        program.write_bytes(b"\x7fELF")
        program.chmod(0o755)
        done = setup("vscode", "--vsix", str(setup.vsix("1.2.3")))
        assert done.stderr.startswith(f"opencredits: {program} cannot be started (")

    def test_one_that_hangs(self, setup):
        """It is ended in time, with what it has started."""
        program = setup.program("code", HANGS)
        extension = Extension(EXTENSION, EXTENSION, None)
        host = ExtensionHost("VS Code", str(program), extension, patience=5)
        with pytest.raises(SetupRefused, match="did not answer within 5 seconds"):
            host.installed()
        started = int(Path(f"{program}.child").read_text())
        wait_for(lambda: not is_running(started), "its end")

    def test_it_is_not_told_the_key(self, setup):
        """Whatever extensions do with their environment."""
        program = setup.program("code", NOTES)
        setup("vscode", OPENROUTER_API_KEY=KEY, OTHER=f"Bearer {KEY}")
        started = Path(f"{program}.started").read_text()
        assert "--list-extensions" in started
        assert KEY not in started


class TestShipped:
    """What is put in place without --vsix."""

    @pytest.fixture
    def shipped(self, setup, installed):
        """`setup` by a copy of the installed package; `.adapter` is its folder for VS Code."""
        query = "import opencredits, os; print(os.path.dirname(opencredits.__file__))"
        found = subprocess.run(
            [installed.python, "-c", query], capture_output=True, text=True, check=True
        ).stdout
        copied = setup.folder / "copied/opencredits"
        shutil.copytree(found.strip(), copied)
        setup.env["PYTHONPATH"] += f"{os.pathsep}{copied.parent}"
        setup.adapter = copied / "adapters/vscode"
        (setup.adapter / "opencredits.vsix").unlink(missing_ok=True)
        return setup

    def test_the_vsix_of_the_package(self, shipped):
        """Where it has one."""
        code = shipped.vscode("code")
        shutil.copy(shipped.vsix("1.2.4"), shipped.adapter / "opencredits.vsix")
        assert "The VS Code adapter 1.2.4 is in " in shipped("vscode").stdout
        assert code.extensions() == [f"{EXTENSION}@1.2.4"]

    def test_the_id_of_the_package(self, shipped):
        """Otherwise the marketplace is asked, by the id that the extension has."""
        program = shipped.program(
            "code", f"{NOTES}\nsys.exit('--install-extension' in sys.argv and 'offline')"
        )
        said = shipped("vscode", "--dry-run").stdout
        assert f"from its marketplace, where it is {EXTENSION}" in said
        done = shipped("vscode")
        assert done.returncode == 1
        assert f'["--install-extension", "{EXTENSION}", "--force"]' in Path(f"{program}.started").read_text()
        assert "--vsix FILE" in done.stderr

    @pytest.mark.parametrize("made", [False, True], ids=["plain", "made"])
    def test_the_wheel_of_a_checkout(self, setup, made):
        """It is built without Node; where the VSIX was made before, it is in there."""
        checkout = setup.folder / "checkout"
        unwanted = shutil.ignore_patterns("node_modules", "*.vsix", "__pycache__")
        for name in ("core", "plugins"):
            shutil.copytree(ROOT / name, checkout / name, ignore=unwanted)
        for name in (".gitignore", "LICENSE", "README.md", "pyproject.toml"):
            shutil.copy(ROOT / name, checkout)
        if made:
            shutil.copy(setup.vsix("1.2.3"), checkout / "plugins/vscode/opencredits.vsix")
        command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", "dist"]
        subprocess.run(command, cwd=checkout, capture_output=True, check=True)
        (wheel,), (sdist,) = (checkout / "dist").glob("*.whl"), (checkout / "dist").glob("*.tar.gz")
        names = zipfile.ZipFile(wheel).namelist()
        assert "opencredits/adapters/vscode/package.json" in names
        assert ("opencredits/adapters/vscode/opencredits.vsix" in names) == made
        with tarfile.open(sdist) as archive:  # from which a wheel may be built as well
            assert any(name.endswith("/opencredits.vsix") for name in archive.getnames()) == made
