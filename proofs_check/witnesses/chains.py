"""Products of several matrices: in which order they cost least."""

from __future__ import annotations

from collections.abc import Sequence

Cut = dict[tuple[int, int], int]


def cheapest(sizes: Sequence[int], free: frozenset[tuple[int, int]] = frozenset()) -> Cut:
    """Where to cut each stretch [i, j) of a product of matrices of sizes[k] x sizes[k + 1]; ``free`` stretches known.

    By dynamic programming over stretches: T. C. Hu and M. T. Shing, SIAM J. Comput. 11 (1982) 362, section 1.

    Examples
    --------
    >>> cheapest([100, 2, 100, 1])[0, 3]
    1
    """
    n = len(sizes) - 1
    cost = {(i, i + 1): 0 for i in range(n)}
    cut: Cut = {}
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length
            ways = [(cost[i, k] + cost[k, j] + sizes[i] * sizes[k] * sizes[j], k) for k in range(i + 1, j)]
            least, cut[i, j] = min(ways)
            cost[i, j] = 0 if (i, j) in free else least
    return cut
