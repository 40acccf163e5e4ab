"""A reading as it goes to the broker: its JSON with the host's marks, and what tells it apart from all others."""

from __future__ import annotations

from hostcore.broker.bodies import ADDED
from hostcore.broker.unsent import UnsentReading
from hostcore.clock import timestamp
from hostcore.events import ReadingPublished
from hostcore.events.event_json import json_text
from hostcore.events.readings import marked


def stamped(event: ReadingPublished, run: str, number: int) -> UnsentReading:
    """Return a reading with its ID and its time under the key `ADDED`. A driver's own value there is left out.

    Args:
        event: the reading.
        run: 8 hex digits, new at each start of the host.
        number: counts from 1 in each run.
    """
    reading = marked(event.reading, event.simulated, event.faulty, event.adjusted)
    if ADDED in reading:
        reading = {key: value for key, value in reading.items() if key != ADDED}
    text = json_text(reading)
    comma = ", " if len(text) > len("{}") else ""
    stamp = f'{comma}"{ADDED}": {{"id": "{run}-{number}", "time": "{timestamp(event.time_ns)}"}}}}'
    return UnsentReading(run, number, event.plugin, event.time_ns, (text[:-1] + stamp).encode("ascii"))
