"""MicroPython's `machine.Pin`. Sources: MicroPython's documentation of `machine`, and `ports/rp2/machine_pin.c`."""

# ruff: noqa: A002 - the names are those of the original

from collections.abc import Callable

from _line import Pull, line, watch
from background import Job, call

_PULLS: dict[int, Pull] = {-1: "none", 1: "up", 2: "down"}
_NOT_GIVEN = -1


class Pin:
    """A GPIO line by its BCM number.

    Args:
        id: the number, or another `Pin`.
        mode: `IN`, `OUT` or `OPEN_DRAIN`. Without one, the line stays as it is.
        pull: `PULL_UP`, `PULL_DOWN` or None.
        value: the first level of an output.
    """

    IN, OUT, OPEN_DRAIN = 0, 1, 2
    PULL_UP, PULL_DOWN = 1, 2
    IRQ_FALLING, IRQ_RISING = 4, 8

    def __init__(
        self, id: "int | Pin", mode: int = _NOT_GIVEN, pull: int | None = _NOT_GIVEN, *, value: object = None
    ) -> None:
        if not isinstance(id, int | Pin):
            raise ValueError(f"the pin {id!r} is unknown; give the BCM number of its line")
        self._line = line(id if isinstance(id, int) else id.id)
        self._mode: int = id._mode if isinstance(id, Pin) else Pin.IN
        self._watch: Job | None = None
        self.init(mode, pull, value=value)

    def init(self, mode: int = _NOT_GIVEN, pull: int | None = _NOT_GIVEN, *, value: object = None) -> None:
        """Set it up again. The arguments are those of `Pin`."""
        if mode not in {_NOT_GIVEN, Pin.IN, Pin.OUT, Pin.OPEN_DRAIN}:
            raise ValueError(f"there is no mode {mode}; use Pin.IN, Pin.OUT or Pin.OPEN_DRAIN")
        resistor = _NOT_GIVEN if pull is None else pull
        if resistor not in _PULLS:
            raise ValueError(f"there is no pull {pull}; use Pin.PULL_UP, Pin.PULL_DOWN or None")
        if mode != _NOT_GIVEN:
            self._mode = mode
        if mode == Pin.OUT or (mode == Pin.OPEN_DRAIN and value is not None):
            self.value(self._line.level if value is None else value)
        elif mode != _NOT_GIVEN:
            self._line.make_input(_PULLS[resistor])

    @property
    def id(self) -> int:
        """BCM number of the line."""
        return self._line.number

    def value(self, x: object = None) -> int | None:
        """Return the level, 0 or 1, or set it. An open-drain output is released to be high."""
        if x is None:
            return int(self._line.read())
        if self._mode == Pin.OPEN_DRAIN and x:
            self._line.make_input("up")
        else:
            self._line.write(bool(x))
        return None

    def __call__(self, x: object = None) -> int | None:
        """Do the same as `value`."""
        return self.value(x)

    def on(self) -> None:
        """Set it high."""
        self.value(1)

    def off(self) -> None:
        """Set it low."""
        self.value(0)

    high, low = on, off

    def toggle(self) -> None:
        """Set it to the other level."""
        self.value(not self._line.level)

    def irq(
        self, handler: "Callable[[Pin], object] | None" = None, trigger: int = IRQ_FALLING | IRQ_RISING, **_: object
    ) -> None:
        """Call `handler` with the pin after each edge, while the plugin sleeps or waits. None ends that."""
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
        if handler is None:
            return

        def changed(level: bool) -> None:
            if trigger & (Pin.IRQ_RISING if level else Pin.IRQ_FALLING):
                call(handler, self)

        self._watch = watch(self._line, changed)

    def __repr__(self) -> str:
        mode = ("IN", "OUT", "OPEN_DRAIN")[self._mode]
        return f"Pin(GPIO{self.id}, mode={mode})"
