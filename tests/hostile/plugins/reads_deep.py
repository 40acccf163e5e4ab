"""Returns a reading that is nested as deeply as the host lets it."""


def read() -> dict[str, object]:
    deep: list[object] = []
    for _ in range(62):
        deep = [deep]
    return {"deep": deep}
