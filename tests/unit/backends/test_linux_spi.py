"""SPI of the Linux backend, beyond the contract: spidev's real system calls, answered by the emulated kernel."""

from __future__ import annotations

import errno

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore.backends.spi import (
    SpiDelay,
    SpiDevice,
    SpiOperation,
    SpiRead,
    SpiSelect,
    SpiSettings,
    SpiTransfer,
    SpiWrite,
)
from hostcore.clock import VirtualClock
from hostcore.devices.environment import Environment
from hostcore.devices.loopback import SpiLoopback
from hostcore.errors import BusError, BusFaultError, BusTimeoutError, UnsupportedError
from tests.emulation.faults import Fault
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.spi import CS_HIGH, NO_CS, PI_5_MODES, SeenTransfer, SpiSlot
from tests.emulation.worker import Worker
from tests.spi_flash import ID_ANSWER, READ_ID, SpiFlash

pytest_plugins = ["tests.emulation.machine"]

OPERATIONS = st.one_of(
    st.builds(SpiWrite, st.binary(max_size=50)),
    st.builds(SpiRead, st.integers(0, 50)),
    st.builds(SpiTransfer, st.binary(max_size=50)),
    st.builds(SpiDelay, st.integers(0, 5)),
)


@pytest.fixture(params=["with spidev", "without"], autouse=True)
def _library(request: pytest.FixtureRequest, linux: Worker) -> None:
    if request.param == "without":
        linux.run("import sys\nsys.modules['spidev'] = None\nanswer = None")
    else:
        pytest.importorskip("spidev", reason="spidev needs a C compiler to be installed; it is the extra `spidev`")


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


def test_a_transaction_is_one_message_that_selects_the_chip_once(slot: SpiSlot, device: SpiDevice) -> None:
    operations = [SpiWrite(b"\x75"), SpiDelay(40), SpiRead(2), SpiTransfer(b"\x01")]
    assert device.transaction(operations, SpiSettings(1_000_000)) == (b"\x00\x00", b"\x01")
    assert slot.seen == [
        SeenTransfer(b"\x75", 1_000_000, 0, delay_us=40, is_last=False),
        SeenTransfer(b"\x00\x00", 1_000_000, 0, is_last=False),
        SeenTransfer(b"\x01", 1_000_000, 0),
    ]


def test_a_delay_that_no_transfer_can_hold_is_spread_over_several(slot: SpiSlot, device: SpiDevice) -> None:
    device.transaction([SpiDelay(10), SpiWrite(b"\x01"), SpiDelay(70_000)], SpiSettings())
    assert [(each.data, each.delay_us, each.is_last) for each in slot.seen] == [
        (b"", 10, False),
        (b"\x01", 65_535, False),
        (b"", 4_465, True),
    ]


def test_the_chip_select_is_active_when_high_or_not_at_all(slot: SpiSlot, device: SpiDevice) -> None:
    for select in (SpiSelect.HIGH, SpiSelect.NONE, SpiSelect.LOW):
        device.transfer(b"\x01", SpiSettings(select=select))
    device.transfer(b"\x01", SpiSettings(select=SpiSelect.HIGH, line=5))
    assert [each.select for each in slot.seen] == [CS_HIGH, NO_CS, 0, NO_CS]


def test_a_controller_that_cannot_leave_its_chip_select_alone_drives_it_as_well_as_a_line(
    kernel: EmulatedKernel, linux: Worker
) -> None:
    clock = VirtualClock()
    slot = SpiSlot(SpiLoopback(clock, Environment(clock)), modes=PI_5_MODES)
    kernel.plug("spidev1.0", slot)
    device = linux.spi_device(1, 0)
    assert device.transfer(b"\x55", SpiSettings(line=5)) == b"\x55"
    with pytest.raises(UnsupportedError, match="cannot do this mode, speed or chip select"):
        device.transfer(b"\x55", SpiSettings(select=SpiSelect.NONE))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(OPERATIONS, max_size=8))
def test_any_operations_give_as_many_bytes_as_they_ask_for(device: SpiDevice, operations: list[SpiOperation]) -> None:
    received = device.transaction(operations, SpiSettings())
    assert received == tuple(
        bytes(each.length) if isinstance(each, SpiRead) else each.data
        for each in operations
        if isinstance(each, SpiRead | SpiTransfer)
    )


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
