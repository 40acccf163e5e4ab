"""A host with the shipped drivers and its MQTT front end.

``python -m tests.chaos.host_process SETTINGS PORT PASSWORD READ`` appends each reading of a driver to the file READ, as
a line of JSON, and ends with SIGTERM. The front end connects again sooner than that of a person's host, so that it is
there for the next trouble.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from threading import Event as Flag
from typing import IO

from hostcore.config.loading import load_config
from hostcore.config.mqtt import MqttSettings
from hostcore.events import ReadingPublished
from hostcore.events.stream import Numbered
from hostcore.host import Host
from hostcore.mqtt.front import MqttFront
from hostcore.mqtt.home_assistant import HomeAssistantPart
from hostcore.quick_dataclass import replace
from tests.broker import SOON, USER

PREFIX, NODE = "chaos", "pi"


def main() -> None:
    """Run until SIGTERM."""
    settings, port, password, read = sys.argv[1:]
    ending = Flag()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    mqtt = MqttSettings(
        enabled=True,
        broker=f"mqtt://{USER}@127.0.0.1:{port}",
        password_file=Path(password),
        prefix=PREFIX,
        node=NODE,
    )
    host = Host(replace(load_config(Path(settings)), mqtt=mqtt))
    events = host.stream.subscribe(ReadingPublished)
    front = MqttFront(host, mqtt, host.clock, host.stream.publish, parts=[HomeAssistantPart], delays=SOON)
    unkept = host.keep_unsent(front.unsent)
    assert not unkept, unkept
    with Path(read).open("a", encoding="utf-8", buffering=1) as file:
        front.start()
        host.start()
        print("started", flush=True)
        while not ending.is_set():
            _write(file, events.take(0.1))
        front.stop()
        host.stop()
        _write(file, events.take(0))


def _write(file: IO[str], batch: Iterable[Numbered]) -> None:
    for item in batch:
        if isinstance(event := item.event, ReadingPublished):
            file.write(json.dumps([event.time_ns, event.plugin, event.reading]) + "\n")


if __name__ == "__main__":
    main()
