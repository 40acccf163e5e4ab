"""Looks for files to read, then tries to write one."""

PATHS = ("/etc/passwd", "/proc/self/mem", "/dev/i2c-1", "host.toml", "../host.toml", ".")


def read() -> dict[str, object]:
    for path in PATHS:
        try:
            with open(path) as file:  # noqa: PTH123
                return {"found": file.read()}
        except OSError:
            continue
    with open("/tmp/evidence", "w") as file:  # noqa: PTH123
        file.write("was here")
    return {"found": "a place to write"}
