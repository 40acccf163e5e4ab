"""CircuitPython's `keypad`. Keys can only be scanned in the background."""

from _refused import Refused


class _Scanner(Refused):
    reason = "the sandbox has no threads to scan keys; read them with digitalio, or use gpiozero.Button"


class Keys(_Scanner):
    """Keys with a line each."""


class KeyMatrix(_Scanner):
    """Keys in rows and columns."""


class ShiftRegisterKeys(_Scanner):
    """Keys on a shift register."""
