"""Programs that are measured from outside: ``python -m tests.bench.screen_resident KIND [SETTINGS | DESCRIPTOR]``.

KIND is ``host`` (the screen of a host with these settings), ``stock`` (the same without `tui.frugal`, as Textual
writes it), ``alone`` (the host without a screen), ``idle`` and ``flood`` (a screen without a host, with no events or
5,000 a second), ``minimal`` (a Textual app of one line), or ``attached`` (a screen whose host is at the other end of
this socket).
"""

from __future__ import annotations

import itertools
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

EVENTS_PER_SECOND, BURST = 5_000, 50
PLUGINS = 6


def main() -> None:
    """Run the command line's KIND."""
    kind, *settings = sys.argv[1:]
    if kind == "minimal":
        _minimal()
    elif kind in ("idle", "flood"):
        _scripted(flood=kind == "flood")
    elif kind == "alone":
        _alone(Path(settings[0]))
    elif kind == "attached":
        _attached(int(settings[0]))
    else:
        _host(Path(settings[0]), stock=kind == "stock")


def _minimal() -> None:
    from textual.app import App, ComposeResult
    from textual.widgets import Static

    class Minimal(App[None]):
        def compose(self) -> ComposeResult:
            yield Static("Quit")

    Minimal().run()


def _host(settings: Path, *, stock: bool) -> None:
    from hostcore.config.loading import load_config
    from hostcore.host import Host
    from tui import frugal
    from tui.run import run

    if stock:
        frugal.Shown.reduce = lambda _self, update, _width, _height: update  # type: ignore[method-assign]
    host = Host(load_config(settings))
    try:
        run(host, host.start)
    finally:
        host.stop()


def _alone(settings: Path) -> None:
    from hostcore.config.loading import load_config
    from hostcore.host import Host

    Host(load_config(settings)).start()
    print("Quit", flush=True)
    threading.Event().wait()


def _attached(descriptor: int) -> None:
    import gc
    import socket

    from hostcore.clock import RealClock
    from hostcore.control.remote_session import RemoteSession
    from tui.attached import NOT_SHOWN
    from tui.run import run

    gc.disable()  # as `tui.__main__` does
    session = RemoteSession(lambda: socket.socket(fileno=descriptor), RealClock(), NOT_SHOWN)
    run(session, session.start, remote=session)


def _scripted(*, flood: bool) -> None:
    from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
    from tui.run import run

    # An hour and some seconds, so that the displayed uptime does not change.
    facts = host_facts(started_ns=time.time_ns() - 3605 * 1_000_000_000)
    session = ScriptedSession(facts=facts, known=[plugin_facts(f"plugin{number}") for number in range(PLUGINS)])

    def publish() -> None:
        events = _events()
        for burst in itertools.count(1):
            session.publish(itertools.islice(events, BURST))
            time.sleep(max(0.0, began + burst * BURST / EVENTS_PER_SECOND - time.monotonic()))

    began = time.monotonic()
    run(session, threading.Thread(target=publish, daemon=True).start if flood else lambda: None)


def _events() -> Iterator[object]:
    """Events of six busy plugins: readings, transfers, log lines, counters."""
    from hostcore.events import (
        Counters,
        CountersTaken,
        Level,
        LogWritten,
        Message,
        Outcome,
        ReadingPublished,
        TransferCompleted,
    )
    from hostcore.place import BusName

    bus = BusName("i2c-1")
    messages = (Message(True, b"\xd0"), Message(False, b"\x61"))
    for number in itertools.count():
        now, plugin = time.time_ns(), f"plugin{number % PLUGINS}"
        yield ReadingPublished(now, plugin, {"temperature": 20 + number % 100 / 10, "humidity": number % 90})
        yield TransferCompleted(now, plugin, bus, 0x76, messages, Outcome.OK, "", 250_000)
        yield LogWritten(now, plugin, Level.INFO, f"line {number} of many")
        yield CountersTaken(now, plugin, Counters(calls=number, call_p50_ns=1_000_000 + number))


if __name__ == "__main__":
    main()
