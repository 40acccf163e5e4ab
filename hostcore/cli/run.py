"""``wasi-host run``: runs the plugins without a screen, and prints one JSON line per round."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.web import WebOptions, web_of
from hostcore.config.loading import find_config, load_config
from hostcore.control.holder import only_host
from hostcore.errors import HostError
from hostcore.events import HOST, EventsDropped, Level, LogWritten, RoundCompleted
from hostcore.events.facts import BusFacts
from hostcore.events.stream import Subscription
from hostcore.host import Host
from hostcore.log.log_file import format_json, format_text, levels_from
from hostcore.log.safe_text import log_line

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals that end the command cleanly."""


def run(config_file: Path | None, rounds: int | None, pretty: bool, web: WebOptions) -> int:
    """Run until `rounds` rounds are printed or a signal comes.

    Args:
        config_file: the settings file that the person named, if any.
        rounds: the number of rounds, from 1 on; None for no end.
        pretty: print the JSON indented.
        web: the web settings of the command line.

    Returns:
        0; 1 if all rounds were printed, but a plugin's file could not be used.

    Raises:
        HostError: the host cannot start, `rounds` is given and there is no plugin, or a host runs with these settings
            already.
    """
    ending = [each for each in ENDING if signal.getsignal(each) is not signal.SIG_IGN]  # nohup ignores SIGHUP
    for number in ending:
        signal.signal(number, _interrupt)
    config = load_config(find_config(config_file, Path.cwd()))
    progress = TerminalProgress()
    host = Host(config, progress=progress)
    events = host.stream.subscribe(RoundCompleted, LogWritten)
    shown = levels_from(config.host.log_level)
    form = format_json if config.log.format == "json" else format_text

    def show(event: LogWritten) -> None:
        if event.level in shown:
            progress.line(form(event))

    if not host.has_plugins and rounds is not None:
        raise HostError(
            f"there is no plugin to run: {config.host.plugins_folder} has none, or {config.path} has enabled = false "
            "for each of them"
        )
    with only_host(host.facts) as warnings:
        for text in _about(host.facts.buses):  # at every log_level: simulated readings must not pass for real ones
            progress.line(form(LogWritten(host.clock.wall_ns(), HOST, Level.WARNING, log_line(text), by_host=True)))
        served = web_of(host, web.over(config.web), warnings)
        return _run(host, served, lambda: _print_events(events, rounds, pretty, show), ending, progress)


def _run(
    host: Host,
    web: AbstractContextManager[Callable[[], None]],
    print_all: Callable[[], None],
    ending: Sequence[int],
    progress: TerminalProgress,
) -> int:
    """Run the host until `print_all` returns or a signal comes, and stop it. Returns the exit status of `run`."""
    status = 0
    try:
        with web as start:
            start()
            print_all()
        status = 1 if host.failures else 0
    except KeyboardInterrupt:
        pass
    finally:
        for number in ending:
            signal.signal(number, signal.SIG_IGN)
        if not host.stop():
            progress.line(
                "wasi-host: a plugin's transfer, or writing the log file, does not end; exiting without waiting for it"
            )
            sys.stdout.flush()
            os._exit(status)
    return status


def _about(buses: Sequence[BusFacts]) -> Iterator[str]:
    """Yield a line about the simulated buses, and one about each bus that cannot be used."""
    if simulated := [each for each in buses if not each.is_real]:
        names = ", ".join(each.name for each in simulated)
        yield f'simulated buses: {names}. Readings that depend on them are invented and say so in the key "simulated"'
    for each in buses:
        if not each.is_usable:
            yield f"{each.name} cannot be used: {each.reason}"


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _print_events(events: Subscription, rounds: int | None, pretty: bool, show: Callable[[LogWritten], None]) -> None:
    while True:
        for item in events.take():
            event = item.event
            if isinstance(event, LogWritten):
                show(event)
            elif isinstance(event, EventsDropped):
                text = f"{event.count} lines and rounds were not printed"
                show(LogWritten(event.time_ns, HOST, Level.WARNING, text, by_host=True))
            elif isinstance(event, RoundCompleted):
                print(json.dumps(event.readings, indent=2) if pretty else event.text, flush=True)
                if rounds is not None and event.number >= rounds:  # the round itself may have been dropped
                    return
