"""Runs the shipped plugins on the simulated Pi, in a host of their own, and measures it.

The simulated Pi is the same everywhere, so the figures of two computers can be compared. Nothing reaches real hardware,
and nothing of the person's settings, plugins, history or states is used or changed. Only the compiled components are.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Condition
from typing import Any

from hostcore import shipped
from hostcore.errors import HostError
from hostcore.private_memory import private_bytes
from hostcore.selftest.model import Fact, Result, Verdict
from hostcore.threads import HostThread

STEP = "plugins"
PROBE = "selftest"
"""The name of the plugin that measures calls. It only reads a light sensor."""
PROBE_SOURCE = """\
from host import i2c
import time


def read() -> dict:
    began = time.perf_counter_ns()
    for _ in range(200):
        i2c.read(0x23, 2)
    called = time.perf_counter_ns()
    sum(range(200_000))
    ended = time.perf_counter_ns()
    return {"call_us": (called - began) / 200_000, "python_ms": (ended - called) / 1e6}
"""
PROBE_SETTINGS = """
[plugins.selftest]
permissions = ["i2c:1:0x23:read"]

[plugins.selftest.limits]
bus_share = 1.0
call_seconds = 60.0
"""
INTERVAL = re.compile(r"^interval = [\d.]+$", re.MULTILINE)
QUICK = "interval = 0.5"
END_SECONDS = 10.0
"""Seconds that the host may take to end."""
LONGEST_LINE = 1 << 20
"""Bytes of the longest line that is read. A round has half of it at most."""
ROUNDS = 3
"""The rounds of the probe. The last one counts: the first ones warm up."""
LONGEST_WORDS = 300
"""Characters of the host's last words."""
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)


def measure_plugins(cache: Path | None, seconds: float) -> Result:
    """Run the shipped plugins and a new one. Blocks for some seconds.

    Args:
        cache: the folder of compiled components, if it is known.
        seconds: how long it may take.
    """
    with tempfile.TemporaryDirectory(prefix="wasi-host-selftest-") as folder:
        settings = _write_settings(Path(folder), cache)
        host = _MeasuredHost(settings, time.monotonic() + seconds)
        try:
            return _measured(host, settings.parent / "plugins")
        except HostError as error:
            return Result(STEP, Verdict.FAILED, str(error), is_simulated=True)
        finally:
            host.stop()


def _write_settings(folder: Path, cache: Path | None) -> Path:
    """Write a copy of the shipped settings and plugins, with every bus simulated."""
    text = (shipped.folder() / "host.toml").read_text(encoding="utf-8").replace('"auto"', '"simulated"')
    if cache is not None:
        text = text.replace('#cache_folder = "~/.cache/wasi-host"', f"cache_folder = {json.dumps(str(cache))}")
    file = folder / "host.toml"
    file.write_text(INTERVAL.sub(QUICK, text, count=1) + PROBE_SETTINGS, encoding="utf-8")
    plugins = folder / "plugins"
    plugins.mkdir()
    for each in (shipped.folder() / "plugins").glob("*.py"):
        shutil.copyfile(each, plugins / each.name)
    return file


def _measured(host: _MeasuredHost, plugins: Path) -> Result:
    """Measure a host that starts.

    Raises:
        HostError: it did not get that far.
    """
    host.until(lambda rounds: rounds[0] if rounds else None, "a first reading")
    first_seconds, drivers = host.age, _drivers(plugins)
    host.until(lambda rounds: rounds[-1] if drivers <= rounds[-1].keys() else None, "a round of all shipped drivers")
    all_seconds = host.age
    began = time.monotonic()
    (plugins / f"{PROBE}.py").write_text(PROBE_SOURCE, encoding="utf-8")
    host.until(_probed, "a reading of a plugin that was added")
    added_seconds = time.monotonic() - began
    probe = host.until(lambda rounds: _probed(rounds, ROUNDS), "further readings")
    failed = {
        name: str(each["error"]) for name, each in host.last.items() if isinstance(each, dict) and "error" in each
    }
    facts: dict[str, Fact] = {
        "drivers": len(drivers),
        "failed": len(failed),
        "first_reading_seconds": round(first_seconds, 3),
        "all_drivers_seconds": round(all_seconds, 3),
        "added_seconds": round(added_seconds, 3),
        **{name: round(float(probe[name]), 3) for name in ("call_us", "python_ms")},
        **host.memory(),
    }
    host.stop()
    facts["cpu_seconds"] = round(host.cpu_seconds, 2)
    if failed:
        name, problem = next(iter(failed.items()))
        return Result(STEP, Verdict.FAILED, f"{name}: {problem}", facts=facts, is_simulated=True)
    return Result(STEP, Verdict.OK, _words(facts), facts=facts, is_simulated=True)


def _words(facts: Mapping[str, Fact]) -> str:
    return (
        f"a first reading after {facts['first_reading_seconds']} s, all {facts['drivers']} shipped drivers after "
        f"{facts['all_drivers_seconds']} s, a new one {facts['added_seconds']} s after it was saved; a call takes "
        f"{facts['call_us']:.0f} µs; memory {facts['private_mib']} MiB of its own, {facts['peak_mib']} MiB at most"
    )


def _drivers(plugins: Path) -> frozenset[str]:
    """Return the names of the plugins that read. The others show readings."""
    return frozenset(each.stem for each in plugins.glob("*.py") if "\ndef read()" in each.read_text(encoding="utf-8"))


def _probed(rounds: list[Mapping[str, Any]], least: int = 1) -> Mapping[str, Any] | None:
    """Return the last reading of the probe, once there are `least` of them."""
    readings = [each[PROBE] for each in rounds if "call_us" in each.get(PROBE, {})]
    return readings[-1] if len(readings) >= least else None


class _MeasuredHost:
    """A host in a process of its own, whose rounds are collected.

    Args:
        settings: its settings file. Its states go beside it.
        deadline: until when it may take, on the clock of `time.monotonic`.
    """

    def __init__(self, settings: Path, deadline: float) -> None:
        self._deadline = deadline
        self._rounds = list[Mapping[str, Any]]()
        self._new, self._is_over = Condition(), False
        self._complaints = (settings.parent / "log").open("wb+")
        self._before = _child_seconds()
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tui", "--config", str(settings), "run"],
            cwd=settings.parent,
            env={**os.environ, "XDG_STATE_HOME": str(settings.parent)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
        )
        self._reader = HostThread(self._read, "selftest")
        self._reader.start()

    @property
    def age(self) -> float:
        """Seconds since its start."""
        return time.monotonic() - self._began

    @property
    def last(self) -> Mapping[str, Any]:
        """The last round."""
        with self._new:
            return self._rounds[-1]

    @property
    def cpu_seconds(self) -> float:
        """Processor time that it has used, once it has ended."""
        return _child_seconds() - self._before

    def until(
        self, wanted: Callable[[list[Mapping[str, Any]]], Mapping[str, Any] | None], what: str
    ) -> Mapping[str, Any]:
        """Wait for something in its rounds.

        Raises:
            HostError: it has ended, or the time is over.
        """
        with self._new:
            while (found := wanted(self._rounds)) is None:
                left = self._deadline - time.monotonic()
                if self._is_over or left <= 0:
                    why = f"the host ended: {self._last_words()}" if self._is_over else "the time is over"
                    raise HostError(f"{what} did not come: {why}")
                self._new.wait(left)
            return found

    def memory(self) -> dict[str, Fact]:
        """Return its memory in MiB: that which its end would free, and the peak of all that it had."""
        private, peak = private_bytes(self._process.pid), None
        with suppress(OSError):
            peak = _PEAK.search(Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii"))
        return {
            "private_mib": None if private is None else private >> 20,
            "peak_mib": int(peak[1]) >> 10 if peak else None,
        }

    def stop(self) -> None:
        """End it. Blocks until it has ended. Does nothing if it has."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._reader.join()
        self._complaints.close()

    def _last_words(self) -> str:
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").splitlines()
        return lines[-1][:LONGEST_WORDS] if lines else f"status {self._process.poll()}"

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            while line := lines.readline(LONGEST_LINE):
                with self._new:
                    self._rounds.append(json.loads(line))
                    self._new.notify_all()
        with self._new:
            self._is_over = True
            self._new.notify_all()


def _child_seconds() -> float:
    """Return the processor time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
