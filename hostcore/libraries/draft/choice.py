"""Chooses the class of a library that drives its chip."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from hostcore.libraries.draft.constants import is_address_name
from hostcore.libraries.draft.measurements import Measurements, measurements
from hostcore.libraries.draft.outline import LibraryClass, Outline
from hostcore.libraries.draft.supplies import is_bus, is_pin, is_smbus, is_understood
from hostcore.quick_dataclass import dataclass

COMMON = ("dht22", "ads1115", "mcp23017", "gps")
"""The most common of several classes for one family."""
DISPLAY_BASES = ("FrameBuffer", "FrameBufferBase")
"""Base classes of a display that is drawn into memory (adafruit_framebuf)."""
LED_BASES = ("PixelBuf", "_PixelBuf")
"""Base classes of a strip of LEDs (adafruit_pixelbuf)."""
MOST_RIVALS = 8
"""The most other classes that a draft mentions."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The class to construct, and what to read from it."""

    main: LibraryClass
    measured: Measurements
    channel: LibraryClass | None = None
    """The class of one input, made with the main object and a number; its measurements are those in `measured`."""
    rivals: tuple[str, ...] = ()
    """Other classes that a person may want instead."""

    @property
    def is_display(self) -> bool:
        """Whether it shows pictures."""
        return any(base in DISPLAY_BASES for base in self.main.bases)

    @property
    def is_leds(self) -> bool:
        """Whether it is a strip of LEDs."""
        return any(base in LED_BASES for base in self.main.bases)


def choose(outline: Outline, chip: str, known_class: str = "") -> Choice | None:
    """Return the class that most likely drives the chip; None if no class looks like a driver.

    Args:
        outline: the library.
        chip: the chip's name, such as ``bme280``.
        known_class: the class that is known to work, with its module; "" if none is. It is taken if it looks like one.
    """
    known = {each.name: each for each in outline.classes}
    ranked = sorted(
        ((score, each) for each in outline.classes if (score := _score(each, chip, outline.classes, known)) > 0),
        key=lambda pair: (f"{pair[1].module}.{pair[1].name}" != known_class, -pair[0]),
    )
    if not ranked:
        return None
    main = ranked[0][1]
    others = dict.fromkeys(each.name for _, each in ranked[1:] if each.name != main.name)
    measured, channel = measurements(main, known), None
    if not measured.count:
        channel = next((each for each in outline.classes if _is_channel(each, main, known)), None)
        measured = measurements(channel, known) if channel else measured
    rivals = tuple(name for name in others if channel is None or name != channel.name)
    return Choice(main, measured, channel, rivals[:MOST_RIVALS])


def _score(of: LibraryClass, chip: str, classes: Sequence[LibraryClass], known: Mapping[str, LibraryClass]) -> int:
    """How likely a class is the driver: 0 or less if it is none."""
    points, measured = _points_for_hardware(of), measurements(of, known).count
    likeness = max(_points_for_name(of.name, chip), *(_points_for_name(base, chip) - 4 for base in of.bases), 0)
    if not points or of.name.startswith("_") or not (measured or likeness):
        return 0
    points += 4 * min(measured, 5) + likeness
    points += 20 if of.name.lower() in COMMON else 0
    points -= 40 * sum(not is_understood(each) for each in of.parameters)
    points -= 10 if any(of.name in each.bases for each in classes) else 0
    points -= 2 if "advanced" in of.module else 0
    return points


def _points_for_hardware(of: LibraryClass) -> int:
    """Points for a constructor that takes hardware. I2C goes first: it needs the fewest wires."""
    parameters = of.parameters
    if any(is_bus(each, "i2c") for each in parameters) or any(is_address_name(each.name) for each in parameters):
        return 30 if not any(is_bus(each, "spi") for each in parameters) else 20
    if any(is_bus(each, "spi") or is_bus(each, "uart") for each in parameters):
        return 20
    if any(is_smbus(each) for each in parameters):
        return 25
    return 25 if any(each.is_required and is_pin(each) for each in parameters) else 0


def _points_for_name(name: str, chip: str) -> int:
    plain, wanted = (re.sub("[^a-z0-9]", "", text.lower()) for text in (name, chip))
    if plain == wanted:
        return 12
    return 8 if wanted in plain or plain in wanted else 0


def _is_channel(of: LibraryClass, main: LibraryClass, known: Mapping[str, LibraryClass]) -> bool:
    """Whether a class is one input of the main class: made with the main object and a number, and measures."""
    names = {main.name, *main.bases}
    needed = [each for each in of.parameters if each.is_required]
    takes_main = bool(needed) and any(re.search(rf"\b{re.escape(name)}\b", needed[0].annotation) for name in names)
    return takes_main and len(needed) == 2 and measurements(of, known).count > 0
