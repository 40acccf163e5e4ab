"""CircuitPython's `countio`. Edges can only be counted while the plugin waits for them."""

from _refused import Refused


class Edge:
    """What is counted."""

    RISE, FALL, RISE_AND_FALL = "RISE", "FALL", "RISE_AND_FALL"


class Counter(Refused):
    """Counts edges in the background."""

    reason = "the sandbox has no threads to count edges; count those that host.gpio.capture() records"
