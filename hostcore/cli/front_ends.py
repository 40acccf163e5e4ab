"""Starts and stops the web and MQTT together with a host."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hostcore.cli.web import web_of
from hostcore.config.web import WebSettings
from hostcore.quick_dataclass import dataclass

if TYPE_CHECKING:
    from aiohttp.web import AbstractRouteDef

    from hostcore.host import Host


@contextmanager
def front_ends_of(
    host: Host,
    web: WebSettings,
    warnings: Sequence[str] = (),
    more: Sequence[AbstractRouteDef] = (),
    *,
    read_only: bool = False,
) -> Iterator[Callable[[], None]]:
    """Make a context in which the host has the front ends that its settings want. See `hostcore.cli.web.web_of`.

    Raises:
        HostError: as for `web_of`; or paho-mqtt is not installed, although `[mqtt]` is on.
    """
    mqtt = _mqtt_of(host)
    with web_of(host, web, (*warnings, *mqtt.warnings), more, read_only=read_only) as start_host:

        def start() -> None:
            mqtt.start()  # who shows its events has subscribed by now
            start_host()

        try:
            yield start
        finally:
            mqtt.stop()


@dataclass(frozen=True, slots=True)
class _Mqtt:
    """The MQTT front end of a host, or none."""

    start: Callable[[], object]
    stop: Callable[[], object]
    warnings: tuple[str, ...] = ()


def _mqtt_of(host: Host) -> _Mqtt:
    settings = host.config.mqtt
    if not settings.enabled:
        return _Mqtt(lambda: None, lambda: None)
    from hostcore.mqtt import open_mqtt  # noqa: PLC0415 - most hosts have no broker

    front = open_mqtt(host, settings, host.clock, host.stream.publish)
    unkept = host.keep_unsent(front.unsent)
    front.unsent.not_copied(unkept)
    told = (
        f"MQTT: {unkept}; readings that wait for the broker are lost when the host ends"
        if unkept
        else settings.backlog_warning(host.config.history.unsent_mib)
    )
    return _Mqtt(front.start, front.stop, tuple(each for each in (settings.warning, told) if each))
