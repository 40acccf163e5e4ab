"""MQTT front end: publishes what a host knows to a broker, keeps what the broker misses, and takes allowed commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hostcore.broker.groups import CommandGroup
from hostcore.clock import Clock
from hostcore.config.mqtt import MqttSettings
from hostcore.events import Event
from hostcore.quick_dataclass import replace
from hostcore.session import Session

if TYPE_CHECKING:
    from hostcore.mqtt.front import MqttFront


def open_mqtt(session: Session, settings: MqttSettings, clock: Clock, publish: Callable[[Event], None]) -> MqttFront:
    """Create the front end of a host. It is not started yet.

    paho-mqtt is loaded here, so a host without a broker does not pay for it.

    Args:
        session: the host.
        settings: the broker, and what to publish.
        clock: of the host.
        publish: publishes the front end's own events at the host.

    Raises:
        HostError: paho-mqtt is not installed. The message says how to install it.
    """
    if session.facts.is_read_only:  # nobody is told that it takes commands which it refuses
        settings = replace(settings, commands=tuple({CommandGroup.READ} & {*settings.commands}))
    from hostcore.mqtt.front import MqttFront, PartMaker  # noqa: PLC0415
    from hostcore.mqtt.home_assistant import HomeAssistantPart  # noqa: PLC0415

    parts: list[PartMaker] = [HomeAssistantPart]
    if settings.commands:
        from hostcore.mqtt.commands.part import CommandPart  # noqa: PLC0415 - most hosts allow none

        parts.append(CommandPart)
    else:
        from hostcore.mqtt.commands.nothing_allowed import NoCommandPart  # noqa: PLC0415

        parts.append(NoCommandPart)
    return MqttFront(session, settings, clock, publish, parts=parts)
