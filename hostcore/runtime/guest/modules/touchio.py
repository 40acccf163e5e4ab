"""CircuitPython's `touchio`. A Raspberry Pi has no touch inputs."""

from _refused import Refused


class TouchIn(Refused):
    """A touch input."""

    reason = "a Raspberry Pi has no touch inputs; use a chip, such as the MPR121 (adafruit-circuitpython-mpr121)"
