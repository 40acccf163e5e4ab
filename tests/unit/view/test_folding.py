"""Each event goes to the parts that take it, and to no other."""

from __future__ import annotations

from hostcore.events import (
    ConnectionRestored,
    Event,
    EventsDropped,
    Level,
    LogWritten,
    PluginsChanged,
    ReadingPublished,
    RoundCompleted,
)
from hostcore.events.facts import PluginFacts
from hostcore.view.folding import Folding
from hostcore.view.log import Log
from hostcore.view.part import Part, Takers
from hostcore.view.rate import Rate
from hostcore.view.readings import Readings
from tests.scripted_session import plugin_facts

READING = ReadingPublished(1, "light", {"lux": 3})
LINE = LogWritten(2, "light", Level.INFO, "hello")


class Listed(Part):
    """Lists what it is told."""

    def __init__(self, *kinds: type) -> None:
        self.kinds = kinds
        self.taken: list[Event] = []
        self.known: tuple[PluginFacts, ...] = ()

    def takes(self) -> Takers:
        return dict.fromkeys(self.kinds, self.taken.append)

    def know(self, plugins: tuple[PluginFacts, ...]) -> None:
        self.known = plugins


def test_every_part_that_takes_an_event_gets_it_once() -> None:
    readings, both, lines = Listed(ReadingPublished), Listed(ReadingPublished, LogWritten), Listed(LogWritten)
    Folding(readings, both, lines).fold([READING, LINE])
    assert (readings.taken, both.taken, lines.taken) == ([READING], [READING, LINE], [LINE])


def test_one_event_is_taken_as_in_a_batch() -> None:
    part = Listed(LogWritten)
    folding = Folding(part)
    folding.take(LINE)
    folding.take(READING)
    assert part.taken == [LINE]


def test_the_kinds_are_those_that_the_parts_take_and_what_everyone_needs() -> None:
    assert set(Folding(Log(), Readings(), Rate()).kinds) >= {LogWritten, ReadingPublished}
    assert set(Folding().kinds) == {PluginsChanged, ConnectionRestored, EventsDropped}


def test_what_no_part_takes_is_passed_over() -> None:
    folding = Folding(Log())
    folding.fold([RoundCompleted(1, 1, {}), READING])
    folding.take(READING)


def test_every_part_learns_which_plugins_there_are() -> None:
    parts = Listed(), Listed()
    folding = Folding(*parts)
    folding.fold([PluginsChanged(1, ("light",))])
    assert folding.plugins_changed
    folding.know(iter([facts := plugin_facts("light")]))
    assert [part.known for part in parts] == [(facts,), (facts,)]
    assert not folding.plugins_changed
