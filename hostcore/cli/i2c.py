"""``wasi-host i2c``: a person's own transfers, like i2cget, i2cset, i2cdump and i2ctransfer (i2c-tools)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hostcore.backends.base import I2C_MAX_MESSAGE, I2cRead, I2cWrite
from hostcore.cli.bus import BusAtHand, i2c_address, number, opened
from hostcore.cli.lines import say
from hostcore.cli.question import confirm
from hostcore.cli.transfer_words import operations_of, words_of
from hostcore.control.messages import refusal
from hostcore.errors import BusError, CommandLineError, NoAcknowledgeError, UnsupportedError

NO_REGISTER = "-"
"""The argument instead of a register, to read from a device without one."""
FAULTS_BORNE = 3
"""A dump ends when the bus, not the device, fails this many times in a row."""
_BYTE = "a byte from 0x00 to 0xff"
_REGISTER = "a register from 0x00 to 0xff"
_RANGE = "a range of registers such as 0x00-0x3f, up to 0xff"


def read(config_file: Path | None, bus: str, address: str, register: str, length: str, *, as_json: bool = False) -> int:
    """Read bytes and print them as i2cget does, ``0x61 0x00``. A running plugin may use the address.

    Args:
        config_file: the settings file that the person named, if any.
        bus: ``1`` or ``i2c-1``.
        address: the device's address, 0x08 to 0x77.
        register: 0x00 to 0xff, written before the read, with a repeated start between; ``-`` writes nothing.
        length: the number of bytes, 1 to 8,192.
        as_json: print one JSON object instead.

    Returns:
        0.

    Raises:
        HostError: the transfer is not allowed or failed; the message is one line.
    """
    target = i2c_address(address)
    start = [] if register == NO_REGISTER else [I2cWrite(bytes([number(register, 0, 0xFF, _REGISTER)]))]
    count = number(length, 1, I2C_MAX_MESSAGE, f"a length from 1 to {I2C_MAX_MESSAGE} bytes")
    with _device(config_file, bus, target, force=True) as at_hand:
        (received,) = at_hand.transaction(target, *start, I2cRead(count))
    print(_json(at_hand, target, data=[*received]) if as_json else _spaced(received))
    return 0


def transfer(
    config_file: Path | None,
    bus: str,
    address: str,
    words: Sequence[str],
    *,
    force: bool = False,
    yes: bool = False,
    as_json: bool = False,
) -> int:
    """Do one transfer of any messages, with a repeated start between them, as i2ctransfer does.

    Prints a line for each message that is read.

    Args:
        config_file: the settings file that the person named, if any.
        bus: ``1`` or ``i2c-1``.
        address: the device's address, 0x08 to 0x77.
        words: the messages (see `hostcore.cli.transfer_words.operations_of`).
        force: do it even if a running plugin may use the address and something is written.
        yes: do not ask.
        as_json: print one JSON object instead.

    Returns:
        0.

    Raises:
        CommandLineError: the words are no messages.
        HostError: the transfer is not allowed or failed, or the person said no; the message is one line.
    """
    target, operations = i2c_address(address), operations_of(words)
    writes = any(isinstance(each, I2cWrite) for each in operations)
    with _device(config_file, bus, target, force=force or not writes) as at_hand:
        question = f"Transfer {' '.join(words_of(operations))} with 0x{target:02x} on {at_hand.title}"
        confirm(question, "nothing was transferred", yes=yes or not writes or not at_hand.is_real)
        received = at_hand.transaction(target, *operations)
    if as_json:
        print(_json(at_hand, target, data=[[*each] for each in received]))
    else:
        print(*map(_spaced, received), sep="\n", end="\n" if received else "")
    return 0


def write(config_file: Path | None, bus: str, address: str, data: Sequence[str], *, force: bool, yes: bool) -> int:
    """Write bytes in one message. Prints nothing, like i2cset.

    Args:
        config_file: the settings file that the person named, if any.
        bus: ``1`` or ``i2c-1``.
        address: the device's address, 0x08 to 0x77.
        data: 1 to 8,192 bytes, usually a register and its new content.
        force: write even if a running plugin may use the address.
        yes: do not ask.

    Returns:
        0.

    Raises:
        HostError: the transfer is not allowed or failed, or the person said no; the message is one line.
    """
    target = i2c_address(address)
    message = bytes(number(text, 0, 0xFF, _BYTE) for text in data)
    if not 1 <= len(message) <= I2C_MAX_MESSAGE:
        raise CommandLineError(f"found {len(message)} bytes to write, allowed are 1 to {I2C_MAX_MESSAGE}")
    with _device(config_file, bus, target, force=force) as at_hand:
        question = f"Write {_spaced(message)} to 0x{target:02x} on {at_hand.title}"
        confirm(question, "nothing was written", yes=yes or not at_hand.is_real)
        at_hand.transaction(target, I2cWrite(message))
    return 0


def dump(config_file: Path | None, bus: str, address: str, registers: str, *, as_json: bool = False) -> int:
    """Read registers one by one and print them as i2cdump does. A running plugin may use the address.

    ``XX`` stands for a register that cannot be read.

    Args:
        config_file: the settings file that the person named, if any.
        bus: ``1`` or ``i2c-1``.
        address: the device's address, 0x08 to 0x77.
        registers: ``FIRST-LAST``, within 0x00 to 0xff.
        as_json: print one JSON object instead.

    Returns:
        0.

    Raises:
        HostError: the transfers are not allowed, or no register could be read; the message is one line.
    """
    target = i2c_address(address)
    first, last = _register_range(registers)
    with _device(config_file, bus, target, force=True) as at_hand:
        values = _registers(at_hand, target, range(first, last + 1))
    if as_json:
        found = {f"0x{register:02x}": value for register, value in enumerate(values, first)}
        print(_json(at_hand, target, registers=found))
    else:
        print(dump_grid(first, values))
    return 0


def dump_grid(first: int, values: Sequence[int | None]) -> str:
    """Return the table that i2cdump prints for bytes, without the last newline.

    Args:
        first: the register of the first value.
        values: the content of the registers; None for a register that could not be read.
    """
    columns = [f"{column:x}" for column in range(16)]
    lines = [f"     {'  '.join(columns)}    {''.join(columns)}"]
    last = first + len(values) - 1
    for row in range(first & 0xF0, last + 1, 16):
        present = [first <= register <= last for register in range(row, row + 16)]
        line = [values[row + column - first] if there else None for column, there in enumerate(present)]
        cells = [_cell(value) if there else "  " for value, there in zip(line, present, strict=True)]
        signs = [_sign(value) if there else " " for value, there in zip(line, present, strict=True)]
        lines.append(f"{row:02x}: {' '.join(cells)}    {''.join(signs)}")
    return "\n".join(lines)


def _cell(value: int | None) -> str:
    return "XX" if value is None else f"{value:02x}"


def _sign(value: int | None) -> str:
    if value is None:
        return "X"
    if value in {0x00, 0xFF}:
        return "."
    return chr(value) if 0x20 <= value < 0x7F else "?"


@contextmanager
def _device(config_file: Path | None, bus: str, address: int, *, force: bool) -> Iterator[BusAtHand]:
    """Make a context with the bus of a device. Raises AccessDeniedError if a running plugin may use it, unless
    `force`."""
    with opened(config_file, bus, force=force) as at_hand:
        users = at_hand.users(address)
        if users and not force:
            raise refusal(at_hand.number, address, users, str(at_hand.config.path))
        if not at_hand.is_real:
            say(f"wasi-host: this is {at_hand.title}", is_result=False)
        yield at_hand


def _registers(at_hand: BusAtHand, address: int, registers: range) -> list[int | None]:
    values: list[int | None] = []
    failure: BusError | None = None
    faults = 0
    for register in registers:
        try:
            (received,) = at_hand.transaction(address, I2cWrite(bytes([register])), I2cRead(1))
        except UnsupportedError:
            raise
        except BusError as error:
            values.append(None)
            failure = error
            faults = 0 if isinstance(error, NoAcknowledgeError) else faults + 1
            if faults == FAULTS_BORNE:
                raise
        else:
            values.append(received[0])
            faults = 0
    if failure is not None and not any(value is not None for value in values):
        raise failure
    return values


def _register_range(text: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    if not dash:
        raise CommandLineError(f"found {text!r}, allowed is {_RANGE}")
    begin = number(first, 0, 0xFF, _RANGE)
    return begin, number(last, begin, 0xFF, _RANGE)


def _json(at_hand: BusAtHand, address: int, **found: object) -> str:
    """Return the answers of a device for a program, with the bus that they came from."""
    device = {"bus": str(at_hand.facts.name), "simulated": not at_hand.is_real, "address": f"0x{address:02x}"}
    return json.dumps({**device, **found})


def _spaced(data: bytes) -> str:
    return " ".join(f"0x{byte:02x}" for byte in data)
