"""What a person can wish for a new plugin: an empty driver, one of this project's own, or one for a library."""

from __future__ import annotations

from enum import StrEnum

from hostcore.quick_dataclass import dataclass


class DriverKind(StrEnum):
    """Where the code of a new plugin comes from."""

    EMPTY = "empty"
    """A driver to begin with, which reads the computer's temperature."""
    OWN = "own"
    """One of this project's own plugins."""
    LIBRARY = "library"
    """A package of PyPI."""


@dataclass(frozen=True, slots=True)
class DriverWish:
    """The plugin that a person wants."""

    kind: DriverKind
    name: str = ""
    """The plugin's name; "" to derive it from the chip and the source."""
    source: str = ""
    """For OWN, the name of the plugin. For LIBRARY, the package, with a version if the person wants one (PEP 508)."""
    chip: str = ""
    """The chip that it is for, by the key of its chip file; "" if that is not known."""
    bus: int | None = None
    """N of i2c-N; None for the first I2C bus of host.toml."""
    address: int | None = None
    """The chip's I2C address, 0x08 to 0x77; None for the driver's default."""
