"""Repeats of calls of plugins that a test gives as source text, each in a traced instance."""

from __future__ import annotations

from textwrap import dedent

from hostcore.access.decisions import Access
from hostcore.buses.share import BusShare
from hostcore.config.model import Limits
from hostcore.errors import PluginCrashedError
from hostcore.hostcall import CrashKind
from hostcore.log.plugin_log import PluginLog
from hostcore.permissions import parse_permission
from hostcore.plugin.kit import Kit
from hostcore.runtime.plugin import PluginSpec
from hostcore.runtime.prepared import Prepared
from hostcore.runtime.tracing import TracedPlace
from tests.sandbox import Sandbox

SECONDS = 0.4
"""How long a traced call takes that does not end by itself."""
DEADLINE = PluginCrashedError("probe", "still running", kind=CrashKind.DEADLINE)
UNHEARD = PluginLog(lambda _level, _line: None)
"""The log of an instance that nobody listens to."""


class Traces:
    """Repeats calls of plugins given as source text."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def prepare(self, source: str, seconds: float = SECONDS, memory_mib: int = 64) -> Prepared:
        """The plugin `probe` with this source."""
        path = self.sandbox.folder / "probe.py"
        path.write_text(dedent(source), encoding="utf-8")
        limits = Limits(call_seconds=seconds, memory_mib=memory_mib)
        return self.sandbox.runtime.prepare(PluginSpec("probe", path, limits=limits))

    def kit(self, prepared: Prepared, *permissions: str) -> Kit:
        """What a traced instance of the plugin gets."""
        return Kit(
            access=Access("probe", tuple(map(parse_permission, permissions))),
            share=BusShare(1.0, 0),
            limit=self.sandbox.runtime.limit(prepared.spec),
            publish=self.sandbox.events.append,
        )

    def trace(
        self,
        source: str,
        call: str = "read",
        argument: str = "",
        *,
        crash: PluginCrashedError = DEADLINE,
        permissions: tuple[str, ...] = (),
        **limits: float,
    ) -> TracedPlace | None:
        """What a repeat of `call` shows."""
        prepared = self.prepare(source, **limits)
        return self.sandbox.runtime.trace(
            prepared, self.kit(prepared, *permissions), UNHEARD, crash, call=call, argument=argument
        )

    def place(self, source: str, call: str = "read", **options: object) -> str:
        """Where it died, as told."""
        traced = self.trace(source, call, **options)
        assert traced is not None
        return traced.place

    def line(self, source: str, call: str = "read", **options: object) -> str:
        """Where it died; on a busy machine the host may have to say that it was there or soon after."""
        return self.place(source, call, **options).removesuffix(" or soon after")
