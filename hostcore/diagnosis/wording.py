"""Words that several rules need: places, names, lists, and transfers as observations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hostcore.diagnosis.records import DeviceRecord
from hostcore.events import Confidence, Evidence, Finding, Message, Outcome, TransferCompleted
from hostcore.place import BusKind, BusName

MOST_BYTES = 8
"""Bytes of a message that an observation shows."""


def place(bus: BusName, address: int | None) -> str:
    """Return a device's place for a person: ``0x76 on i2c-1``, ``line 4``, ``chip select 0 of spi-0``, ``i2c-1``."""
    if address is None:
        return bus
    match bus.kind:
        case BusKind.I2C:
            return f"0x{address:02x} on {bus}"
        case BusKind.SPI:
            return f"chip select {address} of {bus}"
        case _:
            return f"line {address}"


def either(names: Iterable[str]) -> str:
    """Return names as alternatives: ``a, b or c``."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def both(names: Iterable[str]) -> str:
    """Return names as a list: ``a, b and c``."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def percent(part: int, whole: int) -> str:
    """Return a share for a person: ``0.4 %``, ``12 %``."""
    share = 100 * part / whole if whole else 0.0
    return f"{share:.1f} %" if 0 < share < 10 else f"{share:.0f} %"


def mebibytes(size: int) -> str:
    """Return a size in bytes for a person: ``12 MiB``, ``1.5 MiB``."""
    return f"{size / (1 << 20):.3g} MiB"


def observation(transfer: TransferCompleted, remark: str = "") -> Evidence:
    """Return a transfer as evidence: ``wrote d0, read 61 (line 12)``.

    Args:
        transfer: the transfer.
        remark: what is remarkable about it, if its bytes and its outcome do not say it.
    """
    parts = [_message(each) for each in transfer.messages] or [_asked(transfer)]
    if transfer.outcome is not Outcome.OK:
        parts.append(transfer.outcome.value)
    if transfer.is_injected:
        parts.append("struck by a fault on demand")
    return shown_by(transfer, ", ".join(parts) + (f": {remark}" if remark else ""))


def shown_by(transfer: TransferCompleted, text: str) -> Evidence:
    """Return an observation in these words that a transfer shows."""
    return Evidence(
        text, transfer.time_ns, transfer.plugin, transfer.source_line, transfer.sequence, transfer.is_injected
    )


def observations(device: DeviceRecord, count: int = 3, *, failed: bool = False) -> tuple[Evidence, ...]:
    """Return the newest transfers of a device as evidence, oldest first.

    Args:
        device: the device.
        count: how many, at most.
        failed: only those that failed.
    """
    chosen: list[TransferCompleted] = []
    for transfer in device.transfers.newest_first():
        if len(chosen) == count:
            break
        if not failed or transfer.outcome is not Outcome.OK:
            chosen.append(transfer)
    return tuple(observation(each) for each in reversed(chosen))


def only(names: Sequence[str] | Iterable[str]) -> str:
    """Return the name if there is exactly one, else ""."""
    names = list(names)
    return names[0] if len(names) == 1 else ""


def _message(message: Message) -> str:
    shown = message.data[:MOST_BYTES].hex(" ")
    more = f" +{len(message.data) - MOST_BYTES}" if len(message.data) > MOST_BYTES else ""
    return f"{'wrote' if message.written else 'read'} {shown}{more}" if shown else "address alone"


def _asked(transfer: TransferCompleted) -> str:
    if not transfer.asked:
        return "no byte"
    return f"asked for {both(map(str, transfer.asked))} {'byte' if transfer.asked[-1] == 1 else 'bytes'}"


def about_device(
    device: DeviceRecord,
    kind: str,
    sentence: str,
    advice: str,
    confidence: Confidence,
    *,
    evidence: tuple[Evidence, ...] | None = None,
) -> Finding:
    """Return a finding about a device, with its newest transfers as evidence unless there is other evidence."""
    return Finding(
        kind,
        sentence,
        advice,
        confidence,
        observations(device, 2) if evidence is None else evidence,
        only(device.plugins),
        device.bus,
        device.address,
        is_simulated=device.is_simulated,
    )
