"""One plugin of an opened node: the newest message of each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hostcore.broker.bodies import PluginHealth, ValueInfo
from hostcore.broker.topics import STATE, VALUES
from hostcore.fleet.model import PluginStatus
from hostcore.fleet.numbers import ReadingId
from hostcore.fleet.reading import plugin_health_of, reading_of, values_of
from hostcore.fleet.room import Room

READING = "reading"
_READERS: Mapping[str, Callable[[bytes], object]] = {STATE: plugin_health_of, VALUES: values_of, READING: reading_of}
_NO_ROOM = "there is no room for it beside the others of this node"


class OpenedPlugin:
    """The newest message of each kind, which is read when it is first looked at.

    Args:
        room: what the messages of all plugins of the node share.
    """

    __slots__ = ("_newest", "_payloads", "_read", "_room", "newest_live", "reading_time")

    def __init__(self, room: Room) -> None:
        self._room = room
        self._payloads: dict[str, bytes] = {}
        self._newest: ReadingId | None = None
        self.newest_live: ReadingId | None = None
        """The reading that came last in its turn."""
        self.reading_time: float | None = None
        self._read: dict[str, tuple[object, str]] = {}
        """What is in each part, and its problem."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of it any more."""
        return not self._payloads and not self._read

    def take(self, part: str, payload: bytes) -> bool:
        """Replace a part; an empty one is deleted. Returns whether there was room."""
        before = self._payloads.pop(part, b"")
        self._read.pop(part, None)
        if not self._room.exchange(len(before), len(payload)):
            self._room.exchange(len(before), 0)
            self._read[part] = None, f"{part} has {len(payload)} bytes: {_NO_ROOM}"
            return False
        if payload:
            self._payloads[part] = payload
        return True

    def refuse(self, part: str, problem: str) -> None:
        """Note that a part cannot be read."""
        self.take(part, b"")
        self._read[part] = None, f"{part} {problem}"

    def note_reading(self, found: ReadingId | None, at: float | None, *, is_live: bool) -> None:
        """Note that another reading is the newest one.

        Args:
            found: its ID.
            at: when it was measured, by the node's clock.
            is_live: whether it comes in its turn: neither late nor kept by the broker.
        """
        self._newest, self.reading_time = found, at
        if is_live:
            self.newest_live = found

    def clear(self) -> None:
        """Forget everything, which makes room."""
        for part in (STATE, VALUES, READING):
            self.take(part, b"")

    def is_older(self, found: ReadingId | None, at: float | None) -> bool:
        """Return whether a late reading is from before the newest one."""
        if self._newest and found and self._newest.run == found.run:
            return found.number < self._newest.number
        return self.reading_time is not None and (at is None or at < self.reading_time)

    def status(self, name: str) -> PluginStatus:
        """Return it as a value."""
        health, reading, values = (self._part(each) for each in (STATE, READING, VALUES))
        return PluginStatus(
            name=name,
            health=health if isinstance(health, PluginHealth) else None,
            reading=reading if isinstance(reading, dict) else None,
            reading_time=self.reading_time if READING in self._payloads else None,
            values=_values(values),
            problem="; ".join(problem for _, problem in self._read.values() if problem),
        )

    def _part(self, part: str) -> object:
        if part not in self._read:
            if part not in self._payloads:
                return None
            try:
                self._read[part] = _READERS[part](self._payloads[part]), ""
            except ValueError as error:
                self._read[part] = None, f"{part} {error}"
        return self._read[part][0]


def _values(found: object) -> tuple[ValueInfo, ...]:
    return found if isinstance(found, tuple) else ()
