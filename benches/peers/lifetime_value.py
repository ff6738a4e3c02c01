"""Fits customers with Styring and with lifetimes, in turn, in one run; prints medians and ratios.

    python3 benches/peers/lifetime_value.py [FILE.csv | CUSTOMERS] [ROUNDS]

FILE has the columns frequency, recency and T; without one, customers are simulated. Both start from one history per customer in memory and end with the parameters; Styring groups equal
histories on the way. Needs Python with venv; installs the pinned lifetimes into target/peers.
"""

import pathlib
import statistics
import subprocess
import sys

from roll_up import ROOT, TARGET, peers

LIFETIMES = """
import sys, time, warnings
warnings.filterwarnings("ignore")
import lifetimes, pandas
model, file = sys.argv[1:]
data = pandas.read_csv(file)
fitter = {"bg": lifetimes.BetaGeoFitter, "mbg": lifetimes.ModifiedBetaGeoFitter, "pareto": lifetimes.ParetoNBDFitter}[model](penalizer_coef=0.0)
start = time.perf_counter()
fitter.fit(data["frequency"], data["recency"], data["T"])
print(time.perf_counter() - start)
"""


def seconds(command):
    """The seconds that a command prints first."""
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[0])


def main():
    what = sys.argv[1] if len(sys.argv) > 1 else "2357"
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    build = ["cargo", "build", "--release", "--locked", "-p", "styring-benches", "--bin", "lifetime_value"]
    subprocess.run(build, cwd=ROOT, check=True)
    program, python = TARGET / "release" / "lifetime_value", peers()
    file = pathlib.Path(what)
    if what.isdigit():
        file = TARGET / "customers.csv"
        subprocess.run([program, "write", file, what], check=True)
    for model, name in [("bg", "BG/NBD"), ("mbg", "MBG/NBD"), ("pareto", "Pareto/NBD")]:
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(seconds([program, "fit", model, file, "50"]))
            theirs.append(seconds([python, "-c", LIFETIMES, model, file]))
        ratio = statistics.median(peer / own for peer, own in zip(theirs, ours))
        own, peer = statistics.median(ours) * 1e3, statistics.median(theirs) * 1e3
        print(f"{name:10}  styring {own:6.2f} ms   lifetimes {peer:6.1f} ms   {ratio:4.0f} times as fast")
    print(subprocess.run([program, "million", "1000000"], check=True, capture_output=True, text=True).stdout, end="")


if __name__ == "__main__":
    main()
