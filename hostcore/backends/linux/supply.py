"""The supply voltage of a Raspberry Pi."""

from __future__ import annotations

from pathlib import Path

from hostcore.backends.linux.node import text_in

SENSORS = Path("/sys/class/hwmon")
"""The sensors of the computer (kernel, Documentation/ABI/testing/sysfs-class-hwmon)."""
NAME = "rpi_volt"
"""The name of the supply's sensor on a Raspberry Pi."""
ALARM = "in0_lcrit_alarm"
"""1 if the supply was too low within the last two seconds (kernel, Documentation/hwmon/raspberrypi-hwmon.rst and
drivers/hwmon/raspberrypi-hwmon.c)."""


def is_undervoltage() -> bool | None:
    """Return whether the supply was too low within the last two seconds; None if this computer does not tell."""
    for sensor in sorted(SENSORS.glob("hwmon*")):
        if text_in(sensor / "name") == NAME and (alarm := text_in(sensor / ALARM)):
            return alarm != "0"
    return None
