"""A real Telegraf makes the measurements that the tests expect of docs/telegraf.conf. It is used if it is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hostcore.broker.bodies import NodeHealth, PluginHealth
from hostcore.events.event_json import to_json
from tests.broker import Broker, Visitor, visiting
from tests.broker_fixture import broker
from tests.telegraf_config import FILE, Made, made_of
from tests.waiting import until

__all__ = ["broker"]
TELEGRAF = os.environ.get("WASI_HOST_TEST_TELEGRAF") or shutil.which("telegraf")
pytestmark = [pytest.mark.thorough, pytest.mark.skipif(TELEGRAF is None, reason="Telegraf is not installed")]
TIME = "2026-01-31T08:00:00.123Z"
STAMP = {"id": "3f2a91c0-1042", "time": TIME}
MESSAGES = {
    "status": b"online",
    "info": b'{"version": "1"}',
    "outputs": b"{}",
    "garbage": b"not JSON",
    "foreign": b'{"temperature": 1}',
    "health": json.dumps(to_json(NodeHealth(TIME, plugins=3, running=2, crashes=4, memory_mib=58.5))).encode(),
    "bme680/state": json.dumps(to_json(PluginHealth(TIME, "running", "failing", reason="silent", errors=2))).encode(),
    "bme680/late": json.dumps({"temperature": 20.5, "mqtt": STAMP}).encode(),
    "bme680": json.dumps(
        {"temperature": 21.5, "air": {"a b": 90}, "channels": [1, {"deep": 2}], "none": None}
        | {"is_open": True, "simulated": ["i2c-1", "pulses"], "mqtt": STAMP}
    ).encode(),
}


@pytest.fixture
def telegraf(broker: Broker, tmp_path: Path) -> Iterator[Path]:
    """The file into which a Telegraf with docs/telegraf.conf writes one JSON object for each measurement."""
    found, config = tmp_path / "found", tmp_path / "telegraf.conf"
    text = FILE.read_text(encoding="utf-8").replace("127.0.0.1:1883", f"127.0.0.1:{broker.ports.anonymous}")
    text = text.replace(
        'files = ["stdout"]', f'files = ["{found}"]\n  data_format = "json"\n  json_timestamp_units = "1ms"'
    )
    config.write_text(text.replace('flush_interval = "5s"', 'flush_interval = "200ms"'), encoding="utf-8")
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([str(TELEGRAF), "--config", str(config)], stdout=log, stderr=log)
    yield found
    process.terminate()
    process.wait(10)


def test_it_makes_what_the_tests_expect(broker: Broker, telegraf: Path) -> None:
    topics = {f"wasi-host/attic/{name}": payload for name, payload in MESSAGES.items()}
    expected = {
        topic: made_of(topic, payload) for topic, payload in topics.items() if topic.rpartition("/")[2] != "garbage"
    }
    with visiting(broker.settings) as node:
        for topic, payload in topics.items():
            node.publish(topic, payload, retain=True)
        try:
            until(lambda: len(_written(telegraf)) >= sum(each is not None for each in expected.values()), 20)
        finally:
            _clean(node, topics)
    found = _written(telegraf)
    for each in filter(None, expected.values()):
        assert _line(each) in [_line(one, each.time_ms is None) for one in found]


def _written(file: Path) -> list[Made]:
    if not file.exists():
        return []
    objects: list[dict[str, Any]] = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [Made(each["name"], each["tags"], each["fields"], each["timestamp"]) for each in objects]


def _line(made: Made, is_timeless: bool = False) -> object:
    return made.measurement, dict(made.tags), dict(made.fields), None if is_timeless else made.time_ms


def _clean(node: Visitor, topics: dict[str, bytes]) -> None:
    for topic in topics:
        node.publish(topic, b"", retain=True)
