"""Drivers that fill a round with legal values lose them. Displays, pages and small drivers run on."""

from __future__ import annotations

from hostcore.events import LogWritten, PageRendered, ReadingFailed, RoundCompleted
from hostcore.round_size import MOST_BYTES, MOST_VALUES
from tests.supervised import COUNTER, STRAIGHT, SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]

GREEDY = """
    def deep(levels):
        return [deep(levels - 1)] if levels else []
    def read():
        return {"v": [deep(60)] * 500}
"""
"""A driver whose reading has 62 KB and 30,502 lists."""
KEEPS = """
    import json
    kept = []
    def update(readings):
        kept.append(readings)
        del kept[:-2]
    def render(readings):
        return json.dumps(readings, indent=1)[:1_000_000]
"""
"""A display and page that needs more than 64 MiB for a round with six such readings."""


def is_full(page: PageRendered) -> bool:
    """Whether the page shows the small reading, and says that another one is left out."""
    return '"count": ' in page.html and "is left out of the round" in page.html


def test_a_display_and_page_survive_drivers_that_would_fill_every_round(supervised: SupervisedHost) -> None:
    greedy = [f"greedy{number}" for number in range(6)]
    for name in greedy:
        supervised.write(name, GREEDY)
    supervised.write("small", COUNTER)
    supervised.write("shown", KEEPS)
    supervised.start()
    supervised.wait_for(RoundCompleted, where=lambda event: len(event.left_out) == len(greedy))
    for _ in range(3):  # a round can end before the small driver has read for the first time
        supervised.wait_for(PageRendered, "shown", where=is_full)
    assert supervised.states("shown") == STRAIGHT
    assert not supervised.of(ReadingFailed), "their readings are legal"
    warned = [each for each in supervised.of(LogWritten) if "is left out of the round" in each.text]
    assert sorted(each.plugin for each in warned) == greedy, "the log names each driver at fault, once"
    assert all(f"{MOST_BYTES:,} bytes and {MOST_VALUES:,} values" in each.text for each in warned)
