"""The transfers of a recording are those that the host published, byte for byte."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.errors import PluginReportedError
from hostcore.events import TransferCompleted
from hostcore.recording.model import Recording
from hostcore.replay.transfers import transfer_of
from tests.bench.plain import shipped_config, shipped_plugins
from tests.replaying import Recorded
from tests.sandbox import Sandbox

SHIPPED = sorted(shipped_plugins(shipped_config()))

EVERY_KIND = """
    from host import gpio, i2c, spi, uart
    def read():
        i2c.transfer(0x77, b"\\xd0", 1)
        i2c.transaction(0x23, [i2c.Write(b"\\x10"), i2c.Read(2)])
        spi.transfer(b"\\x01\\x02")
        uart.write(b"hello")
        uart.read(5, timeout=0)
        gpio.write(17, True)
        gpio.read(4)
        try:
            i2c.read(0x24, 1)
        except OSError:
            pass
        return {}
"""
PERMISSIONS = ("i2c:1:0x23", "i2c:1:0x24", "i2c:1:0x77", "spi:0.0", "uart:serial0", "gpio:17:out", "gpio:4:in")


def made_again(recording: Recording) -> list[TransferCompleted]:
    """The transfers that are made of a recording's crossings."""
    calls = (*recording.beginning, *recording.calls)
    return [
        transfer
        for call in calls
        for crossing in call.crossings
        if (transfer := transfer_of(recording.header, call, crossing)) is not None
    ]


def known(transfer: TransferCompleted) -> TransferCompleted:
    """A transfer without what only the running host knew."""
    return replace(transfer, time_ns=0, duration_ns=0, waited_ns=0, sequence=0, errno=None, pwm=None, library=None)


def published(sandbox: Sandbox) -> list[TransferCompleted]:
    return [event for event in sandbox.events if isinstance(event, TransferCompleted)]


def test_transfers_of_every_kind_are_made_again(sandbox: Sandbox) -> None:
    recorded = Recorded(sandbox)
    plugin = recorded.load(EVERY_KIND, *PERMISSIONS)
    plugin.read()
    live = published(sandbox)
    assert len(live) == 8
    assert list(map(known, made_again(recorded.recording))) == list(map(known, live))


def test_the_time_of_a_transfer_is_that_of_its_call(sandbox: Sandbox) -> None:
    recorded = Recorded(sandbox)
    recorded.load(EVERY_KIND, *PERMISSIONS).read()
    live, again = published(sandbox)[0], made_again(recorded.recording)[0]
    assert abs(live.time_ns - again.time_ns) < 1_000_000


@pytest.mark.thorough
@pytest.mark.parametrize("name", SHIPPED)
def test_those_of_a_shipped_driver_are_made_again(sandbox: Sandbox, name: str) -> None:
    settings = shipped_plugins(shipped_config())[name]
    recorded = Recorded(sandbox)
    plugin = sandbox.load_file(
        Path(settings.path or ""), *map(str, settings.permissions), record=recorded.begin, settings=settings.settings
    )
    for _ in range(3):
        try:
            if "driver" in plugin.provides:
                plugin.read()
            elif "display" in plugin.provides:
                plugin.update("{}")
        except PluginReportedError:
            pass
    kept = [each for each in published(sandbox) if each.bus.kind.value in {"i2c", "spi", "gpio", "uart"}]
    again = made_again(recorded.recording)
    assert [each for each in map(known, kept) if each.messages] == [each for each in map(known, again) if each.messages]
