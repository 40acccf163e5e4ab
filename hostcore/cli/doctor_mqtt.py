"""The check of ``wasi-host doctor`` that concerns the MQTT broker: it connects as the host would, and says good-bye."""

from __future__ import annotations

import os
import threading

from hostcore.broker.connection import BrokerConnection
from hostcore.broker.message import Arrived
from hostcore.cli.diagnosis import Diagnosis
from hostcore.config.mqtt import MqttSettings
from hostcore.errors import HostError

SECONDS = 15.0
"""Seconds until a broker that does not answer is given up."""


def check_broker(settings: MqttSettings) -> Diagnosis:
    """Connect to the broker: name, port, TLS, user and password. Blocks until it answers, for `SECONDS` at most."""
    broker, visit = settings.broker_settings, _Visit()
    try:
        connection = BrokerConnection(broker, f"wasi-host-doctor-{os.getpid()}", visit)
        connection.start()
    except HostError as error:
        return Diagnosis("broker", False, str(error))
    has_answered = visit.answered.wait(SECONDS)
    connection.stop()
    if not has_answered:
        return Diagnosis("broker", False, f"{broker.url} does not answer")
    if visit.problem:
        return Diagnosis("broker", False, visit.problem)
    user = f" as {broker.user}" if broker.user else ""
    checked = ", its certificate is valid" if broker.tls else ""
    return Diagnosis("broker", True, f"{broker.url} takes MQTT {broker.version}{user}{checked}", settings.warning)


class _Visit:
    """Takes the first answer. See `hostcore.broker.interface.Listener`."""

    def __init__(self) -> None:
        self.answered = threading.Event()
        self.problem = ""

    def connected(self) -> None:
        """It takes us."""
        self.answered.set()

    def disconnected(self, problem: str) -> None:
        """It does not."""
        if not self.answered.is_set():
            self.problem = problem
            self.answered.set()

    def received(self, arrived: Arrived) -> None:
        """Nothing is expected."""

    def delivered(self, number: int) -> None:
        """Nothing is sent."""

    def refused(self, number: int, problem: str) -> None:
        """Nothing is sent."""
