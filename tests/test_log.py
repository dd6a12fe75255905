"""The log of the processes that have no terminal: private, without keys, of bounded size."""

import os
import re
import sys

import pytest

from opencredits.log import MOST_BYTES, Log

SECRET = "sk-or-v1-0123456789abcdef"


@pytest.fixture
def log(tmp_path):
    """In a folder that is not there yet."""
    return Log(str(tmp_path / "state" / "opencredits.log"), "nvim 0.10")


def text(log):
    """What is in the file."""
    with open(log.path, encoding="utf-8") as file:
        return file.read()


def test_an_entry_says_when_who_and_what(log):
    log.write("It broke.")
    log.write("Again.")
    first, second = text(log).splitlines()
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ nvim 0\.10\[{os.getpid()}\] It broke\.", first)
    assert second.endswith(" Again.")


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_only_its_owner_can_read_it(log):
    old = os.umask(0)
    try:
        log.write("It broke.")
    finally:
        os.umask(old)
    assert os.stat(log.path).st_mode & 0o777 == 0o600
    assert os.stat(os.path.dirname(log.path)).st_mode & 0o777 == 0o700


def test_what_looks_like_a_key_is_left_out(log):
    """Also where it is in an exception, and in the name of who writes."""
    log.who = SECRET
    log.write(f"refused: {SECRET}")
    try:
        int(SECRET)
    except ValueError as exc:
        log.write_exception("It broke.", exc)
    assert SECRET not in text(log)
    assert "Traceback" in text(log)
    assert "ValueError: invalid literal" in text(log)


def test_half_a_surrogate_is_no_reason_to_stop(log):
    log.write("a \ud800 b")
    assert "a \\ud800 b" in text(log)


def test_it_is_renamed_when_it_has_grown_too_large(log):
    """Over the one before it, so that there are never more than two."""
    for entry in ("first", "second"):
        log.write(entry + "x" * MOST_BYTES)
        log.rotate()
        assert not os.path.exists(log.path)
        with open(f"{log.path}.1", encoding="utf-8") as file:
            assert entry in file.read()
    log.write("third")
    log.rotate()
    assert text(log).endswith("third\n")
    assert sorted(os.listdir(os.path.dirname(log.path))) == ["opencredits.log", "opencredits.log.1"]


def test_what_cannot_be_written_is_passed_over(tmp_path):
    """A full disk, a file in the place of the folder; there is nowhere left to say so."""
    (tmp_path / "state").write_text("no folder")
    for path in (None, str(tmp_path / "state" / "opencredits.log")):
        log = Log(path, "bridge")
        log.write("It broke.")
        log.rotate()
    assert (tmp_path / "state").read_text() == "no folder"
