"""Raises an exception that nobody catches."""


def read() -> dict[str, float]:
    settings: dict[str, float] = {}
    return {"illuminance": 3 * settings["gain"]}
