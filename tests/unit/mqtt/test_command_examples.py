"""The examples of docs/mqtt.md for commands, as they stand there, with mosquitto's own clients."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

from hostcore import shipped
from hostcore.actuation import LightLeds, SetPwm, SwitchRelay
from hostcore.broker.groups import CommandGroup
from hostcore.events import Level, LogWritten
from hostcore.events.history import HistoryReport
from hostcore.session import Order
from tests.broker import PASSWORD, USER, Broker
from tests.live_node import live_node
from tests.programs import require
from tests.waiting import until

PAGE = (shipped.folder() / "docs" / "mqtt.md").read_text(encoding="utf-8")
CLIENTS = ("mosquitto_pub", "mosquitto_rr", "mosquitto_sub")


def examples() -> list[str]:
    """The blocks of commands for a shell, about commands to a node."""
    return re.findall(r"```sh\n(.*?)```", PAGE.partition("\n## Commands\n")[2].partition("\n## ")[0], re.DOTALL)


def environment(broker: Broker, folder: Path) -> dict[str, str]:
    """The variables of a shell in which mosquitto's clients know the broker, from their files."""
    for client in CLIENTS:
        lines = f"-h 127.0.0.1\n-p {broker.ports.plain}\n-u {USER}\n-P {PASSWORD}\n"
        (folder / client).write_text(lines, encoding="ascii")
    return {**os.environ, "XDG_CONFIG_HOME": str(folder)}


def test_each_command_of_the_page_is_answered(broker: Broker, tmp_path: Path) -> None:
    require(*CLIENTS, packages="mosquitto-clients")
    commands = examples()[0].replace("wasi-host/", "examples/")
    with live_node(broker, "examples", tuple(CommandGroup)) as node:
        node.session.stored = HistoryReport((), 0, is_complete=True)
        done = subprocess.run(
            ["sh", "-ec", commands], capture_output=True, text=True, check=False, env=environment(broker, tmp_path)
        )
        assert done.returncode == 0, done.stderr
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert [each["status"] for each in answers] == ["ok"] * commands.count("\nask ")
        assert node.session.actuations == [
            SwitchRelay("fan", True), SetPwm(18, 0.25, 50.0), LightLeds((255, 136, 0), 0, 3), LightLeds((0, 0, 0)),
        ]  # fmt: skip
        assert node.session.orders == [("bme680", Order.RESTART)]
        assert node.session.acknowledged == ["too_warm"]


def test_the_log_comes_to_who_subscribes(broker: Broker, tmp_path: Path) -> None:
    require(*CLIENTS, packages="mosquitto-clients")
    definition, commands = (each.replace("wasi-host/", "examples-log/") for each in examples())
    commands = commands.replace("-v -W 10", "-C 1 -W 10")
    with live_node(broker, "examples-log", tuple(CommandGroup)) as node:
        with subprocess.Popen(
            ["sh", "-ec", definition.partition("\nask ")[0] + "\n" + commands],
            stdout=subprocess.PIPE, text=True, env=environment(broker, tmp_path),
        ) as shell:  # fmt: skip
            until(lambda: _is_told(node.session.publish, shell), 20)
            found = json.loads(str(shell.communicate()[0]).splitlines()[-1])
        assert (found["plugin"], found["level"], found["text"]) == ("bme680", "warning", "the heater is off")


def _is_told(publish: object, shell: subprocess.Popen[str]) -> bool:
    """Log a line once more. Returns whether the subscriber has got one, and has ended."""
    assert callable(publish)
    publish([LogWritten(1, "bme680", Level.WARNING, "the heater is off")])
    return shell.poll() is not None
