"""The project's habits: which way imports point, what is shipped, and documents that say what is so."""

import json
import re
import subprocess
import tomllib
import zipfile
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import yaml

from imports import PACKAGE, foreign, graph, modules, own, part_of
from installation import clean_environ
from opencredits import __version__
from opencredits.cli import opencredits
from opencredits.simulator import Simulator

CHECKOUT = PACKAGE.parent.parent
ADAPTERS = CHECKOUT / "plugins"
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *sorted(CHECKOUT.glob("docs/*.md"))]

PURE = {
    *("errors", "money", "moment", "option", "template", "reading", "schedule", "spending", "wire"),
    *("alerts", "forecast", "guard", "history", "pace", "runaway", "status"),
}
# A part may import what stands above it, and others of its own row as long as that is no circle.
LAYERS = (
    PURE | {"clock", "config", "paths", "zone"},  # these look; the pure part takes what they found
    {"child", "keyring_child", "keyring_store", "keys", "handed_keys"},
    {"log", "status_file", "first_answer"},
    {"editors", "providers", "store"},
    {"key_change", "monitor"},
    {"home"},
    {"session"},
    {"demo"},
    {"bridge", "cli"},
    {"__main__"},
)
APART = ("", "simulator")  # the public door, and what only the demo and `simulate` may use
SIMULATOR_USERS = {"opencredits.demo", "opencredits.cli.simulate"}
# Pure: no clock, disk, network or process.
IMPURE = {"io", "os", "pathlib", "random", "secrets", "socket", "sqlite3", "ssl", "subprocess", "sys", "time"}
# Each library is known to one part alone.
LIBRARIES = {
    "click": "opencredits.cli",
    "httpx": "opencredits.providers.openrouter",
    "keyring": "opencredits.keyring_child",
    "msgspec": "opencredits.providers.openrouter",
    "platformdirs": "opencredits.paths",
    "pynvim": "opencredits.editors.live_neovim",
    "rich": "opencredits.cli",
    "tomlkit": "opencredits.config",
}
# keyring's own backend on Linux; what it cannot tell apart is asked of them directly.
COME_WITH_KEYRING = {"jeepney", "secretstorage"}
# What neither the fast path nor an idle session may load.
HEAVY = [
    *("httpx", "keyring", "msgspec", "click", "rich", "pynvim"),
    *("asyncio", "concurrent.futures", "hashlib", "importlib.metadata", "logging"),
]


class TestImports:
    """From doors to the pure part: never up, never in a circle."""

    @pytest.mark.parametrize("name", sorted(name for name in modules() if part_of(name) not in APART))
    def test_they_point_one_way(self, name):
        """Each module stands in a layer, and imports only from layers above it in the list."""
        (row,) = [number for number, parts in enumerate(LAYERS) if part_of(name) in parts]
        allowed = set().union(*LAYERS[: row + 1]) | ({"simulator"} if name in SIMULATOR_USERS else set())
        assert {part_of(each) for each in own(name)} - allowed == set()

    def test_there_is_no_circle(self):
        """Imports inside of functions count as well."""
        TopologicalSorter({name: own(name) for name in graph()}).prepare()

    @pytest.mark.parametrize("name", sorted(name for name in modules() if part_of(name) in PURE))
    def test_the_pure_part_has_no_clock_disk_or_network(self, name):
        """Time is an argument."""
        tops = {each.split(".")[0] for each in graph()[name]}
        assert tops & IMPURE == set()
        assert re.findall(r"\.(?:now|utcnow|today)\(|\bopen\(", source(name)) == []

    def test_the_simulator_stands_apart(self):
        """It knows nothing of the core but words and money, so that it cannot repeat its mistakes."""
        inside = {name for name in graph() if part_of(name) == "simulator"}
        known = {part_of(each) for name in inside for each in own(name)}
        assert known <= {"simulator", "errors", "money", "moment"}
        assert [foreign(name) for name in inside if foreign(name)] == []

    def test_the_simulator_is_for_trying_only(self):
        """Nothing that users depend on loads it."""
        users = {name for name in graph() if any(part_of(each) == "simulator" for each in own(name))}
        assert {name for name in users if part_of(name) != "simulator"} == SIMULATOR_USERS

    @pytest.mark.parametrize("name", sorted(modules()))
    def test_libraries_are_known_to_one_part(self, name):
        """What a library raises or returns goes no further."""
        known = {library for library, where in LIBRARIES.items() if f"{name}.".startswith(f"{where}.")}
        if "keyring" in known:
            known |= COME_WITH_KEYRING
        assert foreign(name) - known == set()


class TestStart:
    """What is asked again and again loads nothing heavy."""

    @pytest.fixture
    def polled(self, cli):
        """A home with one reading in it, and the environment in which it was read."""
        with Simulator("steady") as simulator:
            env = {"OPENROUTER_API_KEY": simulator.key}
            set_address = ("config", "set", "accounts.default.base_url", simulator.base_url)
            assert cli(*set_address).returncode == 0
            assert cli("status", "--line", env=env).returncode == 0
        return clean_environ(cli.home, env)

    def test_the_fast_path(self, installed, polled):
        """A prompt shows the line from `status.json`."""
        with started(installed, polled, "-m", "opencredits", "status", "--line", "--cached") as process:
            shown, told = process.communicate()
        assert shown.startswith("OpenRouter: $")
        assert heavy(imported(told)) == []

    def test_an_idle_bridge(self, installed, polled):
        """It has found its keys, shows what is stored, and has nothing to ask."""
        with started(installed, polled, "-m", "opencredits", "bridge") as process:
            for method, params in (("initialize", {"protocol": 1}), ("details", {})):
                message = {"jsonrpc": "2.0", "id": method, "method": method, "params": params}
                process.stdin.write(f"{json.dumps(message)}\n")
                process.stdin.flush()
                answer = next(line for line in process.stdout if json.loads(line).get("id") == method)
                assert "OpenRouter: $" in answer
            process.stdin.close()
            loaded = imported(process.stderr.read())
        assert heavy(loaded) == []


def files(folder):
    """All files, but those that tools made."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in paths if not re.search(r"/(?:__pycache__|\.\w+)/", path.as_posix())]


def started(installed, environ, *arguments):
    """A Python with the wheel, which tells on stderr what it imports."""
    command = [installed.python, "-X", "importtime", *arguments]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen(command, env=environ, encoding="utf-8", **pipes)


def imported(told):
    """The modules that were loaded."""
    return re.findall(r"^import time:.*\| +([\w.]+)$", told, re.MULTILINE)


def heavy(loaded):
    """Those of the modules that cost too much."""
    assert "opencredits" in loaded
    return [name for name in loaded if any(f"{name}.".startswith(f"{each}.") for each in HEAVY)]


class TestWheel:
    """What users get."""

    def test_it_holds_the_package_and_nothing_else(self, installed):
        """Every file of the package, `py.typed` among them, and of the adapters; no tests.

        Of VS Code's extension that is its VSIX, where it was built before.
        """
        names = {name for name in zipfile.ZipFile(installed.wheel).namelist() if ".dist-info/" not in name}
        package = {path.relative_to(PACKAGE.parent).as_posix() for path in files(PACKAGE)}
        folders = [*files(ADAPTERS / "neovim"), *files(ADAPTERS / "vim"), *files(ADAPTERS / "sublime")]
        extension = [ADAPTERS / "vscode/package.json", *ADAPTERS.glob("vscode/opencredits.vsix")]
        adapters = {
            f"opencredits/adapters/{path.relative_to(ADAPTERS).as_posix()}" for path in [*folders, *extension]
        }
        assert names == package | adapters
        assert "opencredits/py.typed" in names

    def test_it_carries_its_licence(self, installed):
        """MIT."""
        (name,) = [name for name in zipfile.ZipFile(installed.wheel).namelist() if name.endswith("/LICENSE")]
        text = zipfile.ZipFile(installed.wheel).read(name).decode()
        assert text.startswith("MIT License\n")
        assert "Permission is hereby granted, free of charge" in text
        assert PROJECT["project"]["license"] == "MIT"

    def test_the_program_says_its_version(self, cli):
        """The same as the package."""
        assert cli("--version").stdout.split()[-1] == __version__


class TestDependencies:
    """Each is used, and earns its line in the README."""

    def required(self):
        project = PROJECT["project"]
        extras = [each for group in project["optional-dependencies"].values() for each in group]
        names = (re.match(r"[\w-]+", each)[0] for each in [*project["dependencies"], *extras])
        return {name for name in names if name != project["name"]}

    def test_each_is_imported(self):
        """And nothing is imported that is not required."""
        used = set().union(*(foreign(name) for name in graph()))
        assert used - COME_WITH_KEYRING == self.required() == set(LIBRARIES)

    def test_each_is_explained(self):
        """In the README's table, which lists no other."""
        table = README.partition("## Dependencies")[2].partition("\n## ")[0]
        assert set(re.findall(r"^\| ([\w-]+) \| (?!what for)", table, re.MULTILINE)) == self.required()


class TestDocuments:
    """What they say is so."""

    @pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
    def test_commands_exist(self, path):
        """Each `opencredits ...` names a command and options that there are."""
        for words in re.findall(r"(?<=\bopencredits )[a-z-][^`'\n;|)#>]*", code(path)):
            command = opencredits
            for word in words.split():
                if word.startswith("--"):
                    assert any(word in option.opts for option in command.params), f"{words}: {word}"
                elif hasattr(command, "get_command") and not word.isupper():  # "COMMAND" stands for any
                    command = command.get_command(None, word) or pytest.fail(f"{words}: {word}")

    def test_every_command_is_in_the_readme(self):
        """At least by its name."""
        missing = [name for name in opencredits.list_commands(None) if f"opencredits {name}" not in README]
        assert missing == []

    @pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
    def test_hatch_scripts_exist(self, path):
        """`hatch run check` and the others."""
        scripts = {*PROJECT["tool"]["hatch"]["envs"]["default"]["scripts"], "pytest", "python"}
        assert set(re.findall(r"hatch run ([\w-]+)", path.read_text(encoding="utf-8"))) - scripts == set()

    @pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
    def test_links_lead_somewhere(self, path):
        """To files of the checkout, that is."""
        links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))
        assert [link for link in links if not (path.parent / link).exists()] == []

    @pytest.mark.parametrize("marker", ["try", "test"])
    def test_each_first_step_is_one_line(self, marker):
        """`.ci/run` takes the same line from the same place."""
        (block,) = re.findall(rf"^<!-- {marker} -->\n```sh\n(.*?)```$", README, re.MULTILINE | re.DOTALL)
        assert block.startswith("python3 -m venv .venv && ")
        assert block.count("\n") == 1

    def test_contributing_is_one_screen(self):
        """Set up, check, where things are."""
        assert len((CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) <= 50

    def test_pythons_are_the_same_everywhere(self):
        """For pip, for hatch, and for whoever hosts the project."""
        listed = [each.rsplit(" ", 1)[1] for each in PROJECT["project"]["classifiers"] if "3 ::" not in each]
        claimed = [each for each in listed if re.fullmatch(r"3\.\d+", each)]
        *_, matrix = PROJECT["tool"]["hatch"]["envs"]["hatch-test"]["matrix"]
        workflow = yaml.safe_load((CHECKOUT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
        assert matrix["python"] == claimed
        assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == claimed
        assert PROJECT["project"]["requires-python"] == f">={claimed[0]}"


class TestChangelog:
    """Keep a Changelog."""

    TEXT = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
    KINDS = ("Security", "Removed", "Deprecated", "Added", "Changed", "Fixed")

    def test_versions(self):
        """Newest first, each with its date; what is not released yet stands on top."""
        heads = re.findall(r"^## (.*)$", self.TEXT, re.MULTILINE)
        released = [head for head in heads if head != "[Unreleased]"]
        assert heads in (["[Unreleased]", *released], released)
        found = [re.fullmatch(r"\[(\d+)\.(\d+)\.(\d+)\] - \d{4}-\d\d-\d\d", head) for head in released]
        numbers = [tuple(map(int, match.groups())) for match in found]
        assert numbers == sorted(set(numbers), reverse=True)

    def test_sections(self):
        """Only the known kinds, and none is empty."""
        for section in re.split(r"^### ", self.TEXT, flags=re.MULTILINE)[1:]:
            kind, _, entries = section.partition("\n")
            assert kind in self.KINDS
            assert entries.strip().startswith("- ")


class TestTraces:
    """Nothing in the project tells where it was made."""

    # Written so that they do not find themselves.
    HOSTS = r"p[y]pi\.org|p[y]thonhosted|n[p]mjs|d[e]bian\.(?:org|net)/|c[r]ates\.io|y[a]rnpkg"
    PLACES = r"(?<![\w.~$}/])/(?:wor[k]|roo[t]|hom[e]|User[s]|op[t]|tm[p]/dev)/"

    @pytest.mark.parametrize("pattern", [HOSTS, PLACES], ids=["registry", "machine"])
    def test_no_registry_and_no_machine_is_named(self, pattern):
        """Whoever builds it uses an index of their own."""
        assert {name: found for name, text in tracked().items() if (found := re.findall(pattern, text))} == {}

    def test_no_lock_file_is_kept_but_that_of_npm_without_addresses(self):
        """The others would name a registry in every line."""
        found = {
            name: text for name, text in tracked().items() if re.search(r"\.lock$|^pylock\.|-lock\.", name)
        }
        assert list(found) == ["plugins/vscode/package-lock.json"]
        assert '"resolved"' not in found["plugins/vscode/package-lock.json"]

    def test_its_address_stands_in_one_place(self):
        """Whoever hosts the project sets it there."""
        address = PROJECT["project"]["urls"]["Repository"]
        assert [name for name, text in tracked().items() if address in text] == ["pyproject.toml"]


@cache
def tracked():
    """Every file that git keeps, by its path, with its text."""
    if not (CHECKOUT / ".git").exists():
        pytest.skip("this is no checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, check=True).stdout
    paths = [CHECKOUT / name for name in listed.decode().split("\0") if name]
    return {
        path.relative_to(CHECKOUT).as_posix(): path.read_text(
            encoding="utf-8", errors="replace"
        )  # pictures too
        for path in paths
        if path.is_file()
    }


def source(name):
    """The text of a module."""
    return modules()[name].read_text(encoding="utf-8")


def code(path: Path):
    """What stands in code blocks and between backticks."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", text)])
