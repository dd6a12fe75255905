"""One poll for everybody: real processes on one state folder, against a simulator that counts."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from installation import clean_environ
from opencredits.simulator import Fault, Simulator
from opencredits.store.file import broken_files

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals, limits and modes are POSIX's")


LIMIT_FILES = (
    "import os, resource, sys;"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2); os.execv(sys.argv[2], sys.argv[2:])"
)
FIRST = "OpenRouter: $7."


class Home:
    """A home in which the key comes from the environment and the API is the simulator."""

    def __init__(self, cli, sim):
        self.cli, self.sim = cli, sim
        self.state = cli.home / ".local" / "state" / "opencredits"
        self.database = self.state / "opencredits.db"
        config = cli.home / ".config" / "opencredits" / "config.toml"
        config.parent.mkdir(parents=True)
        config.write_text(f'[accounts.default]\nbase_url = "{sim.base_url}"\n')
        self.env = {"OPENROUTER_API_KEY": sim.key}

    def run(self, *args, **options):
        """Run a command to its end."""
        return self.cli(*args, env=self.env, **options)

    def start(self, *args, **options):
        """Start a command."""
        return self.cli.start(*args, env=self.env, **options)

    def on_full_disk(self, *args, most):
        """Run a command that can make no file longer than so many bytes."""
        command = [self.cli.python, "-c", LIMIT_FILES, str(most), self.cli.script, *args]
        env = clean_environ(self.cli.home, self.env)
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False)

    def sql(self, statement, *values):
        """What a person with a database browser would do."""
        db = sqlite3.connect(self.database, timeout=10)
        try:
            with db:
                return db.execute(statement, values).fetchall()
        finally:
            db.close()

    def make_due(self):
        """As if the interval had passed."""
        self.sql("UPDATE series SET finished_at = finished_at - 3600")

    def is_sound(self):
        """What SQLite itself says."""
        return self.sql("PRAGMA integrity_check") == [("ok",)]


@pytest.fixture
def home(cli):
    """A home beside a steady account."""
    with Simulator("steady") as sim:
        yield Home(cli, sim)


def test_fifty_processes_at_once_poll_once_and_all_show_the_number(home):
    """On an empty state folder, where everything has to be made first."""
    started = [home.start("status", "--line") for _ in range(50)]
    results = [(process.communicate(), process.returncode) for process in started]
    assert [code for _, code in results] == [0] * 50, [err for (_, err), code in results if code]
    assert len({line for (line, _), _ in results}) == 1
    assert (home.sim.count("/key"), home.sim.count("/credits")) == (1, 1)
    assert {err for (_, err), _ in results} == {""}
    assert home.is_sound()


def test_a_killed_holder_is_followed_at_once_fifty_times(home):
    """SIGKILL in the middle of a poll: the next one takes over, and nothing is polled twice."""
    assert home.run("status", "--line").returncode == 0
    for turn in range(50):
        home.make_due()
        home.sim.fault("/key", Fault(hang=True), times=1)
        asked = home.sim.count("/key")
        holder = home.start("status", "--line")
        assert home.sim.wait("/key", asked + 1)
        holder.kill()
        if turn % 2:  # half of the time it stays a zombie, as under a parent that does not wait
            holder.wait()
        after = home.run("status", "--line")
        assert (after.returncode, "ago" in after.stdout) == (0, False), after.stderr
        assert home.sim.count("/key") == asked + 2
        holder.wait()
    assert home.is_sound()


def test_a_stopped_holder_that_wakes_late_overwrites_nothing(home):
    """Its lease has lapsed, and somebody else has polled since."""
    assert home.run("status", "--line").returncode == 0
    home.make_due()
    home.sim.fault("/credits", Fault(hang=True), times=1)
    holder = home.start("status", "--line")
    assert home.sim.wait("/credits", 2)
    holder.send_signal(signal.SIGSTOP)
    home.sql("UPDATE series SET lease_until = lease_until - 15")  # as if 15 seconds had passed
    home.sim.account.top_up(1000)
    newer = home.run("status", "--line").stdout
    readings = home.sql("SELECT count(*) FROM readings")
    holder.send_signal(signal.SIGCONT)
    late, _ = holder.communicate()
    assert late == newer == home.run("status", "--line", "--cached").stdout
    assert home.sql("SELECT count(*) FROM readings") == readings


def test_who_comes_while_another_polls_waits_for_its_result(home):
    """And asks nobody itself."""
    home.sim.fault("/key", Fault(delay=1.0), times=1)
    first = home.start("status", "--line")
    assert home.sim.wait("/key", 1)
    second = home.run("status", "--line").stdout
    assert first.communicate()[0] == second != ""
    assert home.sim.count("/key") == 1


def test_with_something_stored_the_newer_result_is_waited_for_as_well(home):
    """What is stored is shown only when the other one takes too long."""
    stored = home.run("status", "--line").stdout
    home.make_due()
    home.sim.account.top_up(1000)
    home.sim.fault("/key", Fault(delay=1.0), times=1)
    first = home.start("status", "--line")
    assert home.sim.wait("/key", 2)
    assert home.run("status", "--line").stdout == first.communicate()[0] != stored
    assert home.sim.count("/key") == 2


def test_a_holder_that_does_not_move_is_waited_for_and_then_left_alone(home):
    """With something stored, that is shown after 6 seconds; nobody is asked twice."""
    stored = home.run("status", "--line").stdout
    home.make_due()
    home.sim.fault("/key", Fault(hang=True), times=1)
    holder = home.start("status", "--line")
    assert home.sim.wait("/key", 2)
    holder.send_signal(signal.SIGSTOP)
    assert home.run("status", "--line").stdout == stored
    assert home.sim.count("/key") == 2


def test_with_nothing_stored_the_lease_of_a_stopped_holder_is_waited_out(home):
    """It lapses after 15 seconds; then whoever waits asks itself."""
    home.sim.fault("/key", Fault(hang=True), times=1)
    holder = home.start("status", "--line")
    assert home.sim.wait("/key", 1)
    holder.send_signal(signal.SIGSTOP)
    result = home.run("status", "--line")
    assert (result.returncode, result.stdout[:13]) == (0, "OpenRouter: $")
    assert home.sim.count("/key") == 2


def test_two_manual_refreshes_at_once_are_one(home):
    """The second waits for the answer of the first."""
    assert home.run("status", "--line").returncode == 0
    home.sim.fault("/key", Fault(delay=1.0), times=1)
    both = [home.start("refresh") for _ in range(2)]
    lines = {process.communicate()[0] for process in both}
    assert len(lines) == 1
    assert home.sim.count("/key") == 2


def test_back_off_is_shared_by_processes(home):
    """A second process does not ask a server that has just failed, and says what the first one learned."""
    home.sim.fault("*", Fault(status=503))
    first, second = home.run("status"), home.run("status")
    assert first.stdout == second.stdout == "OpenRouter: Error (server error)\n"
    assert (first.returncode, second.returncode) == (1, 1)
    assert "503" in second.stderr
    assert home.sim.count("/key") == 1


@contextmanager
def read_only(folder):
    """A folder that nobody can write to, root neither."""
    if os.geteuid():
        os.chmod(folder, 0o500)
        yield
        os.chmod(folder, 0o700)
        return
    mount = ["mount", "--bind", folder, folder]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("root can write everywhere, and cannot mount here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_read_only_state_folder_still_shows_the_number(home):
    """The session works alone, from what was stored, and `doctor` says so."""
    assert home.run("status", "--line").returncode == 0
    with read_only(home.state):
        stored = home.run("status", "--line")
        assert (stored.returncode, stored.stdout[:13]) == (0, "OpenRouter: $")
        assert home.run("refresh").returncode == 0
        doctor = home.run("doctor")
    assert "cannot be used" in stored.stderr
    assert doctor.returncode == 1
    assert "FAIL  store" in doctor.stdout
    assert home.is_sound()


def test_a_full_disk_still_shows_the_number(home):
    """Nothing more can be written, and what is there stays sound."""
    assert home.run("status", "--line").returncode == 0
    home.make_due()
    result = home.on_full_disk("status", "--line", most=4096)
    assert (result.returncode, result.stdout[:13]) == (0, "OpenRouter: $"), result.stderr
    assert "Traceback" not in result.stderr
    assert home.is_sound()
    assert home.run("status", "--line").returncode == 0


def test_a_disk_that_is_full_from_the_start_still_shows_the_number(home):
    """There is no file at all, and none can be made."""
    result = home.on_full_disk("status", "--line", most=0)
    assert (result.returncode, result.stdout[:13]) == (0, "OpenRouter: $"), result.stderr
    assert "cannot be used" in result.stderr


def test_a_spoiled_file_is_set_aside_by_one_of_many(home):
    """Ten processes find text where the database was; one of them begins a new one, and it is polled once."""
    assert home.run("status", "--line").returncode == 0
    home.database.write_text("This is not a database.\n" * 500)
    for suffix in ("-wal", "-shm"):
        Path(f"{home.database}{suffix}").unlink(missing_ok=True)
    started = [home.start("status", "--line") for _ in range(10)]
    results = [(process.communicate(), process.returncode) for process in started]
    assert [code for _, code in results] == [0] * 10, results
    assert home.sim.count("/key") == 2
    (aside,) = broken_files(str(home.database))
    assert "not a database" in Path(aside).read_text()
    assert aside in home.run("doctor").stdout


def test_a_newer_schema_is_refused_with_a_sentence(home):
    """The number is shown all the same, and the file is not touched."""
    assert home.run("status", "--line").returncode == 0
    home.sql("PRAGMA user_version = 99")
    before = home.database.read_bytes()
    result = home.run("status", "--line")
    assert (result.returncode, result.stdout[:13]) == (0, "OpenRouter: $")
    assert "newer OpenCredits" in result.stderr
    assert home.database.read_bytes() == before


def test_watch_sees_what_another_process_has_polled(home):
    """Without asking anybody itself."""
    watching = home.start("watch")
    first = watching.stdout.readline()
    home.sim.account.top_up(1000)
    refreshed = home.run("refresh").stdout
    assert watching.stdout.readline() == refreshed != first
    watching.send_signal(signal.SIGINT)
    _, error = watching.communicate()
    assert (watching.returncode, error.strip()) == (130, "")
    assert home.sim.count("/key") == 2


def test_the_demo_leaves_nothing_behind(cli, tmp_path):
    """Neither when it ends nor when it is interrupted or told to stop."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    env = {"TMPDIR": str(scratch)}
    once = cli("demo", "--once", env=env)
    assert (once.returncode, once.stdout[:15]) == (0, FIRST)
    for number in (signal.SIGINT, signal.SIGTERM):
        playing = cli.start("demo", env=env)
        assert playing.stdout.readline() == "# A coding agent is at work\n"
        assert playing.stdout.readline().startswith(FIRST)
        playing.send_signal(number)
        assert playing.communicate()[1].strip() == ""
        assert playing.returncode == 130
    assert list(scratch.iterdir()) == []
    assert list(cli.home.iterdir()) == []


def test_the_demo_plays_its_whole_story(cli):
    """Balance, rate, a stale spell, a runaway, empty; and the alerts of all that, each once."""
    told = cli("demo").stdout.splitlines()
    lines = [line for line in told if line[0] not in "#!"]
    alerts = [line for line in told if line.startswith("!")]
    assert sum("is being spent" in alert for alert in alerts) == 1
    assert len(set(alerts)) == len(alerts)
    rates = [float(rate) for rate in re.findall(r"\(-\$([\d.]+)/hr\)", "\n".join(lines))]
    assert lines[0].startswith(FIRST)
    assert rates[0] == pytest.approx(2.4, rel=0.1)
    assert any(line.endswith("m ago)") for line in lines)
    assert max(rates) > 10 * rates[0]
    assert lines[-1].startswith("OpenRouter: -$")
