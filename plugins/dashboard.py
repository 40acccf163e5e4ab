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
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
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

GUESSED = ' title="guessed from the key"'
"""Marks a unit that the driver does not state."""
STATES = {
    "empty": ("–", "without values"),
    "ok": ("✓", "ok"),
    "outside": ("▲", "outside limits"),
    "error": ("✗", "in error"),
}
"""A sign and words for each state of a card, the worst one last. Colour is never the only sign."""

STYLE = """
:root{color-scheme:light dark;--back:#f3f4f6;--card:#fff;--text:#1b1f24;--soft:#57606a;--edge:#d5d9df;--line:#0b63ce;
--ok:#116329;--outside:#8a4b00;--error:#b3121d;--empty:#57606a}
@media(prefers-color-scheme:dark){:root{--back:#0e1116;--card:#171b22;--text:#e8ebef;--soft:#a3adb8;--edge:#2f3743;
--line:#6cb6ff;--ok:#56d364;--outside:#f0b13c;--error:#ff8b85;--empty:#a3adb8}}
*{box-sizing:border-box}
body{margin:0;padding:1rem;background:var(--back);color:var(--text);font:1rem/1.4 system-ui,sans-serif}
header{display:flex;flex-wrap:wrap;gap:.2rem 1rem;align-items:baseline;margin-bottom:1rem}
p,h1,h2,h3,dl,dd{margin:0}
h1{font-size:1.4rem}
header p,.more{color:var(--soft)}
main{columns:19rem;column-gap:1rem}
.card{background:var(--card);border:1px solid var(--edge);border-left:.35rem solid var(--state);border-radius:.5rem;
padding:.8rem 1rem;margin-bottom:1rem;break-inside:avoid;overflow-wrap:anywhere}
.ok{--state:var(--ok)}.outside{--state:var(--outside)}.error{--state:var(--error)}.empty{--state:var(--empty)}
.card header{margin-bottom:.3rem;justify-content:space-between}
h2{font-size:1.1rem}
h3{font-size:.85rem;color:var(--soft);margin-top:.6rem}
.simulated{color:var(--outside);font-size:.85rem;font-weight:600}
.adjusted{font-size:.75rem;text-decoration:underline dotted}
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
.old .number{color:var(--soft)}
.unit{color:var(--soft);font-size:.85rem;font-weight:400}
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


@dataclass
class Last:
    """The last reading of a plugin that was no error."""

    values: dict[str, Any] | list[Any]
    time: str
    """RFC 3339."""
    simulated: str
    adjusted: dict[str, Any]
    """As in `Card`."""


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
    now: str = ""
    """The time of this round, RFC 3339."""
    last: dict[str, "Last"] = field(default_factory=dict)
    """The last reading of each plugin that was no error."""


@dataclass
class Card:
    """The card of one plugin, while it is being made."""

    name: str
    state: str = "empty"
    parts: list[str] = field(default_factory=list)
    rows: int = 0
    left_out: int = 0
    simulated: str = ""
    """The simulated buses that the plugin has used; "" if all its buses are real."""
    stale: str = ""
    """How old its reading is; "" if it is not older than it should be."""
    adjusted: dict[str, Any] = field(default_factory=dict)
    """What the driver measured, by the key of each value that host.toml adjusts."""
    is_old: bool = False
    """Its values are those of an earlier round."""

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
    PAGE.now = str(readings.get("timestamp"))
    plugins = [name for name in readings if name != "timestamp"]
    PAGE.last = {name: last for name, last in PAGE.last.items() if name in readings}
    cards = [card_of(name, readings[name]) for name in plugins[:MOST_CARDS]]
    return (
        f'<!doctype html><html lang="en"><title>{escape(PAGE.title)}</title><style>{STYLE}</style>'
        f"<body><header><h1>{escape(PAGE.title)}</h1>{time_of(readings.get('timestamp'))}"
        f'<p role="status">{summary(cards, len(plugins))}</p></header>'
        f"<main>{''.join(map(drawn, cards))}</main></body></html>"
    )


def time_of(timestamp: object) -> str:
    """The time of the readings as HTML. `timestamp` is RFC 3339; the page shows the time of the day."""
    text = shortened(str(timestamp or "?"))
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


def card_of(name: str, reading: Any) -> Card:
    """The card of one plugin's reading."""
    card = Card(name)
    if isinstance(reading, dict):
        reading = dict(reading)
        card.simulated = simulated_buses(reading.pop("simulated", None))
        card.stale = age_of(reading.pop("stale", None))
        adjusted = reading.pop("adjusted", None)
        card.adjusted = adjusted if isinstance(adjusted, dict) else {}
    if is_error(reading):
        fail(card, (name,), reading["error"])
        add_last(card)
    elif isinstance(reading, (dict, list)):
        if not card.stale:
            PAGE.last[name] = Last(reading, PAGE.now, card.simulated, card.adjusted)
        add_group(card, (name,), reading)
    else:
        card.parts.append(f"<dl>{row(card, (name, 'value'), reading, 'value')}</dl>")
    return card


def add_last(card: Card) -> None:
    """Add the last values of a plugin that fails now."""
    last = PAGE.last.get(card.name)
    if last is None:
        return
    card.is_old, card.adjusted = True, last.adjusted
    card.simulated = card.simulated or last.simulated
    card.stale = age_of(seconds_since(last.time)) or "some time"
    add_group(card, (card.name,), last.values)


def seconds_since(time: str) -> float | None:
    """The seconds from an earlier round to this one; None if one of the two has no time."""
    try:
        return (datetime.fromisoformat(PAGE.now) - datetime.fromisoformat(time)).total_seconds()
    except (ValueError, TypeError):
        return None


def simulated_buses(found: object) -> str:
    """The names of the simulated buses in the host's mark on a reading, such as "i2c-1, gpio"."""
    return shortened(", ".join(map(str, found))) if isinstance(found, list) else ""


def age_of(seconds: object) -> str:
    """The age in the host's mark on an old reading, in words."""
    if not isinstance(seconds, (int, float)):
        return ""
    size, unit = (1, "s") if seconds < 120 else (60, "min") if seconds < 7200 else (3600, "h")
    return f"{seconds / size:.0f} {unit}"


def drawn(card: Card) -> str:
    """A card as HTML. Its id lets the browser recognise it in the next page."""
    name = escape(shortened(card.name, LONGEST_LABEL))
    mark = f'<p class="simulated">Simulated: {escape(card.simulated)}</p>' if card.simulated else ""
    mark += f'<p class="simulated">Stale: read {card.stale} ago</p>' if card.stale else ""
    more = f'<p class="more">and {card.left_out} more</p>' if card.left_out else ""
    return (
        f'<section class="card {card.state}{" old" if card.is_old else ""}" id="card-{name}"><header><h2>{name}</h2>'
        f'<p class="state">{" ".join(STATES[card.state])}</p></header>{mark}{"".join(card.parts)}{more}</section>'
    )


def add_group(card: Card, path: tuple[str, ...], group: dict[str, Any] | list[Any], key: str = "") -> None:
    """Add the rows of an object or list, then its nested objects and lists, each below a heading."""
    found = children(group, key)
    deeper = {name for name, _, value in found if is_group(value)} if len(path) < DEEPEST else set()
    rows = "".join(row(card, (*path, name), value, inner) for name, inner, value in found if name not in deeper)
    if rows:
        card.parts.append(f"{heading(path)}<dl>{rows}</dl>")
    for name, inner, value in found:
        if name not in deeper:
            continue
        if card.rows >= MOST_ROWS:
            card.left_out += 1
        elif is_error(value):
            fail(card, (*path, name), value["error"])
        else:
            add_group(card, (*path, name), value, inner)


def children(group: dict[str, Any] | list[Any], key: str) -> list[tuple[str, str, Any]]:
    """The values below `key`, each with its name and its own key. People count the places of a list from 1."""
    start = f"{key}." if key else ""
    if isinstance(group, dict):
        return [(name, start + name, value) for name, value in group.items()]
    return [(str(at + 1), f"{start}{at}", value) for at, value in enumerate(group)]


def heading(path: tuple[str, ...]) -> str:
    """The heading of a part of a card. The first part has none, because it follows the card's name."""
    return f"<h3>{' / '.join(escape(label_of(word)) for word in path[1:])}</h3>" if path[1:] else ""


def fail(card: Card, path: tuple[str, ...], error: object) -> None:
    """Add an error in the place of values."""
    card.rows += 1
    card.worsen("error")
    card.parts.append(f'{heading(path)}<p class="problem">{escape(shortened(str(error)))}</p>')


def row(card: Card, path: tuple[str, ...], value: Any, key: str) -> str:
    """One value as HTML: its label, its trend, and the value with its unit."""
    if card.rows >= MOST_ROWS:
        card.left_out += 1
        return ""
    card.rows += 1
    card.worsen("ok")
    quantity = host.quantity(card.name, key)
    label = f"<dt>{escape(quantity.name or label_of(path[-1]))}</dt>"
    if not is_number(value):
        return f'<div class="row text">{label}<dd>{escape(text_of(value))}</dd></div>'
    trend = PAGE.trends[path] = PAGE.before.get(path) or Trend()
    trend.decimals = max(trend.decimals, decimals_of(value))
    if not card.is_old:
        trend.values.append(float(value))
    decimals = trend.decimals if quantity.decimals is None else quantity.decimals
    text, unit = measured(value, quantity.unit, decimals)
    mark = "" if card.is_old else outside(path, value)
    if mark:
        card.worsen("outside")
    guessed = GUESSED if unit and quantity.is_guessed else ""
    number = f'{escape(mark)}<span class="number">{text}</span> <span class="unit"{guessed}>{escape(unit)}</span>'
    if is_number(raw := card.adjusted.get(key)):
        number += f' <span class="adjusted" title="adjusted in host.toml; the driver measured {raw:.6g}">adj.</span>'
    return f'<div class="row">{label}{line_of(trend)}<dd{" class=outside" if mark else ""}>{number}</dd></div>'


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
