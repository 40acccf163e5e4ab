"""``wasi-host diagnose``: says what is wrong. It asks the running host, or runs one for some seconds."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from hostcore.cli.bundle import WIDTH, Bundle, write_bundle
from hostcore.cli.doctor_report import examine
from hostcore.cli.finding_text import Told
from hostcore.cli.lines import terminal_width
from hostcore.cli.loading import Loading
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.running import about_buses, end_by_signals, host_alone, run_host
from hostcore.clock import NS_PER_S
from hostcore.config.loading import find_and_load
from hostcore.config.model import Config
from hostcore.control.awaited import awaited_host
from hostcore.control.client import RunningHost, SilentHost
from hostcore.control.holder import only_host
from hostcore.control.messages import DiagnosisRequest, ScanReport, ScanRequest
from hostcore.diagnosis.diagnostician import PERIOD
from hostcore.diagnosis.report import DiagnosisReport
from hostcore.errors import HostError
from hostcore.events.facts import BusFacts, ScanMode
from hostcore.host import Host
from hostcore.log.safe_text import escaped
from hostcore.place import BusKind
from hostcore.quick_dataclass import dataclass

NOTHING, FOUND, IMPOSSIBLE = 0, 1, 2
"""Exit statuses: no finding is certain or likely; one is, or a plugin crashed; the diagnosis could not be made."""
ANSWER_SECONDS = 10.0
"""Seconds that a running host may take for its report."""
SCAN_SECONDS = 60.0
"""Seconds that a running host may take for a scan. The host's own limit is shorter."""
PAUSE = 0.25
"""Seconds between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to know."""

    seconds: float
    """How long the host is watched, counted from its start, or from when the plugins of its own host are loaded."""
    as_json: bool = False
    """Print one JSON object."""
    bundle: Path | None = None
    """A file for everything that helps others to find the cause."""
    scan: bool = False
    """Scan all I2C buses, also real ones."""


def diagnose(config_file: Path | None, wish: Wish) -> int:
    """Print what is wrong. Blocks until the host has been watched for long enough.

    Args:
        config_file: the settings file that the person named, if any.
        wish: what to do.

    Returns:
        `NOTHING` or `FOUND`.

    Raises:
        HostError: the settings are unusable, or the host cannot be run or reached.
    """
    ending = end_by_signals()
    config = find_and_load(config_file)
    progress = TerminalProgress()
    running = awaited_host(config.path, lambda host: progress.line(_silent(host)))
    told = _asked(running, config, wish, progress) if running else _run(config, wish, ending, progress)
    lines = [json.dumps(told.json())] if wish.as_json else list(told.lines(terminal_width()))
    print(*lines, sep="\n", flush=True)
    if wish.bundle is not None:
        doctor = tuple(examine(config.path).lines(WIDTH))
        write_bundle(Bundle(told, config, doctor), wish.bundle, progress.line)
    return FOUND if told.is_grave else NOTHING


def _silent(host: SilentHost) -> str:
    return f"wasi-host: {escaped(str(host))}; what it finds wrong is not known"


def _asked(host: RunningHost, config: Config, wish: Wish, progress: TerminalProgress) -> Told:
    """Ask a running host. Wait first, if it has only just started."""
    process = host.report.process
    age = _age(_ask(host, with_traces=False))
    if age < wish.seconds:
        _wait(wish.seconds - age, f"watching the running host (PID {process})", progress)
    if wish.scan:
        for bus in _i2c(host.report.buses):
            _scan_through(host, bus, progress)
        _wait(2 * PERIOD, "concluding", progress)
    return Told(_ask(host, with_traces=wish.bundle is not None), config.path, process)


def _ask(host: RunningHost, *, with_traces: bool) -> DiagnosisReport:
    return host.ask(DiagnosisRequest(with_traces), DiagnosisReport, ANSWER_SECONDS)


def _age(report: DiagnosisReport) -> float:
    return (report.time_ns - report.started_ns) / NS_PER_S


def _i2c(buses: Sequence[BusFacts]) -> list[BusFacts]:
    return [bus for bus in buses if bus.name.kind is BusKind.I2C and bus.is_usable]


def _scan_through(host: RunningHost, bus: BusFacts, progress: TerminalProgress) -> None:
    progress.status(f"scanning {bus.name} ...")
    try:
        host.ask(ScanRequest(bus.name.number, ScanMode.AUTO), ScanReport, SCAN_SECONDS)
    except HostError as error:
        progress.line(f"wasi-host: {bus.name} was not scanned: {escaped(str(error))}")


def _run(config: Config, wish: Wish, ending: Sequence[int], progress: TerminalProgress) -> Told:
    """Run a host as `wasi-host run` does, without printing its readings."""
    host = Host(config, progress=progress)
    told: list[Told] = []
    loading = Loading(host)

    def watch() -> None:
        began = time.monotonic()
        while not loading.is_over():
            time.sleep(PAUSE)
        loading_seconds = time.monotonic() - began
        _watch(host, wish, progress)
        report = _report_of(host, with_traces=wish.bundle is not None)
        told.append(Told(report, config.path, None, loading_seconds))

    with only_host(host.facts) as warnings:
        for text in (*about_buses(host.facts.buses), *warnings):
            progress.line(f"wasi-host: {escaped(text)}")
        run_host(host, host_alone(host), watch, ending, progress)
    if not told:
        raise KeyboardInterrupt
    return told[0]


def _report_of(host: Host, *, with_traces: bool) -> DiagnosisReport:
    """Return the report of a host. Wait for its diagnosis, which begins a moment after the plugins."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while True:
        try:
            return host.diagnosis(with_traces=with_traces)
        except HostError:
            if time.monotonic() > deadline:
                raise
            time.sleep(PAUSE)


def _watch(host: Host, wish: Wish, progress: TerminalProgress) -> None:
    """Let a host run. Scan halfway, when it has shown which addresses are silent."""
    words = "watching the host"
    if not wish.scan:
        _wait(wish.seconds, words, progress)
        return
    _wait(wish.seconds / 2, words, progress)
    left = deque(_i2c(host.facts.buses))

    def scan_next() -> None:
        if left:
            try:
                host.scan(left[0].name.number, ScanMode.AUTO)
            except HostError:
                return  # another scan is running
            left.popleft()

    _wait(wish.seconds / 2, words, progress, scan_next)


def _wait(seconds: float, words: str, progress: TerminalProgress, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Wait, and tell the person for what and for how long."""
    deadline = time.monotonic() + seconds
    progress.status(f"{words} for {seconds:.0f} s ...", on_its_own=True)
    while (left := deadline - time.monotonic()) > 0:
        meanwhile()
        progress.status(f"{words}: {left:.0f} s left ...")
        time.sleep(min(PAUSE, left))
    progress.status("")
