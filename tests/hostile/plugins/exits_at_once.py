"""Ends the process past all handlers."""

import os


def read() -> dict[str, float]:
    os._exit(3)
