"""The host's connection to its MQTT broker."""

from __future__ import annotations

from hostcore.events import BrokerLost, BrokerReached, ConnectionRestored
from hostcore.view.part import Part, Takers


class Broker(Part):
    """How the connection is.

    Attributes:
        newest: the last that the host told; None if it told nothing, as a host without `[mqtt]`.
    """

    def __init__(self) -> None:
        self.newest: BrokerReached | BrokerLost | None = None

    def takes(self) -> Takers:
        return {BrokerReached: self.tell, BrokerLost: self.tell, ConnectionRestored: self.meet}

    @property
    def lost(self) -> BrokerLost | None:
        """Why there is no connection; None if there is one, or none is wanted."""
        return self.newest if isinstance(self.newest, BrokerLost) else None

    @property
    def trouble(self) -> BrokerReached | BrokerLost | None:
        """What is wrong: there is no connection, another host has the name of this one, or messages are refused."""
        match self.newest:
            case BrokerReached(twin="", refusal="") | None:
                return None
        return self.newest

    def tell(self, event: BrokerReached | BrokerLost) -> None:
        """The host tells of it."""
        self.newest = event

    def meet(self, event: ConnectionRestored) -> None:
        """A host that was started again tells of its own connection."""
        if event.is_new_host:
            self.newest = None
