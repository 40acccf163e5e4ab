"""Returns a reading that is nested as deeply as JSON lets it."""


def read() -> dict[str, object]:
    deep: list[object] = []
    for _ in range(900):
        deep = [deep]
    return {"deep": deep}
