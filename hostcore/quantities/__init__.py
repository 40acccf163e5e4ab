"""What each value measures: its unit, class and name, stated by its driver or guessed from its key.

The words are those of Home Assistant, so that every program that takes the readings from here understands them.
"""

from __future__ import annotations

from hostcore.quantities.catalog import Catalog, DescribedValue
from hostcore.quantities.quantity import Quantity

__all__ = ["Catalog", "DescribedValue", "Quantity"]
