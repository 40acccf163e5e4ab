"""The report of a crash on the host's page: its problem in sight, and behind it traceback, last words and transfers."""

from __future__ import annotations

from collections.abc import Sequence

from hostcore.clock import NS_PER_MS
from hostcore.events import CrashReport, LogWritten, Message, PluginCrashed, TransferCompleted
from hostcore.web.page.words import ago, clock_time, plain

MOST_LINES, LONGEST_TRACE = 200, 8_000
"""The most lines and characters of a traceback that are shown. A browser asks for the tab every second."""
RECENT = 20
"""The most log lines and transfers that are shown, the newest ones."""
MOST_BYTES = 32
"""The most bytes of a message that are shown."""


def crash_block(crash: PluginCrashed, now_ns: int) -> str:
    """Return one crash as folded HTML.

    Args:
        crash: the crash. Most of it is the plugin's own text.
        now_ns: the wall clock.
    """
    report = crash.report
    call = f"{plain(report.call)}({plain(report.argument, 200)})"
    return (
        f'<details class="crash" id="crash-{report.time_ns}"><summary>Crash {ago(crash.time_ns, now_ns)}: '
        f"{plain(report.problem)}</summary><p>{plain(report.kind)} in the call <code>{call}</code>, version "
        f"<code>{plain(report.version)}</code></p>{_part('Traceback', _trace(report))}"
        f"{_part('Its last words', _words(report.lines))}"
        f"{_part('Its last transfers, oldest first', _transfers(report))}<p>Report: {plain(crash.file)}</p></details>"
    )


def _part(title: str, lines: Sequence[str]) -> str:
    return f"<h3>{title}</h3><pre>{chr(10).join(lines)}</pre>" if lines else ""


def _trace(report: CrashReport) -> list[str]:
    """The last lines, which name the error, as far as they fit."""
    trace = report.traceback or report.wasm_trace
    lines = trace[-LONGEST_TRACE:].splitlines()[-MOST_LINES:]
    return [*(["…"] if len(trace) > LONGEST_TRACE else []), *map(plain, lines)]


def _words(lines: Sequence[LogWritten]) -> list[str]:
    """The newest lines. Those of tracebacks are left out: the last one stands above them."""
    spoken = [each for each in lines if not each.continues]
    return [f"{clock_time(each.time_ns)} {plain(each.text)}" for each in spoken[-RECENT:]]


def _transfers(report: CrashReport) -> list[str]:
    return [_transfer(each, report.time_ns) for each in report.transfers[-RECENT:]]


def _transfer(transfer: TransferCompleted, crash_ns: int) -> str:
    before = f"{(crash_ns - transfer.time_ns) / NS_PER_MS:9.1f} ms before"
    place = f" 0x{transfer.address:02x}" if transfer.address is not None else ""
    line = f" (line {transfer.source_line})" if transfer.source_line else ""
    moved = "; ".join(map(_message, transfer.messages)) or "nothing"
    simulated = ", simulated" if transfer.is_simulated else ""
    return plain(f"{before} {transfer.bus}{place}: {moved}: {transfer.outcome}{simulated}{line}")


def _message(message: Message) -> str:
    more = " …" if len(message.data) > MOST_BYTES else ""
    return f"{'wrote' if message.written else 'read'} {message.data[:MOST_BYTES].hex(' ')}{more}"
