"""pcapng with one packet for each I2C message, for Wireshark and tshark.

Sources: the pcapng draft of the IETF (draft-ietf-opsawg-pcapng), and the page LINKTYPE_I2C_LINUX of tcpdump.org.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from hostcore import __version__
from hostcore.backends.base import BackendKind
from hostcore.events import EventsDropped, Message, TransferCompleted
from hostcore.events.facts import BusFacts
from hostcore.export.transfer_story import messages_of, story
from hostcore.export.writer import Writer
from hostcore.place import BusName

LINKTYPE_I2C_LINUX = 209
"""tcpdump.org/linktypes: bus number, flags, address, data."""
READ = 0x00000001
"""The flag of a message from the device."""
IS_EVENT = 0x80
"""The bit beside the bus number for a packet that is an event."""
DATA_LOST = 0x00000100
"""The event for data that came too fast."""
_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
"""Types of blocks."""
_COMMENT, _PROGRAM, _NAME, _DESCRIPTION, _RESOLUTION = 1, 4, 2, 3, 9
"""Codes of options: opt_comment, shb_userappl, if_name, if_description, if_tsresol."""
_NANOSECONDS = b"\x09"
"""if_tsresol: units of 10 to the power of -9 seconds."""


class PcapngWriter(Writer):
    """Writes one packet for each message. A failed transfer has packets, too; their comments say how it failed.

    Args:
        buses: the I2C buses that are known from the start. Each is an interface.
    """

    def __init__(self, buses: Sequence[BusFacts]) -> None:
        super().__init__()
        self._buses = buses
        self._interfaces: dict[BusName, int] = {}

    def begin(self) -> bytes:
        section = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)  # byte order, version 1.0, length unknown
        header = _block(_SECTION, section, [(_PROGRAM, f"wasi-host {__version__}".encode())])
        return header + b"".join(self._described(bus.name, is_simulated=not bus.is_real) for bus in self._buses)

    def _add(self, transfer: TransferCompleted) -> bytes:
        start = b""
        if transfer.bus not in self._interfaces:
            start = self._described(transfer.bus, is_simulated=transfer.is_simulated)
        return start + b"".join(self._packets(transfer))

    def _mark(self, dropped: EventsDropped) -> bytes:
        if not self._interfaces:
            return b""
        header = struct.pack(">BI", IS_EVENT, DATA_LOST)
        return _packet(0, dropped.time_ns, header, f"{dropped.count} transfers came too fast and are missing here")

    def end(self) -> bytes:
        return b""

    def _described(self, bus: BusName, *, is_simulated: bool) -> bytes:
        """Return the block of an interface."""
        self._interfaces[bus] = len(self._interfaces)
        backend = BackendKind.SIMULATED if is_simulated else BackendKind.LINUX
        options = [(_NAME, bus.encode()), (_DESCRIPTION, f"{bus}, {backend}".encode()), (_RESOLUTION, _NANOSECONDS)]
        return _block(_INTERFACE, struct.pack("<HHI", LINKTYPE_I2C_LINUX, 0, 0), options)

    def _packets(self, transfer: TransferCompleted) -> Iterator[bytes]:
        messages = messages_of(transfer) or (Message(True, b""),)
        for number, (message, time_ns) in enumerate(zip(messages, _times(transfer, messages), strict=True), 1):
            place = f", message {number} of {len(messages)}" if len(messages) > 1 else ""
            content = _header(transfer, message) + message.data
            yield _packet(self._interfaces[transfer.bus], time_ns, content, story(transfer) + place)


def _header(transfer: TransferCompleted, message: Message) -> bytes:
    flags = 0 if message.written else READ
    address = (transfer.address or 0) << 1 | flags
    return struct.pack(">BIB", transfer.bus.number & ~IS_EVENT, flags, address)


def _times(transfer: TransferCompleted, messages: Sequence[Message]) -> Iterator[int]:
    """Yield about when each message began: the transfer's time is divided by the bytes, with one for the address."""
    whole = sum(len(message.data) + 1 for message in messages)
    before = 0
    for message in messages:
        yield transfer.got_bus_ns + transfer.duration_ns * before // whole
        before += len(message.data) + 1


def _packet(interface: int, time_ns: int, content: bytes, comment: str) -> bytes:
    high, low = divmod(max(0, time_ns), 1 << 32)
    head = struct.pack("<IIIII", interface, high & 0xFFFFFFFF, low, len(content), len(content))
    return _block(_PACKET, head + _padded(content), [(_COMMENT, comment.encode("utf-8", "backslashreplace"))])


def _block(kind: int, body: bytes, options: Sequence[tuple[int, bytes]]) -> bytes:
    listed = b"".join(struct.pack("<HH", code, len(value)) + _padded(value) for code, value in options)
    content = body + listed + struct.pack("<HH", 0, 0)
    length = struct.pack("<I", len(content) + 12)
    return struct.pack("<I", kind) + length + content + length


def _padded(content: bytes) -> bytes:
    """Return the content with zeros up to a multiple of 4 bytes."""
    return content + bytes(-len(content) % 4)
