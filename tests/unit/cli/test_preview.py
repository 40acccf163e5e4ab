"""What the first frame says of the buses is what the host then says, or nothing."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from hostcore.backends.linux import machine
from hostcore.buses.choice import choose_buses
from hostcore.cli.preview import real_buses
from hostcore.clock import RealClock
from hostcore.config.finding import LARGEST_FILE
from hostcore.config.loading import load_config

PAIRS = product(("auto", "linux", "simulated"), repeat=2)
HARDWARE = (False, True)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "host.toml"


@pytest.mark.parametrize("has_hardware", HARDWARE)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "[buses]",
        "[buses.i2c-1]",
        *(f'[buses.i2c-1]\nbackend = "{i2c}"\n[buses.gpio]\nbackend = "{gpio}"' for i2c, gpio in PAIRS),
    ],
)
def test_it_agrees_with_the_host(
    settings: Path, text: str, has_hardware: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.write_text(text)
    monkeypatch.setattr(machine, "has_hardware", lambda: has_hardware)
    chosen = choose_buses(load_config(settings), RealClock())
    assert real_buses(settings) == {bus.name: bus.is_real for bus in chosen.facts}


@pytest.mark.parametrize(
    "text",
    [
        "buses = 3",
        "[buses]\ni2c-1 = 3",
        "[buses.tank]",
        '[buses.i2c-1]\nbackend = "qemu"',
        "[",
        "\udcff",
        "a = " + "[" * 9999,
    ],
)
def test_it_says_nothing_of_settings_that_are_not_as_they_should_be(settings: Path, text: str) -> None:
    settings.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert real_buses(settings) is None


def test_it_reads_no_file_without_end(settings: Path) -> None:
    settings.write_bytes(b"#" * (LARGEST_FILE + 1))
    assert real_buses(settings) is None
    assert real_buses(Path("/dev/zero")) is None
    assert real_buses(settings.with_name("none.toml")) is None
