"""The edges of `RPi.GPIO`. Sources: RPi.GPIO 0.7.1, `py_gpio.c` (messages) and `event_gpio.c` (bounce time)."""

import time
from collections.abc import Callable

import lives
from _line import Line, watch
from background import Job, call, wait_until

from RPi._channels import channel_of, input_line, line_of

RISING, FALLING, BOTH = 31, 32, 33
_NOT_GIVEN = -666
_NOT_BEFORE = float("-inf")

Callback = Callable[[int], object]


class _Detection:
    """Finds the edges of one line.

    Args:
        line: an input.
        edge: `RISING`, `FALLING` or `BOTH`.
        bouncetime: milliseconds after an edge in which others do not count.
    """

    def __init__(self, line: Line, edge: int, bouncetime: int) -> None:
        self.edge, self.bouncetime = edge, bouncetime
        self.life = lives.current()
        self.callbacks: list[Callback] = []
        self.has_occurred = False
        self._line, self._last = line, _NOT_BEFORE
        self._job: Job = watch(line, self._changed)

    def stop(self) -> None:
        """Find no more edges."""
        self._job.stop()

    def look(self) -> None:
        """Read the line now, if it is time to."""
        self._job.do_if_due()

    def _changed(self, level: bool) -> None:
        now = time.monotonic()
        if self.edge == (FALLING if level else RISING) or now - self._last <= max(0, self.bouncetime) / 1000:
            return
        self._last = now
        self.has_occurred = True
        for callback in [*self.callbacks]:
            call(callback, channel_of(self._line.number))


_detections: dict[int, _Detection] = {}


def add_event_detect(gpio: int, edge: int, callback: Callback | None = None, bouncetime: int = _NOT_GIVEN) -> None:
    """Find the edges of an input from now on.

    Args:
        gpio: the channel.
        edge: `RISING`, `FALLING` or `BOTH`.
        callback: is called with the channel after each edge.
        bouncetime: milliseconds after an edge in which others do not count.
    """
    if callback is not None and not callable(callback):
        raise TypeError("Parameter must be callable")
    line = input_line(gpio)
    _require_edge(edge, bouncetime)
    known = _detections.get(line.number)
    if known is not None and known.life == lives.current():
        raise RuntimeError("Conflicting edge detection already enabled for this GPIO channel")
    forget_edges(line.number)
    _detections[line.number] = _Detection(line, edge, bouncetime)
    if callback is not None:
        _detections[line.number].callbacks.append(callback)


def add_event_callback(gpio: int, callback: Callback) -> None:
    """Add a callback to the edges that `add_event_detect` finds."""
    if not callable(callback):
        raise TypeError("Parameter must be callable")
    line = input_line(gpio)
    if line.number not in _detections:
        raise RuntimeError("Add event detection using add_event_detect first before adding a callback")
    _detections[line.number].callbacks.append(callback)


def remove_event_detect(gpio: int) -> None:
    """Find the edges of a channel no longer."""
    forget_edges(line_of(gpio).number)


def event_detected(channel: int) -> bool:
    """Return whether there was an edge since the last call."""
    detection = _detections.get(line_of(channel).number)
    if detection is None:
        return False
    detection.look()
    found, detection.has_occurred = detection.has_occurred, False
    return found


def wait_for_edge(channel: int, edge: int, bouncetime: int = _NOT_GIVEN, timeout: int = -1) -> int | None:
    """Wait for an edge of an input. Returns the channel, or None after `timeout` milliseconds."""
    line = input_line(channel)
    _require_edge(edge, bouncetime)
    if timeout <= 0 and timeout != -1:
        raise ValueError("Timeout must be greater than 0")
    known = _detections.get(line.number)
    if known is not None and (known.callbacks or known.bouncetime not in {_NOT_GIVEN, bouncetime}):
        raise RuntimeError("Conflicting edge detection events already exist for this GPIO channel")
    waiting = _Detection(line, edge, bouncetime)
    try:
        found = wait_until(lambda: waiting.has_occurred, None if timeout == -1 else timeout / 1000)
    finally:
        waiting.stop()
    return channel if found else None


def forget_edges(number: int) -> None:
    """Find the edges of the line with this BCM number no longer."""
    detection = _detections.pop(number, None)
    if detection is not None:
        detection.stop()


def _require_edge(edge: int, bouncetime: int) -> None:
    if edge not in {RISING, FALLING, BOTH}:
        raise ValueError("The edge must be set to RISING, FALLING or BOTH")
    if bouncetime <= 0 and bouncetime != _NOT_GIVEN:
        raise ValueError("Bouncetime must be greater than 0")
