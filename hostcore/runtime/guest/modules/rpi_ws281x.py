"""`rpi_ws281x`: colours of the LED strip of `[leds]` in host.toml. It needs the permission "leds".

It behaves like rpi_ws281x 5.0.0. The pin, the channel and the type of the strip have no effect: `[leds]` says where the
strip is wired and in which order it expects the colours. White LEDs are not supported.

Sources: rpi_ws281x 5.0.0, `rpi_ws281x.py` (names) and `ws2811.c` (brightness, indexes).
"""

# ruff: noqa: N802, N815 - the names are those of the original

from types import SimpleNamespace
from typing import Self

from host import leds

__version__ = "5.0.0"
NO_LED = 0xFFFFFFFF
"""The colour of an LED that does not exist."""

ws = SimpleNamespace(
    WS2811_STRIP_RGB=0x100800,
    WS2811_STRIP_RBG=0x100008,
    WS2811_STRIP_GRB=0x081000,
    WS2811_STRIP_GBR=0x080010,
    WS2811_STRIP_BRG=0x001008,
    WS2811_STRIP_BGR=0x000810,
    WS2812_STRIP=0x081000,
    SK6812_STRIP_RGBW=0x18100800,
    SK6812_STRIP_GRBW=0x18081000,
    SK6812_STRIP=0x081000,
    SK6812W_STRIP=0x18081000,
)
"""Types of strips."""


class RGBW(int):
    """A colour as a number: white, red, green and blue, 8 bits each."""

    def __new__(cls, r: int, g: int | None = None, b: int | None = None, w: int | None = None) -> Self:
        if g is None and b is None and w is None:
            return super().__new__(cls, r)
        return super().__new__(cls, (w or 0) << 24 | r << 16 | (g or 0) << 8 | (b or 0))

    @property
    def r(self) -> int:
        """Red."""
        return self >> 16 & 0xFF

    @property
    def g(self) -> int:
        """Green."""
        return self >> 8 & 0xFF

    @property
    def b(self) -> int:
        """Blue."""
        return self & 0xFF

    @property
    def w(self) -> int:
        """White."""
        return self >> 24 & 0xFF


def Color(red: int, green: int, blue: int, white: int = 0) -> RGBW:
    """Return a colour; each part is 0 to 255."""
    return RGBW(red, green, blue, white)


class PixelStrip:
    """The strip.

    Args:
        num: the number of LEDs that are used.
        pin: has no effect.
        freq_hz: has no effect.
        dma: has no effect.
        invert: has no effect.
        brightness: 0 (dark) to 255.
        channel: has no effect.
        strip_type: has no effect, unless it is a list; then it is `gamma`.
        gamma: the brightness of each part, 256 numbers.
    """

    def __init__(  # noqa: PLR0917 - the original's parameters
        self,
        num: int,
        pin: int,
        freq_hz: int = 800_000,
        dma: int = 10,
        invert: bool = False,
        brightness: int = 255,
        channel: int = 0,
        strip_type: int | list[int] | None = None,
        gamma: list[int] | None = None,
    ) -> None:
        self.size = num
        self._colors = [0] * num
        self._brightness = brightness
        self._gamma: list[int] = [*range(256)]
        self.setGamma(gamma if gamma is not None else strip_type)

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, pos: int | slice) -> int | list[int]:
        if isinstance(pos, slice):
            return self._colors[pos]
        return self._colors[pos] if 0 <= pos < self.size else NO_LED

    def __setitem__(self, pos: int | slice, value: int) -> None:
        for index in range(*pos.indices(self.size)) if isinstance(pos, slice) else (pos,):
            if 0 <= index < self.size:
                self._colors[index] = int(value)

    def begin(self) -> None:
        """Check that the strip has as many LEDs.

        Raises:
            RuntimeError: it has fewer.
        """
        if self.size > leds.count():
            raise RuntimeError(f"{self.size} LEDs, but the strip has {leds.count()} (count in [leds] of host.toml)")

    def show(self) -> None:
        """Show the colours that were set."""
        for index, color in enumerate(self._colors):
            red, green, blue = (self._scaled(color >> shift & 0xFF) for shift in (16, 8, 0))
            leds.set_color(index, red, green, blue)
        leds.show()

    def setGamma(self, gamma: object) -> None:
        """Set the brightness of each part. What is no list of 256 numbers has no effect."""
        if isinstance(gamma, list) and len(gamma) == 256:
            self._gamma = gamma

    def setPixelColor(self, n: int, color: int) -> None:
        """Set the colour of one LED."""
        self[n] = color

    def setPixelColorRGB(self, n: int, red: int, green: int, blue: int, white: int = 0) -> None:
        """Set the colour of one LED."""
        self[n] = Color(red, green, blue, white)

    def getBrightness(self) -> int:
        """Return the brightness, 0 to 255."""
        return self._brightness

    def setBrightness(self, brightness: int) -> None:
        """Set the brightness, 0 to 255, from the next `show` on."""
        self._brightness = brightness

    def getPixels(self) -> int | list[int]:
        """Return all colours."""
        return self[:]

    def numPixels(self) -> int:
        """Return the number of LEDs."""
        return self.size

    def getPixelColor(self, n: int) -> int | list[int]:
        """Return the colour of one LED."""
        return self[n]

    def getPixelColorRGB(self, n: int) -> RGBW:
        """Return the colour of one LED with its parts."""
        return RGBW(int(self[n]))  # type: ignore[arg-type] # `n` is no slice

    getPixelColorRGBW = getPixelColorRGB

    def _scaled(self, part: int) -> int:
        scale = (self._brightness & 0xFF) + 1
        return self._gamma[part * scale >> 8]


class Adafruit_NeoPixel(PixelStrip):  # noqa: N801
    """The strip, under its older name."""
