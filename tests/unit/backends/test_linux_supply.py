"""The supply voltage of an emulated Pi."""

from __future__ import annotations

import pytest

from tests.emulation.kernel import EmulatedKernel
from tests.emulation.worker import Worker

pytest_plugins = ["tests.emulation.machine"]

ASK = "from hostcore.backends.linux.supply import is_undervoltage\nanswer = is_undervoltage()"


@pytest.mark.parametrize(("alarm", "expected"), [("0\n", False), ("1\n", True)])
def test_the_alarm_of_the_supply_counts(kernel: EmulatedKernel, linux: Worker, alarm: str, expected: bool) -> None:
    for number, name, text in ((0, "cpu_thermal", "1\n"), (1, "rpi_volt", alarm)):
        kernel.write_sys(f"class/hwmon/hwmon{number}/name", f"{name}\n")
        kernel.write_sys(f"class/hwmon/hwmon{number}/in0_lcrit_alarm", text)
    assert linux.run(ASK) is expected


def test_it_is_unknown_on_another_computer(kernel: EmulatedKernel, linux: Worker) -> None:
    assert linux.run(ASK) is None
    kernel.write_sys("class/hwmon/hwmon0/name", "acpitz\n")
    assert linux.run(ASK) is None
