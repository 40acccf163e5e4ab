"""Starts and stops the web and MQTT together with a host."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hostcore.cli.web import web_of
from hostcore.config.web import WebSettings

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
    """Make a context in which the host has the front ends that its settings want. See `hostcore.cli.web.web_of`."""
    with _mqtt_of(host) as found, web_of(host, web, (*warnings, *found), more, read_only=read_only) as start:
        yield start


@contextmanager
def _mqtt_of(host: Host) -> Iterator[tuple[str, ...]]:
    """Make a context in which the host publishes to its broker, if it wants to. Yields warnings for the log.

    Raises:
        HostError: paho-mqtt is not installed, or there are no threads.
    """
    settings = host.config.mqtt
    if not settings.enabled:
        yield ()
        return
    from hostcore.mqtt import open_mqtt  # noqa: PLC0415 - most hosts have no broker

    front = open_mqtt(host, settings, host.clock, host.stream.publish)
    unkept = host.keep_unsent(front.outbox)
    front.start()
    told = f"MQTT: {unkept}; readings that wait for the broker are lost when the host ends" if unkept else ""
    try:
        yield tuple(each for each in (settings.warning, told) if each)
    finally:
        front.stop()
