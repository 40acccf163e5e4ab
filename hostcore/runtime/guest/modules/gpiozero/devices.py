"""The base classes of gpiozero's devices. Source: gpiozero 2.0.1, `devices.py`."""

from collections.abc import Iterator
from types import TracebackType
from typing import Any, ClassVar, Self

from gpiozero.exc import DeviceClosed, GPIODeviceClosed, GPIOPinMissing
from gpiozero.pins import HostFactory, HostPin


class _Sealing(type):
    """Fixes an object's attributes once it is made. A wrong name is an error instead of a new attribute."""

    def __call__(cls, *arguments: Any, **options: Any) -> Any:
        made = super().__call__(*arguments, **options)
        made.__attrs__ = frozenset(dir(made))
        return made


class Device(metaclass=_Sealing):
    """A device.

    Args:
        pin_factory: is not used: all pins are the host's.
    """

    pin_factory: ClassVar[HostFactory] = HostFactory()
    __attrs__: frozenset[str]

    def __init__(self, *, pin_factory: HostFactory | None = None) -> None:
        super().__init__()

    def __setattr__(self, name: str, value: object) -> None:
        if "__attrs__" in self.__dict__ and name not in self.__attrs__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        super().__setattr__(name, value)

    def __del__(self) -> None:
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<gpiozero.{type(self).__name__} object{' closed' if self.closed else ''}>"

    def close(self) -> None:
        """Free the pins."""

    @property
    def closed(self) -> bool:
        """Whether the pins are free."""
        raise NotImplementedError

    @property
    def value(self) -> Any:
        """The state of the device."""
        raise NotImplementedError

    @property
    def values(self) -> Iterator[Any]:
        """The state of the device, again and again until it is closed."""
        while True:
            try:
                yield self.value
            except DeviceClosed:
                return

    @property
    def is_active(self) -> bool:
        """Whether the device is on."""
        return bool(self.value)

    def _check_open(self) -> None:
        if self.closed:
            raise DeviceClosed(f"{type(self).__name__} is closed or uninitialized")


class GPIODevice(Device):
    """A device on one pin.

    Args:
        pin: its name, such as 17, "GPIO17" or "BOARD11".
    """

    def __init__(self, pin: int | str | None = None, *, pin_factory: HostFactory | None = None) -> None:
        self._pin: HostPin | None = None
        self._active_state = True
        super().__init__(pin_factory=pin_factory)
        if pin is None:
            raise GPIOPinMissing("No pin given")
        self._pin = self.pin_factory.reserve(self, pin)

    def __repr__(self) -> str:
        if self.closed:
            return super().__repr__()
        shown = "".join(f"{name}={getattr(self, name)}, " for name in self._shown())
        return f"<gpiozero.{type(self).__name__} object on pin {self.pin!r}, {shown}is_active={self.is_active}>"

    def close(self) -> None:
        """Free the pin. It becomes an input."""
        pin, self._pin = getattr(self, "_pin", None), None
        super().close()
        if pin is not None:
            self.pin_factory.release(pin)
            pin.close()

    @property
    def closed(self) -> bool:
        """Whether the pin is free."""
        return getattr(self, "_pin", None) is None

    @property
    def pin(self) -> HostPin | None:
        """The pin; None if the device is closed."""
        return self._pin

    @property
    def value(self) -> Any:
        """1 if the device is on, otherwise 0."""
        return self._read()

    def _shown(self) -> tuple[str, ...]:
        """The properties in the device's text."""
        return ()

    def _open_pin(self) -> HostPin:
        if self._pin is None:
            raise GPIODeviceClosed(f"{type(self).__name__} is closed or uninitialized")
        return self._pin

    def _check_open(self) -> None:
        self._open_pin()

    def _read(self) -> Any:
        return int(bool(self._open_pin().state) == self._active_state)
