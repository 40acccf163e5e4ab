"""Computes without end before it has defined anything."""


def compute() -> None:
    while True:
        pass


compute()


def read() -> dict[str, float]:
    return {}
