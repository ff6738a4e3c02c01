"""Decides a thousand experiments with Styring and with gbstats, statsmodels, spotify-confidence and confseq, in one run; prints the time of a decision and ratios.

    python3 benches/peers/experiments.py

A decision is p-value and interval from summaries; spotify-confidence takes its summaries in a data frame, as it wants them. Needs Python with venv; installs the pinned peers into
target/peers-experiments. confseq is built from source, which needs the headers of Boost; where they are not, it is left out.
"""

import subprocess

from roll_up import ROOT, TARGET, peers

PEERS = """
import time, warnings
warnings.filterwarnings("ignore")

def counts(at):
    n, m = at * 97 + 5000, at * 103 + 5000
    return (n, n // 50 + at % 17), (m, m // 47 + at % 23)

def timed(name, decide, experiments=1000, rounds=3):
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        for at in range(1, experiments + 1):
            decide(at)
        best = min(best, (time.perf_counter() - start) / experiments)
    print(name, f"{best:.3e}", flush=True)

from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, test_proportions_2indep

def scipy_welch(at):
    (n, x), (m, y) = counts(at)
    test = stats.ttest_ind_from_stats(y / 10, y ** 0.5, m, x / 10, x ** 0.5, n, equal_var=False)
    error = (y / m + x / n) ** 0.5
    df = (y / m + x / n) ** 2 / ((y / m) ** 2 / (m - 1) + (x / n) ** 2 / (n - 1))
    reach = stats.t.ppf(0.975, df) * error
    return test.pvalue, (y - x) / 10 - reach, (y - x) / 10 + reach
timed("welch scipy", scipy_welch)

def statsmodels_score(at):
    (n, x), (m, y) = counts(at)
    interval = confint_proportions_2indep(y, m, x, n, method="score", compare="diff")
    return interval, test_proportions_2indep(y, m, x, n, method="score", compare="diff").pvalue
timed("score statsmodels", statsmodels_score, experiments=100)

from gbstats.frequentist.tests import FrequentistConfig, SequentialConfig, SequentialTwoSidedTTest, TwoSidedTTest
from gbstats.models.statistics import ProportionStatistic

def arms(at):
    (n, x), (m, y) = counts(at)
    return ProportionStatistic(n=n, sum=x), ProportionStatistic(n=m, sum=y)
timed("lift gbstats", lambda at: TwoSidedTTest(*arms(at), FrequentistConfig(difference_type="relative")).compute_result())
timed("sequential gbstats", lambda at: SequentialTwoSidedTTest(*arms(at), SequentialConfig(difference_type="relative", sequential_tuning_parameter=100000)).compute_result())

import pandas
from spotify_confidence import ZTest
def spotify(at):
    (n, x), (m, y) = counts(at)
    frame = pandas.DataFrame({"variant": ["control", "treatment"], "sum": [x, y], "n": [n, m]})
    return ZTest(frame, numerator_column="sum", numerator_sum_squares_column=None, denominator_column="n", categorical_group_columns="variant").difference(level_1="control", level_2="treatment")
timed("lift spotify-confidence", spotify, experiments=20)

try:
    from confseq.boundaries import normal_mixture_bound
except ImportError:
    print("mixture confseq nan", flush=True)
else:
    timed("mixture confseq", lambda at: normal_mixture_bound(float(at), 0.025, 1000.0, 0.05, True))
"""


def lines(command):
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = (line.split() for line in text.splitlines())
    return [(row[:-1], float(row[-1])) for row in rows]


def main():
    build = ["cargo", "build", "--release", "--locked", "-p", "styring-benches", "--bin", "decisions"]
    subprocess.run(build, cwd=ROOT, check=True)
    python = peers("experiments.txt", "peers-experiments")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "confseq==0.0.11"], capture_output=True, check=False)
    ours = {name[0]: seconds for name, seconds in lines([TARGET / "release" / "decisions"])}
    for (name, peer), seconds in lines([python, "-c", PEERS]):
        own = ours[name]
        if seconds != seconds:
            print(f"{name:12} styring {own * 1e6:9.3f} µs   {peer:20} cannot be built here")
            continue
        print(f"{name:12} styring {own * 1e6:9.3f} µs   {peer:20} {seconds * 1e6:10.1f} µs   {seconds / own:8.0f} times as fast")


if __name__ == "__main__":
    main()
