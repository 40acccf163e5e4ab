"""Aosong DHT22 (AM2302): temperature and relative humidity over a single line.

The host drives the line low to wake the sensor, releases it, and records its edges. The sensor answers with one long
pulse and 40 bits. The time from one falling edge to the next tells a 0 from a 1. This driver decodes these times.

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
MINIMUM_INTERVAL = 2.0  # s between two measurements
PATIENCE = 0.2  # s; wait for the sensor if no more than this is missing: calls are never exactly two seconds apart

BITS = 40
EDGES = 2 * BITS + 2  # from the falling edge that starts the first bit to the rising edge that ends the last one
ONE = 98_000  # ns, the middle: a 0 takes 50 + 26 µs between falling edges, a 1 takes 50 + 70 µs
SHORTEST, LONGEST = 60_000, 150_000  # ns; beyond these limits an edge was lost, or is not from the sensor

host.describe("temperature", unit="°C", device_class="temperature", state_class="measurement", decimals=1)
host.describe("humidity", unit="%", device_class="humidity", state_class="measurement", decimals=1)


class Latest:
    """The last good reading, repeated while the sensor must rest."""

    reading: dict[str, float] | None = None
    measured_at = float("-inf")


def read() -> dict[str, float]:
    """Ask the sensor, or return the last reading again if it is less than two seconds old.

    The sensor answers with its previous measurement, so a reading is as old as the previous request.

    Raises:
        host.SensorError: there is no answer, it is damaged, or its checksum is wrong.
    """
    rest = Latest.measured_at + MINIMUM_INTERVAL - time.monotonic()
    if Latest.reading and rest > PATIENCE:
        return Latest.reading
    time.sleep(max(0, rest))
    Latest.reading, Latest.measured_at = None, time.monotonic()
    Latest.reading = convert(decode(capture()))
    return Latest.reading


def capture() -> list[gpio.Edge]:
    """Wake the sensor and record the edges of its answer."""
    line = host.settings().get("line", 4)
    edges = gpio.capture(line, [(False, START_PULSE)], timeout=LISTEN)
    if not edges:
        raise host.SensorError(f"no answer on GPIO {line}: check wiring, power and pull-up")
    return edges


def decode(edges: list[gpio.Edge]) -> bytes:
    """The five bytes that the edges encode.

    Rising and falling edges alternate, and the last one rises. So the falling edges can be counted from the end. This
    needs no labels, which can be wrong for edges that are this close, and no rising edge at the start, which may be
    missing.
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
    """The reading: two bytes are tenths of a percent, two are a sign bit and tenths of a degree, one is their sum."""
    if sum(data[:4]) & 0xFF != data[4]:
        raise host.SensorError(f"checksum of {data[:4].hex(' ')} is {sum(data[:4]) & 0xFF:#04x}, not {data[4]:#04x}")
    humidity, temperature = int.from_bytes(data[0:2], "big"), int.from_bytes(data[2:4], "big")
    sign = -1 if temperature & 0x8000 else 1
    return {"temperature": sign * (temperature & 0x7FFF) / 10, "humidity": humidity / 10}
