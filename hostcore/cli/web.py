"""Starts and stops the web together with a host."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hostcore.config.web import WebSettings
from hostcore.events import HOST, Level, LogWritten
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import dataclass, replace

if TYPE_CHECKING:
    from aiohttp.web import AbstractRouteDef

    from hostcore.host import Host


@dataclass(frozen=True, slots=True)
class WebOptions:
    """The web settings of the command line."""

    enabled: bool = False
    """Whether to turn the web on even if host.toml does not."""
    host: str | None = None
    """The address or name on which it listens; None for that of host.toml. The same applies to the port."""
    port: int | None = None

    def over(self, settings: WebSettings) -> WebSettings:
        """Return `settings`, changed by these options."""
        return replace(
            settings,
            enabled=self.enabled or settings.enabled,
            host=settings.host if self.host is None else self.host,
            port=settings.port if self.port is None else self.port,
        )


@contextmanager
def web_of(
    host: Host,
    settings: WebSettings,
    warnings: Sequence[str] = (),
    more: Sequence[AbstractRouteDef] = (),
    *,
    read_only: bool = False,
) -> Iterator[Callable[[], None]]:
    """Make a context in which the host has its web, if the web is enabled.

    Args:
        host: the host, which has not started.
        settings: the settings of the web.
        warnings: lines for the log.
        more: addresses of another front end, for the web to answer.
        read_only: whether the person wants a web that only looks.

    Yields:
        A function that starts the host. Before that, it logs the warnings and the address of the web. Call it after
        subscribing.

    Raises:
        HostError: the web's libraries are missing, or it cannot listen on its address and port.
    """
    first = [(Level.WARNING, log_line(each)) for each in warnings]

    def start() -> None:
        for level, text in first:
            host.stream.publish(LogWritten(host.clock.wall_ns(), HOST, level, text, by_host=True))
        host.start()

    if not settings.enabled:
        yield start
        return
    from hostcore.read_only import as_wanted  # noqa: PLC0415 - most hosts have no web
    from hostcore.web import open_web  # noqa: PLC0415

    server = open_web(as_wanted(host, read_only=read_only), settings, host.stream.publish, more)
    server.start()
    host.facts = replace(host.facts, web_address=server.address)
    first.append((Level.INFO, f"the web is at {server.address}"))
    try:
        yield start
    finally:
        server.stop()
