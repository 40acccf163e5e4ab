"""The plugins of an opened node, in bounded memory."""

from __future__ import annotations

from collections.abc import Collection

from hostcore.broker.message import Arrived
from hostcore.broker.topics import LATE, STATE, VALUES, Place
from hostcore.fleet.arrivals import Arrival, Arrivals
from hostcore.fleet.model import Counts, PluginStatus
from hostcore.fleet.plugin import READING, OpenedPlugin
from hostcore.fleet.reading import is_late, most_bytes, own_stamp_of, stamp_of, too_many
from hostcore.fleet.room import Room
from hostcore.quick_dataclass import dataclass
from hostcore.view.condition import Condition

MOST_PLUGINS = 256
"""The most plugins that are kept of a node."""
SMALL_BYTES = 2048
"""Bytes of a reading, a state or values that always find room: those of nearly all drivers."""
MOST_LARGE_BYTES = 1 << 20
"""Bytes of all larger ones of a node together. Read, they take 12 times as much at worst."""
PARTS = frozenset({(), (LATE,), (STATE,), (VALUES,)})
"""What follows the name of a plugin in a topic."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a message of an opened node was."""

    is_own: bool = True
    """Whether it is one that nodes send, and that can be read."""
    is_heard: bool = False
    """Whether it shows that the node speaks now."""
    run: str = ""
    """The run of the host that speaks now; "" if it does not say."""
    doubt: str = ""
    """Why somebody else may publish under this name, too; "" for no reason."""


OTHER, OWN, HEARD = Taken(is_own=False), Taken(), Taken(is_heard=True)


class OpenedPlugins:
    """All plugins of one opened node, and how their readings arrive."""

    def __init__(self) -> None:
        self._room = Room(SMALL_BYTES, MOST_LARGE_BYTES)
        self._plugins: dict[str, OpenedPlugin] = {}
        self._arrivals = Arrivals()
        self.left_out = 0
        """Messages for which there was no room."""

    @property
    def counts(self) -> Counts:
        """How the readings arrived."""
        return self._arrivals.counts

    def pause(self) -> None:
        """Note that messages may have come which we did not get."""
        self._arrivals.pause()

    def fold(self, place: Place, arrived: Arrived, listed: Collection[str]) -> Taken:
        """Take in a message of one of `PARTS`.

        Args:
            place: where it belongs.
            arrived: the message.
            listed: the plugins that the node says it has. They come before others if there is too little room.
        """
        name, rest = place.levels[0], place.levels[1:]
        plugin = self._plugins.get(name) or OpenedPlugin(self._room)
        if name not in self._plugins and arrived.payload:
            if len(self._plugins) >= MOST_PLUGINS and not (name in listed and self._make_room(listed)):
                self.left_out += 1
                return OWN
            self._plugins[name] = plugin
        if rest in {(), (LATE,)}:
            taken = self._take_reading(plugin, place, arrived, listed)
        else:
            taken = self._take_part(plugin, place, arrived, listed)
        if plugin.is_empty:
            self._plugins.pop(name, None)
        return taken

    def statuses(self, listed: Collection[str] | None) -> tuple[PluginStatus, ...]:
        """Return them by condition, the worst first, then by name.

        Args:
            listed: those that the node has; None if that is not known. What is published under other names is left
                out: it is of an earlier time, or of a stranger.
        """
        names = self._plugins if listed is None else listed
        found = [(self._plugins.get(each) or OpenedPlugin(self._room)).status(each) for each in names]
        return tuple(sorted(found, key=lambda each: (_rank(each), each.name)))

    def _take_part(self, plugin: OpenedPlugin, place: Place, arrived: Arrived, listed: Collection[str]) -> Taken:
        part = place.levels[1]
        if len(arrived.payload) > most_bytes(place):
            plugin.refuse(part, too_many(arrived.payload))
            return OTHER
        self._keep(plugin, place.levels[0], part, arrived.payload, listed)
        return OWN

    def _take_reading(self, plugin: OpenedPlugin, place: Place, arrived: Arrived, listed: Collection[str]) -> Taken:
        late, payload = is_late(place), arrived.payload
        if not payload:
            if not late:
                plugin.take(READING, b"")
            return OWN
        is_fit = len(payload) <= most_bytes(place)
        found, at = stamp_of(payload) if is_fit else own_stamp_of(payload) or (None, None)
        arrival, taken = Arrival.NEW, OWN
        if found:
            content = hash((place.levels[0], payload))
            before = plugin.newest_live
            arrival = self._arrivals.take(found, content, before, is_late=late, is_kept=arrived.retained)
            taken = _taken(arrival, place, found.run, is_late=late, is_kept=arrived.retained)
        if arrival is Arrival.SAME or (late and (arrival is not Arrival.NEW or plugin.is_older(found, at))):
            return taken
        plugin.note_reading(found, at, is_live=not (late or arrived.retained))
        if not is_fit:
            plugin.refuse(READING, too_many(payload))
            return OTHER
        self._keep(plugin, place.levels[0], READING, payload, listed)
        return taken

    def _keep(self, plugin: OpenedPlugin, name: str, part: str, payload: bytes, listed: Collection[str]) -> None:
        if plugin.take(part, payload):
            return
        if not (name in listed and self._make_room(listed) and plugin.take(part, payload)):
            self.left_out += 1

    def _make_room(self, listed: Collection[str]) -> bool:
        """Forget the plugins that the node does not have. Returns whether there were any."""
        strange = [each for each in self._plugins if each not in listed]
        for each in strange:
            self._plugins.pop(each).clear()
        return bool(strange)


def _taken(arrival: Arrival, place: Place, run: str, *, is_late: bool, is_kept: bool) -> Taken:
    """Return what a reading tells of its node. What comes again may be sent by anyone who has heard it."""
    if arrival is Arrival.DOUBTFUL:
        return Taken(doubt=f"a reading of {place.levels[0]} does not fit those before it")
    if is_kept or arrival is not Arrival.NEW:
        return OWN
    return HEARD if is_late else Taken(is_heard=True, run=run)


def _rank(plugin: PluginStatus) -> int:
    """Return the place of a plugin in the order; those whose condition is not known come last."""
    try:
        return Condition(plugin.health.condition).rank if plugin.health else len(Condition)
    except ValueError:
        return len(Condition)
