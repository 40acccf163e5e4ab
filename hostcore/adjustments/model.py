"""The adjustment of one value, as host.toml describes it. The filters mean what ESPHome's filters mean."""

from __future__ import annotations

from collections.abc import Sequence

from hostcore.quantities import Quantity
from hostcore.quantities.check import checked
from hostcore.quick_dataclass import dataclass, replace


@dataclass(frozen=True, slots=True)
class Line:
    """Replaces each value by ``value * slope + intercept``. ESPHome has `offset`, `multiply` and `calibrate_linear`."""

    slope: float = 1.0
    intercept: float = 0.0

    @classmethod
    def through(cls, points: Sequence[tuple[float, float]]) -> Line:
        """Return the line with the least squares of the distances from points.

        Args:
            points: pairs of what the driver measured and what is true. Not all have the same measured value.
        """
        count = len(points)
        measured, true = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
        slope = sum((x - measured) * (y - true) for x, y in points) / sum((x - measured) ** 2 for x, _ in points)
        return cls(slope, true - slope * measured)


@dataclass(frozen=True, slots=True)
class Median:
    """Replaces each value by the median of the last ones."""

    window: int
    """How many."""


@dataclass(frozen=True, slots=True)
class MovingAverage:
    """Replaces each value by the mean of the last ones. ESPHome calls it `sliding_window_moving_average`."""

    window: int
    """How many."""


@dataclass(frozen=True, slots=True)
class Throttle:
    """Lets a value through if the one before it went through long enough ago. Holds that one otherwise."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Delta:
    """Lets a value through if it differs enough from the one that went through before. Holds that one otherwise."""

    least: float
    """The least difference."""


Filter = Line | Median | MovingAverage | Throttle | Delta


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What the settings change of one value."""

    path: tuple[str, ...]
    """The keys down to the value in the driver's reading. A place in a list is its number, as text."""
    filters: tuple[Filter, ...] = ()
    """In the order in which the value passes them."""
    rename: str = ""
    """The last key under which it is published; "" for the driver's own. Places in lists have none."""
    unit: str | None = None
    """Its unit; None for that of the driver, or else the host's guess. So for the next two. Nothing is converted."""
    device_class: str | None = None
    decimals: int | None = None

    @property
    def published(self) -> tuple[str, ...]:
        """The keys down to the value when it is published."""
        return (*self.path[:-1], self.rename) if self.rename else self.path

    def over(self, quantity: Quantity) -> Quantity:
        """Return what the value measures: `quantity`, with what the settings say in its place.

        A class of `quantity` is dropped if it does not fit the unit of the settings.
        """
        said = {key: getattr(self, key) for key in ("unit", "device_class", "decimals")}
        changes = {key: value for key, value in said.items() if value is not None}
        if not changes:
            return quantity
        fitting, _ = checked(replace(quantity, **changes))
        return replace(fitting, is_guessed=False, is_set=True)
