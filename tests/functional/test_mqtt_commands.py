"""A host's process at a broker takes commands, and none of them twice, also after it was killed."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest

from tests.broker import Broker, Visitor, visiting
from tests.command import Desk

SETTINGS = """
[buses.gpio]
backend = "simulated"
[buses.system]
backend = "simulated"
[relays.fan]
line = 17
"""


def answers(visitor: Visitor) -> list[dict[str, object]]:
    return [json.loads(each) for each in visitor.of("processes/pi/response/relay")]


def online(visitor: Visitor, times: int) -> bool:
    return visitor.of("processes/pi/status").count(b"online") == times


@pytest.mark.thorough
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_command_is_followed_once_whatever_becomes_of_the_host(
    broker: Broker, tmp_path: Path, cache_folder: Path, end: signal.Signals
) -> None:
    desk = Desk(tmp_path / "desk", cache_folder)
    mqtt = f'{broker.section}prefix = "processes"\nnode = "pi"\ncommands = ["outputs"]\n'
    desk.write("host.toml", SETTINGS + mqtt)
    desk.write("plugins/README", "")
    with visiting(broker.settings, "processes/pi/#", name=f"of-processes-{end}") as visitor:
        before = len(answers(visitor))
        with desk.running("run") as running:
            visitor.wait_for(lambda: online(visitor, 1))
            body = {"transaction": f"t{end}", "time": time.time() + 20, "name": "fan", "state": "ON"}
            payload = json.dumps(body).encode()
            for _ in range(2):
                visitor.publish("processes/pi/command/relay", payload)
            visitor.wait_for(lambda: len(answers(visitor)) == before + 2)
            ended = running.stop(end)
        assert [each["status"] for each in answers(visitor)[before:]] == ["ok", "ok"], "the answer of the first"
        assert "by a command over MQTT: relay fan on (simulated)" in ended.err
        with desk.running("run") as running:
            visitor.wait_for(lambda: online(visitor, 2))
            visitor.publish("processes/pi/command/relay", payload)
            visitor.wait_for(lambda: len(answers(visitor)) == before + 3)
            ended = running.stop(signal.SIGTERM)
        assert "may have followed commands up to" in str(answers(visitor)[-1]["error"])
        assert "relay fan on" not in ended.err
