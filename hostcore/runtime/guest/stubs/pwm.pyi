"""Pulse-width modulation of GPIO lines."""

def write(line: int, duty: float, *, frequency: float = 1000.0) -> None:
    """Make `line` an output that is high for a part of each period. The signal continues until the next write.

    Args:
        line: BCM number, 0 to 53.
        duty: the part of each period, 0 (always low) to 1 (always high).
        frequency: hertz, 1 to 10,000.
    """
