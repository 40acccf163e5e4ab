"""I2C of the Linux backend, beyond the contract: smbus2's real system calls, answered by the emulated kernel."""

from __future__ import annotations

import errno
import os
import re
from itertools import repeat

import pytest
from smbus2 import I2cFunc

from hostcore.backends.base import I2cBus, I2cRead, I2cWrite
from hostcore.errors import (
    ArbitrationLostError,
    BusError,
    BusFaultError,
    BusTimeoutError,
    ClaimedByKernelError,
    NoAcknowledgeError,
    UnsupportedError,
)
from tests.emulation.faults import Fault, randomly
from tests.emulation.i2c import FUNCTIONS_OF_I2C, I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.targets import Memory
from tests.emulation.worker import Worker

pytest_plugins = ["tests.emulation.machine"]

CHIP, NOBODY = 0x50, 0x51
CONTENT = bytes(range(200))
READ_FIRST = (I2cWrite(b"\x00"), I2cRead(1))
FIRST = (b"\x00",)

NAMES = {**errno.errorcode, errno.EOPNOTSUPP: "EOPNOTSUPP"}
MEANINGS: dict[int, type[BusError]] = {
    errno.ENXIO: NoAcknowledgeError,
    errno.EREMOTEIO: NoAcknowledgeError,
    errno.EAGAIN: ArbitrationLostError,
    errno.ETIMEDOUT: BusTimeoutError,
    errno.EBUSY: BusTimeoutError,
    errno.EIO: BusFaultError,
    errno.EPROTO: BusFaultError,
    errno.EBADMSG: BusFaultError,
    errno.ESHUTDOWN: BusFaultError,
    errno.ENOMEM: BusFaultError,
    errno.EINVAL: UnsupportedError,
    errno.EOPNOTSUPP: UnsupportedError,
}


@pytest.fixture
def adapter(kernel: EmulatedKernel) -> I2cAdapter:
    made = I2cAdapter({CHIP: Memory(CONTENT)})
    kernel.plug("i2c-1", made)
    return made


@pytest.fixture
def bus(adapter: I2cAdapter, linux: Worker) -> I2cBus:
    opened: I2cBus = linux.i2c_bus(1)
    return opened


class TestErrors:
    @pytest.mark.parametrize(("number", "meaning"), MEANINGS.items(), ids=lambda each: NAMES.get(each, ""))
    def test_every_errno_has_its_meaning_and_a_text_that_names_it(
        self, adapter: I2cAdapter, bus: I2cBus, number: int, meaning: type[BusError]
    ) -> None:
        adapter.faults = iter([Fault(number)])
        with pytest.raises(meaning) as caught:
            bus.transaction(CHIP, READ_FIRST)
        assert type(caught.value) is meaning
        assert re.match(rf"I2C bus 1 \(/dev/i2c-1\), address 0x50: .*{NAMES[number]}", str(caught.value))

    @pytest.mark.parametrize("number", MEANINGS)
    def test_the_next_transfer_works(self, adapter: I2cAdapter, bus: I2cBus, number: int) -> None:
        adapter.faults = iter([Fault(number)])
        with pytest.raises(BusError):
            bus.transaction(CHIP, READ_FIRST)
        assert bus.transaction(CHIP, READ_FIRST) == FIRST

    def test_of_a_thousand_transfers_each_fault_ends_as_its_own_error(self, adapter: I2cAdapter, bus: I2cBus) -> None:
        errors = [number for number in MEANINGS if number != errno.EBUSY]
        expected = randomly(0.05, errors, seed=7)
        adapter.faults = randomly(0.05, errors, seed=7)
        struck = 0
        for fault, _ in zip(expected, range(1000), strict=False):
            if fault is None:
                assert bus.transaction(CHIP, READ_FIRST) == FIRST
                continue
            struck += 1
            with pytest.raises(MEANINGS[fault.errno]):
                bus.transaction(CHIP, READ_FIRST)
        assert 20 < struck < 100

    def test_a_transfer_that_stops_short_is_an_error(self, adapter: I2cAdapter, bus: I2cBus) -> None:
        adapter.faults = iter([Fault(short=1)])
        with pytest.raises(BusFaultError, match="after 1 of 2 messages"):
            bus.transaction(CHIP, READ_FIRST)

    def test_a_slow_transfer_is_waited_for(self, adapter: I2cAdapter, bus: I2cBus) -> None:
        adapter.faults = iter([Fault(delay=0.02)])
        assert bus.transaction(CHIP, READ_FIRST) == FIRST

    @pytest.mark.parametrize("address", [0x00, 0x07, 0x78, 0x7F, 0x80, 0x150, 0x3FF])
    def test_reserved_and_10_bit_addresses_are_refused_before_they_reach_the_wires(
        self, adapter: I2cAdapter, bus: I2cBus, address: int
    ) -> None:
        with pytest.raises(UnsupportedError, match=rf"0x{address:02X}: only 7-bit addresses from 0x08 to 0x77"):
            bus.transaction(address, READ_FIRST)
        assert adapter.transfers == 0


class TestAStuckBus:
    @pytest.mark.parametrize("number", [errno.ETIMEDOUT, errno.EIO, errno.EAGAIN, errno.EBUSY])
    def test_three_transfers_without_any_answer_are_called_stuck(
        self, adapter: I2cAdapter, bus: I2cBus, number: int
    ) -> None:
        adapter.faults = repeat(Fault(number))
        texts = [self.failure(bus) for _ in range(5)]
        assert ["stuck" in text for text in texts] == [False, False, True, True, True]
        assert "3 transfers or more in a row" in texts[2]
        assert "SDA or SCL held low" in texts[2]
        assert len(set(texts[2:])) == 1, "a problem that stays the same is logged once"

    def test_a_device_that_refuses_proves_that_the_bus_moves(self, adapter: I2cAdapter, bus: I2cBus) -> None:
        numbers = [errno.ETIMEDOUT, errno.ETIMEDOUT, errno.ENXIO, errno.ETIMEDOUT, errno.ETIMEDOUT]
        adapter.faults = iter([Fault(number) for number in numbers])
        assert not any("stuck" in self.failure(bus) for _ in numbers)

    def test_a_transfer_that_works_ends_it(self, adapter: I2cAdapter, bus: I2cBus) -> None:
        adapter.faults = iter([*[Fault(errno.EIO)] * 5, None, Fault(errno.EIO)])
        for _ in range(5):
            self.failure(bus)
        assert bus.transaction(CHIP, READ_FIRST) == FIRST
        assert "stuck" not in self.failure(bus)

    def failure(self, bus: I2cBus) -> str:
        with pytest.raises(BusError) as caught:
            bus.transaction(CHIP, READ_FIRST)
        return str(caught.value)


class TestAClaimedAddress:
    @pytest.fixture
    def adapter(self, kernel: EmulatedKernel) -> I2cAdapter:
        made = I2cAdapter({CHIP: Memory(CONTENT), 0x76: Memory()}, claimed={0x76: "bmp280"})
        kernel.plug("i2c-1", made)
        return made

    def test_the_driver_is_named_and_how_to_take_the_device_from_it(self, bus: I2cBus) -> None:
        with pytest.raises(ClaimedByKernelError) as caught:
            bus.transaction(0x76, READ_FIRST)
        assert "0x76: the kernel's driver bmp280 has this device" in str(caught.value)
        assert "echo 1-0076 | sudo tee /sys/bus/i2c/drivers/bmp280/unbind" in str(caught.value)

    def test_nothing_goes_behind_the_drivers_back(self, adapter: I2cAdapter, bus: I2cBus) -> None:
        with pytest.raises(ClaimedByKernelError):
            bus.transaction(0x76, [I2cWrite(b"\x00\x55")])
        assert adapter.transfers == 0

    def test_the_other_devices_can_be_used(self, bus: I2cBus) -> None:
        with pytest.raises(ClaimedByKernelError):
            bus.transaction(0x76, READ_FIRST)
        assert bus.transaction(CHIP, READ_FIRST) == FIRST

    def test_a_driver_that_lets_go_is_noticed(self, adapter: I2cAdapter, bus: I2cBus) -> None:
        with pytest.raises(ClaimedByKernelError):
            bus.transaction(0x76, READ_FIRST)
        adapter.claimed.clear()
        assert bus.transaction(0x76, READ_FIRST) == (b"\xff",)


class TestOpening:
    def test_a_missing_bus_names_those_there_are(self, kernel: EmulatedKernel, linux: Worker) -> None:
        kernel.plug("i2c-7", I2cAdapter({}, name="MCP2221 usb-i2c bridge"))
        kernel.plug("i2c-20", I2cAdapter({}, name="fef04500.i2c"))
        there = re.escape("there is i2c-20 (fef04500.i2c), i2c-7 (MCP2221 usb-i2c bridge);")
        with pytest.raises(UnsupportedError, match=f"/dev/i2c-1 does not exist, {there}"):
            linux.i2c_bus(1)

    @pytest.mark.parametrize(
        ("model", "number", "line"),
        [
            ("Raspberry Pi Zero 2 W Rev 1.0", 1, "dtparam=i2c_arm=on"),
            ("Raspberry Pi 5 Model B Rev 1.0", 1, "dtparam=i2c_arm=on"),
            ("Raspberry Pi 4 Model B Rev 1.4", 0, "dtparam=i2c_vc=on"),
            ("Raspberry Pi 4 Model B Rev 1.4", 3, "dtoverlay=i2c3"),
            ("Raspberry Pi 5 Model B Rev 1.0", 3, "dtoverlay=i2c3-pi5"),
            ("Raspberry Pi 3 Model B Rev 1.2", 3, "dtoverlay=i2c-gpio,bus=3,i2c_gpio_sda=23,i2c_gpio_scl=24"),
        ],
    )
    def test_a_bus_that_is_off_names_the_line_that_switches_it_on(
        self, kernel: EmulatedKernel, linux: Worker, model: str, number: int, line: str
    ) -> None:
        kernel.boot(model)
        with pytest.raises(UnsupportedError, match=re.escape(f"add the line {line} to /boot/firmware/config.txt")):
            linux.i2c_bus(number)

    def test_a_machine_that_is_no_pi_is_not_sent_to_config_txt(self, kernel: EmulatedKernel, linux: Worker) -> None:
        kernel.boot(model="")
        with pytest.raises(UnsupportedError, match="this machine is not a Raspberry Pi: plug an adapter in"):
            linux.i2c_bus(1)

    def test_an_adapter_that_has_another_number_there_is_told_by_its_table(
        self, kernel: EmulatedKernel, linux: Worker
    ) -> None:
        kernel.boot(model="")
        kernel.plug("i2c-7", I2cAdapter({}, name="MCP2221 usb-i2c bridge"))
        with pytest.raises(UnsupportedError, match=r"list the one you mean in host\.toml, such as \[buses\.i2c-7\]"):
            linux.i2c_bus(1)

    def test_a_bus_without_its_device_file_names_the_missing_module_for_now_and_for_every_start(
        self, kernel: EmulatedKernel, linux: Worker
    ) -> None:
        kernel.write_sys("bus/i2c/devices/i2c-1/name", "bcm2835 (i2c@7e804000)\n")
        with pytest.raises(UnsupportedError, match=r"sudo modprobe i2c-dev.*/etc/modules-load\.d/i2c-dev\.conf"):
            linux.i2c_bus(1)

    def test_no_permission_names_the_group_to_join(
        self, kernel: EmulatedKernel, adapter: I2cAdapter, linux: Worker
    ) -> None:
        kernel.refused["i2c-1"] = errno.EACCES
        with pytest.raises(UnsupportedError, match=r"no permission for /dev/i2c-1; ") as caught:
            linux.i2c_bus(1)
        node = (kernel.root / "dev/i2c-1").stat()
        assert ("run as root" if node.st_gid == 0 else "sudo usermod -aG") in str(caught.value)

    @pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
    def test_the_group_is_the_one_that_owns_the_device_file(
        self, kernel: EmulatedKernel, adapter: I2cAdapter, linux: Worker
    ) -> None:
        import grp

        group = next(group for group in grp.getgrall() if group.gr_gid != 0)
        os.chown(kernel.root / "dev/i2c-1", 0, group.gr_gid)
        kernel.refused["i2c-1"] = errno.EACCES
        with pytest.raises(UnsupportedError, match=rf"`sudo usermod -aG {group.gr_name} \$USER`, then log out"):
            linux.i2c_bus(1)


class TestUnplugging:
    def test_an_adapter_that_was_pulled_is_called_gone_and_let_go(
        self, kernel: EmulatedKernel, adapter: I2cAdapter, bus: I2cBus
    ) -> None:
        kernel.unplug("i2c-1")
        with pytest.raises(BusFaultError, match=r"/dev/i2c-1 is gone: .*ENODEV.*plug it in again"):
            bus.transaction(CHIP, READ_FIRST)
        assert adapter.open_files == 0

    def test_until_it_is_back_every_transfer_says_so(self, kernel: EmulatedKernel, bus: I2cBus) -> None:
        kernel.unplug("i2c-1")
        for _ in range(3):
            with pytest.raises(BusFaultError, match="plug it in again"):
                bus.transaction(CHIP, READ_FIRST)

    def test_it_works_as_soon_as_it_is_back(self, kernel: EmulatedKernel, adapter: I2cAdapter, bus: I2cBus) -> None:
        kernel.unplug("i2c-1")
        with pytest.raises(BusFaultError):
            bus.transaction(CHIP, READ_FIRST)
        kernel.plug("i2c-1", adapter)
        assert bus.transaction(CHIP, READ_FIRST) == FIRST

    def test_one_that_was_pulled_and_plugged_in_unnoticed_fails_once(
        self, kernel: EmulatedKernel, adapter: I2cAdapter, bus: I2cBus
    ) -> None:
        kernel.unplug("i2c-1")
        kernel.plug("i2c-1", adapter)
        with pytest.raises(BusFaultError, match="is gone"):
            bus.transaction(CHIP, READ_FIRST)
        assert bus.transaction(CHIP, READ_FIRST) == FIRST
        assert adapter.open_files == 1

    def test_an_adapter_that_reports_its_end_as_something_else_is_gone_all_the_same(
        self, kernel: EmulatedKernel, adapter: I2cAdapter, bus: I2cBus
    ) -> None:
        (kernel.root / "dev/i2c-1").unlink()
        adapter.faults = iter([Fault(errno.EIO)])
        with pytest.raises(BusFaultError, match="is gone"):
            bus.transaction(CHIP, READ_FIRST)


class TestWhatAnAdapterCannotDo:
    def test_the_pis_own_adapter_refuses_a_read_that_is_not_the_last_message(
        self, kernel: EmulatedKernel, linux: Worker
    ) -> None:
        kernel.plug("i2c-1", I2cAdapter({CHIP: Memory()}, name="bcm2835 (i2c@7e804000)", one_read=True))
        bus = linux.i2c_bus(1)
        with pytest.raises(UnsupportedError, match=r"EOPNOTSUPP.*only the last message may read: split it"):
            bus.transaction(CHIP, [I2cRead(1), I2cRead(1)])
        assert bus.transaction(CHIP, READ_FIRST) == (b"\xff",)

    def test_an_adapter_that_cannot_send_an_address_alone_says_what_to_do_instead(
        self, kernel: EmulatedKernel, linux: Worker
    ) -> None:
        adapter = I2cAdapter({CHIP: Memory()}, functions=FUNCTIONS_OF_I2C & ~I2cFunc.SMBUS_QUICK, zero_length=False)
        kernel.plug("i2c-1", adapter)
        with pytest.raises(UnsupportedError, match="find the device by reading one byte instead"):
            linux.i2c_bus(1).transaction(CHIP, [I2cWrite(b"")])
        assert adapter.transfers == 0

    def test_that_comes_before_whose_the_address_is_as_in_i2cdetect(
        self, kernel: EmulatedKernel, linux: Worker
    ) -> None:
        functions = FUNCTIONS_OF_I2C & ~I2cFunc.SMBUS_QUICK
        kernel.plug("i2c-1", I2cAdapter({}, functions=functions, claimed={CHIP: "at24"}))
        with pytest.raises(UnsupportedError) as caught:
            linux.i2c_bus(1).transaction(CHIP, [I2cWrite(b"")])
        assert not isinstance(caught.value, ClaimedByKernelError)

    def test_a_write_without_bytes_amid_others_is_refused_by_such_an_adapter(
        self, kernel: EmulatedKernel, linux: Worker
    ) -> None:
        kernel.plug("i2c-1", I2cAdapter({CHIP: Memory()}, zero_length=False))
        with pytest.raises(UnsupportedError, match=r"EOPNOTSUPP.*cannot send a write without bytes"):
            linux.i2c_bus(1).transaction(CHIP, [I2cWrite(b""), I2cRead(1)])
