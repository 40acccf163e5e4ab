"""``wasi-host scan``: on the simulated Pi, and on real buses of an emulated kernel."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from smbus2 import I2cFunc

from tests.command import PROGRAM, Desk, Outcome
from tests.emulation import preload
from tests.emulation.faults import Fault
from tests.emulation.i2c import FUNCTIONS_OF_I2C, I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.targets import Memory

pytest_plugins = ["tests.emulation.machine"]

HEADER = "     0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f"
GRID_OF_I2C_1 = f"""\
{HEADER}
00:                         -- -- -- -- -- -- -- -- 
10: -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- 
20: -- -- -- 23 -- -- -- -- -- -- -- -- -- -- -- -- 
30: -- -- -- -- -- -- -- -- -- -- -- -- 3c -- -- -- 
40: -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- 
50: -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- 
60: -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- 
70: -- -- -- -- -- -- -- 77                         
"""  # noqa: W291 - i2cdetect ends each cell with a space
SETTINGS = """
    [buses.i2c-1]
    backend = "simulated"
    [buses.i2c-3]
    backend = "simulated"
    [plugins.light]
    permissions = ["i2c:1:0x23:read"]
    [plugins.weather]
    permissions = ["i2c:1:0x76-0x77", "i2c:3:0x23"]
    [plugins.asleep]
    enabled = false
    permissions = ["i2c:1:0x77"]
    [[simulation.chips]]
    chip = "bme680"
    bus = 1
    address = 0x77
    [[simulation.chips]]
    chip = "ssd1306"
    bus = 1
    address = 0x3c
    [[simulation.chips]]
    chip = "bh1750"
    bus = 1
    address = 0x23
    [[simulation.chips]]
    chip = "aht20"
    bus = 3
    address = 0x38
"""
ON_THE_REAL_BUS = '[buses.i2c-1]\n[plugins.light]\npermissions = ["i2c:1:0x23"]\n'


def make_desk(folder: Path, settings: str) -> Desk:
    folder.joinpath("desk").mkdir()
    desk = Desk(folder / "desk", folder / "cache" / "wasi-host")
    desk.write("host.toml", settings)
    return desk


class TestOnTheSimulatedPi:
    @pytest.fixture
    def desk(self, tmp_path: Path) -> Desk:
        return make_desk(tmp_path, SETTINGS)

    @pytest.mark.parametrize("mode", ["auto", "quick", "read"])
    def test_it_prints_the_grid_and_asks_nothing(self, desk: Desk, mode: str) -> None:
        outcome = desk.run_here("scan", "1", "--mode", mode)
        assert (outcome.status, outcome.err) == (0, "")
        assert outcome.out.startswith(GRID_OF_I2C_1 + "\n")

    def test_below_it_says_what_the_bus_is_and_how_it_was_probed(self, desk: Desk) -> None:
        below = desk.run_here("scan", "1", "--mode", "read").out.removeprefix(GRID_OF_I2C_1)
        assert "This is i2c-1, simulated." in below
        assert "Mode read reads a byte at each address, which can lock up write-only chips" in below

    def test_each_device_has_its_plugins_and_the_chips_that_it_could_be(self, desk: Desk) -> None:
        below = desk.run_here("scan", "1").out.removeprefix(GRID_OF_I2C_1)
        light, display, weather = below.split("\n\n")[1:]
        assert light.startswith("0x23  plugin light (i2c:1:0x23:read)\n")
        assert "BH1750 (light sensor)" in light
        assert display.startswith("0x3c  no plugin\n")
        assert "SSD1306 (OLED display), SH1106 (OLED display)" in display
        assert weather.startswith("0x77  plugin weather (i2c:1:0x76-0x77)\n"), "not those that are disabled"
        assert "BME680 (air sensor)" in weather

    def test_the_advice_how_to_tell_chips_apart_works(self, desk: Desk) -> None:
        weather = " ".join(desk.run_here("scan", "1").out.partition("\n0x77 ")[2].split())
        command, _, rest = weather.partition("wasi-host ")[2].partition(": ")
        assert rest.startswith("0x61 on a BME680, 0x60 on a BME280")
        assert desk.run_here(*command.split()).out == "0x61\n"

    def test_without_a_bus_it_is_the_first_one_of_the_settings(self, desk: Desk) -> None:
        assert desk.run_here("scan").out == desk.run_here("scan", "i2c-1").out == desk.run_here("scan", "1").out

    def test_another_bus_has_other_devices(self, desk: Desk) -> None:
        assert "30: -- -- -- -- -- -- -- -- 38 --" in desk.run_here("scan", "3").out

    def test_an_empty_bus_is_said_to_be_empty(self, desk: Desk) -> None:
        desk.write("host.toml", '[buses.i2c-7]\nbackend = "simulated"\n')
        assert "No device answered." in desk.run_here("scan").out

    def test_json_has_the_same_for_a_program(self, desk: Desk) -> None:
        found = json.loads(desk.run_here("scan", "1", "--json").out)
        assert {key: found[key] for key in ("bus", "kind", "mode", "not_probed")} == {
            "bus": "i2c-1",
            "kind": "simulated",
            "mode": "auto",
            "not_probed": [],
        }
        assert [(each["address"], each["presence"], each["plugins"]) for each in found["found"]] == [
            ("0x23", "present", [{"plugin": "light", "permission": "i2c:1:0x23:read"}]),
            ("0x3c", "present", []),
            ("0x77", "present", [{"plugin": "weather", "permission": "i2c:1:0x76-0x77"}]),
        ]
        assert "BME680" in found["found"][2]["candidates"]

    @pytest.mark.parametrize(
        ("bus", "words"),
        [
            ("256", "found '256', allowed is an I2C bus such as 1 or i2c-1"),
            ("spi-0", "found 'spi-0', allowed is an I2C bus such as 1 or i2c-1"),
            ("", "found '', allowed is an I2C bus such as 1 or i2c-1"),
        ],
    )
    def test_what_is_no_bus_gets_one_line_as_any_wrong_argument(self, desk: Desk, bus: str, words: str) -> None:
        assert one_complaint(desk.run_here("scan", bus), 2).startswith(words)

    def test_a_bus_that_there_is_not_gets_one_line(self, desk: Desk) -> None:
        assert one_complaint(desk.run_here("scan", "2")) == (
            "i2c-2 is not in host.toml, which has i2c-1, i2c-3; add [buses.i2c-2] there, or use one of those"
        )

    def test_settings_without_any_i2c_bus_are_told(self, desk: Desk) -> None:
        desk.write("host.toml", "[buses.gpio]\n")
        assert one_complaint(desk.run_here("scan")).endswith("host.toml lists no I2C bus; add [buses.i2c-1] there")


def one_complaint(outcome: Outcome, status: int = 1) -> str:
    assert (outcome.status, outcome.out) == (status, "")
    (line,) = outcome.err.splitlines()
    return line.removeprefix("wasi-host: ")


@pytest.fixture
def on_the_pi(kernel: EmulatedKernel, tmp_path: Path) -> Callable[..., Outcome]:
    """Runs a program on the emulated Raspberry Pi."""
    settings = make_desk(tmp_path, ON_THE_REAL_BUS).folder / "host.toml"

    def run(program: str | Path, *arguments: str, answer: str = "") -> Outcome:
        own = ("--config", str(settings)) if program == PROGRAM else ()
        done = preload.run(kernel.root, str(program), *own, *arguments, answer=answer)
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


class TestOnARealBus:
    @pytest.fixture
    def adapter(self, kernel: EmulatedKernel) -> I2cAdapter:
        made = I2cAdapter({0x23: Memory(), 0x76: Memory(), 0x50: Flicker((True, False))}, claimed={0x68: "rtc-ds1307"})
        kernel.plug("i2c-1", made)
        return made

    def test_nothing_is_probed_where_nobody_can_be_asked(
        self, adapter: I2cAdapter, on_the_pi: Callable[..., Outcome]
    ) -> None:
        complaint = one_complaint(on_the_pi(PROGRAM, "scan", "1", answer="y\n"))
        assert complaint == "nothing was probed, because standard input is not a terminal; -y does it without asking"
        assert adapter.transfers == 0

    @pytest.mark.parametrize(
        ("answer", "probed"),
        [
            ("YES\n", True),
            ("\n", False),
            *(
                pytest.param(*each, marks=pytest.mark.thorough)
                for each in (("y\n", True), ("n\n", False), ("\x04", False))
            ),
        ],
    )
    def test_at_a_terminal_it_asks_and_says_what_it_would_do(
        self, kernel: EmulatedKernel, adapter: I2cAdapter, tmp_path: Path, answer: str, probed: bool
    ) -> None:
        settings = make_desk(tmp_path, ON_THE_REAL_BUS).folder / "host.toml"
        done = preload.at_a_terminal(answer, kernel.root, PROGRAM, "--config", settings, "scan", "1")
        outcome = Outcome(done.returncode, done.stdout, done.stderr)
        assert outcome.err.startswith(
            "Mode auto reads a byte at 0x30-0x37 and 0x50-0x5f, and sends only the address elsewhere; "
            "some devices mistake a probe for a command.\nProbe all of the real bus i2c-1 (/dev/i2c-1)? [y/N] "
        )
        assert (outcome.status == 0) is outcome.out.startswith(HEADER) is (adapter.transfers > 0) is probed
        assert outcome.err.endswith("nothing was probed\n") is not probed

    @pytest.mark.thorough
    def test_ghosts_and_what_the_kernel_holds_are_explained(
        self, adapter: I2cAdapter, on_the_pi: Callable[..., Outcome]
    ) -> None:
        outcome = on_the_pi(PROGRAM, "scan", "1", "-y")
        assert outcome.err == ""
        below = " ".join(outcome.out.split())
        assert "This is the real bus i2c-1 (/dev/i2c-1)." in below
        assert "0x23 plugin light (i2c:1:0x23)" in below
        assert "a loose wire, a busy chip, or a ghost: answered 2 of 3 probes" in below
        assert "UU: the kernel's driver rtc-ds1307 has this device" in below
        assert adapter.is_closed_within(30)

    @pytest.mark.parametrize(
        "answers",
        [
            (False, False, True),
            *(pytest.param(each, marks=pytest.mark.thorough) for each in ((False, True, True), (False, True, False))),
        ],
    )
    def test_a_chip_that_misses_the_first_probe_is_found(
        self, kernel: EmulatedKernel, on_the_pi: Callable[..., Outcome], answers: tuple[bool, ...]
    ) -> None:
        kernel.plug("i2c-1", I2cAdapter({0x50: Flicker(answers)}))
        out = on_the_pi(PROGRAM, "scan", "1", "-y").out
        assert "50: 50 --" in out
        assert f"answered {sum(answers)} of 3 probes, otherwise: no device acknowledged" in " ".join(out.split())

    @pytest.mark.thorough
    def test_a_bus_that_fails_says_so_without_end_of_the_same(
        self, adapter: I2cAdapter, on_the_pi: Callable[..., Outcome]
    ) -> None:
        adapter.faults = iter(lambda: Fault(errno.EIO), None)
        outcome = on_the_pi(PROGRAM, "scan", "1", "-y")
        below = " ".join(outcome.out.split())
        assert " 0x08-0x09 the wires misbehaved" in below
        assert " 0x0a-0x67, 0x69-0x77 the wires misbehaved" in below
        assert below.count("Input/output error (EIO). 3 transfers or more in a row") == 1
        assert below.count("the bus looks stuck") == 1

    @pytest.mark.thorough
    def test_of_many_kinds_of_failure_the_first_are_told(
        self, adapter: I2cAdapter, on_the_pi: Callable[..., Outcome]
    ) -> None:
        adapter.faults = (Fault(200 + probe % 111) for probe in count())  # three rounds of 112 addresses, one claimed
        out = on_the_pi(PROGRAM, "scan", "1", "-y").out
        assert [number for number in range(200, 300) if f"error {number}" in out] == list(range(200, 208))
        assert "\nand at 103 more: 0x10-0x67, 0x69-0x77" in out

    def test_a_bus_that_vanishes_before_the_first_probe_is_called_gone(self, kernel: EmulatedKernel) -> None:
        source = "from hostcore.backends.linux.i2c_probes import probes_offered; probes_offered(1)"
        told = preload.run_python(kernel.root, source).stderr
        assert re.search(r"BusFaultError: /dev/i2c-1 is gone: .* \(ENOENT\); plug it in again", told)

    def test_a_bus_where_everybody_answers_is_suspected(
        self, kernel: EmulatedKernel, on_the_pi: Callable[..., Outcome]
    ) -> None:
        kernel.plug("i2c-1", I2cAdapter({address: Memory() for address in range(0x08, 0x78)}))
        assert "SDA is held low" in on_the_pi(PROGRAM, "scan", "1", "-y").out

    def test_an_adapter_that_cannot_send_an_address_alone_leaves_holes(
        self, kernel: EmulatedKernel, on_the_pi: Callable[..., Outcome]
    ) -> None:
        kernel.plug("i2c-1", I2cAdapter({0x50: Memory()}, functions=FUNCTIONS_OF_I2C & ~I2cFunc.SMBUS_QUICK))
        below = on_the_pi(PROGRAM, "scan", "1", "-y").out
        assert (
            "Not probed, because the adapter cannot in this mode: 0x08-0x2f, 0x38-0x4f, 0x60-0x77. Try another" in below
        )


class Flicker(Memory):
    """Acknowledges its address as a list says, over and over."""

    def __init__(self, answers: tuple[bool, ...]) -> None:
        super().__init__()
        self._answers = list(answers)

    def start(self, reading: bool) -> bool:
        self._answers.append(self._answers.pop(0))
        return self._answers[-1] and super().start(reading)
