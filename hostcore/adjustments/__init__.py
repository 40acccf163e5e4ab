"""What the settings change of a driver's values: filters in order, other keys and other units."""
