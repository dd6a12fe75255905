"""A desktop session of the test's own: a D-Bus session with nothing on it, and a real Secret Service."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager
from typing import Self

from needs import need

# Its only service folder is empty: nothing starts by itself, whatever this machine has installed.
BUS_CONFIG = """<busconfig><type>session</type><listen>unix:path={folder}/bus</listen><auth>EXTERNAL</auth>
<servicedir>{folder}/services</servicedir>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>"""
SECRETS = "org.freedesktop.secrets"
PROMPTER = "org.gnome.keyring.SystemPrompter"


class Desktop:
    """Use as a context manager; `environ` is what a program inside of it sees."""

    def __init__(self) -> None:
        self.bus_program = need("dbus-daemon")
        self.keyring_program = need("gnome-keyring-daemon")
        self.folder = tempfile.mkdtemp(prefix="oc-")  # short: it holds a socket
        self.bus: subprocess.Popen | None = None
        self.keyring: subprocess.Popen | None = None
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": self.folder,
            "XDG_RUNTIME_DIR": self.folder,
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.folder}/bus",
        }

    def __enter__(self) -> Self:
        os.mkdir(os.path.join(self.folder, "services"))
        self.start_bus()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_keyring()
        self.stop_bus()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_bus(self) -> None:
        """A new one, with nothing on it."""
        config = os.path.join(self.folder, "bus.conf")
        with open(config, "w") as file:
            file.write(BUS_CONFIG.format(folder=self.folder))
        self.bus = subprocess.Popen(
            [self.bus_program, f"--config-file={config}", "--nofork", "--print-address"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.bus.stdout.readline()  # it listens from now on

    def start_keyring(self, password: str | None) -> None:
        """With a password its collection is made and unlocked; with another one later it stays locked."""
        self.stop_keyring()
        self.keyring = subprocess.Popen(
            [self.keyring_program, "--foreground", "--components=secrets"]
            + (["--unlock"] if password else []),
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.keyring.stdin.write((password or "").encode())
        self.keyring.stdin.close()
        while not self._has_secret_service():
            assert self.keyring.poll() is None, "gnome-keyring-daemon ended"
            time.sleep(0.02)

    def install_broken_keyring(self) -> None:
        """One that D-Bus starts when it is asked for, and that ends at once."""
        with open(os.path.join(self.folder, "services", f"{SECRETS}.service"), "w") as file:
            file.write(f"[D-BUS Service]\nName={SECRETS}\nExec={need('false')}\n")
        self.stop_bus()
        os.unlink(os.path.join(self.folder, "bus"))
        self.start_bus()

    def stop_keyring(self) -> None:
        """End it in its own way, so that it has saved everything."""
        _stop(self.keyring, signal.SIGTERM)
        self.keyring = None

    @property
    def variables(self) -> dict[str, str]:
        """By which a program finds its keyring, and waits for it however busy the machine is."""
        bus = self.environ["DBUS_SESSION_BUS_ADDRESS"]
        patience = {"OPENCREDITS_KEYRING_PATIENCE": "20"}
        return {"DBUS_SESSION_BUS_ADDRESS": bus, "XDG_RUNTIME_DIR": self.folder, **patience}

    def freeze_keyring(self) -> None:
        """Its name stays on the bus, but nothing is answered."""
        self.keyring.send_signal(signal.SIGSTOP)

    def thaw_keyring(self) -> None:
        """It answers again."""
        self.keyring.send_signal(signal.SIGCONT)

    def freeze_bus(self) -> None:
        """Its socket takes connections, but nothing is answered."""
        self.bus.send_signal(signal.SIGSTOP)

    @contextmanager
    def prompter(self):
        """Stand where the desktop's password window would be, and yield what asks for it."""
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import Proxy

        asked = []
        with closing(self._connect()) as connection:
            Proxy(message_bus, connection).RequestName(PROMPTER)
            yield asked
            while True:
                try:
                    message = connection.receive(timeout=0)
                except TimeoutError:
                    return
                if message.header.message_type.name == "method_call":
                    asked.append(message)

    def stop_bus(self) -> None:
        """Its socket is still there, with nobody behind it."""
        _stop(self.bus, signal.SIGKILL)
        self.bus = None

    def lock(self) -> None:
        """As a screen saver does."""
        import secretstorage

        with closing(self._connect()) as connection:
            secretstorage.get_default_collection(connection).lock()

    def clear(self) -> None:
        """Delete every entry."""
        import secretstorage

        with closing(self._connect()) as connection:
            for item in list(secretstorage.get_default_collection(connection).get_all_items()):
                item.delete()

    def add_foreign_item(self, service: str, user: str, secret: str) -> None:
        """An entry of the same name by another program."""
        import secretstorage

        with closing(self._connect()) as connection:
            collection = secretstorage.get_default_collection(connection)
            attributes = {"service": service, "username": user, "made-by": "another program"}
            collection.create_item("foreign", attributes, secret.encode())

    def _connect(self):
        from jeepney.io.blocking import DBusConnection, prep_socket

        return DBusConnection(prep_socket(f"{self.folder}/bus"))

    def _has_secret_service(self) -> bool:
        with closing(self._connect()) as connection:
            return bool(_bus_itself(connection).NameHasOwner(SECRETS)[0])


def _bus_itself(connection):
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import Proxy

    return Proxy(message_bus, connection)


def _stop(process: subprocess.Popen | None, how: signal.Signals) -> None:
    if process is None:
        return
    process.send_signal(how)
    process.send_signal(signal.SIGCONT)
    process.wait(10)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
