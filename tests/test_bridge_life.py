"""How a bridge ends, and what it leaves behind: nothing."""

import ctypes
import os
import pty
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bridge_client import PATIENCE, Home, Refused
from bridge_home import home_beside, steady
from odd_keyrings import chosen, gone, report, reported
from opencredits.simulator import Fault
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and pseudo-terminals are POSIX's")
sim, home = steady, home_beside

ENDINGS = {
    "end of stdin": lambda bridge: bridge.close_stdin(),
    "SIGTERM": lambda bridge: bridge.process.send_signal(signal.SIGTERM),
    "SIGHUP": lambda bridge: bridge.process.send_signal(signal.SIGHUP),
    "shutdown": lambda bridge: bridge.send("shutdown"),
}
# Leaves its process id in `ready`, prints nothing, and does not end.
HANGING = f"import os, time; {report('.', 'os.getpid()')}; time.sleep(600)"
# An editor that starts a bridge and tells its process id, then does nothing more.
EDITOR = """
import subprocess, sys, time
bridge = subprocess.Popen([sys.argv[1], "bridge"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
bridge.stdin.write(b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocol": 1}}\\n')
bridge.stdin.flush()
bridge.stdout.readline()
print(bridge.pid, flush=True)
time.sleep(600)
"""
# Runs at the start of each Python; in a bridge it prints as soon as its streams are out of the way.
PRINTING = """
import os, sys, threading, time
def prints():
    while not os.path.samestat(os.fstat(1), os.stat(os.devnull)):
        time.sleep(0.001)
    print("stray", flush=True)
    os.write(1, b"stray\\n")
    os.system("echo stray")
    open("printed", "w").close()
if "bridge" in sys.orig_argv:
    threading.Thread(target=prints, daemon=True).start()
"""


def ended_well(bridge):
    """Whether it ended by itself, with nothing said but the protocol."""
    return (bridge.wait_ended(), bridge.stderr, bridge.strays) == (0, b"", [])


def log(home):
    """What is in it, less the line that each start leaves."""
    entries = home.log.read_text(encoding="utf-8").splitlines() if home.log.exists() else []
    return [entry for entry in entries if "Started" not in entry]


@pytest.mark.parametrize("ending", ENDINGS)
class TestEnds:
    """In each of the usual ways."""

    def test_an_idle_bridge(self, home, ending):
        bridge = home.bridge()
        bridge.wait_shown(lambda status: status["state"] == "balance")
        ENDINGS[ending](bridge)
        assert ended_well(bridge)
        assert log(home) == []

    def test_in_the_middle_of_a_poll(self, home, sim, ending):
        """And the poll is left to somebody else."""
        sim.fault("*", Fault(hang=True))
        bridge = home.bridge()
        assert sim.wait("/key", 1)
        assert home.sql("SELECT lease FROM series") != [(None,)]
        ENDINGS[ending](bridge)
        assert ended_well(bridge)
        assert home.sql("SELECT lease FROM series") == [(None,)]

    def test_while_a_key_command_hangs(self, home, cli, ending):
        """Which is not left behind."""
        home.configure(account=f"key_command = {[cli.python, '-S', '-c', HANGING]}")
        bridge = home.bridge()
        (command,) = reported(home.folder)
        ENDINGS[ending](bridge)
        assert ended_well(bridge)
        assert gone(command)

    def test_while_the_keyring_hangs(self, home, tmp_path, ending):
        """Neither its child is left behind, nor what that has started."""
        env = {name: value for name, value in chosen("Hanging", tmp_path).items() if name != "HOME"}
        bridge = home.bridge(env=env)
        children = reported(tmp_path)
        assert len(children) == 2
        ENDINGS[ending](bridge)
        assert ended_well(bridge)
        assert [gone(each) for each in children] == [True, True]


def test_before_initialize_it_ends_as_well(home):
    for ending in ("end of stdin", "SIGTERM"):
        bridge = home.start()
        bridge.write(b"\n{}\n")
        bridge.wait(lambda bridge=bridge: bridge.messages, "the refusal")
        ENDINGS[ending](bridge)
        assert ended_well(bridge)


def test_all_at_once_is_one_end(home):
    """As when a terminal is closed: the end of stdin and several signals."""
    for _ in range(10):
        bridge = home.bridge()
        bridge.close_stdin()
        for name in ("SIGHUP", "SIGTERM", "SIGTERM", "SIGHUP"):
            bridge.process.send_signal(getattr(signal, name))
        assert ended_well(bridge)


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="there is no /proc to find threads in")
def test_a_signal_need_not_interrupt_the_wait(home):
    """One that comes just before the wait does not, and neither does one that another thread gets."""
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "tgkill"):
        pytest.skip("this C library has no tgkill")
    bridge = home.bridge()
    bridge.wait_shown(lambda status: status["state"] == "balance")
    other = max(int(tid) for tid in os.listdir(f"/proc/{bridge.pid}/task"))
    assert other != bridge.pid
    assert libc.tgkill(bridge.pid, other, signal.SIGTERM) == 0
    assert ended_well(bridge)


def test_an_interrupt_is_not_meant_for_it(home):
    """Ctrl-C in an editor's terminal reaches the whole process group."""
    bridge = home.bridge()
    bridge.process.send_signal(signal.SIGINT)
    assert bridge.request("status")["status"]["visible"]
    bridge.process.send_signal(signal.SIGINT)
    assert bridge.request("shutdown") is None
    assert ended_well(bridge)


def test_a_closed_stdout_ends_an_idle_bridge(home):
    """It need not write to find out."""
    process = subprocess.Popen(
        [home.script, "bridge"], env=home.environ(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        process.stdout.close()
        assert process.wait(PATIENCE) == 0


def test_a_closed_stdout_ends_a_busy_bridge(home):
    process = subprocess.Popen(
        [home.script, "bridge"], env=home.environ(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    line = b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocol": 1}}\n'
    with process:
        process.stdin.write(line)
        process.stdin.flush()
        assert process.stdout.readline()
        process.stdout.close()
        try:
            while process.poll() is None:
                process.stdin.write(b"{}\n")
                process.stdin.flush()
        except BrokenPipeError:
            pass
        assert process.wait(PATIENCE) == 0
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass


def test_a_killed_editor_takes_its_bridge_with_it(home, cli, tmp_path):
    """SIGKILL: nobody can say goodbye; and what the bridge has started goes as well."""
    env = {name: value for name, value in chosen("Hanging", tmp_path).items() if name != "HOME"}
    command = [cli.python, "-c", EDITOR, home.script]
    with subprocess.Popen(command, env=home.environ(env), stdout=subprocess.PIPE) as editor:
        bridge = int(editor.stdout.readline())
        children = reported(tmp_path)
        editor.kill()
        editor.wait()
        assert gone(bridge)
        assert [gone(each) for each in children] == [True, True]


def test_who_takes_over_need_not_wait(home, sim):
    """One bridge is killed in the middle of a poll, and another one shows the balance."""
    sim.fault("/key", Fault(hang=True), times=1)
    first, second = home.bridge(), home.bridge()
    assert sim.wait("/key", 1)
    for bridge in (first, second):
        bridge.process.send_signal(signal.SIGSTOP)  # whichever it was that polls
    polls = home.sql("SELECT lease FROM series")[0][0]
    holder, other = (first, second) if f":{first.pid}:" in polls else (second, first)
    holder.process.kill()
    other.process.send_signal(signal.SIGCONT)
    other.wait_shown(lambda status: status["state"] == "balance")


def test_stdin_that_ends_while_nobody_reads_stdout(home):
    """The pipe is full, so that nothing can be written any more."""
    process = subprocess.Popen(
        [home.script, "bridge"], env=home.environ(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        os.set_blocking(process.stdin.fileno(), False)
        try:
            while process.poll() is None:
                os.write(process.stdin.fileno(), b"{}\n" * 1000)
                select.select([], [process.stdin.fileno()], [], 0.5)
        except BlockingIOError:
            pass
        process.stdin.close()
        assert process.wait(PATIENCE) == 0


def test_a_socket_that_is_reset_is_an_end(home):
    """Some editors use sockets in place of pipes; one that dies with unread answers resets them."""
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        [home.script, "bridge"], env=home.environ(), stdin=theirs, stdout=theirs, stderr=subprocess.PIPE
    )
    with process, ours:
        theirs.close()
        ours.sendall(b"{}\n")
        assert select.select([ours], [], [], PATIENCE)[0]
        ours.close()
        _, error = process.communicate(timeout=PATIENCE)
        assert (process.returncode, error) == (0, b"")
    assert log(home) == []


def test_pipes_that_do_not_block(home):
    """An editor may have made its ends so; then nothing is lost either."""
    (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
    for fd in (theirs_in, theirs_out):
        os.set_blocking(fd, False)
    process = subprocess.Popen(
        [home.script, "bridge"],
        env=home.environ(),
        stdin=theirs_in,
        stdout=theirs_out,
        stderr=subprocess.PIPE,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    with process, open(ours_in, "rb") as answers, open(ours_out, "wb", buffering=0) as requests:
        requests.write(b"{}\n" * 10_000)  # less than a pipe holds, and the answers are more
        found = [answers.readline() for _ in range(10_000)]
        assert len({*found}) == 1
        assert b"-32600" in found[0]
        requests.close()
        assert process.wait(PATIENCE) == 0


def test_what_else_prints_prints_to_nowhere(home, tmp_path):
    """stdout carries the protocol alone."""
    (tmp_path / "sitecustomize.py").write_text(PRINTING.replace('"printed"', repr(str(tmp_path / "printed"))))
    bridge = home.bridge(env={"PYTHONPATH": str(tmp_path)})
    wait_for((tmp_path / "printed").exists, "the printing")
    assert bridge.request("shutdown") is None
    assert ended_well(bridge)


def test_without_stdin_it_says_what_it_is_for(home):
    """No traceback."""
    shell = ["sh", "-c", '"$0" bridge <&-', home.script]
    ended = subprocess.run(
        shell, env=home.environ(), stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("opencredits: 'opencredits bridge' is what an editor starts")


def test_a_terminal_on_stdin_is_told_what_it_is_for(home):
    """Instead of waiting for what nobody can type."""
    for options in ((), ("--demo",)):
        ours, theirs = pty.openpty()
        try:
            ended = subprocess.run(
                [home.script, "bridge", *options],
                env=home.environ(),
                stdin=theirs,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
        finally:
            os.close(ours)
            os.close(theirs)
        assert (ended.returncode, ended.stdout) == (2, "")
        assert "what an editor starts" in ended.stderr
        assert "opencredits status" in ended.stderr


def test_the_log_is_rotated_by_who_polls(home):
    """At 1 MiB, over the one before it."""
    home.state.mkdir(parents=True)
    home.log.write_text("x" * (1024 * 1024 + 1))
    home.bridge()
    old = Path(f"{home.log}.1")
    wait_for(old.exists, "the renaming")
    assert old.stat().st_size > 1024 * 1024
    assert not home.log.exists() or home.log.stat().st_size < 1024


class TestDemo:
    """An account that is being spent, in time-lapse."""

    def test_it_shows_changing_statuses_and_leaves_no_file(self, home, tmp_path):
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        fresh = Home(home.script, tmp_path / "fresh")
        fresh.folder.mkdir()
        with fresh:
            bridge = fresh.bridge("--demo", env={"TMPDIR": str(scratch)})
            texts = [bridge.wait_shown(lambda status: status["state"] == "balance")["text"]]
            while len(texts) < 4:
                texts.append(bridge.wait_shown(lambda status: status["text"] != texts[-1])["text"])
            assert all(text.startswith("OpenRouter: $7.") for text in texts)
            assert bridge.told("status_changed")
            assert bridge.request("details")["lists"]
            assert bridge.request("menu")["choices"]
            assert bridge.request("refresh")["status"]["visible"]
            bridge.close_stdin()
            assert ended_well(bridge)
        assert [*scratch.iterdir()] == []
        assert [*fresh.folder.iterdir()] == []

    def test_it_keeps_no_keys_and_saves_settings_for_itself(self, home):
        bridge = home.bridge("--demo")
        bridge.wait_shown(lambda status: status["state"] == "balance")
        found = bridge.request("save_setting", name="format", value="demo {amount}")
        assert found["status"]["text"].startswith("demo ")
        assert "demo" not in home.config.read_text()
        for method in ("set_key", "remove_key"):
            with pytest.raises(Refused) as error:
                bridge.request(method, account="default", key="sk-or-v1-0123456789")
            assert error.value.code == -32022

    def test_an_alert_can_be_switched_off(self, home):
        """For the demo alone."""
        bridge = home.bridge("--demo")
        bridge.notify("focus", focused=True)
        alert = bridge.wait_told("alert")
        bridge.request("act", subject=alert["id"], action="switch_off")
        with pytest.raises(Refused) as refused:
            bridge.request("save_setting", name="alerts.sales", value="off")
        assert refused.value.kind == "config"
        assert "alerts" not in home.config.read_text()

    def test_it_asks_nobody_else(self, home, sim):
        """Neither the configured account nor the keyring."""
        bridge = home.bridge("--demo")
        bridge.wait_shown(lambda status: status["state"] == "balance")
        assert sim.count() == 0
