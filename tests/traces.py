"""Deaths of plugins that a test gives as source text, and their places, found by a replay."""

from __future__ import annotations

import threading
from contextlib import closing
from textwrap import dedent

from hostcore.access.decisions import Access
from hostcore.buses.share import BusShare
from hostcore.config.model import Limits
from hostcore.errors import PluginCrashedError
from hostcore.log.plugin_log import PluginLog
from hostcore.permissions import parse_permission
from hostcore.plugin.kit import Kit
from hostcore.recording.model import Recording
from hostcore.replay.locating import place_of_death
from hostcore.runtime.plugin import Plugin, PluginSpec
from hostcore.runtime.tracing import TracedPlace
from tests.replaying import Recorded
from tests.sandbox import Sandbox

SECONDS = 0.4
"""The time limit of a call."""
UNHEARD = PluginLog(lambda _level, _line: None)
"""The log of an instance that nobody listens to."""
MOST_CALLS = 20


class Traces:
    """Lets plugins given as source text die, and finds the places."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def death(
        self,
        source: str,
        call: str = "read",
        argument: str = "",
        *,
        permissions: tuple[str, ...] = (),
        seconds: float = SECONDS,
        memory_mib: int = 64,
    ) -> Recording:
        """The recording of a plugin that dies in `load`, or sooner or later in `call`."""
        path = self.sandbox.folder / "probe.py"
        path.write_text(dedent(source), encoding="utf-8")
        spec = PluginSpec("probe", path, limits=Limits(call_seconds=seconds, memory_mib=memory_mib))
        recorded, runtime = Recorded(self.sandbox), self.sandbox.runtime
        kit = Kit(
            access=Access("probe", tuple(map(parse_permission, permissions))),
            share=BusShare(1.0, 0),
            limit=runtime.limit(spec),
            publish=self.sandbox.events.append,
            record=recorded.begin,
        )
        try:
            with closing(runtime.start(runtime.prepare(spec), kit, UNHEARD)) as plugin:
                for _ in range(MOST_CALLS):
                    _call(plugin, call, argument)
        except PluginCrashedError:
            return recorded.recording
        raise AssertionError("it did not die")

    def trace(self, source: str, call: str = "read", argument: str = "", **options: object) -> TracedPlace | None:
        """What a replay of the plugin's death shows."""
        recording = self.death(source, call, argument, **options)
        return place_of_death(self.sandbox.runtime, recording, threading.Event())

    def place(self, source: str, call: str = "read", **options: object) -> str:
        """Where it died, as told."""
        traced = self.trace(source, call, **options)
        assert traced is not None
        return traced.place

    def line(self, source: str, call: str = "read", **options: object) -> str:
        """Where it died; on a busy machine the host may have to say that it was there or soon after."""
        return self.place(source, call, **options).removesuffix(" or soon after")


def _call(plugin: Plugin, call: str, argument: str) -> None:
    match call:
        case "read":
            plugin.read()
        case "update":
            plugin.update(argument)
        case "render":
            plugin.render(argument)
