"""The strip of LEDs in all plugins' hands: what they set is put together, and shown at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hostcore.actuators.caller import HOST, Caller, the_host
from hostcore.actuators.ws2812 import SETTINGS, frame
from hostcore.buses.shared import Hardware
from hostcore.clock import Clock
from hostcore.config.actuators import LedsSettings
from hostcore.errors import BusError, UnsupportedError
from hostcore.events import Event, LedsShown, Level, LogWritten
from hostcore.hostcall import Trap
from hostcore.log.plugin_log import log_line
from hostcore.place import Place

Color = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""
DARK: Color = (0, 0, 0)
_ORDERS = {"GRB": (1, 0, 2), "RGB": (0, 1, 2)}


class LedStrip:
    """A strip of WS2812B LEDs. For all threads; the SPI device is opened when something is first shown.

    Args:
        settings: ``[leds]``.
        hardware: has the SPI device.
        clock: times the events.
        publish: takes them.
    """

    def __init__(
        self, settings: LedsSettings, hardware: Hardware, clock: Clock, publish: Callable[[Event], None]
    ) -> None:
        self.count = settings.count
        """How many LEDs it has."""
        self._place = Place(settings.spi.bus_name, settings.spi.chip_select)
        self._order = _ORDERS[settings.order]
        self._scaled = bytes(round(part * settings.brightness) for part in range(256))
        self._hardware, self._clock, self._publish = hardware, clock, publish
        self._lock = threading.Lock()
        self._colors = [DARK] * settings.count
        self._shown: tuple[Color, ...] | None = None
        self._setter: str | None = None
        """Who set a colour last that is not shown yet."""
        self._trouble = ""
        self._ended = False

    def set_color(self, plugin: str, index: int, color: Color) -> None:
        """Give one LED a colour, to be shown later. Does not block.

        Raises:
            UnsupportedError: there is no such LED or colour.
        """
        if not 0 <= index < self.count:
            raise UnsupportedError(f"there is no LED {index}; the strip has 0 to {self.count - 1} (count in [leds])")
        self._set(plugin, slice(index, index + 1), color)

    def fill(self, plugin: str, color: Color) -> None:
        """Give all LEDs a colour, to be shown later. Does not block; raises like `set_color`."""
        self._set(plugin, slice(0, self.count), color)

    def show(self, caller: Caller) -> None:
        """Show what was set. Blocks until the bus is free and the strip has it, some 10 ms for the longest.

        Raises:
            BusError: the SPI device cannot be had, or failed; what was set waits for the next time.
        """
        device = self._hardware.spi_device(self._place)
        with caller.holding(self._hardware, self._place):
            colors, setter = self._take()
            if setter is None or colors == self._shown:
                return
            try:
                device.transfer(frame(self._parts(colors)), SETTINGS)
            except BusError:
                self._put_back(setter)
                raise
            self._shown = colors
            self._publish(LedsShown(self._clock.wall_ns(), caller.plugin, colors))

    def show_changed(self) -> None:
        """Show what was set, if anything was, on the account of who set it last.

        Where the bus stays taken that waits for the next time. A failure is logged, once for as long as it lasts.
        """
        setter = self._setter
        if setter is None:
            return
        trouble = ""
        try:
            self.show(the_host(self._clock, setter))
        except BusError as error:
            trouble = log_line(f"the LEDs cannot be shown: {error}")
        except Trap:
            return
        if trouble and trouble != self._trouble:
            self._publish(LogWritten(self._clock.wall_ns(), setter or HOST, Level.WARNING, trouble))
        self._trouble = trouble

    def stop(self) -> None:
        """Switch all off, if any was on; nothing can be set any more."""
        with self._lock:
            self._ended = True
            self._colors = [DARK] * self.count
            self._setter = ""
        if self._shown is not None:
            self.show_changed()

    def _set(self, plugin: str, where: slice, color: Color) -> None:
        if not all(0 <= part <= 255 for part in color):
            raise UnsupportedError(f"there is no colour {color}; each part is 0 to 255")
        with self._lock:
            if self._ended:
                raise UnsupportedError("the host stops; the LEDs stay dark")
            self._colors[where] = [color] * (where.stop - where.start)
            self._setter = plugin

    def _take(self) -> tuple[tuple[Color, ...], str | None]:
        with self._lock:
            setter, self._setter = self._setter, None
            return tuple(self._colors), setter

    def _put_back(self, setter: str) -> None:
        with self._lock:
            self._setter = setter if self._setter is None else self._setter

    def _parts(self, colors: tuple[Color, ...]) -> bytes:
        return bytes([color[part] for color in colors for part in self._order]).translate(self._scaled)
