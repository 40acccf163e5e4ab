"""A plugin that is ready to call. It is either a .py in the shared runtime, or a component."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hostcore.adjustments.model import Adjustment
from hostcore.buses.attendant import Attendant
from hostcore.compat.demo.contract import RENDER, UPDATE
from hostcore.config.model import Limits
from hostcore.errors import PluginReportedError
from hostcore.events import Reading
from hostcore.log.plugin_log import PluginLog
from hostcore.log.safe_text import log_line
from hostcore.permissions import Permission
from hostcore.place import BusName
from hostcore.plugin.stated_values import StatedValues
from hostcore.quick_dataclass import dataclass, replace
from hostcore.runtime.instance import Instance
from hostcore.runtime.json_reading import reading_of
from hostcore.runtime.output import Output

if TYPE_CHECKING:
    from hostcore.compat.demo.readings import Poll
    from hostcore.runtime.printed_reading import PrintedReading

MAX_PAGE = 1 << 20
"""Most bytes of a page in UTF-8."""


@dataclass(frozen=True, slots=True)
class PluginSpec:
    """Everything needed to run one plugin."""

    name: str
    path: Path
    """The plugin's .py or .wasm."""
    permissions: tuple[Permission, ...] = ()
    limits: Limits = Limits()
    settings: str = "{}"
    """A JSON object as text, passed to the plugin unchanged."""
    sha256: str | None = None
    """SHA-256 of the only file content that may run, 64 hex digits. None allows any content."""
    compiled_sha256: str | None = None
    """SHA-256 of the compiled file beside the component that may be used, 64 hex digits. None allows none."""
    adjustments: tuple[Adjustment, ...] = ()
    """What is changed of its values after they were read."""

    def suits_instance_of(self, other: PluginSpec) -> bool:
        """Whether an instance created for `other` can keep running: only permissions and adjustments differ."""
        return replace(self, permissions=(), adjustments=()) == replace(other, permissions=(), adjustments=())


class Plugin:
    """A loaded plugin. Create, call and close it on one thread. Other threads may only call its limit's `stop`."""

    def __init__(
        self,
        spec: PluginSpec,
        instance: Instance,
        log: PluginLog,
        provides: frozenset[str],
        polls: tuple[Poll, ...] = (),
        *,
        simulated: set[BusName] | None = None,
        faulty: set[BusName] | None = None,
        values: StatedValues | None = None,
        output: Output | None = None,
        ahead_ns: int = 0,
    ) -> None:
        self._spec, self._instance, self._log, self._polls = spec, instance, log, polls
        self._output = output
        self.name = spec.name
        self.ahead_ns = ahead_ns
        """By how many nanoseconds its monotonic clock is ahead of the host's: it has slept."""
        self.provides = provides
        """The plugin's kinds: ``driver``, ``display``, ``page``, or ``script`` alone."""
        self._simulated = set[BusName]() if simulated is None else simulated
        self._faulty = set[BusName]() if faulty is None else faulty
        self.values = values or StatedValues()
        """What the instance has stated of the values that it publishes."""
        self.aliases: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
        """Further keys that pages of the demo:plugin contract look up, and where their values lie in the reading."""

    @property
    def simulated(self) -> tuple[BusName, ...]:
        """The simulated buses that the instance has used, or whose readings it was shown, since its start, sorted."""
        return tuple(sorted(self._simulated))

    @property
    def faulty(self) -> tuple[BusName, ...]:
        """The buses on which faults on demand have struck the instance since its start, sorted."""
        return tuple(sorted(self._faulty))

    @property
    def reading_bytes(self) -> int:
        """The longest reading, in bytes of JSON."""
        return self._spec.limits.reading_bytes

    def depend_on(self, simulated: Iterable[BusName]) -> None:
        """Remember that it is shown readings that depend on these simulated buses. Its own may depend on these."""
        self._simulated.update(simulated)

    def read(self) -> Reading:
        """Take one reading. Blocks until the driver returns, or its time limit is over.

        Raises:
            PluginReportedError: the driver reported an error, or its reading is not a JSON object.
            PluginCrashedError: the instance crashed; close it.
        """
        own = self._parsed(self._call("driver#read")) if "driver#read" in self._instance.exported else {}
        return {**self._polled(), **own} if self._polls else own

    def update(self, readings: str) -> None:
        """Show `readings`, a JSON object as text. Blocks and raises like `read`."""
        for function in ("display#update", UPDATE):
            if function in self._instance.exported:
                self._call(function, readings)

    def render(self, readings: str) -> str:
        """Return the HTML page for `readings`. Blocks and raises like `read`."""
        page = str(self._call("page#render" if "page#render" in self._instance.exported else RENDER, readings))
        size = len(page.encode())
        if size > MAX_PAGE:
            raise PluginReportedError(self.name, f"the page has {size:,} bytes; {MAX_PAGE:,} are allowed")
        return page

    def run(self, reading: PrintedReading, attendant: Attendant) -> None:
        """Run a script from its first line to its end. Blocks until it ends, which may be never. Raises like `read`.

        Args:
            reading: collects the numbers that it prints.
            attendant: is told what it does.
        """
        reading.tell_unit = self.values.print
        if self._output is not None:
            self._output.collect(reading, attendant)
        try:
            self._call("python-runtime#run", script=attendant)
        finally:
            reading.finish()

    def memory_bytes(self) -> int:
        """Bytes of its linear memory now; 0 if unknown."""
        return self._instance.memory_bytes()

    def memory_view(self) -> memoryview | None:
        """See `Instance.memory_view`."""
        return self._instance.memory_view()

    def host_bytes(self) -> int:
        """An estimate of the most bytes of the host's memory that one of its calls took."""
        return self._instance.host_bytes()

    def close(self) -> None:
        """Free everything the plugin holds."""
        self._instance.close()

    def _call(self, function: str, *arguments: Any, script: Attendant | None = None) -> Any:
        try:
            result = self._instance.call(function, *arguments, script=script)
        finally:
            self._log.flush()
        self._instance.rest()
        return result

    def _polled(self) -> Reading:
        from hostcore.compat.demo.readings import gather  # noqa: PLC0415 - only for the contract demo:plugin

        answers = [(poll, self._call(poll.function)) for poll in self._polls]
        try:
            polled = gather(answers)
            reading = self._parsed(json.dumps(polled.reading))
        except ValueError as problem:
            raise PluginReportedError(self.name, log_line(str(problem))) from None
        self.aliases = polled.aliases
        return reading

    def _parsed(self, text: str) -> Reading:
        size, most = len(text) if text.isascii() else len(text.encode()), self._spec.limits.reading_bytes
        if size > most:
            raise PluginReportedError(
                self.name,
                f"the reading has {size} bytes; {most} are allowed (reading_bytes)",
            )
        try:
            return reading_of(text)
        except ValueError as problem:
            raise PluginReportedError(self.name, f"the reading {problem}") from None
