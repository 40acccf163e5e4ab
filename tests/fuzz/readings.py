"""Target: readings of evil shapes, through every consumer at once: rounds, JSON, metrics, the screen, a page."""

from __future__ import annotations

import json
import queue
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import cast

from prometheus_client.parser import text_string_to_metric_families

from hostcore.clock import VirtualClock
from hostcore.errors import PluginReportedError
from hostcore.events import Event, RoundCompleted
from hostcore.events.stream import EventStream
from hostcore.log.plugin_log import PluginLog
from hostcore.rounds import Rounds
from hostcore.runtime.instance import Instance
from hostcore.runtime.plugin import Plugin, PluginSpec
from hostcore.web.frames import event_frame
from hostcore.web.metrics import Metrics
from hostcore.web.readers import Readers
from hostcore.web.web_view import WebView
from tests.bench.plain import plain, shipped_config, shipped_plugins, simulated_pi
from tests.fuzz.headless import SIZE, HeadlessScreen
from tests.fuzz.mutation import BOUNDARIES
from tests.fuzz.target import Check, Target
from tests.screen import Screen
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts

SEPARATOR = b"\x1e"
"""Between the readings of two drivers in one input. JSON has no such byte."""
DRIVERS = ("a", "bme680", "timestamp", "z-9")
LONG = 3600.0
"""Seconds of an interval that no round waits for: every driver has had its turn."""
NAMES = (
    "temperature", "", " ", "error", "timestamp", "__proto__", "a.b", 'quote"', "back\\slash", "<b>", "</script>", "{}",
    "%s", "\u202egnp.exe", "\u200b", "e" + "\u0301" * 50, "\U0001f469\u200d\U0001f467", "\x1b[2J", "\n", "\0", "\ud800",
    "x" * 5000, "温度", "\ufdd0", "[bold]", "NaN", "0",
)  # fmt: skip
TEXTS = (*NAMES, "1e400", "-", "\r\ndata: x\r\n\r\n", "x" * 60_000, "\u2028", "🔎" * 3000, "[/]", "\x9b31m")
NUMBERS = (
    "0", "-0.0", "1e308", "-1e308", "5e-324", "1e400", "1E+2", "0.1", "1" * 400, "1" * 5000, "NaN", "-Infinity",
    "0.30000000000000004", "1e-7", "01", "+1", ".5", *map(str, BOUNDARIES), str(-(1 << 63) - 1), str((1 << 53) + 1),
)  # fmt: skip


def _text(chance: Random) -> str:
    return json.dumps(chance.choice(TEXTS), ensure_ascii=chance.random() < 0.5)


def _number(chance: Random) -> str:
    return chance.choice(NUMBERS)


def _leaf(chance: Random) -> str:
    return chance.choice((_number, _number, _text, lambda _: chance.choice(("null", "true", "false"))))(chance)


def _name(chance: Random) -> str:
    return json.dumps(chance.choice(NAMES))


def _object(chance: Random, value: Callable[[Random], str] = _leaf, most: int = 6) -> str:
    return "{" + ", ".join(f"{_name(chance)}: {value(chance)}" for _ in range(chance.randint(0, most))) + "}"


def _deep(opened: str, middle: str, closed: str) -> Callable[[Random], str]:
    def shape(chance: Random) -> str:
        levels = chance.choice((2, 8, 9, 62, 63, 64, 65, 400, 5000))
        return '{"x": ' + opened * levels + middle + closed * levels + "}"

    return shape


def _wide(key: str, value: str) -> Callable[[Random], str]:
    def shape(chance: Random) -> str:
        count = chance.choice((199, 200, 201, 1000, 3500))
        return "{" + ", ".join(f'"{key.format(number)}": {value.format(number)}' for number in range(count)) + "}"

    return shape


def _shape_of(value: Callable[[Random], str]) -> Callable[[Random], str]:
    return lambda chance: f'{{"x": {value(chance)}}}'


SHAPES: Mapping[str, Callable[[Random], str]] = {
    "leaves": _object,
    "numbers": lambda chance: _object(chance, _number),
    "texts": lambda chance: _object(chance, _text),
    "objects": lambda chance: _object(chance, _object),
    "lists": lambda chance: _object(chance, lambda inner: f"[{_leaf(inner)}, [], {{}}, {_object(inner)}]"),
    "deep lists": _deep("[", "1", "]"),
    "deep objects": _deep('{"x": ', "1", "}"),
    "deep mixture": _deep('[{"x": ', "1", "}]"),
    "deep and wide": _deep('{"a": 1, "b": [1, 2], "c": ', "1", "}"),
    "many numbers": _wide("k{}", "{}"),
    "many texts": _wide("k{}", '"t{}"'),
    "many objects": _wide("k{}", '{{"x": {}}}'),
    "many odd names": _wide("\\u0000{}\\u001b", "1"),
    "many long names": _wide("n" * 100 + "{}", "1"),
    "long list": lambda chance: f'{{"x": [{", ".join(["1"] * chance.choice((10, 1000, 20_000)))}]}}',
    "long text": lambda chance: json.dumps({"x": "y" * chance.choice((65_500, 65_536, 70_000))}),
    "wide characters": lambda chance: json.dumps({"🔎" * 50: "漢" * chance.choice((10, 10_000))}, ensure_ascii=False),
    "marks": lambda chance: json.dumps({"e" + "\u0301" * 5000: "a" + "\u0489" * chance.choice((5, 9000))}),
    "lone surrogates": lambda chance: chance.choice(('{"\\ud800": 1}', '{"x": "\\udfff"}', '{"x": "\\ud83d"}')),
    "one name twice": lambda _: '{"x": 1, "x": "a", "x": {"x": 2}}',
    "number, then group": lambda chance: chance.choice(('{"x": 1}', '{"x": {"y": 1}}', '{"x": "1"}', '{"x": []}')),
    "metric names": lambda _: '{"wasi_host_up": 1, "le": 2, "quantile": 3, "__name__": 4, "a\\nb": 5, "a\\"b": 6}',
    "error of its own": lambda chance: f'{{"error": {_leaf(chance)}}}',
    "timestamp of its own": lambda chance: f'{{"timestamp": {_leaf(chance)}, "bme680": {_object(chance)}}}',
    "oled's names": lambda chance: (
        f'{{"temperature": {_leaf(chance)}, "humidity": {_leaf(chance)}, "pressure": {_leaf(chance)}}}'
    ),
    "no object": lambda chance: chance.choice(
        ("", "null", "[]", "1", '"x"', "{", "{}}", "tru", "\ufeff{}", "{}\n", " {} ")
    ),
    "not JSON": lambda chance: chance.choice(
        ("{'x': 1}", '{"x": 01}', '{"x": 1,}', '{"x": NaN}', '{"x": \x00}', "{x: 1}")
    ),
    "nothing": lambda _: "{}",
    "white space": lambda chance: "{" + " \t\n\r" * chance.choice((1, 20_000)) + "}",
    "huge integers": lambda chance: _shape_of(lambda _: "9" * chance.choice((19, 20, 309, 310, 4300, 4301, 60_000)))(
        chance
    ),
}
"""Thirty evil shapes of a reading, as a driver may return them."""


def make(chance: Random) -> bytes:
    """The readings of all drivers in one round."""
    names = list(SHAPES)
    texts = (SHAPES[chance.choice(names)](chance) for _ in DRIVERS)
    return SEPARATOR.join(text.encode("utf-8", "replace") for text in texts)


class Speaker:
    """An instance that answers `read` with a text."""

    exported = frozenset(["driver#read"])
    text = ""

    def call(self, _function: str, *, script: object = None) -> str:
        return self.text

    def rest(self) -> None:
        """Nothing is recorded."""


@contextmanager
def ready(_folder: Path) -> Iterator[Check]:
    """All consumers of readings."""
    screen = HeadlessScreen(lambda: ScriptedSession(known=[plugin_facts(each) for each in DRIVERS]))
    facts, clock, config = host_facts(), VirtualClock(), shipped_config()
    web = WebView(facts, [plugin_facts(each) for each in DRIVERS])
    metrics = Metrics(web, Readers(web))
    machine, plugins = simulated_pi(config, clock), shipped_plugins(config)
    display, page = (plain(plugins[name], machine, clock) for name in ("oled", "dashboard"))

    def check(content: bytes) -> None:
        events = published([part.decode() for part in content.split(SEPARATOR)])
        completed = next(each for each in events if isinstance(each, RoundCompleted))
        assert completed.text.isascii() and "\n" not in completed.text
        readings = json.loads(completed.text)
        for event in events:
            frame = event_frame(event).decode("ascii")
            assert json.loads(frame.partition("data: ")[2]), frame[:300]
            assert frame.count("\n") == 3, frame[:300]
        web.fold(events)
        for _ in text_string_to_metric_families(metrics.exposition().decode()):
            pass
        display.update(readings)
        page.render(readings)
        screen.play(lambda shown: draw(shown, events))

    yield check
    screen.close()


def published(texts: Sequence[str]) -> list[Event]:
    """The events of a round in which the drivers return these texts."""
    clock, completed = VirtualClock(), queue.Queue[RoundCompleted]()
    stream = EventStream(clock)
    events = stream.subscribe()
    rounds = Rounds(LONG, clock, stream, completed.put)
    for name in DRIVERS:
        rounds.join(name)
    for name, text in zip(DRIVERS, texts, strict=False):
        speaker = Speaker()
        speaker.text = text
        instance = cast(Instance, speaker)
        plugin = Plugin(PluginSpec(name, Path(f"{name}.py")), instance, PluginLog(lambda *_: None, clock), frozenset())
        try:
            rounds.publish(name, plugin.read())
        except PluginReportedError as error:
            rounds.fail(name, error.problem)
    for name in DRIVERS[len(texts) :]:
        rounds.pause(name)
    rounds.start()
    completed.get(timeout=LONG)
    rounds.stop()
    return [item.event for item in events.take(0)]


async def draw(screen: Screen, events: Sequence[Event]) -> None:
    """Show the events, and fail if a row could disturb a terminal."""
    screen.app.view.fold(events)
    screen.app.update_panes()
    await screen.pilot.pause()
    for line in screen.lines:
        assert line.isprintable(), repr(line)
    assert len(screen.lines) == SIZE[1]


TARGET = Target("readings", 10, make, ready, batch=200)
