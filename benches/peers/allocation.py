"""Finds the best plans with Styring, with scipy's SLSQP and with PyMC-Marketing's BudgetOptimizer, on the same instances in one run; prints times, ratios and who found less.

    python3 benches/peers/allocation.py

Instances are hyperbolic curves (Michaelis-Menten) with a fixed total, 3 to 100 channels, ten of each. A solution goes from parameters to the plan; the smallest of several counts. PyMC-Marketing compiles
its objective first, which is told apart and not counted. SLSQP is set up as there: exact gradient, ftol 1e-9, 1,000 iterations, from an even split; once on the response as it is and once on the response
over its value at the start. Needs Python with venv; installs the pinned peers into target/peers-allocation.
"""

import collections
import statistics
import subprocess
import tempfile

from roll_up import ROOT, TARGET, peers

PEERS = """
import sys, time, warnings, logging
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
import numpy as np
from scipy.optimize import minimize

def best_of(solve, seconds=0.3):
    best, spent = float("inf"), 0.0
    while spent < seconds:
        start = time.perf_counter()
        found = solve()
        took = time.perf_counter() - start
        best, spent = min(best, took), spent + took
    return best, found

def slsqp(total, a, k, scale):
    even = np.full(len(a), total / len(a))
    divisor = (a * even / (k + even)).sum() if scale else 1.0
    def objective(x):
        share = k / (k + x)
        return -(a * x / (k + x)).sum() / divisor, -(a / k * share * share) / divisor
    sums = {"type": "eq", "fun": lambda x: x.sum() - total, "jac": lambda x: np.ones_like(x)}
    bounds = [(0.0, total)] * len(a)
    result = minimize(objective, even, jac=True, method="SLSQP", bounds=bounds, constraints=[sums], options={"ftol": 1e-9, "maxiter": 1000})
    return result.x

import arviz as az, pymc as pm, pymc.dims as pmd, xarray as xr
from pymc_marketing.mmm.budget_optimizer import BudgetOptimizer, CustomModelWrapper

def optimizer(a, k):
    names = [f"{index:03}" for index in range(len(a))]
    with pm.Model(coords={"date": [0], "channel": names}) as model:
        x = pmd.Data("channel_data", np.zeros((1, len(a))), dims=("date", "channel"))
        ceiling = pmd.HalfNormal("ceiling", sigma=1.0, dims=("channel",))
        half = pmd.HalfNormal("half", sigma=1.0, dims=("channel",))
        pmd.Deterministic("total_contribution", (ceiling * x / (half + x)).sum())
    draws = {name: (("chain", "draw", "channel"), value[None, None, :]) for name, value in [("ceiling", a), ("half", k)]}
    posterior = xr.Dataset(draws, coords={"chain": [0], "draw": [0], "channel": names})
    wrapper = CustomModelWrapper(base_model=model, idata=az.InferenceData(posterior=posterior), channels=names)
    return BudgetOptimizer(num_periods=1, model=wrapper, response_variable="total_contribution")

from pymc_marketing.mmm.budget_optimizer import MinimizeException
for line in open(sys.argv[1]):
    numbers = np.array([float(word) for word in line.split()])
    total, a, k = numbers[0], numbers[1::2].copy(), numbers[2::2].copy()
    def told(name, seconds, x):
        print(name, len(a), seconds, (a * x / (k + x)).sum() if x is not None else "none", abs(x.sum() / total - 1) if x is not None else 0, flush=True)
    for name, scale in [("slsqp", False), ("slsqp-scaled", True)]:
        told(name, *best_of(lambda: slsqp(total, a, k, scale)))
    start = time.perf_counter()
    theirs = optimizer(a, k)
    compiled = time.perf_counter() - start
    names = [f"{index:03}" for index in range(len(a))]
    try:
        seconds, (budgets, _) = best_of(lambda: theirs.allocate_budget(total, budget_bounds={name: (0.0, total) for name in names}))
        told("pymc-marketing", seconds, budgets.values)
    except MinimizeException:
        told("pymc-marketing", float("nan"), None)
    print("compile", len(a), compiled, 0, 0, flush=True)
"""


def main():
    build = ["cargo", "build", "--release", "--locked", "-p", "styring-benches", "--bin", "plans"]
    subprocess.run(build, cwd=ROOT, check=True)
    program, python = TARGET / "release" / "plans", peers("allocation.txt", "peers-allocation")
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        subprocess.run([program, "write", file.name], check=True)
        ours = [line.split() for line in subprocess.run([program, "solve", file.name], check=True, capture_output=True, text=True).stdout.splitlines()]
        theirs = collections.defaultdict(list)
        output = subprocess.run([python, "-c", PEERS, file.name], check=True, capture_output=True, text=True).stdout
    for name, *rest in (line.split() for line in output.splitlines()):
        theirs[name].append(rest)
    worst_gap = max(float(gap) for *_, gap in ours)
    print(f"largest certified gap of ours: {worst_gap:.1e}")
    for name in ["slsqp", "slsqp-scaled", "pymc-marketing"]:
        for count in ["3", "10", "30", "100"]:
            pairs = [(own, peer) for own, peer in zip(ours, theirs[name]) if own[0] == count]
            solved = [(own, peer) for own, peer in pairs if peer[2] != "none"]
            # A plan that does not keep the total is no plan; ours is never lower beyond the rounding of the total.
            losses = [1 - float(peer[2]) / float(own[2]) for own, peer in solved if float(peer[3]) < 1e-9]
            higher = sum(loss < -1e-9 for loss in losses)
            ratio = statistics.median(float(peer[1]) / float(own[1]) for own, peer in solved) if solved else float("nan")
            own = statistics.median(float(own[1]) for own, _ in pairs) * 1e6
            peer = statistics.median(float(peer[1]) for _, peer in solved) * 1e3 if solved else float("nan")
            print(
                f"{name:15} {count:>3} channels: ours {own:7.1f} us, theirs {peer:8.2f} ms, {ratio:7.0f} times as fast; theirs lower by more than 1e-6 in"
                f" {sum(loss > 1e-6 for loss in losses)} of {len(pairs)}, at most {max(losses, default=0):.1e}; no plan in {len(pairs) - len(losses)}; higher than ours in {higher}"
            )
    compiled = statistics.median(float(rest[1]) for rest in theirs["compile"])
    print(f"pymc-marketing compiles for {compiled:.1f} s before it solves")


if __name__ == "__main__":
    main()
