"""Transfers of all buses as CSV, with a row for each message, and as JSON lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

from hostcore.clock import timestamp
from hostcore.events import EventsDropped, Message, TransferCompleted
from hostcore.events.event_json import to_json
from hostcore.export.transfer_story import messages_of
from hostcore.export.writer import Writer
from hostcore.log.safe_text import log_line
from hostcore.place import BusKind

COLUMNS = (
    "transfer", "time", "time_ns", "bus", "address", "plugin", "line", "message", "direction", "bytes", "outcome",
    "detail", "errno", "duration_ns", "waited_ns", "simulated",
)  # fmt: skip
"""The columns of the CSV. ``transfer`` and ``message`` count from 1."""
_FORMULA = ("=", "+", "-", "@")
"""Text that begins with one of these is a formula to a spreadsheet."""


class CsvWriter(Writer):
    """Writes RFC 4180 with a header, and UTF-8. A transfer without bytes has one row."""

    only_i2c = False

    def begin(self) -> bytes:
        return _row(COLUMNS)

    def _add(self, transfer: TransferCompleted) -> bytes:
        messages = messages_of(transfer) or (None,)
        return b"".join(self._message(transfer, number, message) for number, message in enumerate(messages, 1))

    def _mark(self, dropped: EventsDropped) -> bytes:
        known = {"time": timestamp(dropped.time_ns), "time_ns": dropped.time_ns, "outcome": "lost"}
        known["detail"] = f"{dropped.count} transfers came too fast and are missing here"
        return _row([known.get(column, "") for column in COLUMNS])

    def end(self) -> bytes:
        return b""

    def _message(self, transfer: TransferCompleted, number: int, message: Message | None) -> bytes:
        time_ns = transfer.got_bus_ns
        return _row(
            (
                self.written,
                timestamp(time_ns),
                time_ns,
                transfer.bus,
                _address(transfer),
                transfer.plugin,
                transfer.source_line or "",
                number if message else "",
                ("write" if message.written else "read") if message else "",
                " ".join(f"0x{byte:02x}" for byte in message.data) if message else "",
                transfer.outcome.value,
                cell_of(transfer.detail),
                "" if transfer.errno is None else transfer.errno,
                transfer.duration_ns,
                transfer.waited_ns,
                yes_or_no(transfer.is_simulated),
            )
        )


class JsonLinesWriter(Writer):
    """Writes one JSON object a line: a transfer with the fields of `TransferCompleted`, or ``{"dropped": N}``."""

    only_i2c = False

    def begin(self) -> bytes:
        return b""

    def _add(self, transfer: TransferCompleted) -> bytes:
        return _json_line(to_json(transfer))

    def _mark(self, dropped: EventsDropped) -> bytes:
        return _json_line({"time_ns": dropped.time_ns, "dropped": dropped.count})

    def end(self) -> bytes:
        return b""


def _address(transfer: TransferCompleted) -> str | int:
    if transfer.address is None:
        return ""
    return f"0x{transfer.address:02x}" if transfer.bus.kind is BusKind.I2C else transfer.address


def cell_of(text: str) -> str:
    """Return text that no spreadsheet takes for a formula (OWASP, CSV Injection)."""
    line = log_line(text)
    return f"'{line}" if line.startswith(_FORMULA) else line


def yes_or_no(is_so: bool) -> str:
    """Return the text of a flag in a cell. Spreadsheets spell true and false in different ways."""
    return "yes" if is_so else "no"


def _row(cells: Iterable[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode("utf-8", "backslashreplace")


def _json_line(found: object) -> bytes:
    return json.dumps(found, separators=(",", ":")).encode() + b"\n"
