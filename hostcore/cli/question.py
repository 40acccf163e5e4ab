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


def confirm(question: str, refusal: str, *, yes: bool) -> None:
    """Ask the person on standard error, unless `yes`. Blocks until the person answers.

    Args:
        question: describes the action.
        refusal: the message if the person says no or cannot be asked.
        yes: whether the command line has answered already.

    Raises:
        HostError: the person said no or interrupted, or standard input is not a terminal.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise HostError(f"{refusal}, because standard input is not a terminal; -y does it without asking")
    if not agreed(question, refusal):
        raise HostError(refusal)


def says_yes(question: str) -> bool | None:
    """Ask as `agreed` does. Returns None if the input ended. An interrupt goes to the caller."""
    shown = "\n".join(map(escaped, question.splitlines()))
    print(f"{shown}? [y/N] ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline()
    return answer.strip().lower() in {"y", "yes"} if answer else None
