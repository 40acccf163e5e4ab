"""Locks on open files (flock(2)). The kernel gives them up when a process dies, also by a signal."""

from __future__ import annotations


def take_lock(handle: int, *, is_shared: bool = False) -> bool:
    """Lock an open file, if nobody else has locked it. Does not block. The lock ends when all its descriptors close.

    Args:
        handle: a descriptor of the file or folder.
        is_shared: whether others may lock it in this way, too.

    Returns:
        Whether it is locked now. False: another process or descriptor has locked it.

    Raises:
        OSError: the file system has no locks.
    """
    import fcntl  # noqa: PLC0415 - an ordinary start locks nothing

    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
