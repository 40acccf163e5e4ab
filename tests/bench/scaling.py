"""One host with ever more plugins and buses, on the real clock."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.measure import MEGA, MILLI, PERCENT, Aim, Figure, interleaved
from tests.bench.running import DRIVER, INTERVAL, LONG_MS, SHORT_MS, Measured, measure

TITLE = f"One host with many plugins (a {DRIVER} each, read every {INTERVAL:g} s) and buses; one run each, real clock"
COUNTS = (1, 10, 50, 100)
BUSES = 8
SECONDS, BUSES_SECONDS = 20.0, 4.0
"""How long each host is watched."""
REPETITIONS = 2
"""Of the hosts with buses."""
LINEAR = Aim(factor=1 / 1.2)
"""A further plugin costs a host of a hundred at most this many times what it costs one of fifty."""
LATE = Aim(most=50 * MILLI)


def figures() -> Iterator[Figure]:
    """The growth of a host from one plugin to a hundred, and from one bus to eight."""
    found: dict[int, Measured] = {}
    for count in COUNTS:
        found[count] = measure("plugins", count, SECONDS)
        yield from _host(count, found[count])
    yield from _growth(found)
    yield from _buses()


def _host(count: int, of: Measured) -> Iterator[Figure]:
    yield Figure(f"{count} plugins ({of.readings} readings): start until all read", of.started, MILLI)
    yield Figure("    CPU, share of a core", of.cpu, PERCENT)
    yield Figure("    private, written to", of.dirty, MEGA)
    yield Figure("    private, unchanged pages of files", of.clean, MEGA)
    yield Figure("    lateness of a reading, median", of.late_median, MILLI)
    yield Figure("    ... of 99 in 100, at most", of.late_99, MILLI, aim=LATE)
    yield Figure("    ... of the latest", of.late_most, MILLI)


def _growth(found: dict[int, Measured]) -> Iterator[Figure]:
    """What a further plugin costs a large host, beside a small one. If that is the same, growth is linear."""
    _, few, many, most = COUNTS  # what all share is in the first ones
    for what, field, unit in (("start", "started", MILLI), ("CPU", "cpu", PERCENT), ("written to", "dirty", MEGA)):
        late, early = (
            (getattr(found[end], field) - getattr(found[begin], field)) / (end - begin)
            for begin, end in ((many, most), (few, many))
        )
        yield Figure(f"each further of {many} to {most}: {what}", late, unit, early, f"of {few} to {many}", LINEAR)


def _buses() -> Iterator[Figure]:
    hosts = {"one": ("buses", 1), "all": ("buses", BUSES), "slow": ("slow", BUSES)}
    took = interleaved(
        REPETITIONS,
        {name: lambda host=host: _transfer(measure(*host, BUSES_SECONDS)) for name, host in hosts.items()},
    )
    what = f"a transfer of {SHORT_MS} ms, {BUSES} I2C buses at once"
    yield Figure(what, took["all"], MILLI, took["one"], "one bus alone", LINEAR)
    what = f"    while one more takes {LONG_MS} ms for each"
    yield Figure(what, took["slow"], MILLI, took["one"], "one bus alone", LINEAR)


def _transfer(of: Measured) -> float:
    """The time of a transfer on the slowest bus, apart from one that is slow on purpose."""
    return max(of.spent.values())
