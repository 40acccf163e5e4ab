"""CircuitPython's `rotaryio`. The steps of an encoder can only be followed in the background."""

from _refused import Refused


class IncrementalEncoder(Refused):
    """Follows a rotary encoder in the background."""

    reason = "the sandbox has no threads to follow an encoder; use a chip that does (adafruit-circuitpython-seesaw)"
