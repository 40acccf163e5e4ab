"""A line of the simulated Pi with pulse-width modulation. It stores its settings."""

from __future__ import annotations

from hostcore.backends.base import PwmOutput


class SimulatedPwmOutput(PwmOutput):
    """Pulse-width modulation of one line.

    Attributes:
        duty: the part of each period during which the line is high, 0 to 1.
        frequency_hz: periods per second; 0 before the first write.
    """

    def __init__(self) -> None:
        self.duty = self.frequency_hz = 0.0

    def write(self, duty: float, frequency_hz: float) -> None:
        self.duty, self.frequency_hz = duty, frequency_hz
