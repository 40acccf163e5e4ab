"""``wasi-host run``: the plugins without a screen, one JSON line a round."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from hostcore.cli_progress import TerminalProgress
from hostcore.config import find_config, load_config
from hostcore.events import Level, LogWritten, RoundCompleted
from hostcore.host import Host
from hostcore.rounds import timestamp
from hostcore.stream import Subscription

LEVELS = tuple(Level)
"""From the least to the most important."""


def run(config_file: Path | None, rounds: int | None, pretty: bool) -> int:
    """Run until `rounds` rounds are printed, or a signal comes.

    Returns:
        0; 1 when the rounds are over and a plugin's file could not be used.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    config = load_config(find_config(config_file, Path.cwd()))
    progress = TerminalProgress()
    host = Host(config, progress=progress)
    events = host.stream.subscribe(RoundCompleted, LogWritten)
    shown = LEVELS[LEVELS.index(config.host.log_level) :]
    status = 0
    try:
        host.start()
        _print_events(events, rounds, pretty, shown, progress)
        status = 1 if host.failures else 0
    except KeyboardInterrupt:
        pass
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if not host.stop():
            progress.line("wasi-host: a plugin sits in a transfer that does not end; leaving without it")
            sys.stdout.flush()
            os._exit(status)
    return status


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _print_events(
    events: Subscription, rounds: int | None, pretty: bool, shown: tuple[Level, ...], progress: TerminalProgress
) -> None:
    while True:
        for item in events.take():
            event = item.event
            if isinstance(event, LogWritten) and event.level in shown:
                progress.line(f"{timestamp(event.time_ns)} {event.level.upper():7} {event.plugin}: {event.text}")
            elif isinstance(event, RoundCompleted):
                print(json.dumps(event.readings, ensure_ascii=False, indent=2 if pretty else None), flush=True)
                if event.number == rounds:
                    return
