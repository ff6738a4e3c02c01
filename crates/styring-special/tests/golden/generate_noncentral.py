#!/usr/bin/env python3
"""Writes noncentral.csv, the reference values of tests/golden_noncentral.rs.

Made with Python 3.11 and mpmath 1.3.0 at 60 digits; `python generate_noncentral.py` takes some minutes.

Inputs are doubles and taken as exact; `upper` is P(T > t), `lower` P(T <= t). Truth: the series of Guenther (1978) in incomplete beta functions,
P(T <= t) = Phi(-d) + sum over j of (p_j I_x(j + 1/2, v/2) + q_j I_x(j + 1, v/2)) / 2 for t >= 0, and P(T <= t; d) = P(T >= -t; -d) below; the complements are summed in the complements of the beta functions.
"""

import random
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 60
HERE = Path(__file__).parent


def beta_pair(a, b, x, y):
    """I_x(a, b) and its complement."""
    lower = mp.betainc(a, b, 0, x, regularized=True)
    return lower, 1 - lower


def steps(first, shape, b, x, y):
    """I_x(first + j, b) for j = 0, 1, ... by the recurrence of DLMF 8.17.20."""
    a = first
    value = mp.betainc(a, b, 0, x, regularized=True)
    front = mp.exp(a * mp.log(x) + b * mp.log(y) - mp.log(a) - mp.loggamma(a) - mp.loggamma(b) + mp.loggamma(a + b))
    while True:
        yield value
        value -= front
        front *= x * (a + b) / (a + 1)
        a += 1


def tails(df, delta, t):
    df, delta, t = mpf(df), mpf(delta), mpf(t)
    if t < 0:
        upper, lower = tails(df, -delta, -t)
        return lower, upper
    x, y = t * t / (df + t * t), df / (df + t * t)
    half = delta * delta / 2
    p, q = mp.exp(-half), delta / mp.sqrt(2) * mp.exp(-half) / mp.gamma(mpf(3) / 2)
    one, two = (steps(first, None, df / 2, x, y) for first in (mpf(1) / 2, mpf(1)))
    total, rest, j = mpf(0), mpf(0), 0
    while True:
        a, b = next(one), next(two)
        total += (p * a + q * b) / 2
        rest += (p * (1 - a) + q * (1 - b)) / 2
        if j > half and abs(p) + abs(q) < mpf(10) ** -340:
            break
        j += 1
        p *= half / j
        q *= half / (j + mpf(1) / 2)
    # The weights q are those of half a chi with sign: sum(p) = 1, sum(q) = erf(d / sqrt 2).
    return rest, total + mp.erfc(delta / mp.sqrt(2)) / 2


def text(value):
    return mp.nstr(value, 22, strip_zeros=False, min_fixed=0, max_fixed=0)


def cases(rng):
    yield from ((df, d, t) for df in [1.0, 2.0, 5.0, 32.0, 398.0, 1e4] for d in [0.0, 0.5, 2.8, 5.0] for t in [-1.0, 0.0, 1.96, 4.0])
    for _ in range(120):
        yield float(f"{10 ** rng.uniform(-0.2, 4):.5g}"), float(f"{rng.uniform(-6, 12):.4g}"), float(f"{rng.uniform(-6, 12):.4g}")
    for _ in range(20):
        yield float(f"{10 ** rng.uniform(0.7, 3):.5g}"), float(f"{rng.uniform(0, 25):.4g}"), float(f"{rng.uniform(0, 60):.4g}")


if __name__ == "__main__":
    mp.dps = 400
    rows = ["df,delta,t,lower,upper"]
    for df, delta, t in cases(random.Random(20261127)):
        upper, lower = tails(df, delta, t)
        assert abs(upper + lower - 1) < mpf(10) ** -50, (df, delta, t)
        if min(upper, lower) > 1e-280:
            rows.append(f"{df!r},{delta!r},{t!r},{text(lower)},{text(upper)}")
    (HERE / "noncentral.csv").write_text("\n".join(dict.fromkeys(rows)) + "\n")
    print(len(rows) - 1, "cases")
