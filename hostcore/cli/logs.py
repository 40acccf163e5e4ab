"""``wasi-host logs``: the log of a running host, and with ``-f`` each new line as it is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from hostcore.cli.background_log import log_file_of
from hostcore.cli.lines import say
from hostcore.cli.settings_file import settings_and_host
from hostcore.cli.statuses import ExitStatus
from hostcore.config.loading import load_config
from hostcore.control.attaching import reached
from hostcore.control.holder import Holder
from hostcore.control.remote_session import RemoteSession
from hostcore.control.session_lines import kinds_except
from hostcore.errors import CommandLineError, ConfigError, HostError
from hostcore.events import (
    HOST,
    ConnectionLost,
    ConnectionRestored,
    Event,
    EventsDropped,
    Level,
    LogWritten,
)
from hostcore.events.stream import Subscription
from hostcore.log.log_file import format_json, format_text, levels_from
from hostcore.log.safe_text import escaped
from hostcore.quick_dataclass import dataclass

KINDS = (LogWritten, EventsDropped, ConnectionLost, ConnectionRestored)
"""The events that have a line."""
POLL_SECONDS = 0.2
"""Seconds between two looks whether all earlier lines have come."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The lines that a person wants to see."""

    follow: bool = False
    """Go on with each new line."""
    plugin: str | None = None
    """Those of this plugin, or of the host about it; None for all."""
    least: Level = Level.DEBUG
    """The lowest level."""
    as_json: bool = False
    """One JSON object for each line."""

    @property
    def chooses(self) -> bool:
        """Whether it leaves anything out."""
        return self.plugin is not None or self.least is not Level.DEBUG

    def lines(self, event: Event) -> Iterator[str]:
        """Yield the line of an event, if it is wanted."""
        match event:
            case LogWritten() if event.level in levels_from(self.least) and self.plugin in {None, event.plugin}:
                yield format_json(event) if self.as_json else escaped(format_text(event))
            case EventsDropped():
                yield from self._told(event.time_ns, f"lines missing before this one: at most {event.count}")
            case ConnectionLost():
                yield from self._told(event.time_ns, "the host has ended or does not answer; waiting for it")
            case ConnectionRestored():
                words = "a host runs again" if event.is_new_host else "the host answers again"
                yield from self._told(event.time_ns, words)

    def _told(self, time_ns: int, text: str) -> Iterator[str]:
        event = LogWritten(time_ns, HOST, Level.WARNING, text, by_host=True)
        yield format_json(event) if self.as_json else format_text(event)


def logs(config_file: Path | None, selection: Selection) -> int:
    """Print the log of the host with these settings. With `Selection.follow`, blocks until a person interrupts.

    Returns:
        0; `ExitStatus.NOT_RUNNING` if no host runs.

    Raises:
        CommandLineError: the host has no such plugin.
        HostError: the settings are unusable, or the host does not answer.
    """
    config, holder = settings_and_host(config_file)
    if holder is None:
        say(f"wasi-host: {config}: no host runs{_where(config)}", is_result=False)
        return ExitStatus.NOT_RUNNING
    session = _attached(config, holder)
    events = session.subscribe(*KINDS)
    session.start()
    try:
        _print(session, events, selection)
    except KeyboardInterrupt:
        if not selection.follow:
            raise
    finally:
        session.stop()
    return ExitStatus.DONE


def _attached(config: Path, holder: Holder) -> RemoteSession:
    """Attach to the host. Blocks for some seconds at most.

    Raises:
        HostError: it does not answer.
    """
    try:
        return reached(config, kinds_except(*KINDS))
    except HostError as problem:
        raise HostError(
            f"{config}: {holder} does not say what is in its log: {problem}{_where(config, 'its log')}"
        ) from None


def _print(session: RemoteSession, events: Subscription, selection: Selection) -> None:
    """Print the earlier lines, and the later ones if they are to be followed.

    Raises:
        CommandLineError: the host has no such plugin, and no line of one.
        HostError: the host is gone before all earlier lines have come.
    """
    heard = {HOST}
    has_checked = has_printed = False
    while True:
        had_all = session.has_caught_up
        for item in events.take(POLL_SECONDS):
            if isinstance(item.event, ConnectionLost) and not selection.follow:
                raise HostError(f"lines are missing here: {item.event.problem}")
            if isinstance(item.event, LogWritten):
                heard.add(item.event.plugin)
            for line in selection.lines(item.event):
                print(line, flush=selection.follow)
                has_printed = True
        if had_all and not has_checked:
            _require_known(selection.plugin, heard, [each.name for each in session.plugins()])
            has_checked = True
        if had_all and not selection.follow:
            if not has_printed:
                nothing = "no such line yet" if selection.chooses else "no line yet"
                say(f"wasi-host: the log of the host has {nothing}", is_result=False)
            return


def _require_known(plugin: str | None, heard: Collection[str], present: Sequence[str]) -> None:
    """Refuse a plugin that neither is there nor has left a line: a name with a typing error is silent for ever."""
    if plugin is not None and plugin not in heard and plugin not in present:
        raise CommandLineError(f"the host has no plugin {plugin}; it has {', '.join(sorted(present)) or 'none'}")


def _where(config: Path, whose: str = "the log of an earlier one") -> str:
    """Say where the log of a host in the background is, if there is a file."""
    try:
        file = log_file_of(load_config(config))
    except ConfigError:  # a person is about to repair it
        return ""
    return f"; {whose} is in {file}" if file.is_file() else ""
