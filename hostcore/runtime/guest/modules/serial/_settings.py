"""The settings of a serial port, checked as pyserial checks them."""

import io
from typing import Any

from .serialutil import (
    EIGHTBITS,
    FIVEBITS,
    PARITY_EVEN,
    PARITY_MARK,
    PARITY_NONE,
    PARITY_ODD,
    PARITY_SPACE,
    SEVENBITS,
    SIXBITS,
    STOPBITS_ONE,
    STOPBITS_ONE_POINT_FIVE,
    STOPBITS_TWO,
    SerialException,
)

SAVED = (
    *("baudrate", "bytesize", "parity", "stopbits", "xonxoff", "dsrdtr", "rtscts"),
    *("timeout", "write_timeout", "inter_byte_timeout"),
)
"""The settings that `get_settings` returns."""
OFFERED: dict[str, Any] = {
    "bytesize": EIGHTBITS,
    "parity": PARITY_NONE,
    "stopbits": STOPBITS_ONE,
    "xonxoff": False,
    "rtscts": False,
    "dsrdtr": False,
}
"""The settings of the host's ports that cannot be changed."""


def _checked(name: str, words: str, allowed: tuple[Any, ...]) -> property:
    """A setting with these values. An open port takes over a change at once."""

    def change(port: "Settings", value: Any) -> None:
        if value not in allowed:
            raise ValueError(f"Not a valid {words}: {value!r}")
        port._change(name, value)

    return property(lambda port: port._values[name], change, doc=f"The {words}.")


def _seconds(name: str, doc: str) -> property:
    """A setting in seconds, or None."""

    def change(port: "Settings", value: Any) -> None:
        if value is not None and (not isinstance(value, int | float) or value < 0):
            raise ValueError(f"Not a valid timeout: {value!r}")
        port._change(name, value)

    return property(lambda port: port._values[name], change, doc=doc)


def _plain(name: str, doc: str) -> property:
    return property(lambda port: port._values[name], lambda port, value: port._change(name, value), doc=doc)


class Settings(io.RawIOBase):
    """The settings of a port."""

    BAUDRATES = (
        *(50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400, 57600, 115200),
        *(230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000, 2000000, 2500000, 3000000),
        *(3500000, 4000000),
    )
    BYTESIZES = (FIVEBITS, SIXBITS, SEVENBITS, EIGHTBITS)
    PARITIES = (PARITY_NONE, PARITY_EVEN, PARITY_ODD, PARITY_MARK, PARITY_SPACE)
    STOPBITS = (STOPBITS_ONE, STOPBITS_ONE_POINT_FIVE, STOPBITS_TWO)

    is_open = False

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    bytesize = _checked("bytesize", "byte size", BYTESIZES)
    parity = _checked("parity", "parity", PARITIES)
    stopbits = _checked("stopbits", "stop bit size", STOPBITS)
    timeout = _seconds("timeout", "How many seconds a read may take; None for no limit, 0 for no wait.")
    write_timeout = _seconds("write_timeout", "How many seconds a write may take. The host has a limit of its own.")
    inter_byte_timeout = _seconds("inter_byte_timeout", "Has no effect, as in pyserial with a timeout on Linux.")
    writeTimeout, interCharTimeout = write_timeout, inter_byte_timeout  # noqa: N815 - names of pyserial 2
    xonxoff = _plain("xonxoff", "Software flow control: False.")
    rtscts = _plain("rtscts", "Hardware flow control by RTS and CTS: False.")
    exclusive = _plain("exclusive", "Whether no other program may use the port. No other plugin can in any case.")
    rs485_mode = _plain("rs485_mode", "RS-485 settings: None.")

    @property
    def baudrate(self) -> int:
        """Bits per second."""
        baud: int = self._values["baudrate"]
        return baud

    @baudrate.setter
    def baudrate(self, value: Any) -> None:
        try:
            baud = int(value)
        except TypeError:
            raise ValueError(f"Not a valid baudrate: {value!r}") from None
        if baud < 0:
            raise ValueError(f"Not a valid baudrate: {value!r}")
        self._change("baudrate", baud)

    @property
    def dsrdtr(self) -> bool:
        """Hardware flow control by DSR and DTR: False."""
        return bool(self._values["dsrdtr"])

    @dsrdtr.setter
    def dsrdtr(self, value: bool | None) -> None:
        self._change("dsrdtr", self._values.get("rtscts") if value is None else value)

    def get_settings(self) -> dict[str, Any]:
        """Return the settings for `apply_settings`."""
        return {name: self._values[name] for name in SAVED}

    def apply_settings(self, d: dict[str, Any]) -> None:
        """Take over the settings in `d`."""
        for name in SAVED:
            if name in d and d[name] != self._values[name]:
                setattr(self, name, d[name])

    getSettingsDict, applySettingsDict = get_settings, apply_settings  # noqa: N815

    def _change(self, name: str, value: Any) -> None:
        self._values[name] = value
        if self.is_open:
            self._reconfigure_port(name)

    def _reconfigure_port(self, changed: str = "baudrate") -> None:
        """Send the settings to the host.

        Args:
            changed: the setting that changed.

        Raises:
            SerialException: the host's ports cannot do this.
        """
        for name, value in OFFERED.items():
            if self._values[name] != value and bool(self._values[name]) is not value:
                raise SerialException(
                    f"Could not configure port: {name} {self._values[name]!r} is not offered by this host, "
                    f"whose ports have 8 data bits, no parity, one stop bit and no flow control"
                )
        if changed == "baudrate":
            self._set_baud(self.baudrate)

    def _set_baud(self, baud: int) -> None:
        raise NotImplementedError
