"""Random numbers by place: the same place gives the same number, in whatever order it is asked.

A number belongs to a seed and a counter (splitmix64, Steele, Lea & Flood 2014, doi
10.1145/2660193.2660195), so that two scenarios with one seed differ by what happens in them alone.
"""

import math

import numpy as np

from anagen.follicle.compiled import compiled
from anagen.follicle.units import Array

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11, _32 = (np.uint64(n) for n in (30, 27, 31, 11, 32))
_LOW = np.uint64(0xFFFFFFFF)
_UNIT_53, _UNIT_32 = 2.0**-53, 2.0**-32
_ROOT_HALF, _MANTISSA = np.int64(0x3FE6A09E667F3BCD), np.int64(0x000FFFFFFFFFFFFF)
"""The bits of sqrt(1/2), and of the mantissa."""
_LN_2 = math.log(2.0)


@compiled(forceinline=True)
def scrambled(place: np.uint64) -> np.uint64:
    """Return 64 random bits of a place."""
    z = place
    z = (z ^ (z >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    return z ^ (z >> _31)


@compiled(forceinline=True)
def stream(seed: np.uint64, number: int) -> np.uint64:
    """Return the start of the stream of one follicle or replicate of a seed."""
    return scrambled(scrambled(seed + GOLDEN) + np.uint64(number) * GOLDEN + GOLDEN)


@compiled(forceinline=True)
def uniform(key: np.uint64, counter: int) -> float:
    """Return a number above 0 and below 1, of 53 bits."""
    bits = scrambled(key + np.uint64(counter) * GOLDEN) >> _11
    return (bits + 0.5) * _UNIT_53


@compiled(forceinline=True)
def product_of_two(key: np.uint64, counter: int) -> float:
    """Return the product of two independent numbers above 0 and below 1, of 32 bits each."""
    bits = scrambled(key + np.uint64(counter) * GOLDEN)
    return (((bits >> _32) + 0.5) * _UNIT_32) * (((bits & _LOW) + 0.5) * _UNIT_32)


@compiled(forceinline=True)
def product(key: np.uint64, counter: int, count: int) -> float:
    """Return the product of `count` numbers above 0 and below 1; it uses (count + 1) / 2 counters.

    For up to 40 it stays above 1e-300, but for a chance far below 1e-200.
    """
    total = 1.0
    for pair in range(count // 2):
        total *= product_of_two(key, counter + pair)
    if count % 2:
        total *= uniform(key, counter + count // 2)
    return total


@compiled(fastmath={"contract"})
def minus_logs(x: Array) -> None:
    """Replace numbers, above 0 and not denormal, by minus their natural logarithms, to 1e-14.

    The library's logarithm takes one number at a time. With x = m 2^e, m from sqrt(1/2) to
    sqrt(2), the logarithm is e ln 2 + 2 artanh((m - 1) / (m + 1)), the same steps for all.
    """
    for k in range(x.size):
        bits = np.float64(x[k]).view(np.int64) - _ROOT_HALF
        m = np.int64((bits & _MANTISSA) + _ROOT_HALF).view(np.float64)
        s = (m - 1.0) / (m + 1.0)
        q = s * s
        tail = 1 / 7 + q * (1 / 9 + q * (1 / 11 + q * (1 / 13 + q / 15)))
        x[k] = -((bits >> 52) * _LN_2 + 2.0 * (s + s * q * (1 / 3 + q * (1 / 5 + q * tail))))


@compiled(forceinline=True)
def gamma(key: np.uint64, counter: int, stages: int) -> float:
    """Return the sum of `stages` unit exponentials, at the counters of `product`."""
    return -math.log(product(key, counter, stages))


@compiled()
def normal(key: np.uint64, counter: int) -> float:
    """Return a standard normal number (Box & Muller 1958); it uses two counters."""
    radius = math.sqrt(-2.0 * math.log(uniform(key, counter)))
    return radius * math.cos(2.0 * math.pi * uniform(key, counter + 1))


@compiled()
def _log_factorial(n: float) -> float:
    """Return ln n!, by Stirling's series past the first few (error below 1e-12)."""
    if n < 16:
        product = 1.0
        for k in range(2, int(n) + 1):
            product *= k
        return math.log(product)
    inverse = 1.0 / n
    square = inverse * inverse
    series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)))
    return (n + 0.5) * math.log(n) - n + 0.9189385332046727 + series


@compiled()
def binomial(n: int, p: float, u: float) -> int:
    """Return a binomial number of `n` trials with chance `p`, by inversion of `u`.

    From 0 upwards where few are expected, else from the mode outwards, so that a number costs
    about as many terms as the standard deviation is wide.
    """
    if n == 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    flipped = p > 0.5
    q = 1.0 - p if flipped else p
    odds = q / (1.0 - q)
    if n * q < 12.0:
        k, term = 0, np.exp(n * np.log1p(-q))
        while u > term and k < n:
            u -= term
            k += 1
            term *= odds * (n - k + 1) / k
    else:
        mode = int((n + 1) * q)
        k, low, high = mode, mode, mode
        term = np.exp(
            _log_factorial(n)
            - _log_factorial(mode)
            - _log_factorial(n - mode)
            + mode * np.log(q)
            + (n - mode) * np.log1p(-q)
        )
        below = above = term
        u -= term
        while u > 0.0 and (low > 0 or high < n):
            if high < n:
                high += 1
                above *= odds * (n - high + 1) / high
                k = high
                u -= above
                if u <= 0.0:
                    break
            if low > 0:
                below *= low / (odds * (n - low + 1))
                low -= 1
                k = low
                u -= below
                if below < 1e-300 and above < 1e-300:
                    k = mode
                    break
    return n - k if flipped else k
