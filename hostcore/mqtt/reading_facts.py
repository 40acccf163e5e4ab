"""What the newest readings say about themselves: which numbers they have, and whether these are invented."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.events import PluginReloaded, ReadingFailed, ReadingPublished
from hostcore.events.facts import PluginFacts
from hostcore.events.readings import MARKS, values_in
from hostcore.quantities.catalog import LONGEST_KEY, MOST_VALUES
from hostcore.view.part import Part, Takers
from hostcore.view.readings import is_number

DEEPEST = 8
"""Keys down to a number, at most."""
Keys = tuple[str, ...]


class ReadingFacts:
    """What the readings of one plugin say of themselves.

    Attributes:
        readings: how many it has published since the host started.
        simulated: the simulated buses that it has used.
        numbers: the keys of all numbers that its readings had since its file changed, in their order; at most
            `MOST_VALUES`. A number that is missing now and then stays.
    """

    def __init__(self) -> None:
        self.readings = 0
        self.simulated: tuple[str, ...] = ()
        self.numbers: dict[Keys, None] = {}


class AllReadingFacts(Part):
    """The same of all plugins."""

    def __init__(self) -> None:
        self._facts: dict[str, ReadingFacts] = {}

    def takes(self) -> Takers:
        return {ReadingPublished: self.publish, ReadingFailed: self.fail, PluginReloaded: self.reload}

    def know(self, plugins: tuple[PluginFacts, ...]) -> None:
        """Forget plugins that are gone."""
        self._facts = {each.name: self.of(each.name) for each in plugins}

    def of(self, plugin: str) -> ReadingFacts:
        """Return what is known of a plugin."""
        return self._facts.setdefault(plugin, ReadingFacts())

    def publish(self, event: ReadingPublished) -> None:
        """It has read."""
        facts = self.of(event.plugin)
        facts.readings += 1
        facts.simulated = tuple(map(str, event.simulated))
        for keys in _numbers(event):
            if keys not in facts.numbers and len(facts.numbers) < MOST_VALUES:
                facts.numbers[keys] = None

    def fail(self, event: ReadingFailed) -> None:
        """It could not read."""
        self.of(event.plugin).simulated = tuple(map(str, event.simulated))

    def reload(self, event: PluginReloaded) -> None:
        """Its new file may publish other values."""
        self.of(event.plugin).numbers.clear()


def _numbers(event: ReadingPublished) -> Iterator[Keys]:
    for keys, value in values_in(event.reading, DEEPEST):
        if is_number(value) and keys[0] not in MARKS and len(".".join(keys)) <= LONGEST_KEY:
            yield keys
