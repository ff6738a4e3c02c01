#!/usr/bin/env python3
"""Writes gamma.csv and beta.csv, the reference values of tests/golden.rs.

Made with Python 3.11 and mpmath 1.4.1 at 420 digits; `python generate.py` takes about five minutes.

Inputs are doubles, written so that they parse to the same double, and taken as exact. In beta.csv `smaller` is the smaller
of x and y = 1 - x and `which` says which; the other is exactly 1 minus it.

Truth for shapes up to 1e8: the series of positive terms (DLMF 8.7.1 and 8.17.8),
    P(a,x)   = x^a e^-x / Gamma(a+1)  * sum of x^n / (a+1)_n
    I_x(a,b) = x^a y^b / (a B(a,b))   * sum of (a+b)_n / (a+1)_n x^n      for x <= 1/2, else for b, a, y
in integers of 1500 bits; the other tail is 1 minus that, with 90 digits still right at 1e-300. mpmath's own gammainc and
betainc are not used: at these shapes they hang or lose digits.
Truth for shapes beyond 1e8: quadrature of the density in ln x or ln(x/y), with 60 digits and more.
Where both exist they are compared on every fifth case with shapes of 0.1 and more and must agree to 25 digits, or the script stops.

Quantiles: the smaller tail is rounded to a double, `tail`; the quantile of exactly that is x after one Newton step in ln x,
wrong by the square of the rounding, less than 1e-24. `slope` is |d ln tail / d ln x|, for beta |d ln tail / d ln(x/y)|.
"""

import random
from itertools import count
from math import gcd
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 420
ONE = 1 << 1500
SMALLEST = mpf(10) ** -300
HERE = Path(__file__).parent


def rational(value):
    return value.as_integer_ratio()


def positive_series(numerator, step, denominator):
    """Sum of t_n with t_0 = 1 and t_n = t_(n-1) (numerator + (n-1) step) / (denominator + n); arguments are rationals."""
    scale = max(numerator[1], step[1], denominator[1])  # all are powers of two
    top, up, bottom = (num * (scale // den) for num, den in (numerator, step, denominator))
    term, total = ONE, ONE
    while term:
        bottom += scale
        term = term * top // bottom
        top += up
        total += term
    return mpf(total) / ONE


def outward(density, slope):
    """Integral over s > 0 of a log-concave function that is 1 at s = 0; 1/slope is the width of its features."""
    total, start, width = mpf(0), mpf(0), 2 / mpf(slope)
    while True:
        part = mp.quad(density, [start, start + width])
        total += part
        start += width
        if part < total * mpf(10) ** -45:
            return total


# Incomplete gamma: (lower, upper)


def gamma_density(a, x):
    """dP / d ln x"""
    a, x = mpf(a), mpf(x)
    return mp.exp(a * mp.log(x) - x - mp.loggamma(a))


def gamma_by_series(a, x):
    lower = gamma_density(a, x) / a * positive_series(rational(x), (0, 1), rational(a))
    return lower, 1 - lower


def gamma_by_quadrature(a, x):
    a, x = mpf(a), mpf(x)
    with mp.workdps(60 + 2 * int(mp.log10(a + 1))):
        side = -1 if x < a else 1
        slope = abs(x - a) + mp.sqrt(a)
        tail = gamma_density(a, x) * outward(lambda s: mp.exp(side * a * s - x * mp.expm1(side * s)), slope)
    return (tail, 1 - tail) if side < 0 else (1 - tail, tail)


# Incomplete beta: (lower, upper), x a double up to 1/2


def beta_density(a, b, x):
    """dI / d ln(x/y)"""
    a, b, x = mpf(a), mpf(b), mpf(x)
    return mp.exp(a * mp.log(x) + b * mp.log(1 - x) - mp.loggamma(a) - mp.loggamma(b) + mp.loggamma(a + b))


def beta_by_series(a, b, x):
    (an, ad), (bn, bd), (xn, xd) = rational(a), rational(b), rational(x)
    num, den = xn * (an * bd + bn * ad), xd * ad * bd
    shared = gcd(num, den)
    lower = beta_density(a, b, x) / a * positive_series((num // shared, den // shared), (xn, xd), (an, ad))
    return lower, 1 - lower


def beta_by_quadrature(a, b, x):
    a, b, x = mpf(a), mpf(b), mpf(x)
    n = a + b
    with mp.workdps(60 + 2 * int(mp.log10(n + 1))):
        side = -1 if n * x < a else 1
        slope = abs(n * x - a) + mp.sqrt(a * b / n)
        tail = beta_density(a, b, x) * outward(lambda s: mp.exp(side * a * s - n * mp.log1p(x * mp.expm1(side * s))), slope)
    return (tail, 1 - tail) if side < 0 else (1 - tail, tail)


def truth(series, quadrature, arguments, smallest_shape, largest_shape, number):
    if largest_shape > 1e8 and smallest_shape > 1:
        return quadrature(*arguments)
    tails = series(*arguments)
    if number % 5 == 0 and smallest_shape >= 0.1:
        other = quadrature(*arguments)
        assert all(abs(mine / theirs - 1) < mpf(10) ** -25 for mine, theirs in zip(tails, other)), arguments
    return tails


# Where to look: the x whose density is e^(-z^2/2) of its peak, on the side of z


def increasing_root(function):
    low, high = mpf(-800), mpf(800)
    for _ in range(120):
        middle = (low + high) / 2
        if function(middle) < 0:
            low = middle
        else:
            high = middle
    return low


def gamma_x(a, z):
    with mp.workdps(40):
        v = increasing_root(lambda v: mp.sign(v) * a * (mp.expm1(v) - v) - z * abs(z) / 2)
        return float(a * mp.exp(v))


def beta_x(a, b, z):
    """(the smaller of x and y, which it is)"""
    with mp.workdps(40):
        a, b = mpf(a), mpf(b)
        n = a + b

        def parts(v):
            return a * mp.exp(v) / (a * mp.exp(v) + b), b / (a * mp.exp(v) + b)

        def signed(v):
            x, y = parts(v)
            return -mp.sign(v) * (a * mp.log(x * n / a) + b * mp.log(y * n / b)) - z * abs(z) / 2

        x, y = parts(increasing_root(signed))
        return (float(x), "x") if x <= y else (float(y), "y")


def some_z(rng):
    return rng.choice([rng.uniform(-1, 1), rng.uniform(-4, 4), rng.uniform(-12, 12), rng.uniform(-37, 37)])


def some_shape(rng, low=-3.0, high=8.0):
    return float(f"{10 ** rng.uniform(low, high):.6g}")


def gamma_cases(rng):
    for _ in range(330):
        a = some_shape(rng)
        yield a, gamma_x(a, some_z(rng))
    for a in [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 10.0, 11.5, 12.0, 12.5, 50.0, 99.5, 1000.0, 1e6, 1e8]:
        for z in [-30.0, -6.0, -0.5, 0.7, 5.0, 33.0]:
            yield a, gamma_x(a, z)
        yield a, a
    for a in [10.0**exponent for exponent in range(-3, 9)]:
        for away in [1e-15, 1e-9, 1e-5, 0.01]:
            yield a, a * (1 + away)
            yield a, a * (1 - away)
    # The seams between the methods: a = 1, x = 1.5, a = 12, deviance = a / 2.
    for a in [0.999, 1.001, 1.2, 11.99, 12.01, 14.0, 40.0, 300.0, 1200.0]:
        for x in [1.49, 1.51, 0.301 * a, 0.303 * a, 2.35 * a, 2.37 * a]:
            yield a, x
    for _ in range(40):
        yield some_shape(rng, -12, -3), gamma_x(1.0, some_z(rng))
    for _ in range(40):
        a = some_shape(rng, 8, 15)
        yield a, gamma_x(a, some_z(rng))
    # The ends of the range.
    for x in [1e-250, 1e-10, 0.3, 1.6, 40.0]:
        yield 1e-100, x
    yield 1e100, 1e100


def beta_cases(rng):
    def at(a, b, z):
        return a, b, *beta_x(a, b, z)

    def at_x(a, b, x):
        return (a, b, x, "x") if x <= 0.5 else (a, b, 1 - x, "y")

    for _ in range(420):
        yield at(some_shape(rng), some_shape(rng), some_z(rng))
    for _ in range(60):
        a = some_shape(rng)
        yield at(a, float(f"{a * rng.uniform(0.5, 2):.6g}"), some_z(rng))
    named = [(1.0, 1e6), (1e6, 1.0), (1e-3, 1e8), (1e8, 1e-3), (1e-3, 1e-3), (120000.0, 9880000.0), (12000.0, 988000.0),
             (1e4, 1e4), (1e6, 1e6), (1e7, 1e7), (1e8, 1e8), (200.0, 2.0), (2.0, 200.0), (200.0, 4800.0), (0.5, 0.5),
             (0.5, 5e5), (1.0, 1.0), (1.5, 2.5), (2.0, 3.0), (12.0, 12.0), (11.5, 1e7), (12.5, 1e7), (1e8, 12.0), (50.5, 0.5)]
    for a, b in named:
        for z in [-35.0, -9.0, -1.9, 0.4, 2.2, 20.0]:
            yield at(a, b, z)
        for away in [1e-12, 1e-6]:
            yield at_x(a, b, a / (a + b) * (1 + away))
    yield at_x(120000.0, 9880000.0, 0.01201)
    yield at_x(1e7, 1e7, 0.5)
    # The seams between the methods: shape = 1, b x = 1.5, x = 1/2, smaller shape = 12.
    for a, b in [(0.999, 30.0), (1.001, 30.0), (0.3, 1e4), (0.3, 2.9), (0.7, 0.2), (0.999, 0.999), (11.99, 40.0), (12.01, 40.0)]:
        for x in [1.49 / b, 1.51 / b, 0.499, 0.5, 0.3 * a / (a + b), 0.97 * a / (a + b), 1.03 * a / (a + b)]:
            if x < 1:
                yield at_x(a, b, x)
                yield at_x(b, a, x)
    for _ in range(40):
        yield at(some_shape(rng, -12, -3), some_shape(rng, -12, 3), some_z(rng) * 1e-2)
    for _ in range(60):
        yield at(some_shape(rng, 8, 15), some_shape(rng, 2, 15), some_z(rng))
    # The ends of the range.
    for x in [1e-250, 1e-101, 1.6e-100, 5e-99]:
        yield 1e-100, 1e100, x, "x"
        yield 5.0, 1e100, x, "x"
        yield 1e100, 0.75, x, "y"
    for x in [1e-250, 1e-3, 0.49]:
        yield 1e-100, 2.0, x, "x"
        yield 1e-100, 1e-100, x, "x"
    yield 1e100, 1e100, 0.5, "x"
    # A quantile whose last step was once too long.
    yield 2.31131e-09, 2.26752e-09, 7.423174558621296e-86, "y"


def text(value):
    return mp.nstr(value, 22, strip_zeros=False, min_fixed=0, max_fixed=0)


def smaller_tail(lower, upper, density):
    """Which tail, it as a double, the shift of ln x that makes up for its rounding, |d ln tail / d ln x|"""
    side, tail, sign = ("lower", lower, 1) if lower <= upper else ("upper", upper, -1)
    rounded = float(tail)
    return side, rounded, sign * (mpf(rounded) - tail) / density, density / tail


def gamma_rows():
    numbers = count(1)
    for a, x in gamma_cases(random.Random(20261110)):
        if not 1e-300 < x < 1e300:
            continue
        lower, upper = truth(gamma_by_series, gamma_by_quadrature, (a, x), a, a, next(numbers))
        if min(lower, upper) < SMALLEST:
            continue
        side, tail, shift, slope = smaller_tail(lower, upper, gamma_density(a, x))
        yield f"{a!r},{x!r},{text(lower)},{text(upper)},{side},{tail!r},{text(mpf(x) * mp.exp(shift))},{float(slope):.3e}"


def beta_rows():
    numbers = count(1)
    for a, b, smaller, which in beta_cases(random.Random(20261111)):
        if smaller < 1e-300:
            continue
        own, other = (a, b) if which == "x" else (b, a)
        lower, upper = truth(
            beta_by_series, beta_by_quadrature, (own, other, smaller), min(a, b), max(a, b), next(numbers))
        if min(lower, upper) < SMALLEST:
            continue
        side, tail, shift, slope = smaller_tail(lower, upper, beta_density(own, other, smaller))
        grown, rest = mpf(smaller) * mp.exp(shift), 1 - mpf(smaller)
        x, y = grown / (grown + rest), rest / (grown + rest)
        if which == "y":
            lower, upper, x, y = upper, lower, y, x
            side = {"lower": "upper", "upper": "lower"}[side]
        yield (f"{a!r},{b!r},{which},{smaller!r},{text(lower)},{text(upper)},{side},{tail!r},{text(x)},{text(y)},"
               f"{float(slope):.3e}")


def write(name, header, rows):
    rows = list(dict.fromkeys(rows))
    (HERE / name).write_text("\n".join([header, *rows]) + "\n")
    print(name, len(rows), "cases")


if __name__ == "__main__":
    write("gamma.csv", "a,x,lower,upper,side,tail,quantile,slope", gamma_rows())
    write("beta.csv", "a,b,which,smaller,lower,upper,side,tail,x,y,slope", beta_rows())
