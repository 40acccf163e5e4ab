"""The commands as a part of the front end."""

from __future__ import annotations

from hostcore.broker.message import Arrived
from hostcore.errors import NoThreadError
from hostcore.events import Event
from hostcore.mqtt.commands.node import commanded_node
from hostcore.mqtt.commands.service import CommandService
from hostcore.mqtt.commands.watermark import WatermarkFile
from hostcore.mqtt.node import Node


class CommandPart:
    """A `hostcore.mqtt.node.LastingPart`.

    Args:
        node: the node.
    """

    def __init__(self, node: Node) -> None:
        self._service = CommandService(commanded_node(node), WatermarkFile(node.session.facts.config_file, node.warn))
        self._warn, self._has_started = node.warn, False

    def connected(self) -> None:
        """See `hostcore.mqtt.node.NodePart`; so are the others."""
        self._service.connected()
        if not self._has_started:
            self._has_started = True
            try:
                self._service.start()
            except NoThreadError as error:
                self._warn(f"no commands are taken over MQTT: {error}")

    def disconnected(self) -> None:
        """The connection is lost."""
        self._service.disconnected()

    def arrived(self, arrived: Arrived) -> None:
        """A message has come."""
        self._service.received(arrived)

    def happened(self, event: Event) -> None:
        """Nothing: who wants events subscribes to them."""

    def look(self) -> None:
        """Nothing: commands have a thread of their own."""

    def stop(self) -> bool:
        """Follow no more commands."""
        return self._service.stop()
