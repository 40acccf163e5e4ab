"""Web front end: pages, JSON, events and metrics over HTTP. It sees the host only through its session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hostcore.config.web import WebSettings
from hostcore.errors import HostError
from hostcore.events import Event
from hostcore.session import Session

if TYPE_CHECKING:
    from aiohttp.web import AbstractRouteDef

    from hostcore.web.server import WebServer

LIBRARIES = ("aiohttp", "prometheus_client")


def open_web(
    session: Session,
    settings: WebSettings,
    publish: Callable[[Event], None],
    more: Sequence[AbstractRouteDef] = (),
) -> WebServer:
    """Create a server. It is not started yet.

    The web libraries are loaded here, so a host without web does not pay for them.

    Args:
        session: the host.
        settings: where to listen, and the token.
        publish: publishes the server's problems as log events.
        more: addresses of another front end. Their requests pass the same checks.

    Raises:
        HostError: the web libraries are not installed.
    """
    try:
        from hostcore.web.server import WebServer  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in LIBRARIES:
            raise
        from hostcore.extras import install_command  # noqa: PLC0415 - rarely needed, and takes 30 ms

        raise HostError(f"the web needs {missing.name}: {install_command('web')}") from None
    return WebServer(session, settings, publish, more)
