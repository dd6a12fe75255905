"""`key_command`: a program that prints the key, without a shell, within limits, seeing no other key."""

import os
import signal
import subprocess
import sys

import pytest

from odd_keyrings import BASE, gone, report, reported
from opencredits.config import AccountSettings
from opencredits.handed_keys import HandedKeys
from opencredits.keyring_store import KeyringAnswer
from opencredits.keys import KeyFinder

KEY = "sk-or-v1-0123456789abcdef"


class NoKeyring:
    """A machine without one."""

    def read(self, *accounts, hidden=None):
        return KeyringAnswer(absent="None.")


posix = pytest.mark.skipif(os.name != "posix", reason="of POSIX alone")


def python(code):
    return (sys.executable, "-S", "-c", code)


def find(command, *, environ=None, patience=20, **options):
    account = AccountSettings("default", key_env="OPENROUTER_API_KEY", key_command=command)
    environ = BASE | (environ or {})
    return KeyFinder(environ=environ, keyring=NoKeyring(), patience=patience, **options).find(account)


def failure(command, **options):
    keys = find(command, **options)
    assert keys.ordinary is None
    assert keys.fault.kind == "key_command"
    assert keys.fault.message.startswith("The key_command of the account 'default'")
    return keys.fault.message


@pytest.fixture
def own_stdin():
    """Something to read on our own stdin, as an editor's bridge has."""
    saved = os.dup(0)
    reading, writing = os.pipe()
    os.write(writing, b"a request of the editor\n")
    os.dup2(reading, 0)
    yield
    os.dup2(saved, 0)
    for fd in (saved, reading, writing):
        os.close(fd)


@pytest.mark.parametrize("ending", ["", "\\n", "\\r\\n", "\\nlogin: me\\nurl: x\\n", "  \\n"])
def test_the_first_line_is_the_key(ending):
    """`pass show` prints the secret first, and notes after it."""
    keys = find(python(f"print('{KEY}', end='{ending}')"))
    assert (keys.ordinary.secret, keys.ordinary.source, keys.ordinary.origin) == (
        KEY,
        "key_command",
        "key_command",
    )


def test_there_is_no_shell():
    """An argument is an argument, whatever it holds."""
    command = (*python("import sys; print(sys.argv[1])"), "$HOME;`id`|x")
    assert find(command).ordinary.secret == "$HOME;`id`|x"


@posix
def test_a_program_in_the_home_folder(tmp_path, monkeypatch):
    """`~/bin/key` works although there is no shell, and it runs in the home folder, not in the editor's."""
    program = tmp_path / "key"
    program.write_text("#!/bin/sh\npwd\n")
    program.chmod(0o700)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find(("~/key",)).ordinary.secret == str(tmp_path)


def test_stdin_is_empty(own_stdin):
    """A command that asks a question gets no answer, instead of eating what is meant for us."""
    assert "exit status 7" in failure(python("import sys; sys.exit(0 if sys.stdin.read(1) else 7)"))


def test_stderr_is_dropped(capfd):
    """What a password manager complains about does not reach an editor's screen."""
    find(python(f"import sys; sys.stderr.write('noise'); print('{KEY}')"))
    assert capfd.readouterr() == ("", "")


class TestFailures:
    """Each says which option it was and how it failed, never with the output."""

    def test_not_found(self):
        assert "names a program that was not found: 'no-such-program'" in failure(("no-such-program", "x"))

    @posix
    def test_not_executable(self, tmp_path):
        (tmp_path / "key").write_text(KEY)
        assert "cannot be run" in failure((str(tmp_path / "key"),))

    def test_a_null_byte(self):
        assert "cannot be run" in failure(("echo", "a\0b"))

    def test_a_key_in_place_of_the_command(self):
        assert KEY not in failure((KEY,))

    def test_exit_status(self):
        said = failure(python(f"print('{KEY}'); raise SystemExit(3)"))
        assert "exit status 3" in said
        assert KEY not in said

    @posix
    def test_killed_by_a_signal(self):
        assert "signal 9" in failure(python("import os; os.kill(os.getpid(), 9)"))

    @pytest.mark.parametrize("output", ["", "\n", " \t\n", f"\n{KEY}\n"])
    def test_nothing_on_the_first_line(self, output):
        assert "printed nothing on its first line" in failure(python(f"print({output!r}, end='')"))

    def test_too_much(self, tmp_path):
        """It is stopped there: the rest is not read."""
        end = tmp_path / "end"
        code = f"for _ in range(1000): print('x' * 65536)\nopen({str(end)!r}, 'w')"
        assert "more than 64 KiB" in failure(python(code))
        assert not end.exists()

    def test_just_as_much_as_is_allowed(self):
        keys = find(python(f"print('{KEY}'); print('x' * (65536 - {len(KEY)} - 2))"))
        assert keys.ordinary.secret == KEY

    def test_never_ends(self):
        assert "within 0.3 seconds" in failure(python("import time; time.sleep(600)"), patience=0.3)

    def test_ends_its_output_only(self):
        code = f"import os, time; os.write(1, b'{KEY}'); os.close(1); time.sleep(600)"
        assert "within 0.3 seconds" in failure(python(code), patience=0.3)

    @pytest.mark.parametrize("output", [b"two words", b"sk-\xff\xfe", b"a\0b"])
    def test_unusable(self, output):
        keys = find(python(f"import os; os.write(1, {output!r})"))
        assert keys.fault.kind == "unusable_key"
        assert "from: key_command" in keys.fault.message
        assert "two words" not in keys.fault.message

    def test_the_next_source_is_tried(self):
        keys = find(("no-such-program",), environ={"OPENROUTER_API_KEY": KEY})
        assert keys.ordinary.source == "environment"
        assert [note.kind for note in keys.notes] == ["key_command"]


@posix
def test_a_late_command_is_killed_with_its_children(tmp_path):
    """Nothing that it started outlives the time limit, and no zombie is left."""
    code = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(600)'])\n"
        f"{report(tmp_path, 'os.getpid(), child.pid')}\n"
        "time.sleep(600)"
    )
    failure(python(code), patience=1)
    command, its_child = reported(tmp_path)
    assert not os.path.exists(f"/proc/{command}")
    assert gone(its_child)


@posix
def test_an_interrupt_kills_the_command(tmp_path):
    """Ctrl-C while `pass` waits for a passphrase leaves nothing behind."""
    command = python(f"import os, time\n{report(tmp_path, 'os.getpid()')}\ntime.sleep(600)")
    program = (
        "from opencredits import config, keys\n"
        f"account = config.AccountSettings('default', key_command={command!r})\n"
        "keys.KeyFinder(environ={}, patience=60).find(account)"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL)
    (pid,) = reported(tmp_path)
    process.send_signal(signal.SIGINT)
    process.wait(20)
    assert gone(pid)


def test_no_key_is_in_the_environment_of_a_command():
    """Neither the variables that hold keys, of any account, nor others with the same text in them."""
    handed, work = "handed-secret-0123", "work-secret-4567"
    environ = {
        "OPENROUTER_API_KEY": KEY,
        "OPENROUTER_MANAGEMENT_KEY": f"{KEY}-management",
        "WORK_KEY": work,
        "CURL_HEADER": f"Authorization: Bearer {handed}",
        "OF_ANOTHER_TOOL": "sk-or-v1-unheard-of",
        "COPY": KEY,
        "KEPT": "kept",
    }
    accounts = [AccountSettings("work", key_env="WORK_KEY")]
    code = f"import os; print(','.join(sorted(set(os.environ) - {set(BASE)} - {{'LC_CTYPE'}})))"
    keys = find(
        python(code), environ=environ, accounts=accounts, handed=HandedKeys({("default", "ordinary"): handed})
    )
    assert keys.ordinary.secret == "KEPT"


def test_the_second_command_does_not_see_the_key_of_the_first():
    """Not even where a variable happens to hold the same text."""
    code = "import os; print(os.environ.get('COPY', 'hidden'))"
    key = "printed-by-the-first"
    account = AccountSettings("x", key_command=python(f"print('{key}')"), management_key_command=python(code))
    keys = KeyFinder(environ=BASE | {"COPY": key}, keyring=NoKeyring()).find(account)
    assert (keys.ordinary.secret, keys.management.secret) == (key, "hidden")


def test_a_short_secret_does_not_empty_the_environment():
    """A key of two letters is part of many variables; those stay."""
    code = "import os; print(os.environ['HOST'])"
    keys = find(python(code), environ={"HOST": "within"}, handed=HandedKeys({("default", "ordinary"): "in"}))
    assert keys.ordinary.secret == "within"
