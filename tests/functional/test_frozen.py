"""A process that is stopped, and a clock that jumps, cost no plugin its life and damage nothing."""

from __future__ import annotations

import json
import signal
import time
from itertools import count
from pathlib import Path

import pytest

from hostcore.clock import NS_PER_S, RealClock
from hostcore.events import PluginCrashed, RoundCompleted
from hostcore.supervisor.crash_store import CrashStore
from hostcore.view.view import View
from tests.command import Desk
from tests.supervised import COUNTER, SupervisedHost
from tests.waiting import until

pytest_plugins = ["tests.supervised_fixture"]

LIMIT = 0.4
"""Seconds that a call may take. The process is stopped for longer."""
HONEST = {
    "computes": "for _ in range(100000): pass",
    "sleeps": "import time; time.sleep(0.1)",
    "waits": "from host import uart; uart.read(1, timeout=0.1)",
    "transfers": "import time; from host import i2c; i2c.transfer(0x77, 'd0', 1); time.sleep(0.05)",
}
"""Drivers that take most of their time for one call after the other, and never too long for one."""
DRIVER = """
    n = 0
    def read():
        global n
        n += 1
        BODY
        return {"n": n}
"""
SETTINGS = f"""
    [host]
    interval = 0.05
    plugins_folder = "plugins"
    [limits]
    call_seconds = {LIMIT}
    [buses.i2c-1]
    backend = "simulated"
    [buses.uart-serial0]
    backend = "simulated"
    [[simulation.chips]]
    chip = "bme680"
    bus = 1
    address = 0x77
    [[simulation.chips]]
    chip = "loopback-uart"
    port = "serial0"
    [plugins.waits]
    permissions = ["uart:serial0"]
    [plugins.transfers]
    permissions = ["i2c:1:0x77"]
"""


def test_a_stopped_process_costs_no_honest_plugin_its_life(tmp_path: Path, cache_folder: Path) -> None:
    desk = Desk(tmp_path, cache_folder)
    desk.write("host.toml", SETTINGS)
    for name, body in HONEST.items():
        desk.write(f"plugins/{name}.py", DRIVER.replace("BODY", body))

    def read(least: int) -> None:
        for line in running.stdout:
            readings = {name: part for name, part in json.loads(line).items() if name in HONEST}
            assert not [part["error"] for part in readings.values() if "error" in part], readings
            if len(readings) == len(HONEST) and all(part["n"] >= least for part in readings.values()):
                return

    with desk.running("run") as running:
        for least in (2, 4, 6):
            read(least)
            running.process.send_signal(signal.SIGSTOP)
            until(lambda: " T " in Path(f"/proc/{running.process.pid}/stat").read_text(encoding="ascii"), 5)
            later = time.monotonic() + 2 * LIMIT
            until(lambda later=later: time.monotonic() > later, 5)
            running.process.send_signal(signal.SIGCONT)
        read(8)
        outcome = running.stop(signal.SIGINT)
    assert outcome.status == 0
    assert "ERROR" not in outcome.err


class JumpingClock(RealClock):
    """A wall clock that jumps by years, forth and back, whenever it is read."""

    def __init__(self) -> None:
        self._reads = count()

    def wall_ns(self) -> int:
        years = (0, 30, -56, 3, -1)[next(self._reads) % 5]
        return max(0, super().wall_ns() + years * 365 * 86_400 * NS_PER_S)


def test_a_wall_clock_that_jumps_changes_times_and_nothing_else(
    supervised: SupervisedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hostcore.host.RealClock", JumpingClock)
    supervised.write("counter", COUNTER)
    supervised.write("dies", COUNTER.replace("return", "1 / (count - 3)\n    return"))
    supervised.configure({"supervisor": {"first_delay": 0.05, "longest_delay": 0.05, "max_crashes": 100}})
    supervised.start()
    for least in range(2, 12):
        supervised.reading("counter", lambda reading, least=least: reading["count"] == least)
    crashed = [supervised.crash("dies") for _ in range(2)]
    rounds = [supervised.wait_for(RoundCompleted).number for _ in range(3)]
    assert rounds == sorted(rounds)
    assert supervised.stop()
    assert all(CrashStore.load(Path(each.file)) == each.report for each in crashed)
    view = View(supervised.host.facts, supervised.host.plugins())
    view.fold([each for each in supervised.events if isinstance(each, tuple(view.kinds))])
    assert len(view.plugins.get("dies").crashes) >= len(crashed)
    assert not supervised.of(PluginCrashed, "counter")
