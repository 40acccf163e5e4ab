"""What a driver asked of its chip that the chip does not understand, each kind once with its number of times."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.chips.model import Chip, Register
from hostcore.decoding.decoded import Checksum
from hostcore.decoding.layout import Span, layout_of
from hostcore.diagnosis.chip_facts import MOST_MISUSES, Misuse, MisuseKind
from hostcore.events import TransferCompleted
from hostcore.place import BusKind


class Misuses:
    """The misuses of one device.

    Args:
        chip: its chip.
    """

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        self._found: dict[tuple[MisuseKind, int, bytes, str], Misuse] = {}
        self._pointed: TransferCompleted | None = None
        self._unknown: Misuse | None = None

    def __iter__(self) -> Iterator[Misuse]:
        return iter(self._found.values())

    @property
    def knows_commands(self) -> bool:
        """Whether every write to the chip is a command."""
        return bool(self._chip.commands) and not self._chip.bus.register_bytes

    def miss(self) -> None:
        """Events were lost."""
        self._pointed = self._unknown = None

    def see_stop(self, transfer: TransferCompleted) -> None:
        """Find a read on its own after a write of nothing but a register's number."""
        pointed, self._pointed = self._pointed, None
        if not self._chip.bus.needs_repeated_start or transfer.bus.kind is not BusKind.I2C:
            return
        messages = transfer.messages
        if len(messages) == 1 and messages[0].written and len(messages[0].data) == self._chip.bus.register_bytes:
            self._pointed = transfer
        elif pointed and pointed.plugin == transfer.plugin and len(messages) == 1 and not messages[0].written:
            number = int.from_bytes(pointed.messages[0].data, "big")
            self._note(MisuseKind.STOP_BEFORE_READ, number, transfer, b"")

    def refused(self, transfer: TransferCompleted) -> None:
        """The chip did not acknowledge something."""
        sent = transfer.messages[0].data if transfer.messages else b""
        if sent and self.knows_commands and layout_of(self._chip).command(sent) is None:
            self._note(MisuseKind.UNKNOWN_COMMAND, 0, transfer, sent).failed += 1
        elif transfer.asked and self._unknown is not None:
            self._unknown.failed += 1
            self._unknown = None

    def unknown_command(self, transfer: TransferCompleted, data: bytes) -> None:
        """A command was sent that the chip file does not list."""
        self._unknown = self._note(MisuseKind.UNKNOWN_COMMAND, 0, transfer, data)

    def known_command(self, transfer: TransferCompleted, data: bytes, checksums: tuple[Checksum, ...]) -> None:
        """A command was sent that the chip file lists."""
        self._unknown = None
        wrong = next((each for each in checksums if not each.is_right), None)
        if wrong is not None:
            self._note(MisuseKind.WRONG_CRC_SENT, wrong.computed, transfer, data)

    def answered(self, data: bytes) -> bool:
        """The chip was read after a command without an answer. Return whether that was an unknown one."""
        unknown, self._unknown = self._unknown, None
        if unknown is not None:
            unknown.failed += data in (bytes(len(data)), b"\xff" * len(data))
        return unknown is not None

    def judge_write(self, transfer: TransferCompleted, span: Span, data: bytes, before: bytes) -> None:
        """Judge the register at which a write begins. Those after it may be passed over on purpose.

        Args:
            transfer: the write.
            span: the part of it that goes to this register.
            data: the bytes after the register's number.
            before: the last bytes of the register that were seen.
        """
        register, written = span.register, data[span.start : span.end]
        if register is None and self._chip.is_reserved(span.number):
            self._note(MisuseKind.RESERVED_REGISTER, span.number, transfer, written)
        elif register is None and self._chip.complete:
            self._note(MisuseKind.NO_SUCH_REGISTER, span.number, transfer, written)
        elif register is not None and not register.is_writable and before != written:
            self._note(MisuseKind.READ_ONLY, span.number, transfer, written, register)

    def judge_value(self, transfer: TransferCompleted, register: Register, data: bytes) -> None:
        """Judge the value that is written to a register."""
        if register.raw(data) & register.zero_bits:
            self._note(MisuseKind.RESERVED_BITS, register.address, transfer, data, register)

    def read_unlisted(self, transfer: TransferCompleted, number: int) -> None:
        """Registers were read none of which the chip file lists."""
        if self._chip.complete and not self._chip.is_reserved(number):
            self._note(MisuseKind.NO_SUCH_REGISTER, number, transfer, b"").is_write = False

    def _note(
        self,
        kind: MisuseKind,
        number: int,
        transfer: TransferCompleted,
        data: bytes,
        register: Register | None = None,
    ) -> Misuse:
        key = kind, number, data if kind is MisuseKind.UNKNOWN_COMMAND else b"", transfer.plugin
        if key not in self._found and len(self._found) >= MOST_MISUSES:
            del self._found[next(iter(self._found))]
        found = self._found.setdefault(key, Misuse(kind, number, transfer.plugin, transfer, data, register))
        found.transfer, found.data, found.last_ns = transfer, data, transfer.time_ns
        found.count += 1
        return found
