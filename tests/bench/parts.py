"""Where the time of a start and of a call goes, and the memory of a plugin."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from hostcore.backends.base import I2cRead
from hostcore.clock import VirtualClock
from hostcore.config.model import PluginSettings
from hostcore.recording.model import Header
from hostcore.recording.recorder import Recorder
from tests.bench.measure import KILO, MICRO, MILLI, Figure, interleaved, seconds_of
from tests.bench.plain import shipped_config, shipped_plugins
from tests.bench.process import environment, processor_seconds
from tests.bench.running import TRANSFERS, measure
from tests.bench.sandboxed import load, replace_import, sandbox_on
from tests.bench.start import QUICK_DRIVER, _settings_for_one
from tests.sandbox import Sandbox

TITLE = "Where it goes: the parts of a warm start, of an I2C call, and of the memory of a further plugin"
STARTS, LOADS, CALLS = 7, 21, 11
FEW, MANY = 10, 30
"""Numbers of plugins whose difference gives the memory of a further one."""
Parts = Mapping[str, float]
READ = "i2c.transfer(0x77, b'', 25, bus=1)"
CALLER = f"""
from host import i2c

def read():
    for _ in range({TRANSFERS}):
        {READ}
    return {{}}
"""
IMPORTING = """
import gc
from importlib import import_module
gc.disable()  # as a start does
for name in {names!r}:
    try:
        import_module(name)
    except ImportError:  # a part that its package has made
        pass
print()
"""


def figures() -> Iterator[Figure]:
    """Each part beside the whole."""
    for what, unit, parts in (
        ("processor time of a start to the first reading", MILLI, start()),
        ("a call of host.i2c, 25 bytes read", MICRO, call()),
        ("the memory of a further bh1750", KILO, plugin()),
    ):
        whole = sum(parts.values())
        yield Figure(what, whole, unit)
        for name, value in parts.items():
            yield Figure(f"    {name}", value, unit, whole, "the whole")


def start() -> Parts:
    """Processor seconds of a process that reads one driver once. Its sensor needs no waiting."""
    with tempfile.TemporaryDirectory() as folder:
        wasi_host = [str(Path(sys.executable).with_name("wasi-host")), "--config", str(_settings_for_one(Path(folder)))]
        command = [*wasi_host, "run", "--rounds", "1"]
        standard, others, own = _imported(command)
        steps = {
            "Python itself": _importing([]),
            "imports: standard library": _importing(standard),
            "imports: other packages": _importing([*standard, *others]),
            "imports: this program, wasmtime's library": _importing([*standard, *others, *own]),
            "settings, buses, threads, output, end": command,
        }
        commands = {name: lambda each=each: processor_seconds(each) for name, each in steps.items()}
        took = interleaved(STARTS, commands, of=min)
    loaded = _load_seconds(shipped_plugins(shipped_config())[QUICK_DRIVER])
    parts = _increments(took)
    *_, rest = parts
    parts[rest] = max(0.0, parts[rest] - loaded)
    return {**parts, "the plugin: instance, load, reading": loaded}


def call() -> Parts:
    """Seconds from the guest's `host.i2c` to a simulated chip and back, in a host that records."""
    with sandbox_on(VirtualClock()) as sandbox:
        crossing, whole, recorded = (
            sandbox.load(CALLER, "i2c:1:0x77", call_seconds=60.0, record=record)
            for record in (None, None, _recording(sandbox))
        )
        replace_import(crossing, "python-wire#i2c-transfer", lambda *_: bytes(25))
        bus = sandbox.machine.i2c_bus(1)
        took = interleaved(
            CALLS,
            {
                "crossing": seconds_of(crossing.read),
                "chip": seconds_of(lambda: [bus.transaction(0x77, [I2cRead(25)]) for _ in range(TRANSFERS)]),
                "whole": seconds_of(whole.read),
                "recorded": seconds_of(recorded.read),
            },
            of=min,
        )
    each = {name: seconds / TRANSFERS for name, seconds in took.items()}
    in_a_host = measure("calls", 1, 3.0).quickest
    steps = {
        "the crossing: library, wasmtime, values": each["crossing"],
        "the simulated chip": each["crossing"] + each["chip"],
        "permission, share, lock, limits": each["whole"],
        "the recording": each["recorded"],
        "counters, evidence and the event stream": in_a_host,
    }
    return _increments(steps)


def plugin() -> Parts:
    """Bytes that a further plugin makes a host write to, by what they are for."""
    few, many = (measure("plugins", count, 2.0).dirty_by_kind for count in (FEW, MANY))
    return {kind: max(0.0, (many[kind] - few[kind]) / (MANY - FEW)) for kind in many}


def _increments(steps: Mapping[str, float]) -> dict[str, float]:
    """What each step takes more than the one before. Noise makes nothing negative."""
    parts, before = dict[str, float](), 0.0
    for name, value in steps.items():
        parts[name], before = max(0.0, value - before), max(value, before)
    return parts


def _imported(command: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """The modules that a command imports before its first line: of the standard library, of others, and our own."""
    variables = {**environment(), "PYTHONPROFILEIMPORTTIME": "1"}
    done = subprocess.run(
        command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True
    )
    before_reading = done.stdout[: done.stdout.index("\n{") + 1]
    names = re.findall(r"^import time: .*\| +([\w.]+)$", before_reading, re.MULTILINE)
    own = [name for name in names if name.partition(".")[0] in ("hostcore", "tui")]
    standard = [name for name in names if name.partition(".")[0] in sys.stdlib_module_names]
    return standard, [name for name in names if name not in {*own, *standard}], own


def _importing(names: Sequence[str]) -> list[str]:
    """A command that imports these modules, and prints an empty line."""
    return [sys.executable, "-c", IMPORTING.format(names=names) if names else "print()"]


def _load_seconds(driver: PluginSettings) -> float:
    with sandbox_on(VirtualClock()) as sandbox:
        return interleaved(LOADS, {"load": seconds_of(lambda: _load_and_read(sandbox, driver))}, of=min)["load"]


def _load_and_read(sandbox: Sandbox, driver: PluginSettings) -> None:
    loaded = load(sandbox, driver)
    loaded.read()
    loaded.close()


def _recording(sandbox: Sandbox) -> Callable[[Header], Recorder]:
    return lambda header: Recorder(header, sandbox.clock, 64 << 20)
