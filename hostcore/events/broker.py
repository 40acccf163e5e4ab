"""The connection of the host to its MQTT broker."""

from __future__ import annotations

from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class BrokerReached:
    """The broker has accepted the host, or the host says again that it has."""

    time_ns: int
    broker: str
    """Its URL, such as ``mqtt://broker.local``, without user and password."""
    since_ns: int
    """Since when."""
    waiting: int = 0
    """Readings that it has not confirmed yet."""
    dropped: int = 0
    """Readings of this run of the host that it will never get: too many waited, or it does not take them."""
    not_kept: str = ""
    """Why what waits is lost when the host ends, one line of text; "" if it is kept."""
    twin: str = ""
    """Who else publishes under the name of this node, one line of text; "" for nobody that is known."""
    refusal: str = ""
    """What it does not take from this host, and why, one line of text; "" if it has taken all in the last minutes."""


@dataclass(frozen=True, slots=True)
class BrokerLost:
    """There is no connection to the broker, or the host says again that there is none. It is tried again."""

    time_ns: int
    broker: str
    """Its URL."""
    since_ns: int
    """Since when, or since the start of the host."""
    problem: str
    """Why, one line of text."""
    waiting: int = 0
    """As of `BrokerReached`; so are the next ones."""
    dropped: int = 0
    not_kept: str = ""
    twin: str = ""


@dataclass(frozen=True, slots=True)
class ReadingsDropped:
    """Readings were dropped that the broker will never get. It is told at once, and then once a minute."""

    time_ns: int
    count: int
    """How many since the last such event."""
    total: int
    """How many in this run of the host."""
    reason: str = ""
    """Why the last one of them, one line of text."""
