"""A plugin ready to call, whichever of the two forms it has: a .py in the shared runtime, or a component of its own."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hostcore.compat.demo.contract import RENDER, UPDATE
from hostcore.compat.demo.readings import Poll, gather
from hostcore.config.model import Limits
from hostcore.errors import PluginReportedError
from hostcore.events import Reading
from hostcore.log.plugin_log import PluginLog, log_line
from hostcore.permissions import Permission
from hostcore.runtime.instance import Instance

MAX_PAGE = 1 << 20
"""Characters of the longest page."""
DEEPEST_READING = 64
"""How many levels of objects and lists a reading may have; those who show it go down one level a call."""


@dataclass(frozen=True, slots=True)
class PluginSpec:
    """All that is needed to run one plugin."""

    name: str
    path: Path
    """Its .py or .wasm."""
    permissions: tuple[Permission, ...] = ()
    limits: Limits = Limits()  # noqa: RUF009 - frozen
    settings: str = "{}"
    """The text of a JSON object, handed to the plugin as it is."""
    sha256: str | None = None
    """64 hex digits: the only content of its file that may run. None lets any run."""

    def differs_in_permissions_only(self, other: PluginSpec) -> bool:
        """Whether an instance made for `other` can go on as it is."""
        return replace(self, permissions=()) == replace(other, permissions=())


class Plugin:
    """A loaded plugin. Create, call and close it on one thread; only its limit's `stop` is for others."""

    def __init__(
        self,
        spec: PluginSpec,
        instance: Instance,
        log: PluginLog,
        provides: frozenset[str],
        polls: tuple[Poll, ...] = (),
    ) -> None:
        self._spec, self._instance, self._log, self._polls = spec, instance, log, polls
        self.name = spec.name
        self.provides = provides
        """Which of ``driver``, ``display`` and ``page`` it is."""
        self.aliases: Mapping[str, Reading] = {}
        """Parts of the last reading, under the keys of their own that pages of the demo:plugin contract look for."""

    def read(self) -> Reading:
        """One reading.

        Raises:
            PluginReportedError: the driver reports an error, or what it returned is not a JSON object.
            PluginCrashedError: it died; close it.
        """
        own = self._parsed(self._call("driver#read")) if "driver#read" in self._instance.exported else {}
        return {**self._polled(), **own} if self._polls else own

    def update(self, readings: str) -> None:
        """Show `readings`, the text of a JSON object. Raises like `read`."""
        for function in ("display#update", UPDATE):
            if function in self._instance.exported:
                self._call(function, readings)

    def render(self, readings: str) -> str:
        """The page for `readings`. Raises like `read`."""
        page = str(self._call("page#render" if "page#render" in self._instance.exported else RENDER, readings))
        if len(page) > MAX_PAGE:
            raise PluginReportedError(self.name, f"the page has {len(page)} characters; {MAX_PAGE} are allowed")
        return page

    def memory_bytes(self) -> int:
        """The linear memory it has now; 0 where the kernel does not tell."""
        return self._instance.memory_bytes()

    def close(self) -> None:
        """Free all it holds."""
        self._instance.close()

    def _call(self, function: str, *arguments: Any) -> Any:
        try:
            return self._instance.call(function, *arguments)
        finally:
            self._log.flush()

    def _polled(self) -> Reading:
        answers = [(poll, self._call(poll.function)) for poll in self._polls]
        try:
            polled = gather(answers)
            reading = self._parsed(json.dumps(polled.reading))
        except ValueError as problem:
            raise PluginReportedError(self.name, log_line(str(problem))) from None
        self.aliases = polled.aliases
        return reading

    def _parsed(self, text: str) -> Reading:
        size, most = len(text.encode()), self._spec.limits.reading_bytes
        if size > most:
            raise PluginReportedError(
                self.name,
                f"the reading has {size} bytes; {most} are allowed (reading_bytes)",
            )
        try:
            reading = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
            json.dumps(reading, ensure_ascii=False).encode()  # half a surrogate pair can be escaped, but not sent on
            is_too_deep = _is_deeper(reading, DEEPEST_READING)
        except ValueError as error:
            raise PluginReportedError(self.name, f"the reading is not JSON: {error}: {text[:80]}") from None
        except RecursionError:
            is_too_deep = True
        if is_too_deep:
            raise PluginReportedError(
                self.name, f"the reading is nested too deeply: {DEEPEST_READING} levels are allowed"
            )
        if not isinstance(reading, dict):
            raise PluginReportedError(self.name, f"the reading is not a JSON object: {text[:80]}")
        return reading


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    within = value.values() if isinstance(value, dict) else value
    return not levels or any(_is_deeper(each, levels - 1) for each in within)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON (RFC 8259 section 6)")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is beyond what a double holds (RFC 8259 section 6)")
    return number
