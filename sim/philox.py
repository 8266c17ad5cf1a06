"""Philox4x32-10: random words as a pure function of a key and a counter.

Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3",
doi:10.1145/2063384.2063405. No state: the same counter gives the same words on every platform,
in any order, on any number of workers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = 0x9E3779B9
_W1 = 0xBB67AE85
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_ROUNDS = 10


def philox(
    key: tuple[int, int], c0: ArrayLike, c1: ArrayLike, c2: ArrayLike, c3: ArrayLike
) -> NDArray[np.uint32]:
    """Return four 32-bit words for each counter.

    Parameters
    ----------
    key
        Two 32-bit words.
    c0, c1, c2, c3
        The counter's 32-bit words; broadcast against each other.

    Returns
    -------
    ndarray of uint32, shape (..., 4)
    """
    x0, x1, x2, x3 = (
        np.array(part, dtype=np.uint64) for part in np.broadcast_arrays(c0, c1, c2, c3)
    )
    k0, k1 = key
    for _ in range(_ROUNDS):
        product0 = x0 * _M0
        product1 = x2 * _M1
        x0 = (product1 >> _SHIFT) ^ x1 ^ np.uint64(k0)
        x1 = product1 & _LOW
        x2 = (product0 >> _SHIFT) ^ x3 ^ np.uint64(k1)
        x3 = product0 & _LOW
        k0 = (k0 + _W0) & 0xFFFFFFFF
        k1 = (k1 + _W1) & 0xFFFFFFFF
    return np.stack([x0, x1, x2, x3], axis=-1).astype(np.uint32)
