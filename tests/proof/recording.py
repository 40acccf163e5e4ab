"""Records plugins, and notes beside each recording what the plugin did, as others than the recorder saw it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from hostcore.clock import NS_PER_S, RealClock, VirtualClock
from hostcore.errors import PluginCrashedError, PluginReportedError
from hostcore.recording.file import SUFFIX
from hostcore.recording.model import Header
from hostcore.recording.recorder import Recorder
from hostcore.runtime.plugin import Plugin
from tests.proof.subjects import Subject
from tests.proof.told import Told
from tests.sandbox import Sandbox

TOLD = ".told"
INTERVAL = 2.0
"""Seconds between two calls, as the DHT22 requires."""
UPTIME_NS = 3600 * NS_PER_S
MOST_BYTES = 64 << 20
"""Of a recording: nothing of it may be lost."""


def record(subject: Subject, folder: Path, cache_folder: Path, *, calls: int, lives: int) -> int:
    """Call a plugin, with a new instance after each crash, and write the recording of each instance to `folder`.

    Args:
        subject: the plugin.
        folder: gets ``NUMBER.recording`` and ``NUMBER.told``, and the component if it is one.
        cache_folder: of compiled components.
        calls: most calls of all instances together. Loading counts as one where it crashes.
        lives: most instances.

    Returns:
        The number of calls.
    """
    folder.mkdir(parents=True)
    if subject.path.suffix == ".wasm":
        shutil.copy(subject.path, folder / "component.wasm")
    clock = RealClock() if subject.is_live else VirtualClock(UPTIME_NS)
    machine = subject.machine(clock) if subject.machine else None
    sandbox = Sandbox(folder, cache_folder, clock, machine=machine)
    made = 0
    try:
        for life in range(lives):
            made += _live(sandbox, subject, folder / f"{life:04}", calls - made)
            if made >= calls:
                break
    finally:
        sandbox.close()
    return made


def _live(sandbox: Sandbox, subject: Subject, file: Path, calls: int) -> int:
    """Record one instance. Returns how many calls it took."""
    told, recorders = Told(), list[Recorder]()

    def begin(header: Header) -> Recorder:
        recorders.append(Recorder(header, sandbox.clock, MOST_BYTES))
        return recorders[-1]

    sandbox.events = told  # type: ignore[assignment]
    made = 1
    try:
        plugin = sandbox.load_file(
            subject.path, *subject.permissions, log=told.log, record=begin, **dict(subject.options)
        )
    except PluginCrashedError as crash:
        told.crashed(crash)
    else:
        made = _calls(sandbox, subject, plugin, told, calls)
        plugin.close()
    file.with_suffix(SUFFIX).write_bytes(recorders[0].snapshot())
    file.with_suffix(TOLD).write_text(told.text(), encoding="utf-8")
    return made


def _calls(sandbox: Sandbox, subject: Subject, plugin: Plugin, told: Told, calls: int) -> int:
    readings = _rounds(subject.first)
    for made in range(calls):
        try:
            _call(plugin, told, lambda: next(readings), is_first=made == 0 and bool(subject.first))
        except PluginReportedError as error:
            told.reported(error)
        except PluginCrashedError as crash:
            told.crashed(crash)
            return made + 1
        if isinstance(sandbox.clock, VirtualClock):
            sandbox.clock.advance(INTERVAL)
    return calls


def _call(plugin: Plugin, told: Told, readings: Callable[[], str], *, is_first: bool) -> None:
    if "driver" in plugin.provides and not is_first:
        told.reading(plugin.read())
    elif "display" in plugin.provides:
        plugin.update(readings())
        told.shown()
    else:
        told.page(plugin.render(readings()))


def _rounds(first: str) -> Iterator[str]:
    """Rounds of readings for displays and pages, which change as real readings do."""
    if first:
        yield first
    number = 0
    while True:
        number += 1
        reading = {"temperature": 20 + number % 90 / 10, "humidity": 40 + number % 70 / 10, "count": number}
        yield json.dumps({"timestamp": "2026-01-31T08:00:00.123Z", "oled": reading, "bme680": reading})
