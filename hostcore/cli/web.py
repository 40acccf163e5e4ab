"""The web of a host that is about to start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from hostcore.config.model import WebSettings
from hostcore.events import HOST, Level, LogWritten
from hostcore.host import Host
from hostcore.web import open_web


@dataclass(frozen=True, slots=True)
class WebOptions:
    """What the command line says about the web."""

    enabled: bool = False
    """Have it even where host.toml does not."""
    host: str | None = None
    """None: as host.toml has it; likewise the port."""
    port: int | None = None

    def over(self, settings: WebSettings) -> WebSettings:
        """What holds then."""
        return replace(
            settings,
            enabled=self.enabled or settings.enabled,
            host=settings.host if self.host is None else self.host,
            port=settings.port if self.port is None else self.port,
        )


@contextmanager
def web_of(host: Host, settings: WebSettings) -> Iterator[Callable[[], None]]:
    """Within it the host has its web, if it is enabled.

    Yields:
        What starts the host, once everybody listens to it: the log then tells where the web is.

    Raises:
        HostError: the web's libraries are missing, or nobody may listen there, or somebody else does.
    """
    if not settings.enabled:
        yield host.start
        return
    server = open_web(host, settings, host.stream.publish)
    server.start()
    host.facts = replace(host.facts, web_address=server.address)

    def start() -> None:
        told = f"the web is at {server.address}"
        host.stream.publish(LogWritten(host.clock.wall_ns(), HOST, Level.INFO, told))
        host.start()

    try:
        yield start
    finally:
        server.stop()
