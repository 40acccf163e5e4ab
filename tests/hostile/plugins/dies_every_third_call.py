"""Crashes at every third call."""

calls = 0


def read() -> dict[str, int]:
    global calls  # noqa: PLW0603
    calls += 1
    if calls == 3:
        raise RuntimeError("the third call")
    return {"calls": calls}
