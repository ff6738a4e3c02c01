#!/usr/bin/env python3
"""Writes normal.csv and student.csv, the reference values of tests/golden_tails.rs.

Made with Python 3.11 and mpmath 1.4.1 at 60 digits; `python generate_tails.py` takes about a minute.

Inputs are doubles and taken as exact. `tail` is the smaller tail rounded to a double, `quantile` the |x| or |t| of exactly that.
Truth: erfc; the incomplete beta function by the series of positive terms (DLMF 8.17.8), and beyond 10 000 degrees of freedom quadrature of the density, which the script first holds against the series.
"""

import random
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 60
HERE = Path(__file__).parent


def normal_tail(x):
    return mp.erfc(mpf(x) / mp.sqrt(2)) / 2


def beta_lower(a, b, x, y):
    """I_x(a, b) by positive terms; x and y = 1 - x."""
    if x > mpf(1) / 2 and (a + b) * x > a:
        return 1 - beta_lower(b, a, y, x)
    front = mp.exp(a * mp.log(x) + b * mp.log(y) - mp.loggamma(a) - mp.loggamma(b) + mp.loggamma(a + b)) / a
    term, total, n = mpf(1), mpf(1), 0
    while term > total * mpf(10) ** -55:
        term *= (a + b + n) * x / (a + 1 + n)
        total += term
        n += 1
    return front * total


def student_density(df):
    df = mpf(df)
    peak = mp.exp(mp.loggamma((df + 1) / 2) - mp.loggamma(df / 2)) / mp.sqrt(df * mp.pi)
    return lambda t: peak * mp.exp(-(df + 1) / 2 * mp.log1p(mpf(t) ** 2 / df))


def outward(density, start, width):
    """The integral of a falling density from `start` on; relative to its height there, because mpmath stops at an absolute error."""
    total, height = mpf(0), density(start)
    while True:
        part = mp.quad(lambda u: density(u) / height, [start, start + width])
        total += part
        start += width
        if part < total * mpf(10) ** -45:
            return total * height


def student_tail(df, t, by_series=False):
    df, t = mpf(df), mpf(t)
    x, y = df / (df + t * t), t * t / (df + t * t)
    if df > 1e4 and not by_series:  # The series is long there, and the density falls fast.
        return outward(student_density(df), t, 1 / (1 + (df + 1) * t / (df + t * t)))
    return beta_lower(df / 2, mpf(1) / 2, x, y) / 2


def text(value):
    return mp.nstr(value, 22, strip_zeros=False, min_fixed=0, max_fixed=0)


def refine(tail_of, density, x):
    """(tail as a double, the x of exactly that)"""
    tail = tail_of(x)
    rounded = float(tail)
    return tail, rounded, mpf(x) + (tail - mpf(rounded)) / density(x)


def normal_rows(rng):
    density = lambda x: mp.exp(-mpf(x) ** 2 / 2) / mp.sqrt(2 * mp.pi)
    for x in [0.0, 1e-300, 1e-9, 0.5, 1.0, 1.959963984540054, 3.0, 8.0, 37.0] + [rng.uniform(0, 2) for _ in range(60)] + [rng.uniform(0, 37) for _ in range(140)]:
        tail, rounded, quantile = refine(normal_tail, density, x)
        yield f"{x!r},{text(tail)},{rounded!r},{text(quantile)}"


def student_rows(rng):
    cases = [(df, t) for df in [0.5, 1.0, 2.0, 3.0, 10.0, 29.5, 1e3, 1e5, 1e6, 1e8, 1e12] for t in [1e-9, 0.3, 1.96, 7.0, 30.0]]
    cases += [(float(f"{10 ** rng.uniform(-1, 5):.6g}"), rng.uniform(0, rng.choice([1, 4, 30, 1000]))) for _ in range(200)]
    cases += [(float(f"{10 ** rng.uniform(6, 15):.6g}"), rng.uniform(0, 30)) for _ in range(40)]
    for df, t in cases:
        tail, rounded, quantile = refine(lambda t: student_tail(df, t), student_density(df), t)
        if rounded > 1e-300:
            yield f"{df!r},{t!r},{text(tail)},{rounded!r},{text(quantile)}"


def write(name, header, rows):
    rows = list(dict.fromkeys(rows))
    (HERE / name).write_text("\n".join([header, *rows]) + "\n")
    print(name, len(rows), "cases")


if __name__ == "__main__":
    for df, t in [(1e5, 30.0), (2e4, 2.0), (1e5, 0.7), (3e4, 200.0)]:
        assert abs(student_tail(df, t) / student_tail(df, t, by_series=True) - 1) < mpf(10) ** -25, (df, t)
    write("normal.csv", "x,upper,tail,quantile", normal_rows(random.Random(20261125)))
    write("student.csv", "df,t,upper,tail,quantile", student_rows(random.Random(20261126)))
