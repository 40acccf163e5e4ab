"""``wasi-host doctor``: without hardware, and on an emulated Raspberry Pi with all that can be wrong with it."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hostcore import __version__
from tests.command import PROGRAM, Desk, Outcome
from tests.emulation import preload
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel

pytest_plugins = ["tests.emulation.machine"]

ALL_SIMULATED = "".join(
    f'[buses.{bus}]\nbackend = "simulated"\n' for bus in ("i2c-1", "spi-0", "gpio", "uart-serial0", "system")
)


FIRST_RUN = re.compile(
    r"ok Python runtime: not built yet -> the first `wasi-host run` builds it, and compiles it: "
    r"about \d+ (s|min) and 511 MB of memory on this computer, estimated"
)


def words(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())


class TestWithoutHardware:
    @pytest.fixture
    def desk(self, tmp_path: Path, cache_folder: Path) -> Desk:
        folder = tmp_path / "desk"
        folder.mkdir()
        desk = Desk(folder, cache_folder)
        desk.write("host.toml", ALL_SIMULATED)
        return desk

    def test_buses_that_the_file_has_simulated_are_fine(self, desk: Desk) -> None:
        outcome = desk.run("doctor")
        assert (outcome.status, outcome.err) == (0, "")
        for bus in ("i2c-1", "spi-0", "gpio", "uart-serial0", "system"):
            assert f"\n  ok  {bus}: simulated, as host.toml says\n" in outcome.out

    def test_it_says_which_versions_it_looked_at(self, desk: Desk) -> None:
        out = desk.run_here("doctor").out
        assert out.startswith(f"wasi-host {__version__}, Python 3.")
        assert f"settings: {desk.folder / 'host.toml'}\n" in out
        assert "wasmtime 50.0.1" in out

    def test_a_script_gets_the_same_as_json(self, desk: Desk) -> None:
        outcome = desk.run_here("doctor", "--json")
        assert outcome.status == 0
        told = json.loads(outcome.out)
        assert (told["version"], told["is_fine"]) == (__version__, True)
        checks = {(each["section"], each["name"]): each for each in told["checks"]}
        assert checks["Buses", "i2c-1"]["text"] == "simulated, as host.toml says"
        assert told["libraries"]["wasmtime"] == "50.0.1"

    def test_the_python_runtime_of_an_earlier_run_is_found(self, desk: Desk, cache_folder: Path) -> None:
        out = words(desk.run_here("doctor").out)
        assert f"ok cache: {cache_folder}: " in out
        assert "ok Python runtime: compiled" in out

    def test_before_the_first_run_there_is_none_and_looking_makes_none(self, desk: Desk, tmp_path: Path) -> None:
        empty = tmp_path / "nothing-yet"
        outcome = desk.run_here("doctor", environment={"XDG_CACHE_HOME": str(empty)})
        assert outcome.status == 0
        assert f"ok cache: {empty / 'wasi-host'} does not exist yet" in words(outcome.out)
        assert FIRST_RUN.search(words(outcome.out))
        assert not empty.exists()

    def test_a_cache_without_a_runtime_is_no_fault_and_stays_as_it_is(self, desk: Desk, tmp_path: Path) -> None:
        (tmp_path / "own" / "wasi-host").mkdir(mode=0o700, parents=True)
        outcome = desk.run_here("doctor", environment={"XDG_CACHE_HOME": str(tmp_path / "own")})
        assert (outcome.status, outcome.err) == (0, "")
        assert FIRST_RUN.search(words(outcome.out))
        assert list((tmp_path / "own" / "wasi-host").iterdir()) == []

    def test_a_cache_that_others_can_write_is_a_fault(self, desk: Desk, tmp_path: Path) -> None:
        shared = tmp_path / "shared" / "wasi-host"
        shared.mkdir(parents=True)
        shared.chmod(0o777)
        outcome = desk.run_here("doctor", environment={"XDG_CACHE_HOME": str(shared.parent)})
        assert outcome.status == 1
        assert f"!! cache: {shared} can be written by others (mode 0777)" in words(outcome.out)

    def test_unusable_settings_get_one_line(self, desk: Desk) -> None:
        desk.write("host.toml", "[host]\ninterval = 0\n")
        outcome = desk.run_here("doctor")
        assert (outcome.status, outcome.out) == (1, "")
        assert outcome.err.startswith("wasi-host: ")
        assert outcome.err.count("\n") == 1


@pytest.fixture
def doctor(kernel: EmulatedKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Runs the doctor on the emulated machine, with these settings."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(settings: str) -> Outcome:
        path = tmp_path / "host.toml"
        path.write_text(settings)
        done = preload.run(kernel.root, str(PROGRAM), "--config", str(path), "doctor")
        assert done.stderr == ""
        return Outcome(done.returncode, words(done.stdout), "")

    return run


class TestOnARaspberryPi:
    def test_a_bus_that_works_says_what_it_is(self, kernel: EmulatedKernel, doctor: Callable[..., Outcome]) -> None:
        kernel.plug("i2c-1", I2cAdapter({}, name="bcm2835 (i2c@7e804000)"))
        outcome = doctor("[buses.i2c-1]\n")
        assert outcome.status == 0
        assert "Raspberry Pi 4 Model B Rev 1.4" in outcome.out
        assert "ok i2c-1: linux: /dev/i2c-1, bcm2835 (i2c@7e804000)" in outcome.out

    @pytest.mark.parametrize(
        ("bus", "found", "advice"),
        [
            ("i2c-1", "/dev/i2c-1 does not exist", "add the line dtparam=i2c_arm=on to /boot/firmware/config.txt"),
            ("i2c-3", "/dev/i2c-3 does not exist", "add the line dtoverlay=i2c3 to /boot/firmware/config.txt"),
            ("spi-0", "/dev/spidev0.0 does not exist", "add the line dtparam=spi=on to /boot/firmware/config.txt"),
            (
                "iio",
                "the kernel reads no sensor itself",
                "add the line dtoverlay=dht11,gpiopin=4 to /boot/firmware/config.txt",
            ),
            ("uart-serial0", "/dev/serial0 does not exist", "add the line enable_uart=1 to /boot/firmware/config.txt"),
        ],
    )
    def test_a_bus_that_is_off_is_a_fault_with_the_line_that_switches_it_on(
        self, doctor: Callable[..., Outcome], bus: str, found: str, advice: str
    ) -> None:
        outcome = doctor(f"[buses.{bus}]\n")
        assert outcome.status == 1
        assert f"!! {bus}: linux: {found}" in outcome.out
        assert f"-> {advice} and restart" in outcome.out

    def test_sensors_of_the_kernels_are_named(self, kernel: EmulatedKernel, doctor: Callable[..., Outcome]) -> None:
        for number, name in enumerate(("bme280", "dht11@4")):
            kernel.write_sys(f"bus/iio/devices/iio:device{number}/name", f"{name}\n")
        outcome = doctor("[buses.iio]\n")
        assert outcome.status == 0
        assert "ok iio: linux: bme280, dht11@4" in outcome.out

    def test_a_bus_that_may_not_be_used_is_a_fault(
        self, kernel: EmulatedKernel, doctor: Callable[..., Outcome]
    ) -> None:
        kernel.plug("i2c-1", I2cAdapter({}))
        kernel.refused["i2c-1"] = errno.EACCES
        outcome = doctor("[buses.i2c-1]\n")
        assert outcome.status == 1
        assert "!! i2c-1: linux: no permission for /dev/i2c-1 -> " in outcome.out

    def test_one_bus_that_works_does_not_excuse_another(
        self, kernel: EmulatedKernel, doctor: Callable[..., Outcome]
    ) -> None:
        kernel.boot(model="")
        kernel.plug("i2c-1", I2cAdapter({}))
        assert doctor("[buses.i2c-1]\n").status == 0
        assert doctor("[buses.i2c-1]\n[buses.i2c-3]\n").status == 1


class TestOnAnyOtherComputer:
    @pytest.fixture(autouse=True)
    def no_pi(self, kernel: EmulatedKernel) -> None:
        kernel.boot(model="")

    def test_without_any_bus_auto_is_simulated_as_it_should(self, doctor: Callable[..., Outcome]) -> None:
        outcome = doctor("[buses.i2c-1]\n[buses.spi-0]\n")
        assert outcome.status == 0
        assert "ok i2c-1: simulated: this machine has no /dev/i2c-1, and no other bus for sensors" in outcome.out
        assert "-> this machine is not a Raspberry Pi: plug an adapter in" in outcome.out

    def test_a_bus_that_has_to_be_real_is_a_fault(self, doctor: Callable[..., Outcome]) -> None:
        outcome = doctor('[buses.i2c-1]\nbackend = "linux"\n')
        assert outcome.status == 1
        assert "!! i2c-1: linux: /dev/i2c-1 does not exist" in outcome.out

    def test_knowing_its_temperature_makes_no_pi_of_a_computer(
        self, kernel: EmulatedKernel, doctor: Callable[..., Outcome]
    ) -> None:
        kernel.write_sys("class/thermal/thermal_zone0/temp", "48312\n")
        outcome = doctor("[buses.system]\n[buses.i2c-1]\n")
        assert outcome.status == 0
        assert "ok system: linux: this computer" in outcome.out
