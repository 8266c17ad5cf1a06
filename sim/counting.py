"""Counting over splits, compiled: what :mod:`sim.enumeration` runs.

As with the kernel, everything that is inlined stands in this one module.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import compiled

READINGS = (
    "share-of-total",
    "share-of-total-completers",
    "share-of-best",
    "pro-rata",
    "share-among-completers",
    "share-of-largest",
)
"""Readings of the ranked item (F3r), in the order of their codes."""

(
    SHARE_OF_TOTAL,
    SHARE_OF_TOTAL_COMPLETERS,
    SHARE_OF_BEST,
    PRO_RATA,
    SHARE_AMONG_COMPLETERS,
    SHARE_OF_LARGEST,
) = range(len(READINGS))


@compiled()
def list_splits(n_levels, steps, found):
    """Write the levels of every split, the first bureau's changing slowest."""
    bureaus = len(n_levels)
    rest = np.zeros(bureaus + 1, np.int64)
    for b in range(bureaus - 1, -1, -1):
        rest[b] = rest[b + 1] + n_levels[b] - 1
    levels = np.zeros(bureaus, np.int64)
    left = np.zeros(bureaus + 1, np.int64)
    left[0] = steps
    row, b = 0, 0
    levels[0] = max(0, steps - rest[1]) - 1
    while b >= 0:
        levels[b] += 1
        if levels[b] >= n_levels[b] or levels[b] > left[b]:
            b -= 1
            continue
        left[b + 1] = left[b] - levels[b]
        if b == bureaus - 1:
            if left[b + 1] == 0:
                for i in range(bureaus):
                    found[row, i] = levels[i]
                row += 1
            continue
        b += 1
        levels[b] = max(0, left[b] - rest[b + 1]) - 1
    return row


@compiled(inline="always")
def _ones(word):
    """Return the number of bits set in a word."""
    x = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (x * np.uint64(0x0101010101010101)) >> np.uint64(56)


@compiled()
def count_all(words, starts, splits, found):
    """Count the bits that all bureaus have, what the first have in common kept from row to row."""
    n_splits, bureaus = splits.shape
    n_words = words.shape[1]
    common = np.zeros((bureaus, n_words), np.uint64)
    for row in range(n_splits):
        at = 0
        if row > 0:
            while at < bureaus - 1 and splits[row, at] == splits[row - 1, at]:
                at += 1
        for b in range(at, bureaus - 1):
            own = words[starts[b] + splits[row, b]]
            for w in range(n_words):
                common[b, w] = own[w] if b == 0 else common[b - 1, w] & own[w]
        last = words[starts[bureaus - 1] + splits[row, bureaus - 1]]
        total = np.uint64(0)
        if bureaus == 1:
            for w in range(n_words):
                total += _ones(last[w])
        else:
            before = common[bureaus - 2]
            for w in range(n_words):
                total += _ones(before[w] & last[w])
        found[row] = total


@compiled()
def count(words, starts, splits, k, found):
    """Count the bits that at least k bureaus have, 64 of them at a time: planes of a counter."""
    n_splits, bureaus = splits.shape
    for row in range(n_splits):
        total = np.uint64(0)
        for w in range(words.shape[1]):
            p0, p1, p2, p3 = np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0)
            for b in range(bureaus):
                carry = words[starts[b] + splits[row, b], w]
                p0, carry = p0 ^ carry, p0 & carry
                p1, carry = p1 ^ carry, p1 & carry
                p2, carry = p2 ^ carry, p2 & carry
                p3 = p3 ^ carry
            # At least k: compared from the highest plane down.
            above, equal = np.uint64(0), ~np.uint64(0)
            for plane in range(3, -1, -1):
                bits = p3 if plane == 3 else p2 if plane == 2 else p1 if plane == 1 else p0
                if (k >> plane) & 1:
                    equal &= bits
                else:
                    above |= equal & bits
                    equal &= ~bits
            total += _ones(above | equal)
        found[row] = total


@compiled()
def rank(amounts, ratios, met, worth, starts, splits, reading, requires, found):
    """Add up the points of an item that ranks bureaus, split by split."""
    n_splits, bureaus = splits.shape
    rows = np.zeros(bureaus, np.int64)
    for at in range(n_splits):
        for b in range(bureaus):
            rows[b] = starts[b] + splits[at, b]
        total = 0.0
        for s in range(amounts.shape[1]):
            best, largest, whole, done = 0.0, 0.0, 0.0, 0.0
            for b in range(bureaus):
                best = max(best, ratios[rows[b], s])
                largest = max(largest, amounts[rows[b], s])
                whole += amounts[rows[b], s]
                if met[rows[b], s]:
                    done += amounts[rows[b], s]
            for b in range(bureaus):
                own, ratio, reached = amounts[rows[b], s], ratios[rows[b], s], met[rows[b], s]
                if ratio == best and best > 0 and (reached or not requires):
                    total += worth[b]
                    continue
                part, base = own, whole
                if reading == SHARE_OF_BEST:
                    part, base = ratio, best
                elif reading == PRO_RATA:
                    part, base = ratio, 1.0
                elif reading == SHARE_AMONG_COMPLETERS:
                    base = done
                elif reading == SHARE_OF_LARGEST:
                    base = largest
                elif reading == SHARE_OF_TOTAL_COMPLETERS and not reached:
                    part = 0.0
                if base > 0:
                    total += worth[b] * min(1.0, part / base)
        found[at] = total


@compiled()
def count_many(words, starts, splits, k, planes, found):
    """Count as :func:`count` does, for more bureaus: ``planes`` bits to count them with."""
    n_splits, bureaus = splits.shape
    plane = np.zeros(planes, np.uint64)
    for row in range(n_splits):
        total = np.uint64(0)
        for w in range(words.shape[1]):
            plane[:] = 0
            for b in range(bureaus):
                carry = words[starts[b] + splits[row, b], w]
                for at in range(planes):
                    plane[at], carry = plane[at] ^ carry, plane[at] & carry
            above, equal = np.uint64(0), ~np.uint64(0)
            for at in range(planes - 1, -1, -1):
                if (k >> at) & 1:
                    equal &= plane[at]
                else:
                    above |= equal & plane[at]
                    equal &= ~plane[at]
            total += _ones(above | equal)
        found[row] = total
