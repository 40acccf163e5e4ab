"""The facts about a transfer that most formats have no fields for: a line of text, and reads that failed."""

from __future__ import annotations

from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.log.safe_text import log_line


def story(transfer: TransferCompleted) -> str:
    """Return one line about a transfer, such as ``bme680 line 31, no-acknowledge: nobody answered, simulated bus``."""
    caller = f"{transfer.plugin} line {transfer.source_line}" if transfer.source_line else transfer.plugin
    outcome = f"{transfer.outcome}: {transfer.detail}" if transfer.detail else transfer.outcome.value
    parts = [caller, outcome] + ["simulated bus"] * transfer.is_simulated
    return log_line(", ".join(parts))


def messages_of(transfer: TransferCompleted) -> tuple[Message, ...]:
    """Return the messages of a transfer. A read that failed, of which no byte is known, is an empty one at the end."""
    if transfer.outcome is Outcome.OK:
        return transfer.messages
    return (*transfer.messages, *(Message(False, b"") for _ in transfer.asked))
