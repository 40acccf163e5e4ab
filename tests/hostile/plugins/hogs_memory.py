"""Keeps more and more memory."""

kept = []


def read() -> dict[str, int]:
    while True:
        kept.append(bytearray(1 << 20))
