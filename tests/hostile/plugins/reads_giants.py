"""Returns a reading of 4 MB."""


def read() -> dict[str, str]:
    return {"giant": "x" * 4_000_000}
