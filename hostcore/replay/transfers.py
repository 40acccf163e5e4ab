"""The transfers of a recording, made of its crossings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hostcore.backends.base import Edge, I2cOperation, I2cRead, I2cWrite
from hostcore.backends.spi import SpiOperation, SpiSelect, SpiSettings, SpiTransfer, SpiWrite, is_answered, length_of
from hostcore.errors import BusError
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.hostcall import Err
from hostcore.place import GPIO, IIO, BusKind, BusName
from hostcore.recording.model import Call, Crossing, Ending, Header
from hostcore.runtime.called_from import LINE_BITS
from hostcore.runtime.contract import PACKAGE, i2c_operation, spi_operation
from hostcore.runtime.plans import i2c_plan, spi_plan, wire_bytes

WIRE = "python-wire#"
_NS_PER_US = 1000


@dataclass(frozen=True, slots=True)
class _Access:
    """What an access asks for, and how its answer reads."""

    bus: BusName
    address: int | None
    sent: tuple[Message, ...] = ()
    """The part of the transfer that is known even if it fails."""
    reads: tuple[int, ...] = ()
    answered: Callable[[Any], tuple[Message, ...]] = lambda _answer: ()
    """Returns all messages of a transfer that succeeded."""
    spi: SpiSettings | None = None
    has_edges: bool = False


def transfer_of(header: Header, call: Call, crossing: Crossing) -> TransferCompleted | None:
    """Return the transfer that a crossing made; None if it made none.

    What only the host knew is left out: how long the access waited for the bus, and its place among those of other
    plugins. The duration is that of the whole host function.
    """
    name, place, arguments = _request(header.imports[crossing.slot], crossing.arguments)
    reader = _READERS.get(name)
    if reader is None:
        return None
    try:
        access = reader(header, *arguments)
    except (BusError, TypeError, ValueError):
        return None  # the host refused a request of this form, and no bus saw it
    is_ok = not isinstance(crossing.answer, Err | Ending)
    outcome, detail = (Outcome.OK, "") if is_ok else _failure(crossing.answer)
    return TransferCompleted(
        time_ns=call.began_ns + crossing.at_us * _NS_PER_US,
        plugin=header.plugin,
        bus=access.bus,
        address=access.address,
        messages=access.answered(crossing.answer) if is_ok else (),
        outcome=outcome,
        detail=detail,
        duration_ns=crossing.took_us * _NS_PER_US,
        source_line=place & (1 << LINE_BITS) - 1,
        asked=access.reads,
        spi=access.spi,
        edges=tuple(Edge(*each) for each in crossing.answer) if is_ok and access.has_edges else (),
        is_simulated=str(access.bus) in header.simulated,
    )


def _request(name: str, arguments: tuple[Any, ...]) -> tuple[str, int, tuple[Any, ...]]:
    """The function as the contract names it, the place in the plugin that called it, and its arguments in bytes."""
    name = name.removeprefix(PACKAGE)
    if not name.startswith(WIRE) or not arguments or not isinstance(arguments[0], int):
        return name, 0, arguments
    interface, _, function = name.removeprefix(WIRE).partition("-")
    return f"{WIRE}{interface}#{function}", arguments[0], arguments[1:]


def _failure(answer: Err | Ending) -> tuple[Outcome, str]:
    if isinstance(answer, Ending):
        return Outcome.OTHER, answer.problem
    match answer.value:
        case (str(outcome), str(detail)) if outcome in _OUTCOMES:
            return Outcome(outcome), detail
    return Outcome.OTHER, ""


def _i2c(header: Header, bus: int | None, address: int, operations: Sequence[I2cOperation]) -> _Access:
    def answered(received: Sequence[bytes]) -> tuple[Message, ...]:
        reads = iter(received)
        return tuple(
            Message(True, each.data) if isinstance(each, I2cWrite) else Message(False, next(reads, b""))
            for each in operations
        )

    return _Access(
        BusName.i2c(_first_i2c(header) if bus is None else bus),
        address,
        tuple(Message(True, each.data) for each in operations if isinstance(each, I2cWrite)),
        tuple(each.length for each in operations if isinstance(each, I2cRead)),
        answered,
    )


def _first_i2c(header: Header) -> int:
    names = map(BusName, header.buses)
    return next((each.number for each in names if each.kind is BusKind.I2C), 1)


def _i2c_transfer(header: Header, bus: int | None, address: int, data: bytes, length: int) -> _Access:
    steps: list[I2cOperation] = [I2cWrite(data)] if data or not length else []
    access = _i2c(header, bus, address, [*steps, *([I2cRead(length)] if length else [])])
    return _with_answer(access, lambda answer: [answer])


def _i2c_wire(header: Header, bus: int | None, address: int, plan: str, data: str) -> _Access:
    operations = i2c_plan(plan, wire_bytes(data))
    lengths = [each.length for each in operations if isinstance(each, I2cRead)]
    return _with_answer(_i2c(header, bus, address, operations), lambda answer: _parts(answer, lengths))


def _spi(bus: int, chip: int, operations: Sequence[SpiOperation], settings: SpiSettings) -> _Access:
    def answered(received: Sequence[bytes]) -> tuple[Message, ...]:
        answers, messages = iter(received), list[Message]()
        for each in operations:
            if isinstance(each, SpiWrite | SpiTransfer):
                messages.append(Message(True, each.data))
            if is_answered(each):
                messages.append(Message(False, next(answers, b"")))
        return tuple(messages)

    sent = tuple(Message(True, each.data) for each in operations if isinstance(each, SpiWrite | SpiTransfer))
    reads = tuple(length_of(each) for each in operations if is_answered(each))
    return _Access(BusName.spi(bus), chip, sent, reads, answered, settings)


def _spi_transfer(_header: Header, bus: int, chip: int, data: bytes, speed_hz: int, mode: int) -> _Access:
    access = _spi(bus, chip, [SpiTransfer(data)], SpiSettings(speed_hz, mode))
    return _with_answer(access, lambda answer: [answer])


def _spi_wire(_header: Header, bus: int, chip: int, plan: str, data: str, *settings: Any) -> _Access:
    operations = spi_plan(plan, wire_bytes(data))
    lengths = [length_of(each) for each in operations if is_answered(each)]
    speed_hz, mode, select, line = settings
    access = _spi(bus, chip, operations, SpiSettings(speed_hz, mode, SpiSelect(select), line))
    return _with_answer(access, lambda answer: _parts(answer, lengths))


def _spi_transaction(_header: Header, bus: int, chip: int, operations: Sequence[Any], *settings: Any) -> _Access:
    speed_hz, mode, select, line = settings
    steps = [spi_operation(*each) for each in operations]
    return _spi(bus, chip, steps, SpiSettings(speed_hz, mode, SpiSelect(select), line))


def _gpio_read(_header: Header, line: int, _pull: str) -> _Access:
    return _Access(GPIO, line, answered=lambda level: (Message(False, bytes((level,))),))


def _gpio_write(_header: Header, line: int, level: bool) -> _Access:
    sent = (Message(True, bytes((level,))),)
    return _Access(GPIO, line, sent, answered=lambda _answer: sent)


def _gpio_capture(_header: Header, line: int, *_request: Any) -> _Access:
    return _Access(GPIO, line, has_edges=True)


def _uart_read(_header: Header, port: str, length: int, _timeout: int) -> _Access:
    return _Access(BusName.uart(port), None, reads=(length,), answered=lambda answer: (Message(False, answer),))


def _uart_write(_header: Header, port: str, data: bytes) -> _Access:
    sent = (Message(True, data),)
    return _Access(BusName.uart(port), None, sent, answered=lambda _answer: sent)


def _iio_read(_header: Header, device: str, channel: str) -> _Access:
    names = Message(True, f"{device} {channel}".encode())
    return _Access(IIO, None, answered=lambda value: (names, Message(False, repr(value).encode())))


def _with_answer(access: _Access, split: Callable[[Any], Sequence[bytes]]) -> _Access:
    """The access, whose answer `split` cuts into the bytes of each read."""
    answered = access.answered
    return _Access(
        access.bus, access.address, access.sent, access.reads, lambda answer: answered(split(answer)), access.spi
    )


def _parts(answer: bytes, lengths: Sequence[int]) -> list[bytes]:
    parts, start = [], 0
    for length in lengths:
        parts.append(answer[start : start + length])
        start += length
    return parts


def _in_text(reader: Callable[..., _Access], index: int) -> Callable[..., _Access]:
    """The reader for arguments whose bytes travel as text."""
    return lambda header, *arguments: reader(
        header, *arguments[:index], wire_bytes(arguments[index]), *arguments[index + 1 :]
    )


_OUTCOMES = frozenset(map(str, Outcome))
_DIRECT: dict[str, Callable[..., _Access]] = {
    "i2c#transfer": _i2c_transfer,
    "i2c#transaction": lambda header, bus, address, steps: _i2c(
        header, bus, address, [i2c_operation(*each) for each in steps]
    ),
    "spi#transfer": _spi_transfer,
    "spi#transaction": _spi_transaction,
    "gpio#read": _gpio_read,
    "gpio#write": _gpio_write,
    "gpio#capture": _gpio_capture,
    "uart#read": _uart_read,
    "uart#write": _uart_write,
    "iio#read": _iio_read,
}
_READERS: dict[str, Callable[..., _Access]] = {
    **_DIRECT,
    **{WIRE + name: reader for name, reader in _DIRECT.items()},
    f"{WIRE}i2c#transfer": _in_text(_i2c_transfer, 2),
    f"{WIRE}i2c#transaction": _i2c_wire,
    f"{WIRE}spi#transfer": _in_text(_spi_transfer, 2),
    f"{WIRE}spi#transaction": _spi_wire,
    f"{WIRE}uart#write": _in_text(_uart_write, 1),
}
