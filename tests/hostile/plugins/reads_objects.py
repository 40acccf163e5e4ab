"""Returns what JSON cannot hold."""


def read() -> dict[str, object]:
    return {"sensor": object()}
