"""Computes without end."""


def read() -> dict[str, float]:
    count = 0
    while True:
        count += 1
