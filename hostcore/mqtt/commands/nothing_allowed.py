"""Answers commands where none are allowed: who sends one learns why nothing happens, and the host's log tells of it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from hostcore.broker.message import Arrived
from hostcore.broker.topics import COMMAND, place_of
from hostcore.errors import RefusedCommandError
from hostcore.events import Event
from hostcore.mqtt.node import Node

if TYPE_CHECKING:
    from hostcore.mqtt.commands.answering import Answering


class NoCommandPart:
    """A `hostcore.mqtt.node.NodePart`. It reads no more of a command than what its answer needs.

    Args:
        node: the node.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._answering: Answering | None = None
        self._is_subscribed = False

    def connected(self) -> None:
        """See `hostcore.mqtt.node.NodePart`; so are the others."""
        if not self._is_subscribed:
            self._is_subscribed = True
            self._node.subscribe(self._node.topics.of(COMMAND, "+"))

    def disconnected(self) -> None:
        """Nothing: no command waits here."""

    def arrived(self, arrived: Arrived) -> None:
        """Refuse a message if it is a command."""
        place = place_of(arrived.topic, self._node.topics.prefix)
        if place is not None and place.node == self._node.topics.node and place.levels[0] == COMMAND:
            self._refuse(arrived)

    def happened(self, event: Event) -> None:
        """Nothing."""

    def look(self) -> None:
        """Nothing: a refusal is sent at once."""

    def _refuse(self, arrived: Arrived) -> None:
        from hostcore.mqtt.commands.request import (  # noqa: PLC0415 - hosts seldom get a command that they do not allow
            answered_where_wanted,
            envelope_of,
            object_of,
            transaction_in,
        )

        envelope, transaction = envelope_of(arrived, self._node.topics), ""
        if envelope is None:
            return
        with suppress(RefusedCommandError):  # that nothing is allowed is what its sender has to know first
            envelope = answered_where_wanted(envelope, arrived, self._node.topics)
            transaction = transaction_in(object_of(arrived.payload))
        self._answers.refuse(envelope, transaction, self._problem)

    @property
    def _answers(self) -> Answering:
        if self._answering is None:
            from hostcore.mqtt.commands.answering import Answering  # noqa: PLC0415 - as above
            from hostcore.mqtt.commands.node import commanded_node  # noqa: PLC0415 - as above

            self._answering = Answering(commanded_node(self._node))
        return self._answering

    @property
    def _problem(self) -> str:
        facts = self._node.session.facts
        if facts.is_read_only:
            return f"{facts.config_file} on the node has read_only = true in [screen]"
        return f"{facts.config_file} on the node allows no commands: name their groups in commands of [mqtt] there"
