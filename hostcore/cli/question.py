"""Asks the person a question that has the answers yes and no."""

from __future__ import annotations

from hostcore.errors import HostError


def agreed(question: str, refusal: str) -> bool:
    """Ask on the terminal, and return whether the person agrees.

    Args:
        question: the question, without its mark.
        refusal: what has not happened if the person interrupts.

    Raises:
        HostError: the person interrupted, or the input ended.
    """
    try:
        answer = input(f"{question}? [y/N] ")
    except (EOFError, KeyboardInterrupt):
        print()
        raise HostError(f"stopped; {refusal}") from None
    return answer.strip().lower() in {"y", "yes"}
