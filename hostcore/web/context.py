"""Objects that all handlers share."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from hostcore.quick_dataclass import dataclass
from hostcore.session import Session
from hostcore.web.guard import Doorkeeper, Names
from hostcore.web.metrics import Metrics
from hostcore.web.outbox import Outbox
from hostcore.web.readers import Readers
from hostcore.web.web_view import WebView


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of one server."""

    session: Session
    view: WebView
    readers: Readers
    metrics: Metrics
    names: Names
    doorkeeper: Doorkeeper
    outbox: Outbox
    warn: Callable[[str], None]
    """Logs one line about a problem with the server."""


CONTEXT = web.AppKey("context", Context)
