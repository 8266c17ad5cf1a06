"""Compiling with Numba, the results kept on disk under a name made from what they were made of.

Numba's own cache looks at the age of a function's file, so that an edit elsewhere, or a file set
back in time, can leave old code running. Here the folder is named by a hash of every source file
the kernel takes constants from and of the versions of Numba and Python: another source is another
folder.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import numba
from numba.core import config

SOURCES: tuple[str, ...] = (
    "assumptions.py",
    "compiled.py",
    "futures.py",
    "kernel.py",
    "model.py",
    "outcome.py",
    "packing.py",
)
"""Files of this package that the compiled code depends on."""


def source_hash() -> str:
    """Return the hash of what the compiled code is made from."""
    digest = hashlib.sha256(f"{numba.__version__} {sys.version}".encode())
    for name in SOURCES:
        digest.update(files("sim").joinpath(name).read_bytes())
    return digest.hexdigest()


def cache_folder() -> Path:
    """Return where compiled code is kept: ``BUREAU_CACHE``, or the user's cache folder."""
    chosen = os.environ.get("BUREAU_CACHE")
    if chosen:
        root = Path(chosen)
    elif os.name == "nt":
        root = Path(os.environ.get("LOCALAPPDATA", Path.home())) / "bureau-planner"
    else:
        root = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "bureau-planner"
    return root / "numba" / source_hash()[:16]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Decorate a function of the kernel: compiled at its first call, without Python's lock.

    Where the cache folder cannot be written the code is compiled anew in every process.
    """
    folder = cache_folder()

    def decorate(function: Callable[..., Any]) -> Any:
        before = config.CACHE_DIR
        config.CACHE_DIR = str(folder)
        try:
            return numba.njit(nogil=True, cache=_writable(folder), **options)(function)
        finally:
            config.CACHE_DIR = before

    return decorate
