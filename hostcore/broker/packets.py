"""What MQTT 5 adds to packets, as paho wants it."""

from __future__ import annotations

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from hostcore.broker.message import Message


def connect_properties(largest: int) -> Properties:
    """Return those of CONNECT.

    Args:
        largest: bytes of a packet that the broker may send.
    """
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.MaximumPacketSize = largest
    return properties


def publish_properties(message: Message) -> Properties | None:
    """Return those of PUBLISH; None if it needs none."""
    if not (message.response_topic or message.correlation or message.expires):
        return None
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    if message.response_topic:
        properties.ResponseTopic = message.response_topic
    if message.correlation:
        properties.CorrelationData = message.correlation
    if message.expires:
        properties.MessageExpiryInterval = message.expires
    return properties


def subscribe_options(qos: int, *, as_published: bool) -> SubscribeOptions:
    """Return those of SUBSCRIBE.

    Args:
        qos: the highest quality of service.
        as_published: whether messages keep the mark that the broker was to keep them (MQTT 5.0, section 3.8.3.1).
            Otherwise only those have it that it kept before we subscribed.
    """
    return SubscribeOptions(qos=qos, retainAsPublished=as_published)
