"""Reports an error at every call: what a driver does whose sensor answers with nonsense."""

import host


def read() -> dict[str, float]:
    raise host.SensorError("the checksum is wrong")
