"""SPI of the Linux backend, beyond the contract: spidev's real system calls, answered by the emulated kernel."""

from __future__ import annotations

import errno

import pytest

from hostcore.backends.base import SpiDevice, SpiSettings
from hostcore.clock import VirtualClock
from hostcore.devices.environment import Environment
from hostcore.devices.loopback import SpiLoopback
from hostcore.errors import BusError, BusFaultError, BusTimeoutError, UnsupportedError
from tests.emulation.faults import Fault
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.spi import SeenTransfer, SpiSlot
from tests.emulation.worker import Worker
from tests.spi_flash import ID_ANSWER, READ_ID, SpiFlash

pytest.importorskip("spidev", reason="spidev needs a C compiler to be installed; it is part of the extra `pi`")
pytest_plugins = ["tests.emulation.machine"]


@pytest.fixture
def slot(kernel: EmulatedKernel) -> SpiSlot:
    clock = VirtualClock()
    made = SpiSlot(SpiLoopback(clock, Environment(clock)))
    kernel.plug("spidev0.1", made)
    return made


@pytest.fixture
def device(slot: SpiSlot, linux: Worker) -> SpiDevice:
    opened: SpiDevice = linux.spi_device(0, 1)
    return opened


def test_speed_and_mode_reach_the_wires(slot: SpiSlot, device: SpiDevice) -> None:
    device.transfer(b"\x01", SpiSettings(speed_hz=1_000_000, mode=0))
    device.transfer(b"\x02\x03", SpiSettings(speed_hz=250_000, mode=3))
    device.transfer(b"\x04", SpiSettings(speed_hz=250_000, mode=1))
    assert slot.seen == [
        SeenTransfer(b"\x01", 1_000_000, 0),
        SeenTransfer(b"\x02\x03", 250_000, 3),
        SeenTransfer(b"\x04", 250_000, 1),
    ]


def test_a_chip_hears_its_command_in_its_own_modes_only(kernel: EmulatedKernel, linux: Worker) -> None:
    kernel.plug("spidev1.0", SpiSlot(SpiFlash()))
    device = linux.spi_device(1, 0)
    answers = [device.transfer(READ_ID, SpiSettings(mode=mode)) for mode in range(4)]
    assert answers == [ID_ANSWER, bytes(4), bytes(4), ID_ANSWER]


def test_nothing_to_send_does_not_reach_the_wires(slot: SpiSlot, device: SpiDevice) -> None:
    assert device.transfer(b"", SpiSettings()) == b""
    assert slot.seen == []


def test_a_controller_slower_than_asked_for_goes_as_fast_as_it_can(kernel: EmulatedKernel, linux: Worker) -> None:
    clock = VirtualClock()
    slot = SpiSlot(SpiLoopback(clock, Environment(clock)), fastest_hz=8_000_000)
    kernel.plug("spidev1.0", slot)
    assert linux.spi_device(1, 0).transfer(b"\x55", SpiSettings(speed_hz=125_000_000)) == b"\x55"
    assert slot.seen == [SeenTransfer(b"\x55", 8_000_000, 0)]


@pytest.mark.parametrize(
    ("number", "meaning"),
    [
        (errno.EIO, BusFaultError),
        (errno.ETIMEDOUT, BusTimeoutError),
        (errno.EINVAL, UnsupportedError),
        (errno.EMSGSIZE, UnsupportedError),
    ],
)
def test_every_errno_has_its_meaning_and_the_next_transfer_works(
    slot: SpiSlot, device: SpiDevice, number: int, meaning: type[BusError]
) -> None:
    slot.faults = iter([Fault(number)])
    with pytest.raises(meaning, match=rf"SPI device 0\.1 \(/dev/spidev0\.1\): .*{errno.errorcode[number]}"):
        device.transfer(b"\x01", SpiSettings())
    assert device.transfer(b"\x01", SpiSettings()) == b"\x01"


def test_more_than_spidev_takes_at_once_names_its_setting(kernel: EmulatedKernel, linux: Worker) -> None:
    clock = VirtualClock()
    kernel.plug("spidev0.0", SpiSlot(SpiLoopback(clock, Environment(clock)), bufsiz=512))
    with pytest.raises(UnsupportedError, match=r"spidev\.bufsiz in cmdline\.txt"):
        linux.spi_device(0, 0).transfer(bytes(513), SpiSettings())


def test_a_missing_device_names_those_there_are_and_the_line_that_enables_it(slot: SpiSlot, linux: Worker) -> None:
    with pytest.raises(
        UnsupportedError, match=r"/dev/spidev0\.0 does not exist, there is spidev0\.1; .*dtparam=spi=on"
    ):
        linux.spi_device(0, 0)
    with pytest.raises(UnsupportedError, match=r"add the line dtoverlay=spi1-3cs to /boot"):
        linux.spi_device(1, 2)


def test_no_permission_is_said_so(kernel: EmulatedKernel, slot: SpiSlot, linux: Worker) -> None:
    kernel.refused["spidev0.1"] = errno.EACCES
    with pytest.raises(UnsupportedError, match=r"no permission for /dev/spidev0\.1"):
        linux.spi_device(0, 1)


def test_a_device_that_was_unplugged_works_again_once_it_is_back(
    kernel: EmulatedKernel, slot: SpiSlot, device: SpiDevice
) -> None:
    kernel.unplug("spidev0.1")
    for _ in range(2):
        with pytest.raises(BusFaultError, match=r"/dev/spidev0\.1 is gone.*plug it in again"):
            device.transfer(b"\x01", SpiSettings())
    assert slot.open_files == 0
    kernel.plug("spidev0.1", slot)
    assert device.transfer(b"\x01", SpiSettings()) == b"\x01"
