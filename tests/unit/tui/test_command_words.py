"""The command that repeats a transfer, read back by the command's own parser."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.backends.base import I2C_MAX_MESSAGE, I2cOperation, I2cRead, I2cWrite, PwmSettings
from hostcore.cli import i2c
from hostcore.cli.main import main, make_parser
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.place import BusName
from hostcore.plugin.bounds import I2C_MAX_OPERATIONS
from tests.scripted_session import host_facts
from tui.traffic.command_words import repeat_of

Done = tuple[str | None, int, tuple[I2cOperation, ...]]


class RecordingBus:
    """A bus at hand that notes what a command does on it."""

    is_real = False
    title = "a bus of this test"
    number = 0

    def __init__(self, done: list[Done], bus: str | None) -> None:
        self.done, self.bus = done, bus

    def users(self, address: int) -> tuple[()]:
        return ()

    def transaction(self, address: int, *operations: I2cOperation) -> tuple[bytes, ...]:
        self.done.append((self.bus, address, operations))
        return tuple(bytes(each.length) for each in operations if isinstance(each, I2cRead))

    def __enter__(self) -> RecordingBus:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def effect_of(command: str) -> tuple[Path | None, list[Done]]:
    """Run a command line with the real parser and the real command. Only the bus is not opened."""
    program, *arguments = shlex.split(command)
    assert program == "wasi-host"
    done: list[Done] = []
    settings: list[Path | None] = []

    def opened(config_file: Path | None, bus: str | None, **_: bool) -> RecordingBus:
        settings.append(config_file)
        return RecordingBus(done, bus)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(i2c, "opened", opened)
        assert main(arguments) == 0
    return settings[0], done


def transfer(*messages: Message, bus: int = 1, address: int = 0x77) -> TransferCompleted:
    return TransferCompleted(0, "light", BusName.i2c(bus), address, messages, Outcome.OK, "", 100, sequence=1)


def wrote(data: bytes) -> Message:
    return Message(True, data)


def read(data: bytes) -> Message:
    return Message(False, data)


@given(
    bus=st.integers(0, 99),
    address=st.integers(0x08, 0x77),
    message=st.binary(min_size=1, max_size=300) | st.just(bytes(I2C_MAX_MESSAGE)),
)
def test_the_command_of_a_write_writes_the_same_bytes(bus: int, address: int, message: bytes) -> None:
    repeat = repeat_of(transfer(wrote(message), bus=bus, address=address), host_facts())
    assert effect_of(repeat.command)[1] == [(str(bus), address, (I2cWrite(message),))]


@given(address=st.integers(0x08, 0x77), register=st.binary(max_size=1), length=st.integers(1, I2C_MAX_MESSAGE))
def test_the_command_of_a_read_reads_as_many_bytes_from_the_same_register(
    address: int, register: bytes, length: int
) -> None:
    messages = (*((wrote(register),) if register else ()), read(bytes(length)))
    repeat = repeat_of(transfer(*messages, address=address), host_facts())
    before = (I2cWrite(register),) if register else ()
    assert effect_of(repeat.command)[1] == [("1", address, (*before, I2cRead(length)))]


@given(
    messages=st.lists(st.tuples(st.booleans(), st.binary(max_size=40)), min_size=1, max_size=I2C_MAX_OPERATIONS).filter(
        lambda each: all(written or data for written, data in each)
    )
)
def test_the_command_of_any_transfer_makes_the_same_messages_in_the_same_order(
    messages: list[tuple[bool, bytes]],
) -> None:
    repeat = repeat_of(transfer(*(Message(written, data) for written, data in messages)), host_facts())
    same = tuple(I2cWrite(data) if written else I2cRead(len(data)) for written, data in messages)
    assert effect_of(repeat.command)[1] == [("1", 0x77, same)]


def test_the_command_of_a_transfer_that_writes_two_bytes_and_reads_is_that_of_i2ctransfer() -> None:
    repeat = repeat_of(transfer(wrote(b"\x24\x00"), read(b"abcdef")), host_facts(is_shipped_config=True))
    assert repeat.command == "wasi-host i2c transfer 1 0x77 w2 0x24 0x00 r6"
    assert "asks before it writes" in repeat.remark


@given(
    name=st.text(
        st.characters(exclude_characters="/", exclude_categories=["C", "Z"], include_characters=" "), min_size=1
    )
)
def test_the_command_names_the_settings_of_this_host_whatever_their_file_is_called(name: str) -> None:
    file = Path("/home/pi") / name
    repeat = repeat_of(transfer(read(b"a")), replace(host_facts(), config_file=file))
    assert effect_of(repeat.command)[0] == file


def test_the_command_names_no_file_for_the_settings_that_come_with_the_program() -> None:
    repeat = repeat_of(transfer(wrote(b"\xd0"), read(b"a")), host_facts(is_shipped_config=True))
    assert repeat.command == "wasi-host i2c read 1 0x77 0xd0 1"


def test_a_failed_read_is_repeated_and_its_order_is_said_to_be_likely() -> None:
    failed = replace(transfer(wrote(b"\xd0")), outcome=Outcome.NO_ACKNOWLEDGE, asked=(6,))
    repeat = repeat_of(failed, host_facts())
    assert repeat.command.endswith("i2c read 1 0x77 0xd0 6") and "likely" in repeat.remark
    alone = repeat_of(replace(failed, messages=()), host_facts())
    assert alone.command.endswith("i2c read 1 0x77 - 6") and "likely" not in alone.remark


@pytest.mark.parametrize(
    "messages",
    [
        (),
        (read(b""),),
        (wrote(b"\x24"), read(b"")),
    ],
)
def test_a_transfer_that_no_command_can_make_has_no_command(messages: tuple[Message, ...]) -> None:
    repeat = repeat_of(transfer(*messages), host_facts())
    assert not repeat.command and "No command repeats it" in repeat.remark


def test_a_transfer_of_another_kind_of_bus_or_without_its_bytes_has_none() -> None:
    spi = replace(transfer(wrote(b"\x80")), bus=BusName("spi-0"), address=0)
    assert "this is spi-0" in repeat_of(spi, host_facts()).remark
    denied = replace(transfer(), outcome=Outcome.DENIED, sequence=0, asked=(2,))
    assert not repeat_of(denied, host_facts()).command


def test_pulse_width_modulation_is_repeated_through_the_running_host() -> None:
    pwm = replace(transfer(), bus=BusName("gpio"), address=18, pwm=PwmSettings(0.125, 50.0))
    repeat = repeat_of(pwm, replace(host_facts(), is_shipped_config=True))
    assert repeat.command == "wasi-host pwm 18 12.5 50"
    assert make_parser(needs_command=True).parse_args(shlex.split(repeat.command)[1:]).line == "18"
    assert "asks first" in repeat.remark


def test_settings_whose_path_acts_on_a_terminal_are_in_no_command() -> None:
    for path in ("/home/pi/\x1b[201~\nrm -r ~\n/host.toml", "/home/pi/\u202ehost.toml"):
        repeat = repeat_of(
            transfer(wrote(b"\x01")), replace(host_facts(), config_file=Path(path), is_shipped_config=False)
        )
        assert (repeat.command, "cannot be shown" in repeat.remark) == ("", True)
