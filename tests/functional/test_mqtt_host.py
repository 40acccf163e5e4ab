"""A host's process at a broker: hello and good-bye, how its end is noticed, and that no password is shown."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from hostcore.broker.settings import PASSWORD_VARIABLE
from tests.broker import PASSWORD, Broker, Visitor, visiting
from tests.command import Desk

_NODES = count(1)


class Site:
    """A desk whose host publishes to a broker, and a subscriber."""

    def __init__(self, desk: Desk, visitor: Visitor, node: str) -> None:
        self.desk, self.visitor, self._node = desk, visitor, node

    def statuses(self) -> list[bytes]:
        """The payloads of the status of the node."""
        return self.visitor.of(f"process/{self._node}/status")

    def all_texts(self) -> bytes:
        """Everything that was published."""
        return b"\n".join(each.payload for each in self.visitor.arrived)


@pytest.fixture
def site(broker: Broker, tmp_path: Path, cache_folder: Path) -> Iterator[Site]:
    folder, node = tmp_path / "desk", f"pi{next(_NODES)}"
    desk = Desk(folder, cache_folder)
    desk.write(
        "host.toml", f'[buses.system]\nbackend = "simulated"\n{broker.section}prefix = "process"\nnode = "{node}"\n'
    )
    desk.write("plugins/README", "")
    with visiting(broker.settings, f"process/{node}/#", name=f"of-{node}") as visitor:
        yield Site(desk, visitor, node)


def test_a_host_that_is_told_to_end_says_goodbye(site: Site) -> None:
    with site.desk.running("run") as running:
        site.visitor.wait_for(lambda: site.statuses() == [b"online"])
        ended = running.stop(signal.SIGTERM)
    assert ended.status == 0
    site.visitor.wait_for(lambda: site.statuses() == [b"online", b"offline"])
    assert PASSWORD not in ended.err + ended.out


def test_the_broker_says_that_a_killed_host_is_offline(site: Site) -> None:
    with site.desk.running("run") as running:
        site.visitor.wait_for(lambda: site.statuses() == [b"online"])
        running.stop(signal.SIGKILL)
    site.visitor.wait_for(lambda: site.statuses() == [b"online", b"offline"])


def test_a_password_of_the_environment_is_used_and_shown_nowhere(site: Site, broker: Broker) -> None:
    settings = (site.desk.folder / "host.toml").read_text(encoding="utf-8")
    without = "".join(each for each in settings.splitlines(keepends=True) if not each.startswith("password_file"))
    site.desk.write("host.toml", without)
    log = site.desk.folder / "host.log"
    with site.desk.running("run", "--log", "host.log", environment={PASSWORD_VARIABLE: PASSWORD}) as running:
        site.visitor.wait_for(lambda: site.statuses() == [b"online"] and log.exists())
        command = Path(f"/proc/{running.process.pid}/cmdline").read_bytes()
        ended = running.stop(signal.SIGTERM)
    shown = command.decode() + ended.err + ended.out
    shown += log.read_text(encoding="utf-8") + site.all_texts().decode()
    assert "MQTT: connected" in shown
    assert PASSWORD not in shown


def test_a_wrong_password_is_told_in_one_line_and_the_host_goes_on(site: Site) -> None:
    (site.desk.folder / "wrong").write_text("wrong-hunter2", encoding="utf-8")
    settings = (site.desk.folder / "host.toml").read_text(encoding="utf-8")
    site.desk.write("host.toml", settings.replace("password_file = ", 'password_file = "wrong" #'))
    with site.desk.running("run") as running:
        running.wait_for("MQTT: mqtt://127.0.0.1")
        ended = running.stop(signal.SIGTERM)
    assert ended.status == 0
    assert "user and password are wrong" in ended.err
    assert "Traceback" not in ended.err
    assert "hunter2" not in ended.err


def test_without_paho_the_host_says_how_to_install_it(site: Site) -> None:
    site.desk.write("no/paho/__init__.py", "raise ModuleNotFoundError(\"No module named 'paho'\", name='paho')\n")
    done = site.desk.run("run", environment={"PYTHONPATH": str(site.desk.folder / "no")})
    assert done.status == 1
    assert "MQTT needs paho-mqtt: " in done.err
    assert "Traceback" not in done.err
