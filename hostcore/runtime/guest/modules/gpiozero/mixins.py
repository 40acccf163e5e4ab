"""The events of gpiozero's inputs. Source: gpiozero 2.0.1, `mixins.py`.

An input is looked at only while the plugin sleeps or waits, because the sandbox has no threads (`background`).
"""

import inspect
import time
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakMethod

from _line import announce_edges
from background import POLL_SECONDS, Job, call, wait_until

from gpiozero.devices import GPIODevice
from gpiozero.exc import BadEventHandler, BadWaitTime, CallbackSetToNone

__all__ = ["EventsMixin", "HoldMixin", "event"]


class event:  # noqa: N801 - the original's name
    """A property that holds the handler of an event."""

    _name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = self._name or name  # `when_pressed` is the same event as `when_activated`

    def __get__(self, device: Any, owner: type | None = None) -> Any:
        return self if device is None else device._handlers.get(self._name)

    def __set__(self, device: Any, handler: Callable[..., object] | None) -> None:
        if handler is not None:
            device._handlers[self._name] = _fitting(handler, device)
            device._look()
        elif device._handlers.pop(self._name, None) is None:
            text = "The callback was set to None. Write btn.when_pressed = pressed, not btn.when_pressed = pressed()"
            warnings.warn(CallbackSetToNone(text), stacklevel=2)


def _fitting(handler: Callable[..., object], device: object) -> Callable[[], object]:
    """Return a function without parameters that calls the handler, with the device if it takes one."""
    if not callable(handler):
        raise BadEventHandler("value must be None or a callable")
    if inspect.isbuiltin(handler.func if isinstance(handler, partial) else handler):
        return handler
    signature = inspect.signature(handler)
    for arguments in ((), (device,)):
        try:
            signature.bind(*arguments)
        except TypeError:
            continue
        return partial(handler, *arguments) if arguments else handler
    raise BadEventHandler("value must be a callable which accepts up to one mandatory parameter")


def _weak(step: Callable[[], float | None]) -> Callable[[], float | None]:
    """Return a step that does not keep its device alive: a device that nobody holds closes itself."""
    found = WeakMethod(step)

    def weak_step() -> float | None:
        alive = found()
        return None if alive is None else alive()

    return weak_step


class EventsMixin(GPIODevice):
    """An input with events. It is looked at from its first handler, wait or time on."""

    poll_seconds = POLL_SECONDS
    """Time between two looks."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._handlers: dict[str, Callable[[], object]] = {}
        self._job: Job | None = None
        self._was_active: bool | None = None
        self._changed_at = time.monotonic()
        self._bounce_seconds = 0.0
        super().__init__(*arguments, **options)

    when_activated = event()
    when_deactivated = event()

    def close(self) -> None:
        """End all events, and free the pin."""
        job, self._job = getattr(self, "_job", None), None
        if job is not None:
            job.stop()
        if hasattr(self, "_handlers"):
            self._handlers.clear()
        super().close()

    def wait_for_active(self, timeout: float | None = None) -> bool:
        """Wait until it is on. Returns False if it is not on after `timeout` seconds."""
        self._look()
        return wait_until(lambda: self._was_active is True, timeout)

    def wait_for_inactive(self, timeout: float | None = None) -> bool:
        """Wait until it is off. Returns False if it is not off after `timeout` seconds."""
        self._look()
        return wait_until(lambda: self._was_active is False, timeout)

    @property
    def active_time(self) -> float | None:
        """Seconds since it was switched on; None if it is off."""
        self._look()
        return time.monotonic() - self._changed_at if self._was_active else None

    @property
    def inactive_time(self) -> float | None:
        """Seconds since it was switched off; None if it is on."""
        self._look()
        return None if self._was_active else time.monotonic() - self._changed_at

    def _look(self) -> None:
        """Look at it from now on, and now if it is time to."""
        self._check_open()
        if self._job is None:
            announce_edges(self._open_pin().number)
            self._was_active = self.is_active
            self._job = Job(_weak(self._poll), self.poll_seconds)
        self._job.do_if_due()

    def _poll(self) -> float:
        active = self.is_active
        now = time.monotonic()
        if active is not self._was_active and now - self._changed_at >= self._bounce_seconds:
            self._was_active, self._changed_at = active, now
            if active:
                self._activated()
            else:
                self._deactivated()
        return self.poll_seconds

    def _activated(self) -> None:
        self._fire("when_activated")

    def _deactivated(self) -> None:
        self._fire("when_deactivated")

    def _fire(self, name: str) -> None:
        handler = self._handlers.get(name)
        if handler is not None:
            call(handler)


class HoldMixin(EventsMixin):
    """An input with an event for being on for a while."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._hold_job: Job | None = None
        self._hold_time, self._hold_repeat = 1.0, False
        self._held_from: float | None = None
        super().__init__(*arguments, **options)

    when_held = event()

    def close(self) -> None:
        """End all events, and free the pin."""
        self._release()
        super().close()

    @property
    def hold_time(self) -> float:
        """Seconds after which it is held."""
        return self._hold_time

    @hold_time.setter
    def hold_time(self, value: float) -> None:
        if value < 0:
            raise BadWaitTime("hold_time must be 0 or greater")
        self._hold_time = float(value)

    @property
    def hold_repeat(self) -> bool:
        """Whether `when_held` is called again after each `hold_time`."""
        return self._hold_repeat

    @hold_repeat.setter
    def hold_repeat(self, value: bool) -> None:
        self._hold_repeat = bool(value)

    @property
    def is_held(self) -> bool:
        """Whether it has been on for `hold_time`."""
        self._look()
        return self._held_from is not None

    @property
    def held_time(self) -> float | None:
        """Seconds since it is held; None if it is not."""
        self._look()
        return None if self._held_from is None else time.monotonic() - self._held_from

    def _activated(self) -> None:
        super()._activated()
        self._hold_job = Job(_weak(self._hold), self.hold_time)

    def _deactivated(self) -> None:
        self._release()
        super()._deactivated()

    def _hold(self) -> float | None:
        if self._held_from is None:
            self._held_from = time.monotonic()
        self._fire("when_held")
        return self.hold_time if self.hold_repeat else None

    def _release(self) -> None:
        job, self._hold_job = getattr(self, "_hold_job", None), None
        self._held_from = None
        if job is not None:
            job.stop()
