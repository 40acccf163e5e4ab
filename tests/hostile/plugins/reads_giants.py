"""Returns a reading of 1 MB."""


def read() -> dict[str, str]:
    return {"giant": "x" * 1_000_000}
