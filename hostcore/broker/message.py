"""One message of MQTT, as it is published and as it arrives."""

from __future__ import annotations

from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A message for a topic."""

    topic: str
    payload: bytes
    qos: int = 1
    """0: at most once; 1: at least once (MQTT 5.0, section 4.3)."""
    retain: bool = False
    """Whether the broker keeps it for later subscribers. An empty one deletes what it kept."""
    response_topic: str = ""
    """Where the answer is wanted; "" for none. MQTT 5 only."""
    correlation: bytes = b""
    """What the answer repeats; b"" for nothing. MQTT 5 only."""
    expires: int = 0
    """Seconds after which the broker gives it to nobody any more; 0 for never. MQTT 5 only."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that the broker delivered. Nothing in it can be trusted: anyone with access to the broker wrote it."""

    topic: str
    payload: bytes
    retained: bool = False
    """Whether the broker kept it for us: it is from before we subscribed. For some filters, whether its publisher
    wanted it to be kept: see `hostcore.broker.connection.BrokerConnection`."""
    response_topic: str = ""
    correlation: bytes = b""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The broker does not take a message, or does not let us subscribe (MQTT 5 only). As text, a line for a person."""

    broker: str
    """Its URL."""
    what: str
    """`message` or `subscription`."""
    topic: str
    why: str

    def __str__(self) -> str:
        return f"{self.broker} refuses a {self.what} for {self.topic}: {self.why}"
