"""A Home Assistant that runs in a process of its own, and what a test asks it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hostcore.broker.settings import BrokerSettings
from tests.broker import PASSWORD, USER
from tests.home_assistant.environment import HERE, python


class HomeAssistant:
    """What a test asks. Each question is answered within a second or so."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def states(self) -> dict[str, Any]:
        """All entities by their IDs: state, attributes, category and unique ID."""
        return dict(self._ask({"do": "states"}))

    def state(self, entity_id: str) -> str | None:
        """Return the state of an entity; None if there is none."""
        found = self.states().get(entity_id)
        return found["state"] if found else None

    def devices(self) -> dict[str, Any]:
        """All devices by name: the device that they are connected through, their version and model."""
        return dict(self._ask({"do": "devices"}))

    def keys(self) -> set[str]:
        """The keys of an announcement that it knows; it ignores others without a word."""
        return set(self._ask({"do": "keys"}))

    def problems(self) -> list[str]:
        """What it has complained about since the last question."""
        return list(self._ask({"do": "problems"}))

    def call(self, service: str, **data: Any) -> None:
        """Do as a person who uses its page, such as ``call("switch.turn_on", entity_id="switch.pi_fan")``."""
        self._ask({"do": "call", "service": service, "data": data})

    def _ask(self, question: dict[str, Any]) -> Any:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "Home Assistant has ended; its error is above"
        return json.loads(line)


@contextmanager
def home_assistant(folder: Path, broker: BrokerSettings) -> Iterator[HomeAssistant]:
    """Run Home Assistant with a broker. What it learns stays in `folder`."""
    reach = {"broker": broker.host, "port": broker.port, "username": USER, "password": PASSWORD}
    command = [str(python()), str(HERE / "runner.py"), str(folder), json.dumps(reach)]
    environment = {**os.environ, "PYTHONPATH": str(HERE / "cloud")}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            found = HomeAssistant(process)
            found.states()  # on a busy computer, it takes half a minute to start
            yield found
        finally:
            assert process.stdin
            process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
