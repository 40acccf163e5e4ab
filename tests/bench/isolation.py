"""Good drivers on schedule, alone and together with every hostile plugin."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from hostcore.config.loading import load_config
from hostcore.events import ReadingFailed, ReadingPublished
from hostcore.host import Host
from hostcore.session import Session
from tests.bench.measure import MILLI, Aim, Figure
from tests.bench.plain import cache_folder
from tests.hostile.collection import FILES, RELENTLESS, place, tables
from tests.supervised import toml

TITLE = (
    f"Readings of three good drivers behind their schedule, while all {len(FILES)} plugins of tests/hostile run at once"
)
AS_SHIPPED: Mapping[str, object] = {"max_crashes": 1000}
"""host.toml's defaults without quarantine, which would soon stop the hostile plugins."""
GOOD = ("good-one", "good-two", "good-three")
DRIVER = """
from host import i2c

def read():
    return {"id": i2c.transfer(0x77, "d0", 1)[0]}
"""
BASELINE = "the good ones alone"
PLACE = "i2c:1:0x77"
INTERVAL = 0.1
"""Call limit in seconds. Hostile plugins have host.toml's 2 s."""
READINGS = 200
"""Readings of each driver."""
WARM_UP = 10
"""First readings of each driver that do not count, because everything is loaded at the same time."""


@dataclass(frozen=True, slots=True)
class Punctuality:
    """How well drivers kept their schedule."""

    late: Sequence[float]
    """Seconds between each driver's schedule and its readings, sorted."""
    missed: int
    """Readings that are missing, and readings that failed."""

    def percentile(self, percent: int) -> float:
        """The delay in seconds that this percentage of readings did not exceed."""
        return statistics.quantiles(self.late, n=100)[percent - 1]


def figures() -> Iterator[Figure]:
    """Delays beside hostile plugins, with and without the usual wait after a crash, and without hostile plugins."""
    alone = punctuality((), AS_SHIPPED)
    for what, supervisor, aim in (
        ("as shipped", AS_SHIPPED, Aim(most=20 * MILLI)),
        ("restarted at once", RELENTLESS, None),
    ):
        beside = punctuality(tuple(FILES), supervisor)
        for percent in (50, 99):
            figure, baseline = beside.percentile(percent), alone.percentile(percent)
            name = f"{percent}th percentile, {what}"
            yield Figure(name, figure, MILLI, baseline, BASELINE, aim if percent == 99 else None)
        worst = f"the worst; {beside.missed} of {beside.missed + len(beside.late)} readings missed"
        yield Figure(worst, beside.late[-1], MILLI, alone.late[-1], BASELINE)


def punctuality(
    hostile: Sequence[str] = (),
    supervisor: Mapping[str, object] = AS_SHIPPED,
    watched: Callable[[Session], AbstractContextManager[object]] = nullcontext,
) -> Punctuality:
    """Measure how punctual the good drivers of a host are.

    Args:
        hostile: plugins of tests/hostile that run beside them.
        supervisor: settings of `[supervisor]`.
        watched: creates an observer that exists while the host runs.
    """
    with tempfile.TemporaryDirectory() as folder, watched(host := _host(Path(folder), hostile, supervisor)):
        events = host.subscribe(ReadingPublished, ReadingFailed, capacity=1_000_000)
        host.start()
        times: dict[str, list[int]] = {name: [] for name in GOOD}
        failed = 0
        while min(map(len, times.values())) < WARM_UP + READINGS:
            for event in (item.event for item in events.take()):
                if event.plugin in GOOD and isinstance(event, ReadingPublished):
                    times[event.plugin].append(event.time_ns)
                elif event.plugin in GOOD:
                    failed += 1
        host.stop()
    late = [_lateness([moment / 1e9 for moment in each[WARM_UP:]]) for each in times.values()]
    return Punctuality(
        late=sorted(each for delays, _ in late for each in delays), missed=failed + sum(missed for _, missed in late)
    )


def _lateness(moments: Sequence[float]) -> tuple[list[float], int]:
    """How late each reading was, and the number of skipped turns.

    A driver's turns are whole intervals apart. They are assumed to be where the total lateness is least.
    """
    begin = min(moments, key=lambda begin: sum((moment - begin) % INTERVAL for moment in moments))
    late = [(moment - begin) % INTERVAL for moment in moments]
    turns = round((moments[-1] - late[-1] - moments[0] + late[0]) / INTERVAL) + 1
    return late, turns - len(moments)


def _host(folder: Path, hostile: Sequence[str], supervisor: Mapping[str, object]) -> Host:
    (folder / "plugins").mkdir()
    place(hostile, folder / "plugins")
    for name in GOOD:
        (folder / "plugins" / f"{name}.py").write_text(DRIVER, encoding="utf-8")
    settings = folder / "host.toml"
    chip = '[[simulation.chips]]\nchip = "bme680"\nbus = 1\naddress = 0x77\n'
    text = toml(
        {
            "host": {"cache_folder": str(cache_folder())},
            "supervisor": supervisor,
            "crashes": {"folder": "crashes"},
            "access": {"shared": [PLACE]},
            "buses.i2c-1": {"backend": "simulated"},
            **tables(hostile),
            **{f"plugins.{name}": {"permissions": [PLACE], "interval": INTERVAL} for name in GOOD},
        }
    )
    settings.write_text(f"{text}\n{chip}", encoding="utf-8")
    return Host(load_config(settings))
