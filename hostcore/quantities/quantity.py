"""What a value measures."""

from __future__ import annotations

from hostcore.quick_dataclass import dataclass

MOST_DECIMALS = 9
"""Most digits after the point that a driver can ask for."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a value measures, and how it is written."""

    unit: str = ""
    """Such as "°C"; "" if the value has none."""
    device_class: str = ""
    """Home Assistant's class, such as "temperature"; "" if none fits."""
    state_class: str = ""
    """"measurement", "measurement_angle", "total" or "total_increasing"; "" if the value is no number."""
    decimals: int | None = None
    """Digits after the point, 0 to `MOST_DECIMALS`; None for those that the value has."""
    name: str = ""
    """For people, such as "Air temperature"; "" if the key is its name."""
    is_guessed: bool = False
    """Whether the host guessed it from the key, because the driver says nothing of the value."""
    is_set: bool = False
    """Whether host.toml says a part of it."""
