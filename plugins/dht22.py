"""Aosong DHT22 (AM2302): temperature and relative humidity over a single line.

The host drives the line low to wake the sensor, lets go, and notes when the line changes. The sensor answers with one
long pulse and 40 bits; how long it takes from one falling edge to the next says what a bit is. That is decided here.

Source: Aosong's data sheet "AM2302 Product Manual", section 7; the times are from its table 6.

Settings, with their defaults::

    [plugins.dht22.settings]
    line = 4  # BCM number
"""

import time
from itertools import pairwise

import host
from host import gpio

START_PULSE = 0.0011  # s low; 0.8 to 20 ms, typically 1 ms
LISTEN = 0.02  # s; an answer takes 5 ms
MINIMUM_INTERVAL = 2.0  # s from one measurement to the next
PATIENCE = 0.2  # s; so little of the interval is waited for: nobody calls exactly every two seconds

BITS = 40
EDGES = 2 * BITS + 2  # from the fall that starts the first bit to the rise that ends the last
ONE = 98_000  # ns, halfway: a 0 takes 50 + 26 µs from fall to fall, a 1 takes 50 + 70 µs
SHORTEST, LONGEST = 60_000, 150_000  # ns; beyond them an edge was lost, or is none of the sensor's


class Latest:
    """The last good reading, repeated while the sensor must rest."""

    reading: dict[str, float] | None = None
    measured_at = float("-inf")


def read() -> dict[str, float]:
    """Ask the sensor, or repeat the last reading while it is less than two seconds old.

    The sensor answers with what it measured when it was asked before, so a reading is as old as the last call.

    Raises:
        host.SensorError: no answer, a damaged one, or a wrong checksum.
    """
    rest = Latest.measured_at + MINIMUM_INTERVAL - time.monotonic()
    if Latest.reading and rest > PATIENCE:
        return Latest.reading
    time.sleep(max(0, rest))
    Latest.reading, Latest.measured_at = None, time.monotonic()
    Latest.reading = convert(decode(capture()))
    return Latest.reading


def capture() -> list[gpio.Edge]:
    """Wake the sensor and note the edges of its answer."""
    line = host.settings().get("line", 4)
    edges = gpio.capture(line, [(False, START_PULSE)], timeout=LISTEN)
    if not edges:
        raise host.SensorError(f"no answer on GPIO {line}: check wiring, power and pull-up")
    return edges


def decode(edges: list[gpio.Edge]) -> bytes:
    """The five bytes that the edges carry.

    Edges alternate, and the last one is a rise: counting the falls from the end needs no labels, which can be wrong
    when edges are this close, and doesn't care whether the rise at the start was seen.
    """
    if len(edges) < EDGES:
        raise host.SensorError(f"damaged answer: {len(edges)} edges where {EDGES} carry the bits")
    falls = [edge.time_ns for edge in edges[-EDGES::2]]
    times = [later - earlier for earlier, later in pairwise(falls)]
    if min(times) < SHORTEST or max(times) > LONGEST:
        raise host.SensorError(f"damaged answer: bits of {min(times) // 1000} to {max(times) // 1000} µs")
    bits = "".join("1" if time > ONE else "0" for time in times)
    return int(bits, 2).to_bytes(BITS // 8, "big")


def convert(data: bytes) -> dict[str, float]:
    """Tenths of a percent, tenths of a degree behind a sign bit, and the sum of these four bytes."""
    if sum(data[:4]) & 0xFF != data[4]:
        raise host.SensorError(f"checksum of {data[:4].hex(' ')} is {sum(data[:4]) & 0xFF:#04x}, not {data[4]:#04x}")
    humidity, temperature = int.from_bytes(data[0:2], "big"), int.from_bytes(data[2:4], "big")
    sign = -1 if temperature & 0x8000 else 1
    return {"temperature": sign * (temperature & 0x7FFF) / 10, "humidity": humidity / 10}
