"""The simulated world of a whole host: drivers measure what a person holds, and their readings stay marked."""

from __future__ import annotations

from pathlib import Path

from hostcore.events import QuantitiesHeld, ReadingPublished
from tests.supervised import SupervisedHost

THERMOMETER = """
from host import system
def read():
    return {"t": system.status().cpu_temperature}
"""


def test_a_driver_measures_what_is_held_and_its_readings_stay_marked_as_simulated(
    tmp_path: Path, cache_folder: Path
) -> None:
    host = SupervisedHost(tmp_path, cache_folder)
    host.configure({"plugins.thermometer": {"permissions": ["system"]}})
    host.write("thermometer", THERMOMETER)
    host.start()
    host.reading("thermometer", lambda reading: 40 < reading["t"] < 60)
    host.host.hold("cpu_temperature", 90.0)
    hot = host.wait_for(ReadingPublished, "thermometer", lambda event: event.reading["t"] > 80)
    assert hot.simulated == ("system",)
    host.host.hold("cpu_temperature", None)
    host.reading("thermometer", lambda reading: 40 < reading["t"] < 60)
    assert host.stop()


def test_what_is_held_ends_with_the_host(tmp_path: Path, cache_folder: Path) -> None:
    host = SupervisedHost(tmp_path, cache_folder)
    host.configure()
    before = host.config.read_bytes()
    host.start()
    host.host.hold("humidity", 90.0)
    assert host.wait_for(QuantitiesHeld).held
    assert host.stop()
    assert host.config.read_bytes() == before
    host.skip()
    host.start()
    assert host.stop()
    assert not [each for each in host.of(QuantitiesHeld)[1:] if each.held]
