"""A web page with all readings: one card for each plugin.

The code knows no sensor. The host tells the unit and the name of a value: its driver states them, or they are guessed.
The status of a card says whether the plugin reported an error, and whether a value is outside the limits in the
settings. The last values of a plugin that fails stay, and tell their age.

Settings, with their defaults::

    [plugins.dashboard.settings]
    title = "Readings"

    [plugins.dashboard.settings.limits]  # values below the first or above the second number are marked; default: none
    temperature = [5, 35]                # for all keys with this name
    "pi_monitor.cpu_temperature" = [0, 80]
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from itertools import groupby, islice
from math import isfinite
from typing import Any

import host

MOST_CARDS, MOST_ROWS = 60, 80  # cards of a page, rows of a card; the rest is counted
DEEPEST = 6  # levels of one reading
LONGEST_TEXT, LONGEST_LABEL = 300, 60  # characters
TREND = 40  # values of a trend line
SHORT_LIST = 16  # a list with up to this number of plain values is one row

UNIT_WORDS = {
    "percent", "pct", "c", "mb", "kb", "s", "ms", "us", "hz", "v", "mv", "a", "ma", "w", "mm", "cm", "m", "lux", "lx",
    "hpa", "pa", "ohm", "ppm", "ppb", "db", "kg", "g", "seconds",
}  # fmt: skip
"""Last words of keys that name a unit. They are not part of the label."""
INITIALS = {"cpu", "co2", "iaq", "voc", "nox", "uv", "id", "pm", "pm1", "pm10", "pm25", "rssi", "ip"}

STATES = {
    "empty": ("–", "without values"),
    "ok": ("✓", "ok"),
    "outside": ("▲", "outside limits"),
    "error": ("✗", "in error"),
}
"""A sign and words for each state of a card, the worst one last. Colour is never the only sign."""

STYLE = """
:root{color-scheme:light dark;--back:light-dark(#f3f4f6,#0e1116);--card:light-dark(#fff,#171b22);
--text:light-dark(#1b1f24,#e8ebef);--soft:light-dark(#57606a,#a3adb8);--edge:light-dark(#d5d9df,#2f3743);
--line:light-dark(#0b63ce,#6cb6ff);--ok:light-dark(#116329,#56d364);--outside:light-dark(#8a4b00,#f0b13c);
--error:light-dark(#b3121d,#ff8b85);--empty:var(--soft)}
*{box-sizing:border-box}
body{margin:0;padding:1rem;background:var(--back);color:var(--text);font:1rem/1.4 system-ui,sans-serif}
header{display:flex;flex-wrap:wrap;gap:.2rem 1rem;align-items:baseline;margin-bottom:1rem}
p,h1,h2,h3,dl,dd{margin:0}
h1{font-size:1.4rem}
header p,.more{color:var(--soft)}
.more,.raw{font-size:.8rem}
main{columns:19rem;column-gap:1rem}
.card{background:var(--card);border:1px solid var(--edge);border-left:.35rem solid var(--state);border-radius:.5rem;
padding:.8rem 1rem;margin-bottom:1rem;break-inside:avoid;overflow-wrap:anywhere}
.ok{--state:var(--ok)}.outside{--state:var(--outside)}.error{--state:var(--error)}.empty{--state:var(--empty)}
.card header{margin-bottom:.3rem;justify-content:space-between}
h2{font-size:1.1rem}
h3{font-size:.85rem;color:var(--soft);margin-top:.6rem}
.simulated{color:var(--outside);font-size:.85rem;font-weight:600}
.state,.problem,dd.outside,dd.outside .unit{color:var(--state)}
.state{font-size:.85rem;font-weight:600}
.row{display:grid;grid-template-columns:minmax(0,1fr) 2rem minmax(0,7.2rem);gap:.4rem;align-items:baseline;
padding:.15rem 0;border-top:1px solid var(--edge)}
.row:first-child{border-top:0}
dt{color:var(--soft);font-size:.92rem}
dd{grid-column:2/4;text-align:right;font-variant-numeric:tabular-nums}
svg+dd{grid-column:3}
.text{grid-template-columns:minmax(5rem,1fr) 2fr}
.text dd{grid-column:2}
.number{font-size:1.1rem;font-weight:600}
.old .number,.unit,.raw{color:var(--soft)}
.unit{font-size:.85rem}
.raw{display:block}
sup{line-height:0}
svg{width:2rem;height:1.1rem;overflow:visible;align-self:center}
polyline{fill:none;stroke:var(--line);stroke-width:1.5;vector-effect:non-scaling-stroke}
@media(max-width:22rem){svg{display:none}svg+dd{grid-column:2/4}}
"""


@dataclass
class Trend:
    """The history of one number."""

    values: deque[float] = field(default_factory=lambda: deque(maxlen=TREND))
    decimals: int = 0
    """The largest number of decimals so far. The number is always shown with them, so its width does not change."""


@dataclass(frozen=True)
class Reading:
    """A reading of a plugin, apart from the host's marks on it."""

    values: Any
    time: str
    """RFC 3339."""
    stale: object = None
    """Its age in seconds, if a newer one should have come."""
    simulated: object = None
    """The list of the simulated buses on which it depends."""
    adjusted: object = None
    """What the driver measured, by the key of each value that host.toml adjusts."""


@dataclass
class Page:
    """The state that the page keeps between rounds."""

    title: str = "Readings"
    limits: dict[str, tuple[float, float]] = field(default_factory=dict)
    """The lowest and the highest value without a mark, by key or path."""
    trends: dict[tuple[str, ...], Trend] = field(default_factory=dict)
    """The trends of this round, by path."""
    before: dict[tuple[str, ...], Trend] = field(default_factory=dict)
    """The trends of the round before. Numbers that are no longer in the readings are forgotten."""
    last: dict[str, Reading] = field(default_factory=dict)
    """The last reading of each plugin that was no error."""


@dataclass
class Card:
    """The card of one plugin, while it is being made."""

    name: str
    state: str = "empty"
    marks: list[str] = field(default_factory=list)
    """What is to know of all of its values."""
    parts: list[str] = field(default_factory=list)
    is_old: bool = False
    """Its values are those of an earlier round."""
    is_guessed: bool = False
    """A unit of its values is guessed."""

    def worsen(self, state: str) -> None:
        """Change the card's state to `state`, unless its state is worse."""
        self.state = max(self.state, state, key=[*STATES].index)


PAGE = Page()


def setup() -> None:
    """Read the settings.

    Raises:
        host.SensorError: a setting is not valid.
    """
    settings = host.settings()
    limits = settings.get("limits", {})
    if not isinstance(limits, dict):
        raise host.SensorError(f"[plugins.dashboard.settings] limits is {limits!r}, not a table of [lowest, highest]")
    PAGE.limits = {key: checked_limits(key, found) for key, found in limits.items()}
    PAGE.title = str(settings.get("title", PAGE.title))


def checked_limits(key: str, found: object) -> tuple[float, float]:
    """The limits of one setting. Raises host.SensorError if they are not valid."""
    if not (isinstance(found, list) and len(found) == 2 and all(map(is_number, found)) and found[0] <= found[1]):
        raise host.SensorError(f"[plugins.dashboard.settings.limits] {key} is {found!r}, not [lowest, highest]")
    return found[0], found[1]


def render(readings: dict[str, object]) -> str:
    """The page of one round."""
    PAGE.before, PAGE.trends = PAGE.trends, {}
    PAGE.last = {name: last for name, last in PAGE.last.items() if name in readings}
    time = str(readings.get("timestamp") or "?")
    plugins = [name for name in readings if name != "timestamp"]
    cards = [card_of(name, reading_of(readings[name], time)) for name in plugins[:MOST_CARDS]]
    return (
        f'<!doctype html><html lang="en"><title>{escape(PAGE.title)}</title><style>{STYLE}</style>'
        f"<body><header><h1>{escape(PAGE.title)}</h1>{time_of(time)}"
        f'<p role="status">{summary(cards, len(plugins))}</p></header>'
        f"<main>{''.join(map(drawn, cards))}</main></body></html>"
    )


def time_of(timestamp: str) -> str:
    """The time of the readings as HTML. `timestamp` is RFC 3339; the page shows the time of the day."""
    text = shortened(timestamp)
    time = text[11:19] if len(text) > 19 else text
    return f'<p>as of <time datetime="{escape(text)}">{escape(time)}</time> UTC</p>'


def summary(cards: list[Card], plugins: int) -> str:
    """The number of cards in each state, in words."""
    if not cards:
        return "no readings yet"
    counts = {state: sum(card.state == state for card in cards) for state in reversed(STATES)}
    words = [f"{STATES[state][0]} {count} {STATES[state][1]}" for state, count in counts.items() if count]
    if plugins > len(cards):
        words.append(f"{plugins - len(cards)} not shown")
    return ", ".join(words)


def reading_of(found: Any, time: str) -> Reading:
    """The reading in what a round has of a plugin."""
    if not isinstance(found, dict):
        return Reading(found, time)
    rest = dict(found)
    marks = {mark: rest.pop(mark, None) for mark in ("stale", "simulated", "adjusted")}
    return Reading(rest, time, **marks)


def card_of(name: str, reading: Reading) -> Card:
    """The card of one plugin. If it fails now, its last values stay."""
    card, stale, last = Card(name), age_of(reading.stale), None
    if is_error(reading.values):
        last = PAGE.last.get(name)
    elif not stale:
        PAGE.last[name] = reading
    if last:
        stale = age_of(seconds_between(last.time, reading.time)) or "some time"
    mark(card, reading.simulated or (last and last.simulated), stale)
    fill(card, reading)
    if last:
        card.is_old = True
        fill(card, last)
    return card


def mark(card: Card, simulated: object, age: str) -> None:
    """Say of a card on which simulated buses it depends, and how old its values are; "" if they are not old."""
    if isinstance(simulated, list):
        card.marks.append(f"Simulated: {shortened(', '.join(map(str, simulated)))}")
    if age:
        card.marks.append(f"Stale: read {age} ago")


def seconds_between(earlier: str, later: str) -> float | None:
    """The seconds between two rounds; None if one of the two has no time."""
    try:
        return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
    except (ValueError, TypeError):
        return None


def age_of(seconds: object) -> str:
    """The age in the host's mark on an old reading, in words."""
    if not isinstance(seconds, (int, float)):
        return ""
    size, unit = (1, "s") if seconds < 120 else (60, "min") if seconds < 7200 else (3600, "h")
    return f"{seconds / size:.0f} {unit}"


def drawn(card: Card) -> str:
    """A card as HTML. Its id lets the browser recognise it in the next page."""
    name = escape(shortened(card.name, LONGEST_LABEL))
    marks = "".join(f'<p class="simulated">{escape(each)}</p>' for each in card.marks)
    guessed = '<p class="more">? guessed from the name of the value</p>' if card.is_guessed else ""
    return (
        f'<section class="card {card.state}{" old" if card.is_old else ""}" id="card-{name}"><header><h2>{name}</h2>'
        f'<p class="state">{" ".join(STATES[card.state])}</p></header>{marks}{"".join(card.parts)}{guessed}</section>'
    )


Leaf = tuple[tuple[str, ...], str, Any]
"""One row of a card: the words down to it, its key, and its value."""


def fill(card: Card, reading: Reading) -> None:
    """Add the values of a reading, those of each group below a heading."""
    values = leaves((card.name,), "", reading.values)
    adjusted = reading.adjusted if isinstance(reading.adjusted, dict) else {}
    shown = islice(values, MOST_ROWS)
    for path, rows in groupby(shown, key=lambda leaf: leaf[0] if is_error(leaf[2]) else leaf[0][:-1]):
        heading = f"<h3>{' / '.join(escape(label_of(word)) for word in path[1:])}</h3>" if path[1:] else ""
        card.parts.append(f"{heading}<dl>{''.join(row(card, *leaf, adjusted) for leaf in rows)}</dl>")
    if left_out := sum(1 for _ in values):
        card.parts.append(f'<p class="more">and {left_out} more</p>')


def leaves(path: tuple[str, ...], key: str, value: Any) -> Iterator[Leaf]:
    """Yield the rows for a value. Those of a group come before those of the groups in it."""
    if is_error(value) or (len(path) > 1 and (not is_group(value) or len(path) > DEEPEST)):
        yield path, key, value
    elif isinstance(value, (dict, list)):
        found = children(value, key)
        for word, inner, each in sorted(found, key=lambda child: is_group(child[2])):
            yield from leaves((*path, word), inner, each)
    else:
        yield (*path, "value"), "value", value


def children(group: dict[str, Any] | list[Any], key: str) -> list[tuple[str, str, Any]]:
    """The values below `key`, each with its name and its own key. People count the places of a list from 1."""
    start = f"{key}." if key else ""
    if isinstance(group, dict):
        return [(name, start + name, value) for name, value in group.items()]
    return [(str(at + 1), f"{start}{at}", value) for at, value in enumerate(group)]


def row(card: Card, path: tuple[str, ...], key: str, value: Any, adjusted: dict[str, Any]) -> str:
    """One value as HTML: its label, its trend, and the value with its unit. An error stands in place of them."""
    if is_error(value):
        card.worsen("error")
        return f'<p class="problem">{escape(shortened(str(value["error"])))}</p>'
    card.worsen("ok")
    quantity = host.quantity(card.name, key)
    label = f"<dt>{escape(quantity.name or label_of(path[-1]))}</dt>"
    if not is_number(value):
        return f'<div class="row text">{label}<dd>{escape(text_of(value))}</dd></div>'
    trend = trend_of(path, value, is_new=not card.is_old)
    text, unit = measured(value, quantity.unit, trend.decimals if quantity.decimals is None else quantity.decimals)
    mark = "" if card.is_old else outside(path, value)
    card.worsen("outside" if mark else "ok")
    is_guessed = bool(unit and quantity.is_guessed)
    card.is_guessed = card.is_guessed or is_guessed
    unit = escape(unit) + ("<sup>?</sup>" if is_guessed else "")
    raw = f'<span class="raw">adjusted, raw {adjusted[key]:.6g}</span>' if is_number(adjusted.get(key)) else ""
    number = f'{escape(mark)}<span class="number">{text}</span> <span class="unit">{unit}</span>{raw}'
    return f'<div class="row">{label}{line_of(trend)}<dd{" class=outside" if mark else ""}>{number}</dd></div>'


def trend_of(path: tuple[str, ...], value: float, *, is_new: bool) -> Trend:
    """The trend of a number, which a new value has become a part of."""
    trend = PAGE.trends[path] = PAGE.before.get(path) or Trend()
    trend.decimals = max(trend.decimals, decimals_of(value))
    if is_new:
        trend.values.append(float(value))
    return trend


def outside(path: tuple[str, ...], value: float) -> str:
    """A sign and words for a value outside its limits, or ""."""
    lowest, highest = PAGE.limits.get(".".join(path)) or PAGE.limits.get(path[-1]) or (value, value)
    if value < lowest:
        return f"▼ below {lowest:g}: "
    return f"▲ above {highest:g}: " if value > highest else ""


def line_of(trend: Trend) -> str:
    """The trend as a line from the left edge to the right; "" if it has only one value."""
    if len(trend.values) < 2:
        return ""
    low, high = min(trend.values), max(trend.values)
    if not isfinite(high - low):
        return ""
    scale, middle, step = 16 / (high - low or 1), low + (high - low) / 2, TREND / (len(trend.values) - 1)
    points = " ".join(f"{at * step:.0f},{9 - (each - middle) * scale:.0f}" for at, each in enumerate(trend.values))
    size = f'viewBox="0 0 {TREND} 18" preserveAspectRatio="none"'
    return f'<svg {size} aria-hidden="true"><polyline points="{points}"/></svg>'


def measured(value: float, unit: str, decimals: int) -> tuple[str, str]:
    """A number in the form that people read, and its unit."""
    if unit == "s" and 120 <= value < 1e10:
        minutes, hours, days = int(value // 60) % 60, int(value // 3600) % 24, int(value // 86400)
        return (f"{days} d {hours} h" if days else f"{hours} h {minutes} min" if hours else f"{minutes} min"), ""
    if abs(value) >= 1e15 or 0 < abs(value) < 1e-3:
        return f"{float(value):.4g}", unit
    return f"{value:,.{decimals}f}".replace(",", "\u202f"), unit


def decimals_of(value: float) -> int:
    """The number of decimals of `value`, at most 4."""
    return len(f"{value:.4f}".rstrip("0").partition(".")[2]) if isinstance(value, float) else 0


def text_of(value: object) -> str:
    """The text of a value that is not a number."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and len(value) <= SHORT_LIST:
        return shortened(", ".join(map(text_of, value)))
    return "(nested deeper)" if isinstance(value, (dict, list)) else shortened(str(value))


def is_group(value: object) -> bool:
    """Whether `value` gets its own part: an object, or a list that does not fit into a row."""
    if isinstance(value, list):
        return len(value) > SHORT_LIST or any(isinstance(each, (dict, list)) for each in value)
    return isinstance(value, dict) and bool(value)


def is_error(value: object) -> bool:
    """Whether `value` is an error in the place of a value."""
    return isinstance(value, dict) and [*value] == ["error"]


def is_number(value: object) -> bool:
    """Whether `value` is a number, but not a boolean, infinite, or too large for a scale."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300


def label_of(key: str) -> str:
    """A key in words, without its unit: ``memory_used_mb`` becomes "Memory used"."""
    words = key.split("_")
    if len(words) > 1 and words[-1].lower() in UNIT_WORDS:
        words.pop()
    text = " ".join(word.upper() if word.lower() in INITIALS else word for word in words if word) or key
    return shortened(text[:1].upper() + text[1:], LONGEST_LABEL)


def shortened(text: str, longest: int = LONGEST_TEXT) -> str:
    """`text`, cut to `longest` characters."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
