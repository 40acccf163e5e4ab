"""The pins of a Raspberry Pi."""


class Pin:
    """A pin of the header. `id` is the BCM number of its line."""

    def __init__(self, bcm_number: int) -> None:
        self.id = bcm_number

    def __repr__(self) -> str:
        return str(self.id)

    def __eq__(self, other: object) -> bool:
        return self.id == (other.id if isinstance(other, Pin) else other)

    def __hash__(self) -> int:
        return hash(self.id)
