"""Prints 100 MB at every call."""

LINE = "x" * 99 + "\n"
CHUNK = LINE * 500


def read() -> dict[str, int]:
    for _ in range(2000):
        print(CHUNK, end="")
    return {"printed": 2000 * len(CHUNK)}
