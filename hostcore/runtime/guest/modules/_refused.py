"""What a Raspberry Pi or the sandbox does not have."""

from typing import NoReturn


class Refused:
    """A class of the original module. To create an object raises NotImplementedError with `reason`."""

    reason = ""

    def __init__(self, *arguments: object, **options: object) -> NoReturn:
        raise NotImplementedError(f"{type(self).__module__}.{type(self).__name__}: {self.reason}")
