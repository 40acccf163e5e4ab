"""The formats of files, by the names of their endings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from hostcore.events.facts import BusFacts
from hostcore.export.writer import Writer
from hostcore.place import BusKind, BusName


class Format(StrEnum):
    """A format. Its value is the ending of its files, and its option of ``wasi-host capture``."""

    PCAPNG = "pcapng"
    VCD = "vcd"
    SR = "sr"
    CSV = "csv"
    JSONL = "jsonl"

    @property
    def purpose(self) -> str:
        """What the format is for, in words."""
        return _PURPOSES[self]


_PURPOSES = {
    Format.PCAPNG: "I2C messages for Wireshark",
    Format.VCD: "SDA and SCL, reconstructed, for PulseView and GTKWave",
    Format.SR: "SDA and SCL, reconstructed, as a session of PulseView",
    Format.CSV: "all transfers as a table",
    Format.JSONL: "all transfers, a JSON object a line",
}


def writer_of(form: Format, buses: Sequence[BusFacts], speeds: Mapping[BusName, int] | None = None) -> Writer:
    """Return a writer for a new file.

    Args:
        form: the format.
        buses: the buses of the host, of any kind.
        speeds: the clock in hertz of each I2C bus whose clock is known.
    """
    i2c = [bus for bus in buses if bus.name.kind is BusKind.I2C]
    match form:
        case Format.PCAPNG:
            from hostcore.export.pcapng import PcapngWriter  # noqa: PLC0415 - few sessions write files

            return PcapngWriter(i2c)
        case Format.VCD:
            from hostcore.export.vcd import VcdWriter  # noqa: PLC0415

            return VcdWriter(i2c, speeds or {})
        case Format.SR:
            from hostcore.export.sr import SrWriter  # noqa: PLC0415

            return SrWriter(i2c, speeds or {})
        case Format.CSV:
            from hostcore.export.tables import CsvWriter  # noqa: PLC0415

            return CsvWriter()
        case Format.JSONL:
            from hostcore.export.tables import JsonLinesWriter  # noqa: PLC0415

            return JsonLinesWriter()
