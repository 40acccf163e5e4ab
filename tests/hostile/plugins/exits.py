"""Ends the process, as a program would."""

import sys


def read() -> dict[str, float]:
    sys.exit("enough")
