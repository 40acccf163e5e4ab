"""How this computer is doing, from the emulated machine's /sys and the real /proc."""

from __future__ import annotations

import os
import time

import pytest

from hostcore.errors import UnsupportedError
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.worker import Worker

pytest_plugins = ["tests.emulation.machine"]


def zone(kernel: EmulatedKernel, number: int, kind: str, millidegrees: str) -> None:
    kernel.write_sys(f"class/thermal/thermal_zone{number}/type", f"{kind}\n")
    kernel.write_sys(f"class/thermal/thermal_zone{number}/temp", f"{millidegrees}\n")


def test_the_temperature_is_in_degrees(kernel: EmulatedKernel, linux: Worker) -> None:
    zone(kernel, 0, "cpu-thermal", "48312")
    assert linux.system().status().cpu_temperature == 48.312


def test_the_processors_zone_is_taken_wherever_it_is(kernel: EmulatedKernel, linux: Worker) -> None:
    zone(kernel, 0, "iwlwifi_1", "31000")
    zone(kernel, 1, "acpitz", "27800")
    zone(kernel, 2, "x86_pkg_temp", "55000")
    assert linux.system().status().cpu_temperature == 55.0


def test_the_first_zone_serves_where_none_is_called_like_a_processors(kernel: EmulatedKernel, linux: Worker) -> None:
    zone(kernel, 0, "some-soc", "40000")
    zone(kernel, 1, "battery", "30000")
    assert linux.system().status().cpu_temperature == 40.0


def test_a_temperature_below_zero_is_one(kernel: EmulatedKernel, linux: Worker) -> None:
    zone(kernel, 0, "cpu-thermal", "-5500")
    assert linux.system().status().cpu_temperature == -5.5


def test_the_other_figures_are_the_kernels(kernel: EmulatedKernel, linux: Worker) -> None:
    zone(kernel, 0, "cpu-thermal", "48312")
    status = linux.system().status()
    assert status.memory_total == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert 0 < status.memory_used < status.memory_total
    assert abs(status.uptime - time.clock_gettime(time.CLOCK_BOOTTIME)) < 60
    assert status.load >= 0
    assert status.idle > 0


def test_a_computer_without_a_temperature_says_so(kernel: EmulatedKernel, linux: Worker) -> None:
    with pytest.raises(UnsupportedError, match="this computer has no temperature sensor"):
        linux.system()


def test_a_sensor_that_fails_is_an_error_of_the_call_alone(kernel: EmulatedKernel, linux: Worker) -> None:
    zone(kernel, 0, "cpu-thermal", "?")
    with pytest.raises(UnsupportedError, match="the state of this computer cannot be read"):
        linux.system().status()
    zone(kernel, 0, "cpu-thermal", "48312")
    assert linux.system().status().cpu_temperature == 48.312
