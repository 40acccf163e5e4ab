"""The transfers of a recording, made of its crossings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hostcore.backends.base import Edge, I2cOperation, I2cRead, I2cWrite
from hostcore.backends.spi import SpiOperation, SpiSelect, SpiSettings, SpiTransfer, SpiWrite, is_answered, length_of
from hostcore.compat.demo.contract import PACKAGE as DEMO
from hostcore.compat.demo.imports import SPI as DEMO_SPI
from hostcore.errors import BusError
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.events.transfers import WIRE_FAULTS
from hostcore.hostcall import Err
from hostcore.place import GPIO, IIO, SYSTEM, BusKind, BusName
from hostcore.quick_dataclass import dataclass, replace
from hostcore.recording.model import Call, Crossing, Ending, Header
from hostcore.runtime.called_from import LAST_LINE
from hostcore.runtime.contract import PACKAGE, i2c_operation, spi_operation
from hostcore.runtime.plans import i2c_plan, spi_plan, wire_bytes

WIRE = "python-wire#"
_NS_PER_US = 1000


@dataclass(frozen=True, slots=True)
class Access:
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
    operations: tuple[I2cOperation, ...] = ()
    """Those of an I2C transaction."""

    @property
    def is_sound(self) -> bool:
        """Whether its values have the types that cross the boundary; those of a forged recording may have others."""
        return (
            isinstance(self.address, int | None)
            and all(isinstance(each.data, bytes) for each in self.sent)
            and all(isinstance(each, int) for each in self.reads)
        )

    def received(self, answer: Any) -> tuple[bytes, ...]:
        """The bytes of each read, out of the answer to an access that succeeded."""
        return tuple(message.data for message in self.answered(answer) if not message.written)


def transfer_of(header: Header, call: Call, crossing: Crossing) -> TransferCompleted | None:
    """Return the transfer that a crossing made; None if it made none.

    What only the host knew is left out: how long the access waited for the bus, and its place among those of other
    plugins. The duration is that of the whole host function.
    """
    name, arguments = header.imports[crossing.slot], crossing.arguments
    access, (_, line, _) = access_of(header, name, arguments), spoken(name, arguments)
    if access is None:
        return None
    try:
        return _transfer(header, call, crossing, access, line)
    except (AttributeError, TypeError, ValueError):
        return None  # no such answer crosses the boundary: the recording is forged


def _transfer(header: Header, call: Call, crossing: Crossing, access: Access, line: int) -> TransferCompleted:
    is_ok = not isinstance(crossing.answer, Err | Ending)
    outcome, detail = (Outcome.OK, "") if is_ok else _failure(crossing.answer)
    sent = access.sent if outcome in WIRE_FAULTS else ()
    return TransferCompleted(
        time_ns=call.began_ns + crossing.at_us * _NS_PER_US,
        plugin=header.plugin,
        bus=access.bus,
        address=access.address,
        messages=_messages(access, crossing.answer) if is_ok else sent,
        outcome=outcome,
        detail=detail,
        duration_ns=crossing.took_us * _NS_PER_US,
        source_line=line,
        asked=access.reads,
        spi=access.spi,
        edges=tuple(Edge(*each) for each in crossing.answer or ()) if is_ok and access.has_edges else (),
        is_simulated=str(access.bus) in header.simulated,
        is_injected=crossing.is_injected,
    )


def _messages(access: Access, answer: Any) -> tuple[Message, ...]:
    messages = access.answered(answer)
    if not all(isinstance(each.data, bytes) for each in messages):
        raise TypeError("a message has no bytes")
    return messages


def access_of(header: Header, name: str, arguments: tuple[Any, ...]) -> Access | None:
    """What a call of a host function asks a bus for; None if it asks none."""
    name, _, arguments = spoken(name, arguments)
    reader = _READERS.get(name)
    try:
        found = None if reader is None else reader(header, *arguments)
    except (AttributeError, BusError, LookupError, TypeError, ValueError):
        return None  # the host refused a request of this form, and no bus saw it
    return found if found is not None and found.is_sound else None


def spoken(name: str, arguments: tuple[Any, ...]) -> tuple[str, int, tuple[Any, ...]]:
    """The function as the contract names it, the line of the plugin that called it (0: not told), and its arguments."""
    name = name.removeprefix(PACKAGE)
    if not name.startswith(WIRE) or not arguments or not isinstance(arguments[0], int):
        return name, 0, arguments
    interface, _, function = name.removeprefix(WIRE).partition("-")
    return f"{WIRE}{interface}#{function}", arguments[0] & LAST_LINE, arguments[1:]


def _failure(answer: Err | Ending) -> tuple[Outcome, str]:
    if isinstance(answer, Ending):
        return Outcome.OTHER, answer.problem
    match answer.value:
        case (str(outcome), str(detail)) if outcome in _OUTCOMES:
            return Outcome(outcome), detail
        case str(detail):  # demo:plugin has only a text
            return Outcome.OTHER, detail
    return Outcome.OTHER, ""


def _i2c(header: Header, bus: int | None, address: int, operations: Sequence[I2cOperation]) -> Access:
    def answered(received: Sequence[bytes]) -> tuple[Message, ...]:
        reads = iter(received)
        return tuple(
            Message(True, each.data) if isinstance(each, I2cWrite) else Message(False, next(reads, b""))
            for each in operations
        )

    return Access(
        BusName.i2c(_first(header, BusKind.I2C, "i2c-1").number if bus is None else bus),
        address,
        tuple(Message(True, each.data) for each in operations if isinstance(each, I2cWrite)),
        tuple(each.length for each in operations if isinstance(each, I2cRead)),
        answered,
        operations=tuple(operations),
    )


def _first(header: Header, kind: BusKind, otherwise: str) -> BusName:
    """The first bus of a kind in host.toml."""
    names = map(BusName, header.buses)
    return next((each for each in names if each.kind is kind), BusName(otherwise))


def _i2c_transfer(header: Header, bus: int | None, address: int, data: bytes, length: int) -> Access:
    steps: list[I2cOperation] = [I2cWrite(data)] if data or not length else []
    access = _i2c(header, bus, address, [*steps, *([I2cRead(length)] if length else [])])
    return _with_answer(access, lambda answer: [answer])


def _i2c_wire(header: Header, bus: int | None, address: int, plan: str, data: str) -> Access:
    operations = i2c_plan(plan, wire_bytes(data))
    lengths = [each.length for each in operations if isinstance(each, I2cRead)]
    return _with_answer(_i2c(header, bus, address, operations), lambda answer: _parts(answer, lengths))


def _spi(bus: int, chip: int, operations: Sequence[SpiOperation], settings: SpiSettings) -> Access:
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
    return Access(BusName.spi(bus), chip, sent, reads, answered, settings)


def _spi_transfer(_header: Header, bus: int, chip: int, data: bytes, speed_hz: int, mode: int) -> Access:
    access = _spi(bus, chip, [SpiTransfer(data)], SpiSettings(speed_hz, mode))
    return _with_answer(access, lambda answer: [answer])


def _spi_wire(_header: Header, bus: int, chip: int, plan: str, data: str, *settings: Any) -> Access:
    operations = spi_plan(plan, wire_bytes(data))
    lengths = [length_of(each) for each in operations if is_answered(each)]
    speed_hz, mode, select, line = settings
    access = _spi(bus, chip, operations, SpiSettings(speed_hz, mode, SpiSelect(select), line))
    return _with_answer(access, lambda answer: _parts(answer, lengths))


def _spi_transaction(_header: Header, bus: int, chip: int, operations: Sequence[Any], *settings: Any) -> Access:
    speed_hz, mode, select, line = settings
    steps = [spi_operation(*each) for each in operations]
    return _spi(bus, chip, steps, SpiSettings(speed_hz, mode, SpiSelect(select), line))


def _gpio_read(_header: Header, line: int, _pull: str) -> Access:
    return Access(GPIO, line, answered=lambda level: (Message(False, bytes((level,))),))


def _gpio_write(_header: Header, line: int, level: bool) -> Access:
    sent = (Message(True, bytes((level,))),)
    return Access(GPIO, line, sent, answered=lambda _answer: sent)


def _gpio_capture(_header: Header, line: int, *_request: Any) -> Access:
    return Access(GPIO, line, has_edges=True)


def _uart_read(_header: Header, port: str, length: int, _timeout: int) -> Access:
    return Access(BusName.uart(port), None, reads=(length,), answered=lambda answer: (Message(False, answer),))


def _uart_write(_header: Header, port: str, data: bytes, *_more: int) -> Access:
    sent = (Message(True, data),)
    return Access(BusName.uart(port), None, sent, answered=lambda _answer: sent)


def _demo_i2c(header: Header, address: int, write: str, length: int) -> Access:
    access = _i2c_transfer(header, None, address, bytes.fromhex(write), length)
    return _with_answer(access, bytes.fromhex)


def _demo_uart(reader: Callable[..., Access]) -> Callable[..., Access]:
    """The reader for the first serial port, with the timeout of that contract."""
    return lambda header, data: reader(header, _first(header, BusKind.UART, "uart-serial0").unit, data, 0)


def _iio_read(_header: Header, device: str, channel: str) -> Access:
    names = Message(True, f"{device} {channel}".encode())
    return Access(IIO, None, answered=lambda value: (names, Message(False, repr(value).encode())))


def _with_answer(access: Access, split: Callable[[Any], Any]) -> Access:
    """The access, whose answer `split` cuts into the bytes of each read, or makes into what the access takes."""
    answered = access.answered
    return replace(access, answered=lambda answer: answered(split(answer)))


def _parts(answer: bytes, lengths: Sequence[int]) -> list[bytes]:
    parts, start = [], 0
    for length in lengths:
        parts.append(answer[start : start + length])
        start += length
    return parts


def _in_text(reader: Callable[..., Access], index: int) -> Callable[..., Access]:
    """The reader for arguments whose bytes travel as text."""
    return lambda header, *arguments: reader(
        header, *arguments[:index], wire_bytes(arguments[index]), *arguments[index + 1 :]
    )


_OUTCOMES = frozenset(map(str, Outcome))
_DIRECT: dict[str, Callable[..., Access]] = {
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
    "uart#set-baud": lambda _header, port, *_baud: Access(BusName.uart(port), None),
    "iio#read": _iio_read,
    "system#read-status": lambda _header: Access(SYSTEM, None),
}
_READERS: dict[str, Callable[..., Access]] = {
    **_DIRECT,
    **{WIRE + name: reader for name, reader in _DIRECT.items()},
    f"{WIRE}i2c#transfer": _in_text(_i2c_transfer, 2),
    f"{WIRE}i2c#transaction": _i2c_wire,
    f"{WIRE}spi#transfer": _in_text(_spi_transfer, 2),
    f"{WIRE}spi#transaction": _spi_wire,
    f"{WIRE}uart#write": _in_text(_uart_write, 1),
    f"{DEMO}/i2c#transfer": _demo_i2c,
    f"{DEMO}/spi#transfer": lambda header, data: _spi_transfer(
        header, _first(header, BusKind.SPI, "spi-0").number, 0, data, DEMO_SPI.speed_hz, DEMO_SPI.mode
    ),
    f"{DEMO}/uart#read": _demo_uart(_uart_read),
    f"{DEMO}/uart#write": _demo_uart(_uart_write),
    f"{DEMO}/uart#set-baud": _demo_uart(_DIRECT["uart#set-baud"]),
}
