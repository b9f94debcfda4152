"""Named random streams: every draw has a purpose and a place, so paired runs differ only where scenarios do."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray


class Streams:
    """The random streams of one run, all grown from one root seed.

    A stream is named by any number of words, such as ``("leave", "Askeran")``. Its numbers depend on the root
    seed and on its name alone: not on which streams were drawn before, nor on how many numbers others took.

    >>> a, b = Streams(1), Streams(1)
    >>> _ = a.uniform(5, "other")
    >>> bool((a.uniform(3, "leave", "Askeran") == b.uniform(3, "leave", "Askeran")).all())
    True
    """

    def __init__(self, root_seed: int) -> None:
        self.root_seed = root_seed

    def generator(self, *name: object) -> np.random.Generator:
        """Return a fresh generator at the start of the stream called ``name``."""
        digest = hashlib.blake2b("\x1f".join(map(str, name)).encode(), digest_size=16).digest()
        words = np.frombuffer(digest, dtype="<u4")
        return np.random.Generator(np.random.Philox(np.random.SeedSequence([self.root_seed, *map(int, words)])))

    def uniform(self, n: int, *name: object) -> NDArray[np.float64]:
        """Return ``n`` numbers in (0, 1); the first ``m`` of them are the same for every ``n >= m``."""
        return self.generator(*name).random(n) * (1 - 2**-53) + 2**-54

    def exponential(self, n: int, *name: object) -> NDArray[np.float64]:
        """Return ``n`` unit-exponential numbers by inversion, so that each uses one word of the stream."""
        return -np.log(self.uniform(n, *name))
