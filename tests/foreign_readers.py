"""Reads exported files with the programs that people use: tshark (Wireshark) and sigrok-cli (PulseView)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.i2c_levels import Word
from tests.programs import require

FIELDS = ("frame.interface_name", "i2c.bus", "i2c.flags", "i2c.addr", "i2c.event", "data.data", "frame.comment")
"""What tshark is asked for."""
PATIENCE = 60.0
"""Most seconds that a program may run."""
_BYTE = re.compile(r"(Address|Data) (write|read): ([0-9A-F]{2})")
_MARKS = {"Start": "S", "Start repeat": "Sr", "Stop": "P"}


@dataclass(frozen=True)
class Dissected:
    """A packet as tshark shows it."""

    interface: str
    bus: int
    is_read: bool
    address: int | None
    """The 7-bit address; None for an event of the bus."""
    data: bytes
    """The bytes without the address."""
    comment: str
    is_event: bool


def tshark_command(file: str) -> list[str]:
    """The command that prints the fields of each packet of a file, or of standard input if it is ``-``."""
    require("tshark", packages="tshark")
    fields = [word for field in FIELDS for word in ("-e", field)]
    return ["tshark", "-l", "-r", file, "-T", "fields", "-E", "separator=/t", *fields]


def dissected(lines: Sequence[str] | IO[str]) -> Iterator[Dissected]:
    """Read what `tshark_command` prints."""
    for line in lines:
        interface, bus, flags, address, event, data, comment = line.rstrip("\n").split("\t")
        yield Dissected(
            interface,
            int(bus),
            bool(int(flags or "0", 16) & 1),
            int(address, 16) if address else None,
            bytes.fromhex(data)[1:],
            comment,
            bool(event),
        )


def seen_by_tshark(file: Path) -> list[Dissected]:
    """All packets of a file."""
    return list(dissected(_output(tshark_command(str(file))).splitlines()))


def seen_by_sigrok(file: Path, bus: str) -> list[Word]:
    """The words on the wires of a bus, found by the I2C decoder of sigrok."""
    require("sigrok-cli", packages="sigrok-cli")
    wires = f"i2c:scl={bus}.SCL.reconstructed:sda={bus}.SDA.reconstructed"
    shown = _output(["sigrok-cli", "-i", str(file), "-P", wires, "-A", "i2c=addr-data"])
    return list(_words([line.partition(": ")[2] for line in shown.splitlines()]))


def _words(annotations: Sequence[str]) -> Iterator[Word]:
    byte = 0
    for text in annotations:
        if text in _MARKS:
            yield _MARKS[text]
        elif found := _BYTE.fullmatch(text):
            byte = int(found[3], 16)
            if found[1] == "Address":
                byte = byte << 1 | (found[2] == "read")
        elif text in {"ACK", "NACK"}:
            yield byte, text == "ACK"


def _output(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
