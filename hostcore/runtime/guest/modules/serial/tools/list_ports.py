"""Lists the serial ports."""

from host._granted import granted


class ListPortInfo:
    """A serial port. Nothing is known of its adapter.

    Args:
        device: its path.
    """

    def __init__(self, device: str) -> None:
        self.device, self.name = device, device.rpartition("/")[2]
        self.description = self.hwid = "n/a"
        self.vid = self.pid = self.serial_number = self.location = None
        self.manufacturer = self.product = self.interface = None

    def __getitem__(self, index: int) -> str:
        return (self.device, self.description, self.hwid)[index]

    def __str__(self) -> str:
        return f"{self.device} - {self.description}"


def comports(include_links: bool = False) -> list[ListPortInfo]:
    """Return the host's first serial port, if it has one."""
    port = granted().uart
    return [] if port is None else [ListPortInfo(f"/dev/{port}")]
