"""CircuitPython's `pulseio`: the lengths of pulses on a line. It needs the permission ``gpio:LINE:pulses``.

It behaves like Adafruit-Blinka on a Raspberry Pi, except:

- `resume` with a trigger pulse records the answer before it returns. Without one, the line is recorded when the pulses
  are asked for, for up to 0.25 s. A recording ends when the line has been quiet for 10 ms. Other pulses are missed.
- The line has its pull-up while it is recorded.
"""

from collections import deque
from itertools import pairwise
from types import TracebackType
from typing import NoReturn, Self

from _line import line
from microcontroller import Pin

LISTEN_SECONDS = 0.25
"""How long to wait for pulses. The DHT library waits as long by itself."""
LONGEST_US = 0xFFFF
"""CircuitPython stores the length of a pulse in 16 bits."""


class PulseIn:
    """The lengths of the last pulses in microseconds, the oldest first. A pulse is the time from one edge to the next.

    Args:
        pin: a pin of `board`.
        maxlen: the number of pulses that are kept.
        idle_state: the level of the line at rest. A trigger pulse has the other level.
    """

    def __init__(self, pin: Pin, maxlen: int = 2, idle_state: bool = False) -> None:
        self._line, self._idle_state = line(pin.id), bool(idle_state)
        self._pulses: deque[int] = deque(maxlen=maxlen)
        self._paused = False

    @property
    def maxlen(self) -> int:
        """The number of pulses that are kept."""
        return self._pulses.maxlen or 0

    @property
    def paused(self) -> bool:
        """Whether the line is not recorded."""
        return self._paused

    def pause(self) -> None:
        """Record no longer."""
        self._paused = True

    def resume(self, trigger_duration: int = 0) -> None:
        """Record from now on.

        Args:
            trigger_duration: microseconds of a pulse that the host drives first; 0 is none. The answer is recorded
                before this method returns.
        """
        self._paused = False
        if trigger_duration:
            self._record([(not self._idle_state, trigger_duration / 1e6)])

    def clear(self) -> None:
        """Forget all pulses."""
        self._pulses.clear()

    def popleft(self) -> int:
        """Remove and return the oldest pulse."""
        self._listen()
        if not self._pulses:
            raise IndexError("pop from empty list")
        return self._pulses.popleft()

    def deinit(self) -> None:
        """Record no longer, and forget all pulses."""
        self._paused = True
        self._pulses.clear()

    def __len__(self) -> int:
        self._listen()
        return len(self._pulses)

    def __getitem__(self, index: int) -> int:
        self._listen()
        if not -len(self._pulses) <= index < len(self._pulses):
            raise IndexError("list index out of range")
        return self._pulses[index]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        self.deinit()

    def _listen(self) -> None:
        if not self._paused and not self._pulses:
            self._record([])

    def _record(self, drive: list[tuple[bool, float]]) -> None:
        times = [edge.time_ns for edge in self._line.capture(drive, LISTEN_SECONDS)]
        self._pulses.extend(min((later - earlier) // 1000, LONGEST_US) for earlier, later in pairwise(times))


class PulseOut:
    """Modulated pulses, as for an infrared remote control. A Raspberry Pi cannot send them from the sandbox."""

    def __init__(self, *arguments: object, **options: object) -> NoReturn:
        raise NotImplementedError("pulseio.PulseOut: Linux cannot time a carrier of 38 kHz; use a chip that sends it")
