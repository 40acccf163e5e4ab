"""``wasi-host run``: runs the plugins without a screen, and prints one JSON line per round."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.running import about_buses, end_by_signals, run_host
from hostcore.cli.serviced import serviced
from hostcore.cli.web import WebOptions, web_of
from hostcore.config.loading import find_config, load_config
from hostcore.control.holder import only_host
from hostcore.errors import HostError
from hostcore.events import HOST, EventsDropped, Level, LogWritten, RoundCompleted
from hostcore.events.stream import Subscription
from hostcore.host import Host
from hostcore.log.log_file import format_json, format_text, levels_from
from hostcore.log.safe_text import log_line
from hostcore.service.notify import manager_of


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
    manager = manager_of(os.environ)
    ending = end_by_signals()
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
        for text in about_buses(host.facts.buses):  # at every log_level: simulated readings must not pass for real ones
            progress.line(form(LogWritten(host.clock.wall_ns(), HOST, Level.WARNING, log_line(text), by_host=True)))
        served = web_of(host, web.over(config.web), warnings)
        told = serviced(host, served, manager)
        return run_host(host, told, lambda: _print_events(events, rounds, pretty, show), ending, progress)


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
