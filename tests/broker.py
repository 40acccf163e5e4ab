"""A real mosquitto, on free ports of this computer: with a password, with TLS, and with what is wrong about TLS."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hostcore.broker.backoff import Delays
from hostcore.broker.connection import BrokerConnection
from hostcore.broker.message import Arrived, Message, Refusal
from hostcore.broker.settings import BrokerSettings
from hostcore.quick_dataclass import dataclass, replace
from tests.certificates import certificates, run
from tests.free_ports import free_ports
from tests.programs import require
from tests.waiting import until

USER, PASSWORD = "pi", "raspberry-hunter2"
"""The user of every port but the anonymous one."""
PATIENCE = 20.0
"""Seconds that a test waits before it fails."""
SOON = Delays(first=0.05, longest=0.2, taken_over=0.2, others=0)
"""Delays for tests."""
SILENT_USER = "silent"
"""A user with the same password that may read everything, and write nothing."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where mosquitto listens."""

    plain: int
    """MQTT with user and password."""
    anonymous: int
    """MQTT without."""
    tls: int
    """MQTT over TLS, with the right certificate, for user and password."""
    certified: int
    """The same, but clients need a certificate."""
    expired: int
    """TLS with a certificate that has expired."""
    misnamed: int
    """TLS with a certificate for another name."""


class Broker:
    """One mosquitto. Its ports stay the same when it is started again.

    Args:
        folder: an empty folder for its files.
        more: lines for its configuration file, such as "max_queued_messages 10".
    """

    def __init__(self, folder: Path, more: str = "") -> None:
        require("mosquitto", "mosquitto_passwd", "openssl", packages="mosquitto openssl")
        self.folder = folder
        self.ports = Ports(*free_ports(6))
        self._process: subprocess.Popen[bytes] | None = None
        self._paused = False
        shutil.copytree(Path(certificates().name), folder, dirs_exist_ok=True)
        self._write_password()
        (folder / "mosquitto.conf").write_text(self._configuration(more), encoding="utf-8")

    @property
    def ca_file(self) -> Path:
        """The certificate of the tests' own authority."""
        return self.folder / "ca.pem"

    @property
    def client_certificate(self) -> Path:
        """A certificate for a client, with its key."""
        return self.folder / "client.pem"

    @property
    def password_file(self) -> Path:
        """A file as a person would write it for ``password_file``."""
        return self.folder / "password"

    @property
    def settings(self) -> BrokerSettings:
        """The broker with user and password, and without TLS."""
        return BrokerSettings("127.0.0.1", self.ports.plain, user=USER, password_file=self.password_file)

    @property
    def secured(self) -> BrokerSettings:
        """The broker with TLS."""
        return replace(self.settings, host="localhost", port=self.ports.tls, tls=True, ca_file=self.ca_file)

    @property
    def section(self) -> str:
        """``[mqtt]`` of host.toml for `settings`."""
        return (
            f'[mqtt]\nenabled = true\nbroker = "mqtt://{USER}@127.0.0.1:{self.ports.plain}"\n'
            f'password_file = "{self.password_file}"\n'
        )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [str(shutil.which("mosquitto")), "-c", str(self.folder / "mosquitto.conf")]
        with (self.folder / "mosquitto.log").open("ab") as log:
            # SIGXFSZ stays ignored, as Python has it: a full disk (RLIMIT_FSIZE) is an error of a write, not a death.
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, restore_signals=False
            )
        until(self._answers, PATIENCE)

    def kill(self) -> None:
        """Kill it (SIGKILL). It loses what it has not written."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process, self._paused = None, False

    def restart(self) -> None:
        """Kill it, and start it again."""
        self.kill()
        self.start()

    def pause(self) -> None:
        """Stop it in its course (SIGSTOP): connections stay, and nothing is answered."""
        self._signal(signal.SIGSTOP)
        self._paused = True

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)
        self._paused = False

    def stop(self) -> None:
        """End it as a service manager would."""
        if self._process is not None:
            if self._paused:
                self.resume()
            self._process.terminate()
            self._process.wait()
            self._process = None

    @property
    def pid(self) -> int:
        """The process, while it runs."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What it has logged."""
        return (self.folder / "mosquitto.log").read_text(encoding="utf-8", errors="replace")

    def _signal(self, which: signal.Signals) -> None:
        os.kill(self.pid, which)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"mosquitto ended: {self.log}"
        try:
            socket.create_connection(("127.0.0.1", self.ports.misnamed), 1).close()
        except OSError:
            return False
        return True

    def _write_password(self) -> None:
        self.password_file.write_text(f"{PASSWORD}\n", encoding="utf-8")
        self.password_file.chmod(0o600)
        users = self.folder / "users"
        users.touch(mode=0o600)
        for user in (USER, SILENT_USER):
            run("mosquitto_passwd", "-b", str(users), user, PASSWORD)
        rules = f"user {USER}\ntopic readwrite #\n\nuser {SILENT_USER}\ntopic read #\n"
        (self.folder / "rules").write_text(rules, encoding="ascii")
        (self.folder / "rules").chmod(0o600)

    def _configuration(self, more: str) -> str:
        ports, folder = self.ports, self.folder
        users = f"allow_anonymous false\npassword_file {folder}/users\nacl_file {folder}/rules\n"

        def tls(name: str) -> str:
            return f"cafile {folder}/ca.pem\ncertfile {folder}/{name}.pem\nkeyfile {folder}/{name}.key\n"

        listeners = {
            ports.plain: users,
            ports.anonymous: "allow_anonymous true\n",
            ports.tls: tls("server") + users,
            ports.certified: tls("server") + "require_certificate true\nuse_identity_as_username true\n",
            ports.expired: tls("expired") + users,
            ports.misnamed: tls("misnamed") + users,
        }
        head = f"per_listener_settings true\nset_tcp_nodelay true\nlog_type all\n{_user()}{more}\n"
        return head + "".join(f"listener {port} 127.0.0.1\n{lines}" for port, lines in listeners.items())


class Visitor:
    """A client of a broker that keeps what arrives, for tests.

    Attributes:
        arrived: all messages, in their order.
        problems: why there was no connection.
        confirmed: the numbers of the messages that the broker confirmed.
        refusals: why the broker refused messages and subscriptions.
        connections: how often the broker has accepted it.
    """

    def __init__(self, settings: BrokerSettings, name: str = "visitor", **options: Any) -> None:
        self.arrived: list[Arrived] = []
        self.problems: list[str] = []
        self.confirmed: list[int] = []
        self.refusals: list[str] = []
        self.connections = 0
        self.connection = BrokerConnection(settings, name, self, **{"delays": SOON, **options})

    def start(self) -> None:
        """Start, and wait for the broker."""
        self.connection.start()
        until(lambda: self.connection.is_connected, PATIENCE)

    def subscribe(self, topics: str) -> None:
        """Subscribe."""
        self.connection.subscribe(topics)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, **more: Any) -> int:
        """Publish a message."""
        return self.connection.publish(Message(topic, payload, retain=retain, **more))

    def of(self, topic: str) -> list[bytes]:
        """Return the payloads that have come for a topic."""
        return [each.payload for each in list(self.arrived) if each.topic == topic]

    def wait_for(self, condition: Callable[[], object]) -> None:
        """Wait until something has come."""
        until(condition, PATIENCE)

    def connected(self) -> None:
        """See `hostcore.broker.interface.Listener`; so are the others."""
        self.connections += 1

    def disconnected(self, problem: str) -> None:
        self.problems.append(problem)

    def received(self, arrived: Arrived) -> None:
        self.arrived.append(arrived)

    def delivered(self, number: int) -> None:
        self.confirmed.append(number)

    def refused(self, number: int, refusal: Refusal) -> None:
        self.refusals.append(str(refusal))


@contextmanager
def visiting(settings: BrokerSettings, *topics: str, name: str = "visitor", **options: Any) -> Iterator[Visitor]:
    """A client that is connected and has subscribed."""
    visitor = Visitor(settings, name, **options)
    for each in topics:
        visitor.subscribe(each)
    visitor.start()
    try:
        yield visitor
    finally:
        visitor.connection.stop()


@contextmanager
def running(folder: Path, more: str = "") -> Iterator[Broker]:
    """A mosquitto of its own, for a test that kills, pauses or fills it."""
    broker = Broker(folder, more)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


def _user() -> str:
    """Mosquitto gives up root's rights, and then cannot read its files in a folder of the tests."""
    return "user root\n" if os.geteuid() == 0 else ""
