"""The way of a front end to a running host: its requests, and its subscription to events."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from hostcore.events.facts import HostFacts, PluginFacts, ScanMode
from hostcore.events.stream import Subscription
from hostcore.permissions import Permission


class Order(StrEnum):
    """What a person may have a plugin do."""

    START = "start"
    STOP = "stop"
    RESTART = "restart"
    """Throw the instance away and load the plugin's file anew."""
    RELEASE = "release"
    """Let it out of quarantine."""


class Session(Protocol):
    """A front end's way to a host. No method blocks for longer than a file takes to be written; all are thread-safe."""

    @property
    def facts(self) -> HostFacts:
        """The host."""

    def subscribe(self, *kinds: type, capacity: int = 10_000) -> Subscription:
        """The events from now on. Subscribe before `start` to miss none."""

    def plugins(self) -> tuple[PluginFacts, ...]:
        """The plugins that there are now; a `PluginsChanged` event tells when that changes."""

    def order(self, plugin: str, order: Order) -> None:
        """Have a plugin do something.

        Raises:
            HostError: there is no such plugin.
        """

    def grant(self, plugin: str, permissions: tuple[Permission, ...]) -> None:
        """Write permissions into host.toml and let the plugin have them at once.

        Raises:
            HostError: host.toml cannot be edited, or changed under way; nothing was lost.
        """

    def scan(self, bus: int, mode: ScanMode) -> None:
        """Probe every address of an I2C bus, between the plugins' transactions.

        A `ScanCompleted` event tells the result.

        Raises:
            HostError: there is no such bus, or a scan is under way.
        """

    def identify(self, bus: int, address: int) -> None:
        """Read the registers that tell chips apart at an I2C address, between the plugins' transactions.

        Writes their numbers first, which a chip without registers may take for data. A `ChipIdentified` event tells
        the result.

        Raises:
            HostError: there is no such bus, or a scan is under way.
        """
