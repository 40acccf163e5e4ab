"""``wasi-host capture``: writes the transfers of a running host, or of one that it runs itself, to files or a pipe."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Protocol

from hostcore.cli.capture_output import STANDARD_OUTPUT, Output, opened_output, require_free
from hostcore.cli.ending import ENDING
from hostcore.cli.loading import Loading
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.running import about_buses, host_alone, run_host
from hostcore.clock import NS_PER_S, RealClock
from hostcore.config.loading import find_and_load
from hostcore.config.model import Config
from hostcore.control.awaited import awaited_host
from hostcore.control.holder import only_host
from hostcore.control.messages import Watched, WatchRequest
from hostcore.errors import HostError
from hostcore.events import LogWritten, TransferCompleted
from hostcore.events.facts import BusFacts
from hostcore.events.stream import Subscription
from hostcore.export.formats import Format
from hostcore.host import Host
from hostcore.log.log_file import format_text, levels_from
from hostcore.log.safe_text import escaped
from hostcore.place import BusName
from hostcore.quick_dataclass import dataclass

POLL_SECONDS = 0.25
"""Seconds after which the command looks whether it should end."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to capture."""

    outputs: Mapping[Format, str]
    """A file for each format; ``-`` is standard output."""
    seconds: float | None = None
    """How long to capture, once all plugins are loaded; None until a signal comes."""
    bus: str | None = None
    """The only bus; None for all."""
    plugin: str | None = None
    """The only plugin; None for all."""
    replaces: bool = False
    """Whether files that exist are replaced."""


class Source(Protocol):
    """The transfers of a host."""

    def take(self, seconds: float) -> Sequence[Watched] | None:
        """Return the transfers since the last call, after `seconds` at most; None if the host has ended."""


def capture(config_file: Path | None, wish: Wish) -> int:
    """Write transfers until a signal comes, the time is over, the host ends, or nobody reads standard output.

    Args:
        config_file: the settings file that the person named, if any.
        wish: what to capture, and where to write it.

    Returns:
        0; 1 if this command ran the host, and a plugin's file could not be used.

    Raises:
        HostError: the wish is impossible, or the host cannot be run or reached.
    """
    ending = threading.Event()
    signals = _end_by_signals(ending)
    config = find_and_load(config_file)
    _check(config, wish)
    request = WatchRequest(BusName(wish.bus) if wish.bus else None, wish.plugin)
    tell = lambda host: _say(f"{escaped(str(host))}; its transfers cannot be captured")  # noqa: E731
    if running := awaited_host(config.path, tell):
        with closing(running.watch(request)) as source:
            _say(f"capturing the running host (PID {running.report.process}); Ctrl+C ends it")
            _doubt(wish, {grant.plugin for grant in running.report.grants})
            _record(source, running.report.buses, wish, ending)
        return 0
    return _run(config, wish, request, ending, signals)


def _check(config: Config, wish: Wish) -> None:
    """Refuse wishes that could only disappoint."""
    if not wish.outputs:
        options = ", ".join(f"--{form}" for form in Format)
        raise HostError(f"nothing says where to write; name a file, or - for standard output, with one of {options}")
    if list(wish.outputs.values()).count(STANDARD_OUTPUT) > 1:
        raise HostError("standard output can take only one format; name a file for the others")
    if not wish.replaces:
        for target in wish.outputs.values():
            require_free(target)
    if wish.bus is None:
        return
    names = [str(bus.name) for bus in config.buses]
    if wish.bus not in names:
        raise HostError(f"found the bus {wish.bus!r}; {config.path} has {', '.join(names) or 'none'}")


def _doubt(wish: Wish, plugins: Collection[str]) -> None:
    """Warn of the name of a plugin that is not there. It may come later."""
    if wish.plugin is not None and wish.plugin not in plugins:
        known = ", ".join(sorted(plugins)) or "none"
        _say(
            f"there is no plugin {escaped(wish.plugin)!r} now, so nothing is captured until it comes; known are {known}"
        )


def _run(config: Config, wish: Wish, request: WatchRequest, ending: threading.Event, signals: Sequence[int]) -> int:
    """Run the host as `wasi-host run` does, without printing readings."""
    progress = TerminalProgress()
    host = Host(config, progress=progress)
    events = host.subscribe(TransferCompleted, LogWritten)
    shown = levels_from(config.host.log_level)

    def show(event: LogWritten) -> None:
        if event.level in shown:
            progress.line(format_text(event))

    source = _OwnHost(events, request, show)
    loading = Loading(host)
    with only_host(host.facts) as warnings:
        for text in (*about_buses(host.facts.buses), *warnings):
            progress.line(f"wasi-host: {escaped(text)}")

        def record() -> None:
            _doubt(wish, {plugin.name for plugin in host.plugins()})
            _record(source, host.facts.buses, wish, ending, loading.is_over)

        return run_host(host, host_alone(host), record, signals, progress)


class _OwnHost:
    """The transfers of a host in this process. Its log lines are shown."""

    def __init__(self, events: Subscription, request: WatchRequest, show: Callable[[LogWritten], None]) -> None:
        self._events, self._request, self._show = events, request, show

    def take(self, seconds: float) -> list[Watched]:
        events = [item.event for item in self._events.take(seconds)]
        for event in events:
            if isinstance(event, LogWritten):
                self._show(event)
        return list(self._request.wanted(events))


def _record(
    source: Source,
    buses: Sequence[BusFacts],
    wish: Wish,
    ending: threading.Event,
    has_begun: Callable[[], bool] = lambda: True,
) -> None:
    """Write to all outputs until something ends it. The seconds of the wish count from when it `has_begun`."""
    with ExitStack() as opened:
        outputs = [
            opened.enter_context(opened_output(form, target, buses, ending, is_finite=wish.seconds is not None))
            for form, target in wish.outputs.items()
        ]
        _pump(source, outputs, wish.seconds, ending, has_begun)
        for output in outputs:
            output.end()
    for output in outputs:
        for line in output.about():
            _say(line)


def _pump(
    source: Source,
    outputs: Sequence[Output],
    seconds: float | None,
    ending: threading.Event,
    has_begun: Callable[[], bool],
) -> None:
    clock, deadline = RealClock(), None
    while not ending.is_set() and not any(output.is_left for output in outputs):
        if deadline is None and seconds is not None and has_begun():
            deadline = clock.monotonic_ns() + round(seconds * NS_PER_S)
        left = POLL_SECONDS if deadline is None else (deadline - clock.monotonic_ns()) / NS_PER_S
        if left <= 0:
            return
        taken = source.take(min(POLL_SECONDS, left))
        if taken is None:
            _say("the host has ended")
            return
        for output in outputs:
            output.write(taken)


def _end_by_signals(ending: threading.Event) -> Sequence[int]:
    """Let the signals that end a command set `ending`, so that no file ends within a packet."""
    signals = [each for each in ENDING if signal.getsignal(each) is not signal.SIG_IGN]
    for number in signals:
        signal.signal(number, lambda _number, _frame: ending.set())
    return signals


def _say(text: str) -> None:
    print(f"wasi-host: {text}", file=sys.stderr, flush=True)
