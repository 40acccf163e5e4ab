"""Recorded answers by what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from hostcore.backends.base import I2cRead, I2cWrite
from hostcore.place import BusKind
from hostcore.recording.model import Call, Crossing, Header
from hostcore.recording.values import pack
from hostcore.replay.transfers import access_of, spoken

MOST_POINTER = 16
"""Most bytes of a message that choose what the next read reads: the longest command of a chip, with its arguments."""
Key = bytes
"""What was asked for, as bytes: the same for the same request."""


def key_of(name: str, arguments: tuple[Any, ...]) -> Key:
    """The key of a request. The line of the driver that made it does not count."""
    name, _line, arguments = spoken(name, arguments)
    return pack((name, arguments))


class Pointers:
    """Gives requests keys that tell what an I2C read reads: the register that the message before it has chosen."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._messages: dict[tuple[str, int | None], bytes] = {}

    def key(self, name: str, arguments: tuple[Any, ...]) -> Key:
        """The key of the next request of a guest. Call it for each of its requests, in their order."""
        access = access_of(self._header, name, arguments)
        if access is None or access.bus.kind is not BusKind.I2C:
            return key_of(name, arguments)
        device, before = (str(access.bus), access.address), b""
        if access.operations and isinstance(access.operations[0], I2cRead):
            before = self._messages.get(device, b"")
        for each in access.operations:
            if isinstance(each, I2cWrite):
                self._messages[device] = each.data[:MOST_POINTER]
        return key_of(name, arguments) + before


class Recalled:
    """The answers of a recording: the newest up to the present call, and before there is one, the first that follows.

    Args:
        header: of the recording.
        calls: all its calls.
        wanted: whether the answers of a function are wanted.
        key: makes the key of a recorded request.
    """

    def __init__(
        self,
        header: Header,
        calls: Iterable[Call],
        wanted: Callable[[str], bool],
        key: Callable[[str, tuple[Any, ...]], Key] = key_of,
    ) -> None:
        self._key = key
        self._wanted = {slot: name for slot, name in enumerate(header.imports) if wanted(name)}
        self._found: dict[Key, Crossing] = {}
        for call in calls:
            for found, crossing in self._answered(call):
                self._found.setdefault(found, crossing)

    def reach(self, call: Call) -> None:
        """The replay has come to a call."""
        self._found.update(self._answered(call))

    def answer(self, key: Key) -> Crossing | None:
        """The crossing that answered this request; None if it was never made."""
        return self._found.get(key)

    def _answered(self, call: Call) -> list[tuple[Key, Crossing]]:
        crossings = (each for each in call.crossings if each.slot in self._wanted)
        return [(self._key(self._wanted[each.slot], each.arguments), each) for each in crossings]
