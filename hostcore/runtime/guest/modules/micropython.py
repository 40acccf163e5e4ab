"""MicroPython's `micropython`, as far as drivers for other boards use it."""

from typing import TypeVar

T = TypeVar("T")


def const(value: T) -> T:
    """Return `value`. In MicroPython this declares a constant."""
    return value


def native(function: T) -> T:
    """Return `function`. In MicroPython this decorator compiles it to machine code."""
    return function


viper = native
