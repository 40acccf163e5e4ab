"""Describes hundreds of values that do not exist, each time others, with units that a terminal acts on."""

import host

BOMB = "\x1b[2J\u202eevil"
calls = 0


def read() -> dict[str, object]:
    global calls  # noqa: PLW0603
    calls += 1
    for number in range(300):
        host.describe(f"{calls}.{number}", unit=f"u{calls}", device_class=f"no{calls}.{number}", name=BOMB)
    return {"calls": calls}
