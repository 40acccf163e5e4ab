"""``wasi-host unstick``: frees an I2C bus whose SDA a chip holds low."""

from __future__ import annotations

import sys
from pathlib import Path

from hostcore.backends.i2c import IDLE, Recovery
from hostcore.cli.bus import BusAtHand, opened
from hostcore.cli.question import confirm
from hostcore.log.safe_text import escaped
from hostcore.place import I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS

MOST_ADDRESSES = 4
"""Addresses of one plugin that are named."""


def unstick(config_file: Path | None, bus: str, *, yes: bool) -> int:
    """Send up to nine clocks and a stop, and print what became of SDA and SCL.

    Args:
        config_file: the settings file that the person named, if any.
        bus: ``1`` or ``i2c-1``.
        yes: do not ask.

    Returns:
        0 if both lines are high now, otherwise 1.

    Raises:
        HostError: the lines cannot be driven, a kernel driver uses a device on the bus, or the person said no.
    """
    with opened(config_file, bus) as at_hand:
        question = f"Send up to nine clocks and a stop on {at_hand.title}"
        confirm(question, "nothing was sent", yes=yes or not at_hand.is_real)
        if not at_hand.is_real:
            print(f"wasi-host: this is {at_hand.title}", file=sys.stderr)
        recovery = at_hand.unstick()
        print(f"before: {recovery.before}")
        print(f"sent:   {_sent(recovery)}")
        print(f"after:  {recovery.after}")
        print(escaped(_conclusion(recovery, at_hand)))
    return 0 if recovery.after == IDLE else 1


def _sent(recovery: Recovery) -> str:
    if not recovery.clocks:
        return "nothing"
    return f"{recovery.clocks} clock{'' if recovery.clocks == 1 else 's'} and a stop"


def _conclusion(recovery: Recovery, at_hand: BusAtHand) -> str:
    """Say what this means, and what to do next."""
    if recovery.after == IDLE and recovery.before == IDLE:
        return "The bus is not stuck: nothing holds a line low."
    if recovery.after == IDLE:
        return (
            "The bus is free. A chip held SDA because a transfer had ended in the middle of a byte. If it happens "
            "again, look for a driver that crashes or a power supply that drops."
        )
    if not recovery.after.scl:
        return f"SCL is low, so no clock can be sent. {_one_by_one('SCL', at_hand)}"
    return f"SDA is still low, so it is not a byte that was cut off. {_one_by_one('SDA', at_hand)}"


def _one_by_one(line: str, at_hand: BusAtHand) -> str:
    return (
        f"Switch the chips off and on. If {line} stays low, unplug them one by one until it is high: the last one held "
        f"it, by a short, for want of power, or because it is broken.{_chips(at_hand)}"
    )


def _chips(at_hand: BusAtHand) -> str:
    """Name the addresses that plugins use. A plugin that may use a whole range tells nothing of a chip."""
    used: dict[str, list[int]] = {}
    for address in range(I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS + 1):
        for owner in at_hand.owners(address):
            used.setdefault(owner.plugin, []).append(address)
    words = [
        f"0x{address:02x} ({plugin})"
        for plugin, addresses in used.items()
        if len(addresses) <= MOST_ADDRESSES
        for address in addresses
    ]
    return f" Plugins use these chips: {', '.join(words)}." if words else ""
