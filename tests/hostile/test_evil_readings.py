"""Readings of evil shapes: each is either refused with one line, or passes through every consumer without a failure.

The consumers are the rounds, the lines of ``wasi-host run``, the screen, the web with its events and metrics, and the
shipped display and page.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hostcore import shipped
from hostcore.clock import VirtualClock
from hostcore.errors import PluginReportedError
from hostcore.events import Event, LogWritten, PageRendered, RoundCompleted
from hostcore.events.stream import EventStream, Numbered
from hostcore.log.log_file import format_json, format_text
from hostcore.log.plugin_log import PluginLog
from hostcore.round_size import MOST_BYTES, MOST_VALUES
from hostcore.rounds import Rounds
from hostcore.runtime.plugin import Plugin, PluginSpec
from hostcore.view.readings import Item
from hostcore.web import page
from hostcore.web.metrics import Metrics
from hostcore.web.readers import Readers
from hostcore.web.view_json import plugin_json
from hostcore.web.web_view import WebView
from tests.sandbox import Sandbox
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tests.simple_desk import OneWidget, SimpleDesk
from tui.readings.drawings import Drawings
from tui.readings.graph import Graph
from tui.readings.pane import ReadingsPane

CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""Characters that a terminal acts on, or that hide or reorder text."""


def nested(levels: int) -> str:
    return '{"x":' + "[" * (levels - 1) + "]" * (levels - 1) + "}"


REFUSED = {
    "not a number": '{"x": NaN}',
    "infinite": '{"x": [1, -Infinity]}',
    "too large for a double": '{"x": 1e999}',
    "more digits than Python reads": '{"x": ' + "9" * 5_000 + "}",
    "one level too deep": nested(65),
    "thousands of levels": nested(20_000),
    "half a character": r'{"x": "\ud800"}',
    "half a character as a key": r'{"\udfff": 1}',
    "a list": "[1, 2]",
    "null": "null",
    "a text": '"text"',
    "nothing": "",
    "two objects": "{} {}",
    "a byte order mark": "\ufeff{}",
    "a bare control character": '{"x": "\x00\x1b[2J"}',
    "too long": json.dumps({"x": "x" * 70_000}),
}
"""Texts that are no reading."""
ACCEPTED = {
    "minus zero": '{"x": -0.0, "y": -0}',
    "the ends of a double": '{"x": 1e308, "y": -1.7976931348623157e308, "z": 5e-324}',
    "whole numbers without end": '{"x": ' + "9" * 4_000 + ', "y": -' + "9" * 400 + ', "z": 18446744073709551616}',
    "64 levels": nested(64),
    "10,000 keys": json.dumps({f"k{number}": 0 for number in range(5_000)}),
    "a full list": json.dumps({"": [0] * 19_000}),
    "as many values as fit into its bytes": '{"":[' + "1," * 32_000 + "1]}",
    "one long text": json.dumps({"x": "\\" * 30_000}),
    "a long key": json.dumps({"k" * 60_000: 1}),
    "keys of nothing": '{"": {"": {"": 1}}, " ": 2}',
    "a key twice": '{"a": 1, "a": {"b": 2}, "a": [3]}',
    "keys that look the same": '{"\u00e9": 1, "e\u0301": 2, "\u212b": 3, "\u00c5": 4, "a\u200b": 5, "a": 6}',
    "keys that are paths of others": '{"a.b": 1, "a": {"b": 2, "0": 3}, "a.0": [4], "c": [{"0": 1}, [2]]}',
    "booleans and null": '{"x": true, "y": false, "z": null}',
    "empty things": '{"x": {}, "y": [], "z": "", "w": [[], {}, [{}]]}',
    "an empty object": "{}",
    "an error of its own": '{"error": {"error": [null]}}',
    "an error that is null": '{"error": null}',
    "the time": '{"timestamp": "never", "readings": {}, "left_out": 1}',
    "zero bytes": r'{"x\u0000y": "a\u0000b"}',
    "orders to a terminal": r'{"\u001b]0;x\u0007": "\u001b[2J\u009b31m\r\n\t\u007f"}',
    "right to left": '{"\u202ex": "\u2066abc\u202e", "\u05d0": "\u05d1\u200f", "z": "\u2028\u2029\ufeff\u00ad"}',
    "a tower of marks": json.dumps({"x" + "\u0301" * 500: "y" + "\u20dd" * 500}, ensure_ascii=False),
    "wide and joined signs": '{"\U0001f468\u200d\U0001f469\u200d\U0001f467": "\U0001f1e9\U0001f1ea\ufe0f\u4e2d"}',
    "markup": '{"<script>alert(1)</script>": "</dd></main><img src=x onerror=1>&lt;\'\\"]]>"}',
    "an event of its own": r'{"x": "\n\nevent: round\ndata: {}\n\n", "y\nid: 5": 1}',
    "a label of its own": r'{"x\"} 1\n# TYPE x counter\ny{z=\"\\": 1}',
    "markup of the screen": '{"[bold]x[/bold]": "[@click=app.quit]x[/] \\\\[ [/nothing]"}',
    "private and unassigned characters": '{"\ue000\U000e0041\U0010ffff": "\ufff9\uffff\u0378"}',
    "a sparkline of extremes": '{"x": [1e308, -1e308, 0, 1e308]}',
    "true among numbers": '{"x": [true, 1, 1.0, "1", null]}',
}
"""Texts of readings that a driver may return."""


class Speaking:
    """Stands in for an instance of a driver. It returns `text`."""

    exported = frozenset({"driver#read"})
    text = ""

    def call(self, _function: str, *, script: object = None) -> str:
        return self.text

    def rest(self) -> None:
        """Nothing is recorded."""


class Consumers:
    """Everything that gets readings. `hand_on` gives them one round.

    Attributes:
        desk: the screen's.
        display: the shipped display, in its sandbox.
        page: the shipped page.
    """

    def __init__(self, names: list[str], sandbox: Sandbox) -> None:
        facts = [plugin_facts(name) for name in names]
        plugins = shipped.folder() / "plugins"
        self.display = sandbox.load_file(plugins / "oled.py", "i2c:1:0x3c")
        self.page = sandbox.load_file(plugins / "dashboard.py")
        self.stream = EventStream(VirtualClock())
        self._events = self.stream.subscribe(capacity=100_000)
        self._finished: list[RoundCompleted] = []
        self.rounds = Rounds(1.0, VirtualClock(), self.stream, self._finished.append)
        self.desk = SimpleDesk(ScriptedSession(known=facts))
        self._web = WebView(host_facts(), facts)
        self._readers = Readers(self._web)
        self._reader = self._readers.join()
        self._metrics = Metrics(self._web, self._readers)

    def hand_on(self) -> RoundCompleted:
        """Close a round with the readings so far. Every consumer takes it."""
        self.rounds._finish(1 + len(self._finished))
        events = [item.event for item in self._events.take(0)]
        finished = self._finished[-1]
        self._print(finished, events)
        self.display.update(finished.text)
        self._serve([*events, PageRendered(1, "dashboard", 1, self.page.render(finished.text))])
        self._draw(events)
        return finished

    def _print(self, finished: RoundCompleted, events: list[Event]) -> None:
        assert strict(finished.text) == strict(json.dumps(finished.readings, indent=2))
        assert finished.text.isascii() and "\n" not in finished.text
        assert len(finished.text) <= MOST_BYTES
        for event in events:
            if isinstance(event, LogWritten):
                assert not CONTROLS.search(format_text(event))
                assert strict(format_json(event))

    def _serve(self, events: list[Event]) -> None:
        for number, event in enumerate(events, start=1):  # one at a time, because the queue of a reader is bounded
            self._readers.deliver([Numbered(number, event)])
            for frame in filter(None, asyncio.run(self._reader.take(0)).decode("ascii").split("\n\n")):
                *_, name, data = frame.split("\n")
                assert name.startswith("event: ")
                strict(data.removeprefix("data: "))
        strict(self._web.rounds.text)
        strict(json.dumps([plugin_json(each, self._web.condition_of(each)) for each in self._web.plugins.all()]))
        assert list(text_string_to_metric_families(self._metrics.exposition().decode()))
        newest = self._web.pages.of("dashboard")
        assert newest is not None
        assert "<script>alert" not in newest.html
        assert page.shell(page.Top(host_facts(), ()), newest.html, "").encode()

    def _draw(self, events: list[Event]) -> None:
        self.desk.view.fold(events)
        pane = ReadingsPane(self.desk)
        list(pane.draw(100, 40))
        for number in pane.row_numbers():
            for width in (60, 120):
                assert not CONTROLS.search("".join(each.text for each in pane.row(number, width)))
            pane.cursor = number
            pane.action_copy()
        pane.action_copy_all()
        assert all(text.encode() for text in self.desk.copied if text)
        for item in self._items():
            for line in Graph(self.desk, item, Drawings()).draw(40, 10):
                assert not CONTROLS.search("".join(each.text for each in line))

    def _items(self) -> Iterator[Item]:
        """The first numbers of each driver."""
        for source in self.desk.view.readings.sources():
            yield from [each for each in source.items.values() if each.series is not None][:3]


def show_screen(desk: SimpleDesk) -> None:
    """Draw the pane of readings with Textual, from its first row to its last."""

    async def scroll() -> None:
        app = OneWidget(pane := ReadingsPane(desk))
        async with app.run_test(size=(80, 60)) as pilot:
            pane.focus()
            pane.update(0)
            for key in ("end", "home"):
                await pilot.press(key)
                assert not CONTROLS.search(app.text.replace("\n", ""))

    asyncio.run(scroll())


@pytest.fixture
def driver(tmp_path: Path) -> Callable[[str], Any]:
    """Reads a text as the reading of a driver, as the host does. Raises like `Plugin.read`."""
    instance: Any = Speaking()
    log = PluginLog(lambda _level, _line: None, VirtualClock())
    plugin = Plugin(PluginSpec("driver", tmp_path / "driver.py"), instance, log, frozenset({"driver"}))

    def read(text: str) -> Any:
        instance.text = text
        return plugin.read()

    return read


def strict(text: str) -> Any:
    """Parse JSON as its standard has it: without NaN and infinity."""

    def refuse(name: str) -> NoReturn:
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


def test_there_are_more_than_thirty_shapes() -> None:
    assert len(REFUSED) + len(ACCEPTED) > 30


@pytest.mark.parametrize("shape", REFUSED)
def test_what_is_no_reading_is_refused_in_one_line_that_prints(driver: Callable[[str], Any], shape: str) -> None:
    with pytest.raises(PluginReportedError) as refused:
        driver(REFUSED[shape])
    assert len(str(refused.value)) < 400


def test_all_shapes_at_once_pass_through_every_consumer(sandbox: Sandbox, driver: Callable[[str], Any]) -> None:
    names = [f"d{number}" for number, _ in enumerate((*ACCEPTED, *REFUSED))]
    consumers = Consumers(names, sandbox)
    for name, text in zip(names, (*ACCEPTED.values(), *REFUSED.values()), strict=True):
        report(consumers.rounds, name, driver, text)
    finished = consumers.hand_on()
    assert finished.readings.keys() == {"timestamp", *names}
    show_screen(consumers.desk)
    largest = names[[*ACCEPTED].index("as many values as fit into its bytes")]
    assert finished.left_out[0].plugin == largest
    assert finished.left_out[0].values > MOST_VALUES


def test_one_driver_that_changes_its_shape_each_time_passes_through_every_consumer(
    sandbox: Sandbox, driver: Callable[[str], Any]
) -> None:
    consumers = Consumers(["chameleon"], sandbox)
    for shape, text in (ACCEPTED | REFUSED).items():
        report(consumers.rounds, "chameleon", driver, text)
        try:
            consumers.hand_on()
        except Exception as error:
            error.add_note(f"the shape is: {shape}")
            raise


def report(rounds: Rounds, name: str, driver: Callable[[str], Any], text: str) -> None:
    """Do a turn of a driver, as the supervisor does."""
    try:
        rounds.publish(name, driver(text))
    except PluginReportedError as error:
        rounds.fail(name, error.problem)
