"""Compiling with Numba, the results kept on disk under a name made from what they were made of.

Numba's own cache looks at the age of a function's file, so that a file set back in time, or a
constant that comes from another one, can leave old code running. Here the folder is named by a hash
of the file, of every whole number its functions see as a constant, wherever that comes from, and of
the versions of Numba and Python: another constant is another folder.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numba
from numba.core import config


def made_from(source: bytes, names: Mapping[str, object]) -> str:
    """Return the hash of what compiled code is made from.

    Parameters
    ----------
    source
        The file with the functions.
    names
        Its global names; those that stand for whole numbers, or tuples of them, are compiled in.
    """
    digest = hashlib.sha256(f"{numba.__version__} {sys.version}".encode())
    digest.update(source)
    for name, value in sorted(names.items()):
        if _is_constant(value):
            digest.update(f"{name}={value!r};".encode())
    return digest.hexdigest()


def _is_constant(value: object) -> bool:
    if isinstance(value, tuple):
        return all(isinstance(one, int) for one in value)
    return isinstance(value, int)


def cache_folder(key: str) -> Path:
    """Return where compiled code is kept: ``BUREAU_CACHE``, or the user's cache folder."""
    chosen = os.environ.get("BUREAU_CACHE")
    if chosen:
        root = Path(chosen)
    elif os.name == "nt":
        root = Path(os.environ.get("LOCALAPPDATA", Path.home())) / "bureau-planner"
    else:
        root = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "bureau-planner"
    return root / "numba" / key[:16]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Decorate a function of the kernel: compiled at its first call, without Python's lock.

    Constants must stand above the functions that use them. Where the cache folder cannot be written
    the code is compiled anew in every process.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        source = Path(function.__code__.co_filename).read_bytes()
        folder = cache_folder(made_from(source, function.__globals__))
        before = config.CACHE_DIR
        config.CACHE_DIR = str(folder)
        try:
            return numba.njit(nogil=True, cache=_writable(folder), **options)(function)
        finally:
            config.CACHE_DIR = before

    return decorate
