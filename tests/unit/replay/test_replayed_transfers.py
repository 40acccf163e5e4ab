"""The transfers of a recording are those that the host published, byte for byte."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hostcore.errors import PluginReportedError
from hostcore.events import Outcome, TransferCompleted
from hostcore.hostcall import Err
from hostcore.recording.model import Call, Crossing, Recording
from hostcore.replay.transfers import transfer_of
from tests.bench.plain import shipped_config, shipped_plugins
from tests.replaying import Recorded
from tests.sandbox import Sandbox
from tests.unit.recording.test_recording_file import HEADER

SHIPPED = sorted(shipped_plugins(shipped_config()))

EVERY_KIND = """
    from host import gpio, i2c, spi, system, uart
    def read():
        uart.set_baud(9600)
        system.status()
        i2c.transfer(0x77, b"\\xd0", 1)
        i2c.transaction(0x23, [i2c.Write(b"\\x10"), i2c.Read(2)])
        spi.transfer(b"\\x01\\x02")
        uart.write(b"hello")
        uart.read(5, timeout=0)
        gpio.write(17, True)
        gpio.read(4)
        assert gpio.capture(12, timeout=0.001) == []
        try:
            i2c.read(0x24, 1)
        except OSError:
            pass
        return {}
"""
PERMISSIONS = (
    "i2c:1:0x23",
    "i2c:1:0x24",
    "i2c:1:0x77",
    "spi:0.0",
    "uart:serial0",
    "gpio:17:out",
    "gpio:4:in",
    "gpio:12:pulses",
    "system",
)


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
    return replace(
        transfer, time_ns=0, duration_ns=0, waited_ns=0, sequence=0, errno=None, pwm=None, library=None, problem=""
    )


def published(sandbox: Sandbox) -> list[TransferCompleted]:
    return [event for event in sandbox.events if isinstance(event, TransferCompleted)]


def test_transfers_of_every_kind_are_made_again(sandbox: Sandbox) -> None:
    recorded = Recorded(sandbox)
    plugin = recorded.load(EVERY_KIND, *PERMISSIONS)
    plugin.read()
    live = published(sandbox)
    assert len(live) == 11
    assert list(map(known, made_again(recorded.recording))) == list(map(known, live))


@pytest.mark.parametrize(
    ("name", "arguments", "answer", "place", "bytes_"),
    [
        ("i2c#transfer", (0x77, "d0", 2), "61ff", ("i2c-1", 0x77), [b"\xd0", b"\x61\xff"]),
        ("spi#transfer", (b"\x9f",), b"\xef", ("spi-0", 0), [b"\x9f", b"\xef"]),
        ("uart#read", (3,), b"abc", ("uart-serial0", None), [b"abc"]),
        ("uart#write", (b"abc",), 3, ("uart-serial0", None), [b"abc"]),
        ("uart#set-baud", (9600,), None, ("uart-serial0", None), []),
    ],
)
def test_those_of_the_older_contract_are_made_again(
    name: str, arguments: tuple[Any, ...], answer: Any, place: tuple[str, int | None], bytes_: list[bytes]
) -> None:
    header = replace(HEADER, imports=(f"demo:plugin/{name}",), buses=("i2c-1", "spi-0", "uart-serial0"))
    made = transfer_of(header, Call("run", (), 0), Crossing(0, 0, 0, arguments, answer))
    assert made is not None
    assert ((made.bus, made.address), [each.data for each in made.messages]) == (place, bytes_)


def test_a_failure_in_the_older_contract_is_told_in_its_words() -> None:
    header = replace(HEADER, imports=("demo:plugin/i2c#transfer",))
    made = transfer_of(header, Call("run", (), 0), Crossing(0, 0, 0, (0x24, "", 1), Err("0x24: no device")))
    assert made is not None
    assert (made.outcome, made.detail, made.messages) == (Outcome.OTHER, "0x24: no device", ())


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
    kept = [each for each in published(sandbox) if each.bus.kind.value in {"i2c", "spi", "gpio", "uart", "system"}]
    again = made_again(recorded.recording)
    assert [known(each) for each in kept] == [known(each) for each in again]
