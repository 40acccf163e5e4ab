"""The LED strip, which all plugins share. It combines the colours that they set and shows them in one transfer."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hostcore.actuation import Color
from hostcore.actuators.account import Account, described, started
from hostcore.actuators.ws2812 import SETTINGS, frame
from hostcore.backends.spi import SpiDevice
from hostcore.buses.effects import Asked, Done
from hostcore.buses.shared import Buses
from hostcore.config.actuators import LedsSettings
from hostcore.errors import UnsupportedError
from hostcore.events import HOST, Event, LedsShown, Level, LogWritten, Message
from hostcore.hostcall import Trap
from hostcore.log.safe_text import log_line
from hostcore.place import Place
from hostcore.threads import HostThread

DARK: Color = (0, 0, 0)
SIGNAL: Color = (255, 0, 0)
"""The colour of an alarm."""
STOP_SECONDS = 0.5
"""The longest wait for the end of the thread, in seconds."""

_ORDERS = {"GRB": (1, 0, 2), "RGB": (0, 1, 2)}


class LedStrip:
    """A strip of WS2812B LEDs. Thread-safe. The SPI device is opened when colours are first shown.

    Args:
        settings: ``[leds]`` of host.toml.
        buses: all buses.
        host: the host's own account.
        publish: takes the events.

    Attributes:
        count: the number of LEDs.
        order: the order in which the LEDs expect the parts of a colour, "GRB" or "RGB".
        place: the place of the SPI device.
    """

    def __init__(self, settings: LedsSettings, buses: Buses, host: Account, publish: Callable[[Event], None]) -> None:
        self.count = settings.count
        self.place = Place(settings.spi.bus_name, settings.spi.chip_select)
        self.order = settings.order
        self._scaled = bytes(round(part * settings.brightness) for part in range(256))
        self._buses, self._host, self._publish = buses, host, publish
        self._lock = threading.Lock()
        self._colors = [DARK] * settings.count
        self._signals: frozenset[int] = frozenset()
        """The LEDs of alarms. Their colour lies over the one that plugins set."""
        self._shown: tuple[Color, ...] | None = None
        self._is_used = False
        self._setter: Account | None = None
        """The account that last set a colour that is not shown yet."""
        self._trouble = ""
        self._ended = False
        self._round_ended = threading.Event()
        self._thread: HostThread | None = None

    def set_color(self, account: Account, index: int, color: Color) -> None:
        """Set the colour of one LED, without showing it. Does not block.

        Raises:
            UnsupportedError: there is no such LED or colour, or the host is stopping.
        """
        if not 0 <= index < self.count:
            raise UnsupportedError(f"there is no LED {index}; the strip has 0 to {self.count - 1} (count in [leds])")
        self._set(account, slice(index, index + 1), color)

    def fill(self, account: Account, color: Color) -> None:
        """Set the colour of all LEDs, without showing it. Does not block. Raises like `set_color`."""
        self._set(account, slice(0, self.count), color)

    def signal(self, leds: frozenset[int]) -> None:
        """Show these LEDs, and no others, in the colour of an alarm, over what plugins set. Does not block.

        Raises:
            UnsupportedError: there is no such LED, or the host is stopping. The others are shown.
        """
        with self._lock:
            if self._ended:
                raise UnsupportedError("the host is stopping; the LEDs stay off")
            self._need_thread()
            self._signals = leds
            self._setter = self._setter or self._host
        self._round_ended.set()
        if missing := [led for led in leds if led >= self.count]:
            raise UnsupportedError(
                f"there is no LED {missing[0]}; the strip has 0 to {self.count - 1} (count in [leds])"
            )

    def show(self, account: Account) -> None:
        """Show the colours that were set. Blocks until the bus is free, and about 10 ms more for the longest strip.

        Raises:
            BusError: the SPI device is not available, or failed. The colours will be shown the next time.
        """
        if not self._has_changed():
            return

        def transfer(device: SpiDevice) -> Done[None]:
            colors, setter = self._take()  # only while the bus is held: older colours must not follow newer ones
            if setter is None:
                return Done(None)
            data = frame(self._parts(colors))
            try:
                device.transfer(data, SETTINGS)
            except BaseException:
                self._put_back(setter)
                raise
            self._shown = colors
            now, is_simulated = self._buses.clock.wall_ns(), self.place.bus in self._buses.simulated
            self._publish(LedsShown(now, account.plugin, colors, is_simulated, account.by_person, account.through))
            return Done(None, (Message(True, data),))

        account.perform(self.place, None, self._buses.spi_device, transfer, Asked(spi=SETTINGS))

    def show_soon(self) -> None:
        """Show changed colours on the strip's own thread. Does not block."""
        if self._setter is not None:
            self._round_ended.set()

    def show_changed(self) -> None:
        """Show changed colours on the account that set a colour last. Blocks like `show`.

        If another access holds the bus, the colours wait for the next time. A failure that repeats is logged once.
        """
        setter = self._setter
        if setter is None:
            return
        trouble = ""
        try:
            self.show(setter)
        except Trap:
            return
        except Exception as error:  # noqa: BLE001 - a defect must not end the strip's thread
            trouble = log_line(f"the LEDs cannot be shown: {described(error)}")
        if trouble and trouble != self._trouble:
            now = self._buses.clock.wall_ns()
            self._publish(LogWritten(now, setter.plugin or HOST, Level.WARNING, trouble, by_host=True))
        self._trouble = trouble

    def stop(self) -> None:
        """Switch all LEDs off if any was on. No colour can be set after this. Blocks for less than a second."""
        with self._lock:
            self._ended = True
            self._colors, self._signals = [DARK] * self.count, frozenset()
            self._setter = self._host
        self._round_ended.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
        if self._is_used:
            self.show_changed()

    def _run(self) -> None:
        while not self._ended:
            self._round_ended.wait()
            self._round_ended.clear()
            if not self._ended:
                self.show_changed()

    def _set(self, account: Account, where: slice, color: Color) -> None:
        if not all(0 <= part <= 255 for part in color):
            raise UnsupportedError(f"there is no colour {color}; each part is 0 to 255")
        with self._lock:
            if self._ended:
                raise UnsupportedError("the host is stopping; the LEDs stay off")
            self._need_thread()
            self._colors[where] = [color] * (where.stop - where.start)
            self._setter = account.in_background()

    def _need_thread(self) -> None:
        if self._thread is None:
            self._thread = started(self._run, "leds", "LEDs cannot be shown now")

    def _has_changed(self) -> bool:
        with self._lock:
            if self._visible() == self._shown:
                self._setter = None
            return self._setter is not None

    def _take(self) -> tuple[tuple[Color, ...], Account | None]:
        with self._lock:
            setter, self._setter = self._setter, None
            if setter is not None:
                self._shown, self._is_used = None, True  # nobody knows what the strip shows until the frame is sent
            return self._visible(), setter

    def _visible(self) -> tuple[Color, ...]:
        return tuple([SIGNAL if led in self._signals else color for led, color in enumerate(self._colors)])

    def _put_back(self, setter: Account) -> None:
        with self._lock:
            self._setter = setter if self._setter is None else self._setter

    def _parts(self, colors: tuple[Color, ...]) -> bytes:
        return bytes([color[part] for color in colors for part in _ORDERS[self.order]]).translate(self._scaled)
