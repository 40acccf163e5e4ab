"""Calls itself without end."""


def depth(of: int) -> int:
    return depth(of + 1)


def read() -> dict[str, float]:
    return {"depth": depth(0)}
