"""SSD1306 OLED, 128 by 64 or 128 by 32 pixels, over I2C: shows the readings of all drivers, one card after the other.

A card shows numbers of one plugin: the first one large, with a sparkline of its history, and the others below. The code
knows no plugin. A key becomes a label, and the host tells the unit, as the driver states it or as the key suggests.

Source: Solomon Systech's data sheet "SSD1306", Rev 1.1: section 9 for the commands, and the application note at its end
for the order of the start-up commands.

Settings, with their defaults::

    [plugins.oled.settings]
    address = 0x3C       # 0x3D on some modules
    bus = 1              # default: the first bus of host.toml
    height = 64          # or 32
    contrast = 127       # 0 to 255
    upside_down = false
    seconds = 4          # how long a card stays
"""

import textwrap
import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from typing import Any, NamedTuple

import host
from host import i2c

WIDTH = 128
COMMANDS, DATA = b"\x00", b"\x40"  # the control byte says what follows, section 8.1.5.2
DISPLAY_ON = b"\xaf"
MOST_CARDS, MOST_NUMBERS, DEEPEST, LARGEST, LONGEST_ERROR = 64, 40, 4, 1e12, 200  # readings can have any size

UNIT_WORDS = {"percent", "mb", "s", "ms", "hz", "v", "mv", "ma", "mm", "lux", "hpa", "ohm", "ppm", "index", "value"}
"""Last words of keys that are not part of the label."""
SCALABLE = {"", "Ω", "lx", "V", "A", "W", "Hz", "m"}  # these units get a prefix from 10,000 on
PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))

# Each character is 5 columns, bit 0 at the top; 10 characters a line: the printable ones of ASCII, then a few more.
CHARACTERS = "".join(map(chr, range(32, 127))) + "°µΩ²³…\ufffd"
FONT = bytes.fromhex("""
    0000000000 00005f0000 0007000700 147f147f14 242a7f2a12 2313086462 3649552250 0000030000 001c224100 0041221c00
    14083e0814 08083e0808 00a0600000 0808080808 0060600000 2010080402 3e4141413e 00427f4000 4261514946 2241494936
    1814127f10 2745454539 3c4a494930 0171090503 3649494936 064949291e 0036360000 0056360000 0814224100 1414141414
    0041221408 0201510906 3e415d551e 7e0909097e 7f49494936 3e41414122 7f4141413e 7f49494941 7f09090901 3e4149497a
    7f0808087f 00417f4100 2040413f01 7f08142241 7f40404040 7f020c027f 7f0204087f 3e4141413e 7f09090906 3e4151215e
    7f09192946 4649494931 01017f0101 3f4040403f 0f3040300f 7f2018207f 6314081463 0304780403 6151494543 007f414100
    0204081020 0041417f00 0402010204 4040404040 0001020000 2054545478 7f44444438 3844444420 384444447f 3854545418
    047e050500 18a4a4a47c 7f04040478 00447d4000 0080847d00 7f10284400 00417f4000 7c04780478 7c04040478 3844444438
    fc24242418 18242424fc 7c08040408 4854545424 043f444420 3c4040207c 1c2040201c 3c4038403c 4428102844 1ca0a0a07c
    4464544c44 0008364100 00007f0000 0041360800 0804081008 0205050200 fc40403c40 4e7101714e 1915120000 11150a0000
    4000400040 7f4141417f
""")
GLYPHS = {character: FONT[5 * place : 5 * place + 5] for place, character in enumerate(CHARACTERS)}


def update(readings: dict[str, object]) -> None:
    """Draw the current card and send it to the display."""
    settings = host.settings()
    height = settings.get("height", 64)
    if height not in (32, 64):
        raise host.Error(f"[plugins.oled.settings] height must be 64 or 32, not {height!r}")
    screen = Screen(height)
    cards = list(islice(deal(readings, per_card=1 + screen.rows), MOST_CARDS))
    deck.remember(cards)
    draw(screen, deck.turn(cards, settings.get("seconds", 4)))
    show(screen, settings)


class Number(NamedTuple):
    """One number of a reading."""

    label: str
    value: float
    text: str
    unit: str


class Card(NamedTuple):
    """The content of one screen: some numbers of a plugin, or its error."""

    plugin: str
    numbers: list[Number]
    error: str = ""
    is_simulated: bool = False
    is_stale: bool = False


def deal(readings: dict[str, object], per_card: int) -> Iterator[Card]:
    """The cards of all plugins. The numbers of a plugin are spread evenly over the cards that it needs."""
    for plugin, reading in readings.items():
        if isinstance(reading, dict) and "error" in reading:
            yield Card(plugin, [], str(reading["error"]), bool(reading.get("simulated")))
            continue
        simulated = stale = False
        if isinstance(reading, dict):
            simulated, stale = bool(reading.get("simulated")), "stale" in reading
        found = islice(flatten(without_marks(reading)), MOST_NUMBERS)
        numbers = [number(words, value, host.quantity(plugin, key).unit) for words, key, value in found]
        count = -(-len(numbers) // per_card)
        for card in range(count):
            part = numbers[card * len(numbers) // count : (card + 1) * len(numbers) // count]
            yield Card(plugin, part, is_simulated=simulated, is_stale=stale)


def without_marks(reading: object) -> object:
    """A reading without the numbers that the host adds to it."""
    if not isinstance(reading, dict):
        return reading
    return {key: value for key, value in reading.items() if key not in ("stale", "adjusted")}


def flatten(value: object, words: tuple[str, ...] = (), keys: tuple[str, ...] = ()) -> Iterator[tuple[str, str, float]]:
    """All numbers in a JSON value, each with words that tell its place and with its key, such as ``air_quality_index``
    and ``air_quality.index``."""
    if isinstance(value, bool | int | float) and abs(value) < LARGEST:
        yield "_".join(words), ".".join(keys), value
    elif isinstance(value, dict | list) and len(keys) < DEEPEST:
        for word, key, item in children(value):
            yield from flatten(item, (*words, word), (*keys, key))


def children(value: dict[str, Any] | list[Any]) -> Iterator[tuple[str, str, object]]:
    """The values in an object or a list, each with a word and a key. People count the places of a list from 1."""
    if isinstance(value, dict):
        return ((key, key, item) for key, item in value.items())
    return ((str(at + 1), str(at), item) for at, item in enumerate(value))


def number(key: str, value: float, unit: str) -> Number:
    """A number in the form that people read."""
    *words, last = key.split("_")
    label = " ".join(words if words and last in UNIT_WORDS else [*words, last])
    if isinstance(value, bool):
        return Number(label, value, "on" if value else "off", "")
    if last == "uptime":
        return Number(label, value, duration(value), "")
    text, prefix = decimal(value, scalable=unit in SCALABLE)
    return Number(label, value, text, prefix + unit)


def decimal(value: float, scalable: bool) -> tuple[str, str]:
    """The significant digits of a number, and the prefix of its unit."""
    factor, prefix = next((pair for pair in PREFIXES if scalable and abs(value) >= max(1e4, pair[0])), (1, ""))
    if isinstance(value, int) and not prefix:
        return str(value), ""
    shown = abs(value) / factor
    places = 2 if shown < 10 else 1 if shown < 100 or not prefix else 0
    return f"{value / factor:z.{places}f}", prefix


def duration(seconds: float) -> str:
    """A duration in words, such as ``3d 4h`` or ``4h 7m``."""
    minutes = int(seconds) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    return f"{days}d {hours}h" if days else f"{hours}h {minutes % 60}m"


class Deck:
    """The current card, and the history of the large numbers."""

    def __init__(self) -> None:
        self.past: dict[tuple[str, str], deque[float]] = {}
        self.top = -1
        self.since = float("-inf")

    def remember(self, cards: Iterable[Card]) -> None:
        """Add the large number of each card to its history."""
        for card in cards:
            if card.numbers:
                first = card.numbers[0]
                samples = self.past.pop((card.plugin, first.label), deque(maxlen=WIDTH))
                samples.append(first.value)
                self.past[card.plugin, first.label] = samples
        for oldest in list(self.past)[:-MOST_CARDS]:
            del self.past[oldest]

    def turn(self, cards: list[Card], seconds: float) -> Card:
        """The current card. Turns to the next one after `seconds`."""
        now = time.monotonic()
        if now - self.since >= seconds:
            self.top, self.since = self.top + 1, now
        return cards[self.top % len(cards)] if cards else Card("host", [])


deck = Deck()


def draw(screen: "Screen", card: Card) -> None:
    """Draw the plugin's name and the label at the top, and the error or the numbers below. SIM: a bus is simulated.
    OLD: the numbers are, because the driver has not read for longer than it should."""
    label = card.numbers[0].label if card.numbers else "error" if card.error else "no readings yet"
    name = f"{'SIM ' * card.is_simulated}{'OLD ' * card.is_stale}{card.plugin}"
    tag = screen.text(2, 1, fit(name, WIDTH - 4)) + 1
    screen.invert(0, 0, tag, 9)
    screen.text(tag + 4, 1, fit(label, WIDTH - tag - 4))
    for row, line in enumerate(textwrap.wrap(card.error[:LONGEST_ERROR], WIDTH // 6)):
        screen.text(0, 12 + 9 * row, line)
    if card.numbers:
        draw_numbers(screen, card.numbers, deck.past[card.plugin, label])


def draw_numbers(screen: "Screen", numbers: list[Number], past: Iterable[float]) -> None:
    """Draw the first number large, the others below, and a sparkline where there is room."""
    first, *others = numbers
    large = 12 if screen.rows else 15
    end = screen.text(screen.large(0, large, first.text), large + 7, first.unit)
    for row, other in enumerate(others):
        screen.row(29 + 9 * row, other)
    below = 30 + 9 * len(others)
    if screen.height - below > 12:
        screen.sparkline(past, 0, below, WIDTH, screen.height - below)
    elif end + 6 < WIDTH:
        screen.sparkline(past, end + 6, large, WIDTH - end - 6, 14)


class Screen:
    """A picture as columns of bits. Bit 0 is the top row, as in the display's memory."""

    def __init__(self, height: int) -> None:
        self.height = height
        self.rows = (height - 28) // 9
        self.columns = [0] * WIDTH

    def text(self, x: int, y: int, text: str) -> int:
        """Write `text` with its top left corner at (x, y). Returns the x of its end."""
        for character in text:
            self.paint(x, y, GLYPHS.get(character, GLYPHS["\ufffd"]))
            x += 6
        return x

    def large(self, x: int, y: int, text: str) -> int:
        """Write `text` in double size. Returns the x of its end."""
        for character in text:
            self.paint(x, y, enlarge(GLYPHS.get(character, GLYPHS["\ufffd"])))
            x += 12
        return x

    def row(self, y: int, number: Number) -> None:
        """Write a label on the left, and its number on the right."""
        unit = WIDTH + 1 - 6 * len(number.unit)
        start = unit - 6 * len(number.text) - (2 if number.unit else 0)
        self.text(0, y, fit(number.label, start - 2))
        self.text(start, y, number.text)
        self.text(unit, y, number.unit)

    def sparkline(self, samples: Iterable[float], x: int, y: int, width: int, height: int) -> None:
        """Draw the newest samples from left to right, one per column, scaled from the lowest to the highest."""
        newest = list(samples)[-width:]
        low, high = min(newest), max(newest)
        scale = (height - 1) / (high - low) if high > low else 0
        levels = [y + height - 1 - round((sample - low) * scale) for sample in newest]
        for column, (before, now) in enumerate(pairwise(levels[:1] + levels), start=x):
            length = abs(now - before) + 1
            self.columns[column] |= ((1 << length) - 1) << min(before, now)

    def invert(self, x: int, y: int, width: int, height: int) -> None:
        """Swap black and white in a rectangle."""
        for column in range(x, min(x + width, WIDTH)):
            self.columns[column] ^= ((1 << height) - 1) << y

    def paint(self, x: int, y: int, columns: Iterable[int]) -> None:
        """Draw columns. Pixels beyond the edges are lost."""
        for column, pixels in enumerate(columns, start=x):
            if 0 <= column < WIDTH:
                self.columns[column] |= pixels << y

    def pages(self) -> bytes:
        """The picture in the format of the display's memory: pages of eight rows, one byte per column."""
        return bytes(pixels >> top & 0xFF for top in range(0, self.height, 8) for pixels in self.columns)


def fit(text: str, width: int) -> str:
    """`text`, shortened to fit into `width` pixels."""
    room = width // 6
    return text if len(text) <= room else text[: max(0, room - 1)] + "…"


def enlarge(glyph: bytes) -> Iterator[int]:
    """A glyph in double size, with smooth diagonals (Scale2x).

    Each pixel becomes four. One of the four takes the colour of the two neighbours that it touches if these two are
    equal and differ from the other two neighbours. All pixels of a column are computed at once, as bits of a number.
    """
    padded = [0, *glyph, 0]
    for left, here, right in zip(padded, padded[1:], padded[2:], strict=False):
        above, below = here << 1, here >> 1
        for side, other_side in (left, right), (right, left):
            upper = corner(here, side, above, other_side, below)
            lower = corner(here, side, below, other_side, above)
            yield int(f"{upper:b}", base=4) | int(f"{lower:b}", base=4) << 1  # bits, read as base 4, move apart


def corner(here: int, side: int, level: int, other_side: int, other_level: int) -> int:
    """One of the four pixels, for all pixels of a column."""
    smooth = ~(side ^ level) & (side ^ other_level) & (level ^ other_side)
    return here & ~smooth | side & smooth


def show(screen: Screen, settings: dict[str, Any]) -> None:
    """Send a whole frame, together with the start-up commands.

    So the picture is right even if the display lost its power since the last frame. If it did not, the commands change
    nothing, and the display does not flicker.
    """
    for message in (COMMANDS + bring_up(screen.height, settings), DATA + screen.pages(), COMMANDS + DISPLAY_ON):
        i2c.write(settings.get("address", 0x3C), message, bus=settings.get("bus"))


def bring_up(height: int, settings: dict[str, Any]) -> bytes:
    """The start-up commands, which are sent before each frame."""
    return bytes([
        0xA8, height - 1,  # multiplex ratio
        0xD3, 0,  # display offset
        0x40,  # start line 0
        *((0xA0, 0xC0) if settings.get("upside_down") else (0xA1, 0xC8)),  # segment and COM order of common modules
        0xDA, 0x12 if height == 64 else 0x02,  # COM pins: alternating with 64 rows, sequential with 32
        0x81, settings.get("contrast", 127),
        0xA4, 0xA6,  # show the memory, not inverted
        0xD5, 0x80,  # oscillator, as after a reset
        0xD9, 0xF1,  # pre-charge, as usual with the charge pump
        0xDB, 0x20,  # VCOMH deselect level, as after a reset
        0x8D, 0x14,  # charge pump on
        0x2E,  # no scrolling
        0x20, 0x00,  # horizontal addressing: page after page
        0x21, 0, WIDTH - 1,  # columns
        0x22, 0, height // 8 - 1,  # pages
    ])  # fmt: skip
