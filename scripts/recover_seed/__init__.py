"""Find the seed of a PyTorch layer whose initial weights were printed, but never seeded.

How it can work
    ``torch.manual_seed(s)`` fills the CPU generator, a Mersenne Twister (MT19937), from the low 32 bits of
    ``s`` and from nothing else. There are therefore 2**32 streams of random numbers, and a program can go
    through all of them. A generator that nobody seeded starts from a random seed, so it is one of the 2**32
    too.

    A convolution or linear layer draws its weights uniformly between -bound and +bound, bound =
    1/sqrt(fan_in). One float32 takes one 32-bit output of the generator, of which the low 24 bits count::

        k = output & 0xFFFFFF               # 0 .. 2**24 - 1
        weight = k / 2**24 * 2*bound - bound

    So a printed weight is a narrow interval of k: with four decimals and bound 0.2887, about 2,900 of the
    16,777,216 possible values. The search makes every stream, looks at every position of it whether the
    outputs there and just after lie in the intervals of the first two weights, and only then at the others.
    That the comparison is one of integers makes it cheap. Each interval is wider by one k at either end than
    the rounding of the printed digits asks, because torch itself does not round alike everywhere: its AVX2
    and AVX-512 code fuses the multiplication with the addition, its default code does not, and the weight's
    last bit differs.

What takes how many outputs (found by experiment, torch 2.13.0, CPU)
    ``torch.rand(n)``, ``Tensor.uniform_``, ``torch.randint`` (32-bit range) and ``torch.bernoulli``: n, at
    every size. ``torch.rand(n, dtype=torch.float64)``: 2n. ``torch.randperm(n)``: n - 1. ``torch.randn(n)``:
    below 16 elements two for each, in pairs of elements (4 outputs for n = 1 or 2, 32 for n = 15); from 16 on
    one for each, and 16 more when n is no multiple of 16 (16 for n = 16, 33 for n = 17). A position is a
    number of outputs drawn before, so whatever drew them, ``torch.rand(position)`` stands for it.

What the whole search takes: all 2**32 seeds, the first 1,245 positions of each
    The search that found this project's seed used 512-bit vector instructions written by hand, at 0.45
    microseconds a seed on one core; plain NumPy took 95. There was one hit, seed 2478606714 at position 129.
    This program with Numba repeated it: 9 min 54 s on two cores that had other work as well, 0.19
    microseconds of one core a seed, and the same one hit. The help text prints the figures, ``cli.MEASURED``.

Use it as a program (``python -m recover_seed --help``) or from Python::

    >>> asked = windows(["-0.1468", "-0.0057", "0.0926", "0.0263"], bound=12**-0.5)
    >>> search(asked, seeds=range(2478606000, 2478607000), positions=range(200))
    [Hit(seed=2478606714, position=129)]
"""

from recover_seed.question import Window, chance_hits, read_weights, windows
from recover_seed.search import search
from recover_seed.stream import Hit, stream, uniform

# The functions `search` and `stream` stand here over the modules of the same names, whose other contents are
# had by `from recover_seed.stream import …`.
__all__ = ["Hit", "Window", "chance_hits", "read_weights", "search", "stream", "uniform", "windows"]
