"""The steps of docs/other-tools.md make a mosquitto that wants a password, speaks TLS, and keeps nodes apart."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore import shipped
from hostcore.broker.settings import BrokerSettings
from hostcore.quick_dataclass import dataclass, replace
from tests.broker import PASSWORD, SOON, Visitor, visiting
from tests.free_ports import free_ports
from tests.programs import require
from tests.waiting import until

PAGE = (shipped.folder() / "docs" / "other-tools.md").read_text(encoding="utf-8")
FOLDER = "/etc/mosquitto"


@dataclass(frozen=True, slots=True)
class Made:
    """A broker that was made by the steps."""

    folder: Path
    port: int
    secured_port: int

    def settings(self, user: str) -> BrokerSettings:
        """The broker for a user, without TLS."""
        return BrokerSettings("127.0.0.1", self.port, user=user, password_file=self.folder / "password")


def blocks(kind: str = "") -> list[str]:
    """Return the texts between ``` of a kind, without their indentation."""
    found = re.findall(rf"^ *```{kind}\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)
    return [re.sub(r"^ {3}", "", each, flags=re.MULTILINE) for each in found]


def block_with(text: str, kind: str = "") -> str:
    (found,) = [each for each in blocks(kind) if text in each]
    return found


def run(command: str, folder: Path) -> None:
    done = subprocess.run(["sh", "-ec", command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    require("mosquitto", "mosquitto_passwd", "openssl", packages="mosquitto openssl")
    folder = tmp_path_factory.mktemp("steps")
    (folder / "certs").mkdir()
    port, secured_port = free_ports(2)
    certificates = (
        block_with("openssl req", "sh").partition("certs\n")[2].replace("sudo ", "").replace("pi.local", "localhost")
    )
    run("\n".join(line for line in certificates.splitlines() if "chown" not in line), folder / "certs")
    users = re.findall(rf"mosquitto_passwd (-c )?{FOLDER}/passwd (\S+)", block_with("mosquitto_passwd", "sh"))
    for create, user in users:  # -b takes the password from the command line, where the page lets a person type it
        run(f"mosquitto_passwd {create}-b passwd {user} {PASSWORD}", folder)
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    (folder / "password").chmod(0o600)
    (folder / "acl").write_text(block_with("user greenhouse\n"), encoding="utf-8")
    (folder / "acl").chmod(0o600)
    lines = block_with("listener").replace(FOLDER, str(folder)).replace("listener 1883", f"listener {port}")
    lines = lines.replace("listener 8883", f"listener {secured_port} 127.0.0.1")
    root = "user root\n" if os.geteuid() == 0 else ""
    (folder / "sensors.conf").write_text(f"set_tcp_nodelay true\n{root}{lines}", encoding="utf-8")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(["mosquitto", "-c", str(folder / "sensors.conf")], stdout=log, stderr=log)
    yield Made(folder, port, secured_port)
    process.terminate()
    process.wait(10)


def test_a_host_reaches_it_over_tls_with_its_password(made: Made) -> None:
    secured = replace(made.settings("greenhouse"), host="localhost", port=made.secured_port, tls=True)
    with visiting(replace(secured, ca_file=made.folder / "certs" / "ca.crt"), name="secured") as host:
        assert host.connections == 1


def test_nobody_comes_in_without_a_password(made: Made) -> None:
    stranger = Visitor(BrokerSettings("127.0.0.1", made.port), "stranger", delays=SOON)
    stranger.connection.start()
    until(lambda: stranger.problems, 20)
    stranger.connection.stop()
    assert stranger.connections == 0


def test_a_node_writes_below_its_own_name_only_and_programs_read_it(made: Made) -> None:
    with (
        visiting(made.settings("telegraf"), "wasi-host/#", name="reader") as reader,
        visiting(made.settings("greenhouse"), name="greenhouse") as node,
    ):
        node.publish("wasi-host/attic/bme680", b"invented")
        node.publish("wasi-host/greenhouse/bme680", b"measured")
        reader.wait_for(lambda: reader.arrived)
        assert [each.payload for each in reader.arrived] == [b"measured"]


def test_a_person_gives_commands_and_opens_screens_and_invents_nothing(made: Made) -> None:
    with (
        visiting(made.settings("greenhouse"), "wasi-host/greenhouse/#", name="greenhouse") as node,
        visiting(made.settings("me"), "wasi-host/#", name="person") as person,
    ):
        for topic in ("bme680", "live/0a/down", "command/live", "live/0a/up"):
            person.publish(f"wasi-host/greenhouse/{topic}", b"{}")
        node.wait_for(lambda: len(node.arrived) == 2)
        assert [each.topic.partition("/")[2] for each in node.arrived] == [
            "greenhouse/command/live", "greenhouse/live/0a/up",
        ]  # fmt: skip
        person.wait_for(lambda: len(person.arrived) == 2)


def test_rules_give_commands_and_no_readings(made: Made) -> None:
    with (
        visiting(made.settings("greenhouse"), "wasi-host/greenhouse/#", name="greenhouse") as node,
        visiting(made.settings("node-red"), name="rules") as rules,
    ):
        rules.publish("wasi-host/greenhouse/bme680", b"invented")
        rules.publish("wasi-host/greenhouse/command/relay", b"{}")
        node.wait_for(lambda: node.arrived)
        assert [each.topic for each in node.arrived] == ["wasi-host/greenhouse/command/relay"]
