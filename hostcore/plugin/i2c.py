"""An I2C transaction of a plugin: one effect. Nearly all are alike, and have a shorter way to the gate."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from hostcore.backends.base import I2C_MAX_MESSAGE, I2cBus, I2cOperation, I2cRead, I2cWrite
from hostcore.buses.effects import Asked, Done
from hostcore.events import Message
from hostcore.permissions import Permission
from hostcore.place import BusName, Place
from hostcore.plugin.bounds import i2c_permissions, i2c_request
from hostcore.plugin.gate import Gate


class _Site(NamedTuple):
    """What is the same for all transfers with one address."""

    place: Place
    to_write: Permission
    to_read: Permission
    to_do_both: Permission


def i2c_transaction(gate: Gate, bus: int, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
    """Do `I2cBus.transaction` on bus number `bus`."""

    def transact(device: I2cBus) -> Done[tuple[bytes, ...]]:
        received = device.transaction(address, operations)
        return Done(received, _interleaved(operations, received))

    return gate.perform(
        _place(bus, address),
        lambda: i2c_request(bus, address, operations),
        gate.buses.i2c_bus,
        transact,
        Asked(
            tuple([Message(True, each.data) for each in operations if isinstance(each, I2cWrite)]),
            tuple([each.length for each in operations if isinstance(each, I2cRead)]),
        ),
    )


def i2c_transfer(gate: Gate, bus: int, address: int, data: bytes, length: int) -> bytes:
    """Do the transaction of a write of `data`, a read of `length` bytes, or both. Return what was read.

    Nearly all transactions come here. So what is the same for all of an address is kept, and each message is made once.
    A request that is not valid takes the long way, which says why.
    """
    site = _site(bus, address)
    if site is None or length < 0 or len(data) > I2C_MAX_MESSAGE - length:
        return b"".join(i2c_transaction(gate, bus, address, _operations(data, length)))
    reads = (length,) if length else ()
    sent = (Message(True, data),) if data or not length else ()
    operations = _operations(data, length)

    def transact(device: I2cBus) -> tuple[bytes, tuple[Message, ...], tuple[()]]:
        received = device.transaction(address, operations)
        return (received[0], (*sent, Message(False, received[0])), ()) if reads else (b"", sent, ())

    permission = site.to_write if not reads else site.to_do_both if sent else site.to_read
    return gate.perform(site.place, permission, gate.buses.i2c_bus, transact, Asked(sent, reads))


@lru_cache(maxsize=1024)
def _place(bus: int, address: int) -> Place:
    """Return a place from the cache. To make one takes as long as all other work of the gate before the transfer."""
    return Place(BusName.i2c(bus), address)


@lru_cache(maxsize=1024)
def _site(bus: int, address: int) -> _Site | None:
    """Return what is known of an address; None if there can be none."""
    try:
        return _Site(_place(bus, address), *i2c_permissions(bus, address))
    except ValueError:
        return None


def _operations(data: bytes, length: int) -> tuple[I2cOperation, ...]:
    if not length:
        return (I2cWrite(data),)
    return (I2cWrite(data), I2cRead(length)) if data else (I2cRead(length),)


def _interleaved(operations: Sequence[I2cOperation], received: Sequence[bytes]) -> tuple[Message, ...]:
    reads = iter(received)
    return tuple(
        [Message(True, each.data) if isinstance(each, I2cWrite) else Message(False, next(reads)) for each in operations]
    )
