"""The files of the Sublime Text package agree with each other, with the core and with its README."""

import ast
import importlib.util
import json
import re
import zipfile

import pytest

from installation import ROOT
from opencredits import __version__, template
from opencredits.config import SETTINGS as OPTIONS
from sublime_session import ADAPTER, SETTINGS

README = (ADAPTER / "README.md").read_text(encoding="utf-8")
SOURCES = sorted(ADAPTER.rglob("*.py"))
OWN = {"enabled": True, "command": None, "demo": False}  # the adapter's own settings, with their defaults
INNER = {"open_credits_row"}  # what only links run


def read(name):
    """A file of JSON with comments and commas too many."""
    text = (ADAPTER / name).read_text(encoding="utf-8")
    without_comments = re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
    return json.loads(re.sub(r",(\s*[\]}])", r"\1", without_comments))


def classes():
    """The classes of the one plugin, by their names."""
    tree = ast.parse((ADAPTER / "opencredits.py").read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def commands():
    """The commands, as Sublime Text calls them."""
    names = [name.removesuffix("Command") for name in classes() if name.endswith("Command")]
    return {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in names}


def entries(menu):
    """What of a menu can be chosen."""
    for each in menu:
        yield from entries(each.get("children", []))
        if "command" in each:
            yield each


PALETTE = {each["caption"]: each for each in read("Default.sublime-commands")}


def test_every_command_is_in_the_palette_and_in_the_readme():
    offered = {each["command"] for each in PALETTE.values()} - {"edit_settings"}
    assert offered == commands() - INNER
    for caption, entry in PALETTE.items():
        if entry["command"] != "edit_settings":
            assert f"`{caption}`" in README
            assert f"`{entry['command']}`" in README


def test_the_menus_offer_what_the_palette_offers():
    """By the same words; three dots say that more is asked."""
    (tools,) = [each for each in read("Main.sublime-menu") if each["id"] == "tools"]
    offered = {each["caption"].rstrip("…"): each["command"] for each in entries([tools])}
    assert {f"OpenCredits: {caption}": command for caption, command in offered.items()} == {
        caption: each["command"] for caption, each in PALETTE.items() if each["command"] != "edit_settings"
    }
    (preferences,) = [each for each in read("Main.sublime-menu") if each["id"] == "preferences"]
    commands_there = [each for each in entries([preferences]) if each["command"] == "edit_settings"]
    (in_palette,) = [each for each in PALETTE.values() if each["command"] == "edit_settings"]
    assert [each["args"] for each in commands_there] == [in_palette["args"]]
    assert in_palette["args"]["base_file"] == f"${{packages}}/OpenCredits/{SETTINGS}"


def test_messages_name_commands_that_exist():
    """As the palette has them."""
    text = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    named = set(re.findall(r"'(OpenCredits: [A-Z][\w ]+)'", text))
    assert named
    assert named <= set(PALETTE)


def test_commands_and_events_say_what_they_do():
    for name, node in classes().items():
        assert ast.get_docstring(node), name


def test_every_setting_has_a_comment_and_the_core_s_default():
    """Those of the core are null, which gives way to config.toml; the comment says what holds then."""
    assert read(SETTINGS) == {**OWN, **dict.fromkeys(OPTIONS)}
    lines = (ADAPTER / SETTINGS).read_text(encoding="utf-8").splitlines()
    above, comments = "", {}
    for line in lines:
        words = line.strip()
        if words.startswith("//"):
            above += f" {words.removeprefix('//').strip()}"
        elif found := re.match(r'"(\w+)":', words):
            comments[found[1]] = above
        else:
            above = ""
    for name, comment in comments.items():
        assert len(comment.split()) > 3, name


DEFAULTS = {
    "update_interval": "null: 5 minutes.",
    "adaptive": "null: true.",
    "rate_window": "null: 60.",
    "format": f'null: "{template.DEFAULT}".',
    "warn_below": "null: 5 and 1.",
    "critical_below": "null: 5 and 1.",
    "show_in_status_bar": "null: true.",
    "accounts": "null: all of them.",
}


@pytest.mark.parametrize("name", OPTIONS)
def test_the_default_that_a_comment_names_is_the_core_s(name):
    text = (ADAPTER / SETTINGS).read_text(encoding="utf-8")
    above = text.partition(f'"{name}":')[0]
    assert DEFAULTS[name] in above[above.rindex("\n\n") :]


def test_the_defaults_of_the_core_are_still_those():
    """Should one change, the comments have to follow."""
    shown = {name: known.kind.write(known.default) for name, known in OPTIONS.items()}
    assert shown == {
        "update_interval": "5m",
        "adaptive": True,
        "rate_window": 60,
        "format": template.DEFAULT,
        "warn_below": 5,
        "critical_below": 1,
        "show_in_status_bar": True,
        "accounts": [],
    }


def test_the_readme_has_every_setting_with_its_default():
    rows = re.findall(r"^\| (`.*?) \| (.*?) \| .* \|$", README, re.MULTILINE)
    documented = {name: default for names, default in rows for name in re.findall(r"`([a-z_]+)`", names)}
    own = {name: default for name, default in documented.items() if name in OWN}
    assert own == {"enabled": "`true`", "command": "found", "demo": "`false`"}
    assert {name: documented[name] for name in OPTIONS} == dict.fromkeys(OPTIONS, "`null`")


def test_sublime_loads_one_file_with_the_newer_python():
    """Only files at the top are plugins; without the version in its file the package would get Python 3.3."""
    assert [path.name for path in ADAPTER.glob("*.py")] == ["opencredits.py"]
    assert (ADAPTER / ".python-version").read_text(encoding="utf-8").strip() == "3.8"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_python_3_8_understands_it(path):
    """And nothing but the standard library, Sublime Text and the package itself is imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }
    library = {"__future__", "datetime", "functools", "html", "json", "os", "queue", "re", "shutil"}
    library |= {"subprocess", "sys", "threading", "time", "typing", "webbrowser"}
    assert imported <= library | {"sublime", "sublime_plugin"}


def test_the_versions_are_one():
    (version,) = re.findall(
        r'^VERSION = "(.*?)"', (ADAPTER / "adapter/__init__.py").read_text(), re.MULTILINE
    )
    assert version == __version__


@pytest.fixture(scope="module")
def package():
    """The script that makes the package in one file."""
    spec = importlib.util.spec_from_file_location("package_sublime", ROOT / "plugins/package_sublime.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_package_in_one_file_holds_what_belongs_to_it(package, tmp_path):
    """All of the folder, the licence, and nothing that lies about."""
    package.write(tmp_path / "OpenCredits.sublime-package")
    with zipfile.ZipFile(tmp_path / "OpenCredits.sublime-package") as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    files = [path for path in ADAPTER.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sorted(names) == sorted(["LICENSE", *(path.relative_to(ADAPTER).as_posix() for path in files)])


def test_the_same_files_make_the_same_package(package, tmp_path):
    for name in ("a", "b"):
        package.write(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
