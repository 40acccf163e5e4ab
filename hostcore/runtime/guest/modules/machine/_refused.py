"""What of MicroPython's `machine` does not exist here."""

from _refused import Refused


class ADC(Refused):
    """An analog input."""

    reason = "a Raspberry Pi has no analog inputs; use a converter, such as the ADS1115 or the MCP3008"


class Timer(Refused):
    """A timer that calls a function in the background."""

    reason = "the sandbox has no interrupts; sleep in a loop, or let the host call read() once per interval"
