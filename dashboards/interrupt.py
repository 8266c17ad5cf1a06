"""Ctrl-C: the first asks the work to stop and keep what it has, the second ends it at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """A wish to stop, asked as ``stop()``; the libraries look at it between their steps."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def __call__(self) -> bool:
        """Whether somebody has asked to stop."""
        return self._asked.is_set()

    def ask(self) -> None:
        """Ask to stop."""
        self._asked.set()


@contextmanager
def stop_on_interrupt(notice: Callable[[], None]) -> Iterator[Stop]:
    """Turn Ctrl-C into a wish to stop while the block runs; a second one is an interrupt.

    Parameters
    ----------
    notice
        Called once when the wish is heard, to say so.
    """
    stop = Stop()

    def heard(number: int, frame: FrameType | None) -> None:
        if stop():
            raise KeyboardInterrupt
        stop.ask()
        notice()

    before = signal.signal(signal.SIGINT, heard)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def deaf_to_interrupts() -> None:
    """Leave Ctrl-C to the parent process (the initializer of workers)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
