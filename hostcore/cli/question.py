"""Asks the person a question that has the answers yes and no. It stands on standard error, apart from results."""

from __future__ import annotations

import sys

from hostcore.errors import HostError
from hostcore.log.safe_text import escaped


def agreed(question: str, refusal: str) -> bool:
    """Ask on the terminal, and return whether the person agrees. Blocks until the person answers.

    Args:
        question: the question, without its mark. It may have several lines.
        refusal: what has not happened if the person interrupts.

    Raises:
        HostError: the person interrupted, or the input ended.
    """
    try:
        answer = says_yes(question)
    except KeyboardInterrupt:
        answer = None
    if answer is None:
        print(file=sys.stderr)
        raise HostError(f"stopped; {refusal}")
    return answer


def says_yes(question: str) -> bool | None:
    """Ask as `agreed` does. Returns None if the input ended. An interrupt goes to the caller."""
    shown = "\n".join(map(escaped, question.splitlines()))
    print(f"{shown}? [y/N] ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline()
    return answer.strip().lower() in {"y", "yes"} if answer else None
