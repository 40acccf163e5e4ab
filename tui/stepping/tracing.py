"""Traces windows of a replay on a thread of its own, with its progress, until it is stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from hostcore.errors import HostError
from hostcore.events.facts import PluginFacts
from hostcore.stepping.subject import Subject
from hostcore.stepping.tracer import Progress, Tracer
from tui.background import Background, Deliver
from tui.stepping.window import Window
from tui.text import counted

Arrived = Callable[[Window, range], object]
"""Takes a window, and the numbers of the calls that can be traced."""


class Tracing:
    """Makes the tracer, and its windows. For the screen's own thread; all methods return at once, except `stop`.

    Args:
        subject: what is traced.
        plugin: the plugin.
        deliver: calls a function on the screen's thread, later.
        tell: takes the progress, in one line, on the screen's thread.
        failed: takes an error there.
        stopped: is called there when the person stopped it.
    """

    def __init__(
        self,
        subject: Subject,
        plugin: PluginFacts,
        *,
        deliver: Deliver,
        tell: Callable[[str], object],
        failed: Callable[[Exception], object],
        stopped: Callable[[], object],
    ) -> None:
        self._subject, self._plugin, self._deliver = subject, plugin, deliver
        self._tell, self._failed, self._stopped = tell, failed, stopped
        self._background = Background("step-tracing", deliver)
        self._stopping = threading.Event()
        self._tracer: Tracer | None = None
        self.is_busy = False

    def trace(self, call: int | None, arrived: Arrived) -> None:
        """Trace the window with a call.

        Args:
            call: its number; None for the last one.
            arrived: takes the window.
        """
        self._stopping.clear()
        self.is_busy = True
        try:
            self._background.put("window", lambda: self._traced(call, arrived))
        except HostError as error:
            self._ended(self._failed, error)

    def cancel(self) -> None:
        """Stop what is traced now."""
        self._stopping.set()

    def stop(self) -> None:
        """Trace nothing more. Blocks for a second at most."""
        self._stopping.set()
        self._background.stop()

    def _traced(self, call: int | None, arrived: Arrived) -> Callable[[], object]:
        try:
            if self._tracer is None:
                self._tracer = self._subject.prepare(self._say)
            tracer = self._tracer
            if call is not None:
                call = max(tracer.calls.start, min(call, tracer.calls.stop - 1))
            trace = tracer.window(call, stopping=self._stopping, progress=self._progress)
            if trace is None:
                return partial(self._ended, self._stopped)
            window = Window.of(trace, self._plugin, self._subject.chips_folder)
            return partial(self._ended, arrived, window, tracer.calls)
        except Exception as error:  # noqa: BLE001 - the screen's thread tells it, or ends with it as a defect
            return partial(self._ended, self._failed, error)

    def _ended(self, then: Callable[..., object], *arguments: object) -> None:
        self.is_busy = False
        then(*arguments)

    def _progress(self, progress: Progress) -> None:
        steps = f", {counted(progress.steps, 'step')}" if progress.steps else ""
        doing = "Tracing" if progress.steps else "Replaying up to the traced calls:"
        self._say(f"{doing} call {progress.call} of {progress.calls - 1}{steps}. Esc stops")

    def _say(self, text: str) -> None:
        """Tell the progress. For any thread."""
        self._deliver(partial(self._tell, text))
