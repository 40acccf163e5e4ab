"""Sends what a terminal acts on by every way there is: clears the screen, sets the title, turns the text around."""

import sys

import host
from host import log, uart

BOMB = "\x1b[2J\x1b[1;31m\x1b]0;owned\x07\x9b2J\r\b\x7f\u202eevil\u2066\ufeff"
calls = 0


def read() -> dict[str, object]:
    global calls  # noqa: PLW0603
    calls += 1
    log.error(BOMB)
    print(BOMB)
    print(BOMB, file=sys.stderr)
    if calls == 2:
        raise host.SensorError(BOMB)
    if calls == 3:
        uart.read(port=BOMB)
    if calls == 4:
        raise RuntimeError(BOMB)
    return {BOMB: BOMB, "list": [BOMB]}
