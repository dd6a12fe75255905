"""Where files are."""

import os
import stat
import sys

import platformdirs
import pytest

from opencredits import paths


@pytest.mark.parametrize(
    "variables", [{}, {"XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"}, {"XDG_STATE_HOME": " "}]
)
def test_folders_are_those_of_the_platform(monkeypatch, tmp_path, variables):
    """platformdirs says where; on Linux its rule is repeated, because importing it would be slow."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv(paths.HOME_VARIABLE, raising=False)
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    where = paths.default()
    assert where.config_dir == platformdirs.user_config_dir("opencredits", appauthor=False, roaming=True)
    assert where.state_dir == platformdirs.user_state_dir("opencredits", appauthor=False)


def test_one_variable_moves_everything(monkeypatch, tmp_path):
    """For portable installations and for tests."""
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    where = paths.default()
    assert {os.path.dirname(each) for each in (where.config_dir, where.state_dir)} == {str(tmp_path)}


def test_files_are_private_and_replaced_in_one_step(tmp_path):
    """Readers see the old or the new text, and nobody else sees either."""
    path = str(tmp_path / "a" / "b.json")
    paths.write_private(path, "one")
    with open(path, encoding="utf-8") as reader:
        paths.write_private(path, "two")
        assert reader.read() == "one"
    assert os.listdir(os.path.dirname(path)) == ["b.json"]
    if sys.platform != "win32":
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        assert stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700


def test_a_write_that_fails_leaves_the_old_file_alone(tmp_path):
    """And no draft behind."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        paths.write_private(str(tmp_path / "folder"), "text")
    assert os.listdir(tmp_path) == ["folder"]
