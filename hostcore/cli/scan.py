"""``wasi-host scan``: prints the table of i2cdetect and explains it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from hostcore.buses.probing import ADDRESSES, grid
from hostcore.chips.library import library_with
from hostcore.chips.model import Chip
from hostcore.cli.bus import BusAtHand, opened
from hostcore.cli.lines import terminal_width
from hostcore.cli.question import confirm
from hostcore.events import Presence, Probed
from hostcore.events.facts import ScanMode
from hostcore.log.safe_text import escaped
from hostcore.quick_dataclass import asdict

METHODS = {
    ScanMode.AUTO: "reads a byte at 0x30-0x37 and 0x50-0x5f, and sends only the address elsewhere",
    ScanMode.QUICK: "sends only the address (SMBus quick write), which can corrupt an AT24RF08 EEPROM",
    ScanMode.READ: "reads a byte at each address, which can lock up write-only chips such as clocks at 0x69",
}
"""A description of each mode, with the warnings of i2cdetect(8)."""
FAULTS_SHOWN = 8
"""The most different failures that are shown. More would not help."""
CROWD = 100
"""More devices than any bus has."""
_INDENT = " " * 6


def scan_bus(config_file: Path | None, bus: str | None, mode: str, *, as_json: bool, yes: bool) -> int:
    """Probe every address of an I2C bus, and print the devices. Blocks until the scan is complete.

    Args:
        config_file: the settings file that the person named, if any.
        bus: ``1`` or ``i2c-1``; None for the file's first I2C bus.
        mode: a `ScanMode`.
        as_json: print one JSON object instead.
        yes: do not ask.

    Returns:
        0.

    Raises:
        HostError: the scan is not possible, or the person said no.
    """
    chosen = ScanMode(mode)
    with opened(config_file, bus) as at_hand:
        warning = f"Mode {chosen} {METHODS[chosen]}; some devices mistake a probe for a command."
        question = f"{warning}\nProbe all of {at_hand.title}"
        confirm(question, "nothing was probed", yes=yes or not at_hand.is_real)
        probed = at_hand.scan(chosen)
    if as_json:
        print(json.dumps(_as_json(at_hand, chosen, probed), ensure_ascii=False))
    else:
        print(grid(probed), "", *_explained(at_hand, chosen, probed), sep="\n")
    return 0


def _as_json(at_hand: BusAtHand, mode: ScanMode, probed: Sequence[Probed]) -> dict[str, object]:
    return {
        "bus": at_hand.facts.name,
        "kind": at_hand.facts.backend,
        "reason": at_hand.facts.reason,
        "mode": mode,
        "found": [
            {
                "address": f"0x{each.address:02x}",
                "presence": each.presence,
                "detail": each.detail,
                "plugins": [asdict(owner) for owner in at_hand.owners(each.address)],
                "candidates": [name for chip in _candidates(at_hand, each.address) for name in chip.names],
            }
            for each in probed
            if each.presence is not Presence.ABSENT
        ],
        "not_probed": [f"0x{address:02x}" for address in _left_out(probed)],
    }


def _left_out(probed: Iterable[Probed]) -> list[int]:
    done = {each.address for each in probed}
    return [address for address in ADDRESSES if address not in done]


def _explained(at_hand: BusAtHand, mode: ScanMode, probed: Sequence[Probed]) -> Iterator[str]:
    yield f"This is {at_hand.title}."
    yield f"Mode {mode} {METHODS[mode]}."
    there = [each for each in probed if each.presence not in {Presence.ABSENT, Presence.FAULT}]
    if len(there) > CROWD:
        yield "Nearly every address answers. This happens if SDA is held low by a short circuit or a hanging device."
    elif not there:
        yield "No device answered."
    else:
        for each in there:
            yield ""
            yield from _device(at_hand, each)
    yield from _faults([each for each in probed if each.presence is Presence.FAULT])
    if left_out := _left_out(probed):
        yield f"\nNot probed, because the adapter cannot in this mode: {_ranges(left_out)}. Try another --mode."


def _device(at_hand: BusAtHand, probed: Probed) -> Iterator[str]:
    owners = ", ".join(f"{owner.plugin} ({owner.permission})" for owner in at_hand.owners(probed.address))
    chips = _candidates(at_hand, probed.address)
    yield f"0x{probed.address:02x}  " + (f"plugin {escaped(owners)}" if owners else "no plugin")
    if probed.presence is Presence.GHOST:
        yield from _wrapped(f"a loose wire, a busy chip, or a ghost: {probed.detail}")
    yield from _wrapped("could be " + (", ".join(f"{chip.name} ({chip.purpose})" for chip in chips) or "anything"))
    if probed.presence is Presence.KERNEL:
        yield from _wrapped(f"UU: {probed.detail}")
        return
    command = f"wasi-host i2c read {at_hand.number} 0x{probed.address:02x}"
    for register, answers in _identities(chips):
        yield from _wrapped(f"{command} {register}: {answers}")


def _candidates(at_hand: BusAtHand, address: int) -> tuple[Chip, ...]:
    return library_with(at_hand.config.chips_folder).at(address)


def _identities(chips: Iterable[Chip]) -> Iterator[tuple[str, str]]:
    """Yield the arguments of ``wasi-host i2c read`` that tell chips apart, each with the answers of the chips."""
    answers: dict[str, list[str]] = {}
    for chip in chips:
        if chip.bus.register_bytes == 1:
            for identity in chip.identity:
                size = identity.register.size
                read = f"0x{identity.register.address:02x}" + (f" {size}" if size > 1 else "")
                expected = " or ".join(" ".join(f"0x{byte:02x}" for byte in answer) for answer in identity.answers)
                answers.setdefault(read, []).append(f"{expected} on a {chip.name}")
    for read, found in answers.items():
        yield read, ", ".join(found)


def _faults(faults: Sequence[Probed]) -> Iterator[str]:
    """Yield the failures. Equal ones are grouped, because a bus that fails does so in the same way at all addresses."""
    alike: dict[str, list[int]] = {}
    for each in faults:
        alike.setdefault(each.detail, []).append(each.address)
    if faults:
        yield "\nThe bus failed at:"
    for detail in list(alike)[:FAULTS_SHOWN]:
        text = f"{_ranges(alike.pop(detail))}  {escaped(detail)}"
        yield from textwrap.wrap(text, terminal_width(), subsequent_indent=_INDENT, break_on_hyphens=False)
    if alike:
        left = sorted(address for addresses in alike.values() for address in addresses)
        yield f"and at {len(left)} more: {_ranges(left)}"


def _ranges(addresses: Sequence[int]) -> str:
    """Return addresses in order as ``0x08-0x2f, 0x38``."""
    runs = [
        [address for _, address in run]
        for _, run in groupby(enumerate(addresses), key=lambda numbered: numbered[1] - numbered[0])
    ]
    return ", ".join(f"0x{run[0]:02x}" + (f"-0x{run[-1]:02x}" if len(run) > 1 else "") for run in runs)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        escaped(text),
        terminal_width(),
        initial_indent=_INDENT,
        subsequent_indent=_INDENT + "  ",
        break_on_hyphens=False,
    )
