"""The settings and the levels of an I2C bus, and the supply, on an emulated Pi."""

from __future__ import annotations

import re

import pytest

from hostcore.backends.base import I2cBus
from hostcore.backends.i2c import I2cSettings, KernelDevice, Levels
from hostcore.errors import ClaimedByKernelError, UnsupportedError
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.targets import Memory
from tests.emulation.worker import Worker
from tests.pin_block import ALT0

pytest_plugins = ["tests.emulation.machine"]

ADAPTER = "bcm2835 (i2c@7e804000)"
BSC1, BSC0, RP1_I2C1 = "soc/i2c@7e804000", "soc/i2c@7e205000", "axi/pcie@120000/rp1/i2c@74000"
PINS_2_3 = ALT0 << 6 | ALT0 << 9
"""GPFSEL0 of a Pi whose GPIO 2 and 3 are SDA1 and SCL1."""
LEVELS = 0x34 // 4
"""GPLEV0."""
SDA_HIGH, SCL_HIGH = 1 << 2, 1 << 3


def plugged(kernel: EmulatedKernel, linux: Worker, claimed: dict[int, str] | None = None) -> I2cBus:
    adapter = I2cAdapter({0x50: Memory(bytes(200))}, claimed=claimed or {})
    adapter.name = ADAPTER
    kernel.plug("i2c-1", adapter)
    opened: I2cBus = linux.i2c_bus(1)
    return opened


class TestSettings:
    def test_they_come_from_the_device_tree_and_the_driver(self, kernel: EmulatedKernel, linux: Worker) -> None:
        bus = plugged(kernel, linux, {0x68: "rtc-ds1307"})
        kernel.describe_i2c(1, BSC1, 400_000)
        kernel.write_sys("module/i2c_bcm2835/parameters/clk_tout_ms", "35\n")
        assert bus.settings() == I2cSettings(ADAPTER, 400_000, 35, (KernelDevice(0x68, "rtc-ds1307", "rtc-ds1307"),))

    def test_what_the_kernel_does_not_tell_is_not_invented(self, kernel: EmulatedKernel, linux: Worker) -> None:
        assert plugged(kernel, linux).settings() == I2cSettings(ADAPTER)

    def test_a_bus_that_shares_its_controller_has_the_clock_of_the_controller(
        self, kernel: EmulatedKernel, linux: Worker
    ) -> None:
        bus = plugged(kernel, linux)
        kernel.describe_i2c(1, "soc/i2c0mux/i2c@0")
        kernel.write_sys(f"firmware/devicetree/base/{BSC0}/clock-frequency", "\0\1\x86\xa0")
        assert bus.settings().clock_hz is None, "a file of more than four bytes is no clock"
        (kernel.root / f"sys/firmware/devicetree/base/{BSC0}/clock-frequency").write_bytes((100_000).to_bytes(4, "big"))
        assert bus.settings().clock_hz == 100_000

    def test_the_limit_of_the_pis_own_driver_is_not_that_of_a_usb_adapter(
        self, kernel: EmulatedKernel, linux: Worker
    ) -> None:
        adapter = I2cAdapter({})
        adapter.name = "i2c-tiny-usb"
        kernel.plug("i2c-1", adapter)
        kernel.write_sys("module/i2c_bcm2835/parameters/clk_tout_ms", "35\n")
        assert linux.i2c_bus(1).settings().stretch_limit_ms is None


class TestLevels:
    @pytest.mark.parametrize("sda", [False, True])
    @pytest.mark.parametrize("scl", [False, True])
    def test_those_of_the_pins_are_read(self, kernel: EmulatedKernel, linux: Worker, sda: bool, scl: bool) -> None:
        bus = plugged(kernel, linux)
        kernel.describe_i2c(1, BSC1)
        others = ~(SDA_HIGH | SCL_HIGH) & 0xFFFFFFFF if not (sda or scl) else 0  # those of other pins do not matter
        kernel.map_pins("gpiomem", 0x1000, {0: PINS_2_3, LEVELS: others | sda * SDA_HIGH | scl * SCL_HIGH})
        assert bus.levels() == Levels(sda, scl)

    def test_those_of_a_pi_5_come_from_its_own_registers(self, kernel: EmulatedKernel, linux: Worker) -> None:
        bus = plugged(kernel, linux)
        kernel.describe_i2c(1, RP1_I2C1)
        controls = {(8 * pin + 4) // 4: 0x80000 | 3 for pin in (2, 3)}
        kernel.map_pins("gpiomem0", 0x30000, {**controls, 0x10008 // 4: SCL_HIGH})
        assert bus.levels() == Levels(sda=False, scl=True)

    @pytest.mark.parametrize("selects", [0, ALT0 << 6, ALT0 << 9, (ALT0 + 1) << 6 | ALT0 << 9])
    def test_pins_with_another_function_are_not_taken_for_the_bus(
        self, kernel: EmulatedKernel, linux: Worker, selects: int
    ) -> None:
        bus = plugged(kernel, linux)
        kernel.describe_i2c(1, BSC1)
        kernel.map_pins("gpiomem", 0x1000, {0: selects})
        assert bus.levels() is None

    def test_they_are_unknown_without_a_controller_a_file_or_a_permission(
        self, kernel: EmulatedKernel, linux: Worker
    ) -> None:
        bus = plugged(kernel, linux)
        assert bus.levels() is None
        kernel.describe_i2c(1, BSC1)
        assert bus.levels() is None
        kernel.map_pins("gpiomem", 16, {})
        assert bus.levels() is None, "a file that is too short is no map of registers"


class TestUnstick:
    def test_a_bus_with_a_device_of_the_kernel_is_left_alone(self, kernel: EmulatedKernel, linux: Worker) -> None:
        bus = plugged(kernel, linux, {0x68: "rtc-ds1307"})
        kernel.describe_i2c(1, BSC1)
        kernel.map_pins("gpiomem", 0x1000, {0: PINS_2_3, LEVELS: SCL_HIGH})
        with pytest.raises(ClaimedByKernelError, match=r"0x68: the kernel's driver rtc-ds1307 has this device"):
            bus.unstick()

    def test_pins_that_are_not_known_are_left_alone(self, kernel: EmulatedKernel, linux: Worker) -> None:
        with pytest.raises(UnsupportedError, match="it is not known which pins are SDA and SCL of i2c-1"):
            plugged(kernel, linux).unstick()

    def test_pins_that_the_bus_does_not_have_now_are_named(self, kernel: EmulatedKernel, linux: Worker) -> None:
        bus = plugged(kernel, linux)
        kernel.describe_i2c(1, BSC1)
        kernel.map_pins("gpiomem", 0x1000, {})
        with pytest.raises(UnsupportedError, match=re.escape("no pair of pins now, of GPIO 2 and 3 or GPIO 44 and 45")):
            bus.unstick()

    def test_a_missing_map_of_the_registers_is_named(self, kernel: EmulatedKernel, linux: Worker) -> None:
        bus = plugged(kernel, linux)
        kernel.describe_i2c(1, BSC1)
        with pytest.raises(UnsupportedError, match="/dev/gpiomem"):
            bus.unstick()

    def test_an_idle_bus_gets_no_clocks(self, kernel: EmulatedKernel, linux: Worker) -> None:
        bus = plugged(kernel, linux)
        kernel.describe_i2c(1, BSC1)
        kernel.map_pins("gpiomem", 0x1000, {0: PINS_2_3, LEVELS: SDA_HIGH | SCL_HIGH})
        before = (kernel.root / "dev/gpiomem").read_bytes()
        assert bus.unstick().clocks == 0
        assert (kernel.root / "dev/gpiomem").read_bytes() == before

    def test_the_clocks_reach_the_registers_and_the_functions_come_back(
        self, kernel: EmulatedKernel, linux: Worker
    ) -> None:
        bus = plugged(kernel, linux)
        kernel.describe_i2c(1, BSC1)
        kernel.map_pins("gpiomem", 0x1000, {0: PINS_2_3, LEVELS: SCL_HIGH})
        assert bus.unstick().clocks == 9, "the emulated file has no chip that could let SDA go"
        after = (kernel.root / "dev/gpiomem").read_bytes()
        assert int.from_bytes(after[:4], "little") == PINS_2_3
        assert int.from_bytes(after[0x28:0x2C], "little") in {SDA_HIGH, SCL_HIGH}
