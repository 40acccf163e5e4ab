"""Events without what is often a secret in them, wherever a person shows them to others."""

from __future__ import annotations

from hostcore.events import CrashReport, Message, TransferCompleted
from hostcore.log.secrets import LEFT_OUT
from hostcore.place import BusKind
from hostcore.quick_dataclass import replace


def without_serial_bytes(transfer: TransferCompleted) -> TransferCompleted:
    """Leave out what went through a serial port: modems and other machines are told passwords there."""
    if transfer.bus.kind is not BusKind.UART:
        return transfer
    hidden = tuple(Message(each.written, b"") for each in transfer.messages)
    return replace(transfer, messages=hidden, detail=transfer.detail or LEFT_OUT)


def shareable_crash(report: CrashReport) -> CrashReport:
    """Leave out the argument of the fatal call, and what went through serial ports."""
    transfers = tuple(map(without_serial_bytes, report.transfers))
    return replace(report, argument=LEFT_OUT, transfers=transfers)
