"""Sleeps for an hour."""

import time


def read() -> dict[str, float]:
    time.sleep(3600)
    return {}
