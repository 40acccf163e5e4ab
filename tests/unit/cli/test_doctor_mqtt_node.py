"""``wasi-host doctor`` says if another host has the name of this one at the broker, or its history."""

from __future__ import annotations

import json
import os
from pathlib import Path

from hostcore.cli.doctor_mqtt import check_mqtt
from hostcore.config.history import HistorySettings
from hostcore.config.model import Config
from hostcore.history.lock import locked
from hostcore.quick_dataclass import replace
from tests.broker import SILENT_USER, Broker, visiting
from tests.published import NODE, settings_of


def config_of(broker: Broker, history: Path) -> Config:
    return Config(history, mqtt=settings_of(broker), history=HistorySettings(file=history))


def test_a_node_that_is_alone_is_fine(broker: Broker, tmp_path: Path) -> None:
    assert [each.name for each in check_mqtt(config_of(broker, tmp_path / "history.sqlite"), None)] == ["broker"]


def test_a_host_that_is_online_under_this_name_is_told(broker: Broker, tmp_path: Path) -> None:
    config = config_of(broker, tmp_path / "history.sqlite")
    topic = f"{config.mqtt.prefix}/{NODE}"
    with visiting(broker.settings, name=f"twin-{config.mqtt.prefix}") as twin:
        twin.publish(f"{topic}/status", b"online", retain=True)
        twin.publish(f"{topic}/info", json.dumps({"run": "1", "host_name": "pi2\x1b[2J"}).encode(), retain=True)
        twin.wait_for(lambda: len(twin.confirmed) == 2)
    _, node = check_mqtt(config, None)
    assert not node.is_fine
    assert r"a host online that has the name of this one, the computer pi2\x1b[2J, and none runs here" in node.text
    assert "set another node" in node.advice


def test_it_says_where_the_broker_lets_the_host_publish_nothing(broker: Broker, tmp_path: Path) -> None:
    config = config_of(broker, tmp_path / "history.sqlite")
    mqtt = replace(config.mqtt, user=SILENT_USER, home_assistant="homeassistant")
    _, node, discovery = check_mqtt(replace(config, mqtt=mqtt), None)
    assert not node.is_fine
    assert f"takes nothing below {mqtt.prefix}/{NODE}/: its access list (ACL) does not allow that" in node.text
    assert f"below homeassistant/device/{NODE}/: " in discovery.text


def test_a_history_that_another_host_writes_is_told(broker: Broker, tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite"
    handle = locked(file, makes_folder=False)
    try:
        _, history = check_mqtt(config_of(broker, file), None)
    finally:
        os.close(handle)
    assert not history.is_fine
    assert "is in use by another host: readings that wait for the broker are lost" in history.text
