"""The checks of ``wasi-host doctor`` that concern the MQTT broker: it connects as the host would, and says good-bye."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

from hostcore.broker.connection import BrokerConnection
from hostcore.broker.message import Arrived, Message, Refusal
from hostcore.broker.topics import INFO, ONLINE, RESPONSE, STATUS, NodeTopics
from hostcore.cli.diagnosis import Diagnosis
from hostcore.config.model import Config
from hostcore.config.mqtt import MqttSettings
from hostcore.control.client import RunningHost
from hostcore.control.messages import DiagnosisRequest
from hostcore.diagnosis.report import DiagnosisReport
from hostcore.errors import HostError
from hostcore.history.lock import is_in_use
from hostcore.mqtt.twins import host_name_in

SECONDS = 15.0
"""Seconds until a broker that does not answer is given up."""
KEPT_SECONDS = 0.5
"""Seconds for which we wait for what the broker has kept of the node. It may have kept nothing."""
_TRY = "doctor"
"""The last name of what is published to see whether that is allowed."""
_ANOTHER_NODE = "set another node in [mqtt] of one of them"
_ANOTHER_FILE = "give each host a file of its own in [history] of host.toml"
_RULES = "docs/mqtt.md shows what a node needs in the broker's access list (ACL)"
_LOST = "readings that wait for the broker are lost when this host ends"


def check_mqtt(config: Config, own: RunningHost | None) -> list[Diagnosis]:
    """Connect to the broker, and look whether another host has the name of this one, or its history.

    Blocks until the broker answers, for `SECONDS` at most, and for as long for the running host.

    Args:
        config: the settings. `[mqtt]` is enabled.
        own: the host that runs with these settings, if one does.
    """
    topics = NodeTopics(config.mqtt.prefix, config.mqtt.node_or(socket.gethostname()))
    visit = _Visit(topics, config.mqtt.home_assistant)
    found = [check_broker(config.mqtt, visit), *_forbidden(visit)]
    if own is None:
        found += [*_other_host(visit), *_other_history(config)]
    else:
        found += _of_running(own, config)
    return found


def check_broker(settings: MqttSettings, visit: _Visit | None = None) -> Diagnosis:
    """Connect to the broker: name, port, TLS, user and password. Blocks until it answers, for `SECONDS` at most."""
    broker, visit = settings.broker_settings, visit or _Visit()
    try:
        connection = BrokerConnection(broker, f"wasi-host-doctor-{os.getpid()}", visit, will=visit.will)
        for topic in visit.wanted:
            connection.subscribe(topic)
        connection.start()
    except HostError as error:
        return Diagnosis("broker", False, str(error))
    has_answered = visit.answered.wait(SECONDS)
    if visit.wanted and has_answered and not visit.problem:
        visit.try_to_publish(connection)
        visit.has_all.wait(KEPT_SECONDS)
    connection.stop()
    if not has_answered:
        return Diagnosis("broker", False, f"{broker.url} does not answer")
    if visit.problem:
        return Diagnosis("broker", False, visit.problem)
    user = f" as {broker.user}" if broker.user else ""
    checked = ", its certificate is valid" if broker.tls else ""
    return Diagnosis("broker", True, f"{broker.url} takes MQTT {broker.version}{user}{checked}", settings.warning)


def _forbidden(visit: _Visit) -> Iterator[Diagnosis]:
    """Tell where the broker lets this host publish nothing. Only MQTT 5 lets it say so."""
    for topic, problem in visit.refusals.items():
        yield Diagnosis("topics", False, f"the broker takes nothing below {topic}/: {problem}", _RULES)


def _other_host(visit: _Visit) -> Iterator[Diagnosis]:
    """Tell if the node is online although no host with these settings runs here."""
    status, info = (visit.kept.get(topic, b"") for topic in visit.wanted)
    if status == ONLINE:
        computer = f", the computer {name}" if (name := host_name_in(info)) else ""
        told = f"the broker calls a host online that has the name of this one{computer}, and none runs here"
        yield Diagnosis("node", False, told, _ANOTHER_NODE)


def _other_history(config: Config) -> Iterator[Diagnosis]:
    file = config.history.file
    if config.history.enabled and file is not None and is_in_use(file):
        yield Diagnosis("history", False, f"{file} is in use by another host: {_LOST}", _ANOTHER_FILE)


def _of_running(own: RunningHost, config: Config) -> Iterator[Diagnosis]:
    """Tell what the running host knows."""
    try:
        report = own.ask(DiagnosisRequest(), DiagnosisReport, SECONDS)
    except HostError as error:
        yield Diagnosis("node", False, str(error))
        return
    broker = report.broker_reached or report.broker_lost
    if broker is not None and broker.twin:
        yield Diagnosis("node", False, broker.twin)
    if broker is not None and broker.not_kept:
        yield Diagnosis("history", not config.history.enabled, f"{_LOST}: {broker.not_kept}")


class _Visit:
    """Takes the first answer. See `hostcore.broker.interface.Listener`.

    Args:
        topics: those of the node, to see what the broker keeps of it and takes from it; None if that does not matter.
        home_assistant: the prefix of the discovery; "" for none.

    Attributes:
        will: as that of a host in what it wants of the broker; it would change nothing there.
        refusals: the topics below which the broker takes nothing, and why.
    """

    def __init__(self, topics: NodeTopics | None = None, home_assistant: str = "") -> None:
        self.wanted = (topics.of(STATUS), topics.of(INFO)) if topics else ()
        self.refusals: dict[str, str] = {}
        self.will: Message | None = None
        self._tries: dict[str, str] = {}
        """Topics on which nobody listens, by what they stand for."""
        self._under_way: dict[int, str] = {}
        self._lock = threading.Lock()
        if topics:
            self._tries[topics.of()] = topics.of(RESPONSE, _TRY)
            self.will = Message(topics.of(RESPONSE, _TRY), b"", qos=1, retain=True)
        if topics and home_assistant:
            device = f"{home_assistant}/device/{topics.node}"
            self._tries[device] = f"{device}/{_TRY}/config"
        self.kept: dict[str, bytes] = {}
        self.answered, self.has_all = threading.Event(), threading.Event()
        self.problem = ""

    def try_to_publish(self, connection: BrokerConnection) -> None:
        """Publish an empty message below each place of the node. The broker keeps none of them.

        The answers come before the good-bye, which is confirmed after them.
        """
        with self._lock, suppress(HostError):  # it has gone away; `problem` tells it
            for place, topic in self._tries.items():
                self._under_way[connection.publish(Message(topic, b"", qos=1))] = place

    def connected(self) -> None:
        """It takes us."""
        self.answered.set()

    def disconnected(self, problem: str) -> None:
        """It does not."""
        if not self.answered.is_set():
            self.problem = problem
            self.answered.set()

    def received(self, arrived: Arrived) -> None:
        """It has kept something of the node."""
        if arrived.topic in self.wanted:
            self.kept[arrived.topic] = arrived.payload
            if len(self.kept) == len(self.wanted):
                self.has_all.set()

    def delivered(self, number: int) -> None:
        """It takes what we publish."""

    def refused(self, number: int, refusal: Refusal) -> None:
        """It does not."""
        with self._lock:
            if (place := self._under_way.get(number)) is not None:
                self.refusals[place] = refusal.why
