"""``wasi-host test``: a driver under every fault, and the exit status for CI."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from hostcore import shipped
from tests.command import PATIENCE, Desk, Outcome
from tests.waiting import until

SHIPPED = ("bme680", "bh1750", "aht20", "dht22", "oled", "pi_monitor", "dashboard")
MEASURE = """
    def measure():
        i2c.write(0x23, [0x01])
        i2c.write(0x23, [0x20])
        time.sleep(0.18)
        return {"illuminance": int.from_bytes(i2c.read(0x23, 2), "big") / 1.2}
"""
HEAD = """
    import time
    import host
    from host import i2c
"""
SETTINGS = """
    [plugins.light]
    permissions = ["i2c:1:0x23"]
    [plugins.alone]
    [[simulation.chips]]
    chip = "bh1750"
    bus = 1
    address = 0x23
    [[simulation.chips]]
    chip = "aht20"
    bus = 1
    address = 0x38
"""


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    made = Desk(folder, cache_folder)
    made.write("host.toml", SETTINGS)
    return made


def tried(desk: Desk, body: str, name: str = "light") -> tuple[Outcome, dict[str, Any]]:
    """Try a driver with this code, and return the rows by the words of their fault."""
    desk.write(f"plugins/{name}.py", f"{HEAD}{MEASURE}{body}")
    outcome = desk.run("test", name, "--json")
    assert outcome.err == ""
    report = json.loads(outcome.out)
    assert report["passes"] is (outcome.status == 0)
    return outcome, {row["words"].removeprefix("i2c-1 0x23 "): row for row in report["faults"]}


def answers(row: dict[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in ("survives", "reports", "recovers", "hangs", "lies")}


@pytest.mark.thorough
@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_driver_passes(desk: Desk, name: str) -> None:
    outcome = desk.run_here("--config", shipped.folder() / "host.toml", "test", name)
    assert outcome.status == 0, outcome.out
    assert outcome.err == ""
    assert f"{name} passes: " in outcome.out or f"No fault applies to {name}" in outcome.out


def test_a_good_driver_reports_and_recovers(desk: Desk) -> None:
    outcome, rows = tried(desk, "\n    def read(): return measure()\n")
    assert outcome.status == 0
    good = {"survives": True, "reports": True, "recovers": True, "hangs": False, "lies": False}
    assert answers(rows["NACK"]) == answers(rows["unplugged"]) == good
    assert answers(rows["delay 50 ms"]) == {**good, "reports": None}
    assert "no device acknowledged" in rows["NACK"]["said"]


@pytest.mark.thorough
def test_a_driver_that_publishes_a_number_instead_of_an_error_lies(desk: Desk) -> None:
    body = """
    def read():
        try:
            return measure()
        except host.BusError:
            return {"illuminance": -1.0}
    """
    outcome, rows = tried(desk, body)
    assert outcome.status == 1
    assert rows["NACK"]["lies"]
    assert "illuminance = -1" in rows["NACK"]["why"]
    assert not rows["delay 50 ms"]["lies"]


@pytest.mark.thorough
def test_a_driver_that_repeats_its_last_reading_lies(desk: Desk) -> None:
    body = """
    last = {"illuminance": None}
    def read():
        global last
        try:
            last = measure()
        except host.BusError:
            pass
        return last
    """
    outcome, rows = tried(desk, body)
    assert outcome.status == 1
    assert "same old reading" in rows["NACK"]["why"]


@pytest.mark.thorough
def test_a_driver_that_tries_for_ever_hangs(desk: Desk) -> None:
    body = """
    def read():
        while True:
            try:
                return measure()
            except host.BusError:
                pass
    """
    desk.write("host.toml", f"{SETTINGS}\n    [plugins.light.limits]\n    call_seconds = 1.0\n")
    outcome, rows = tried(desk, body)
    assert outcome.status == 1
    assert rows["NACK"]["hangs"]
    assert not rows["NACK"]["survives"]
    assert not rows["delay 50 ms"]["hangs"]


@pytest.mark.thorough
def test_a_driver_that_waits_with_a_clock_for_its_sensor_does_not_hang(desk: Desk) -> None:
    body = """
    def read():
        latest = time.monotonic() + 0.1
        while True:
            try:
                return measure()
            except host.BusError:
                if time.monotonic() > latest:
                    raise
    """
    _, rows = tried(desk, body)
    assert not rows["NACK"]["hangs"]
    assert rows["NACK"]["reports"]


@pytest.mark.thorough
def test_a_driver_that_gives_up_for_good_does_not_recover(desk: Desk) -> None:
    body = """
    failed = False
    def read():
        global failed
        if failed:
            raise host.SensorError("the sensor failed before")
        try:
            return measure()
        except host.BusError:
            failed = True
            raise
    """
    outcome, rows = tried(desk, body)
    assert outcome.status == 1
    assert not rows["NACK"]["recovers"]
    assert "the sensor failed before" in rows["NACK"]["why"]


@pytest.mark.thorough
def test_a_driver_that_crashes_on_every_error_ends_in_quarantine(desk: Desk) -> None:
    body = """
    def read():
        try:
            return measure()
        except host.BusError:
            raise KeyError("sensor") from None
    """
    _, rows = tried(desk, body)
    assert (rows["NACK"]["survives"], rows["NACK"]["recovers"]) == (False, False)
    assert "does not start it again" in rows["NACK"]["why"]


@pytest.mark.thorough
def test_a_driver_that_ignores_the_checksum_lies(desk: Desk) -> None:
    desk.write(
        "damp.py",
        """
        # /// script
        # [tool.wasi-host]
        # permissions = ["i2c:1:0x38"]
        # ///
        import time
        from host import i2c
        def setup():
            i2c.write(0x38, [0xBE, 0x08, 0x00])
            time.sleep(0.05)
        def read():
            i2c.write(0x38, [0xAC, 0x33, 0x00])
            time.sleep(0.1)
            answer = i2c.read(0x38, 7)
            return {"humidity": (int.from_bytes(answer[1:4], "big") >> 4) / 2**20 * 100}
        """,
    )
    outcome = desk.run_here("test", "damp.py")
    assert outcome.status == 1
    assert "wrong checksum: it published values although their checksum was wrong" in outcome.out
    assert "bit flips" in outcome.out.rpartition("damp fails under")[0]


@pytest.mark.thorough
def test_a_driver_whose_chip_is_not_wired_is_tried_with_one_of_its_chip_file(desk: Desk) -> None:
    desk.write(
        "tmp117.py",
        """
        # /// script
        # [tool.wasi-host]
        # permissions = ["i2c:1:0x48"]
        # ///
        import host
        from host import i2c
        def setup():
            if i2c.transfer(0x48, [0x0F], 2) != b"\\x01\\x17":
                raise host.SensorError("not a TMP117")
        def read():
            return {"temperature": int.from_bytes(i2c.transfer(0x48, [0], 2), "big", signed=True) / 128}
        """,
    )
    outcome = desk.run_here("test", "tmp117.py")
    assert outcome.status == 0, outcome.out
    assert "host.toml wires no chip at address 0x48 of i2c-1: tmp117 was tried with a registers:tmp117" in outcome.out


@pytest.mark.thorough
def test_a_script_is_tried_as_it_is(desk: Desk) -> None:
    desk.write(
        "script.py",
        """
        import time
        import smbus2
        bus = smbus2.SMBus(1)
        while True:
            try:
                bus.write_byte(0x23, 0x01)
                bus.write_byte(0x23, 0x20)
                time.sleep(0.2)
                data = bus.read_i2c_block_data(0x23, 0x20, 2)
                print(f"Light: {(data[0] << 8 | data[1]) / 1.2:.1f} lx")
            except OSError as error:
                print("no answer", error)
            time.sleep(1)
        """,
    )
    outcome = desk.run_here("test", "script.py", "--grant", "i2c:1:0x23")
    assert outcome.status == 0, outcome.out
    assert "i2c-1 0x23 NACK                    yes       yes      yes       no     no" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["nobody"], "nobody: no such plugin; there are: light, alone"),
        (["nobody.py"], "nobody.py: no such file"),
        (["plugins/broken.py"], "broken.py line 1"),
        (["plugins/denied.py"], "denied: it may not use i2c:1:0x23; grant it, then test it again"),
        (["plugins/denied.py", "--grant", "i2c:9:0x23"], "lists no bus i2c-9"),
        (["plugins/elsewhere.py", "--grant", "i2c:1:0x24"], "no device acknowledged; on this simulated bus are 0x23 "),
        (["plugins/fails.py"], "without any fault, on the simulated Pi it crashed: ZeroDivisionError"),
    ],
)
def test_what_cannot_be_tried_says_why(desk: Desk, arguments: list[str], problem: str) -> None:
    desk.write("plugins/light.py", f"{HEAD}{MEASURE}\n    def read(): return measure()\n")
    desk.write("plugins/alone.py", "def read(): return {'count': 1}\n")
    desk.write("plugins/broken.py", "def read(:\n")
    desk.write("plugins/denied.py", f"{HEAD}{MEASURE}\n    def read(): return measure()\n")
    desk.write("plugins/elsewhere.py", "from host import i2c\ndef read(): return {'a': i2c.read(0x24, 1)[0]}\n")
    desk.write("plugins/fails.py", "def read(): return {'a': 1 / 0}\n")
    outcome = desk.run_here("test", *arguments)
    assert (outcome.status, outcome.out) == (1, "")
    assert problem in outcome.err
    assert "Traceback" not in outcome.err


def test_a_driver_without_a_bus_has_nothing_to_fear(desk: Desk) -> None:
    desk.write("plugins/light.py", "def read(): return {}\n")
    desk.write("plugins/alone.py", "count = 0\ndef read():\n    return {'count': 1}\n")
    outcome = desk.run_here("test", "alone")
    assert (outcome.status, outcome.err) == (0, "")
    assert "No fault applies to alone" in outcome.out


def test_a_person_can_end_it(desk: Desk) -> None:
    desk.write("plugins/light.py", "import time\ndef read():\n    while True: pass\n")
    desk.write("host.toml", "[plugins.light.limits]\ncall_seconds = 60.0\n")
    with desk.running("test", "light") as command:
        maps = Path(f"/proc/{command.process.pid}/maps")
        until(lambda: ".cwasm" in maps.read_text(), PATIENCE)
        outcome = command.stop(signal.SIGINT)
    assert outcome.status in {130, -signal.SIGINT}
    assert "Traceback" not in outcome.err


@pytest.mark.thorough
def test_the_same_seed_gives_the_same_table(desk: Desk) -> None:
    desk.write("plugins/light.py", f"{HEAD}{MEASURE}\n    def read(): return measure()\n")
    assert desk.run_here("test", "light").out == desk.run_here("test", "light").out
