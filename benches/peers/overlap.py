"""Overlap of sketched lists with Styring and with datasketches for Python (its C++ core), in turn, in one run; prints medians and ratios.

    python3 benches/peers/overlap.py [LG_K] [PEOPLE] [ROUNDS]

A pair is its intersection, both differences and its union, with bounds. Eight lists are all their regions; the peer has no such operation, and does every region by intersections and a difference,
which is what its documentation tells users to do. Needs Python with venv; installs the pinned datasketches into target/peers.
"""

import statistics
import subprocess
import sys

from roll_up import ROOT, TARGET, peers

DATASKETCHES = """
import sys, time, statistics
import datasketches as ds
lg_k, people, rounds = map(int, sys.argv[1:])

def sketch(start, stop):
    new = ds.update_theta_sketch(lg_k)
    for person in range(start, stop):
        new.update(person)
    return new.compact(True)

lists = [sketch(i * people // 2, i * people // 2 + people) for i in range(8)]

def bounds(result):
    return result.estimate, result.lower_bound(2), result.upper_bound(2)

def estimate(result):
    return result.get_estimate(), result.get_lower_bound(2), result.get_upper_bound(2)

tell = estimate if hasattr(lists[0], "get_estimate") else bounds

def intersection(sketches):
    both = ds.theta_intersection()
    for one in sketches:
        both.update(one)
    return both.get_result()

def union(sketches):
    all_of = ds.theta_union(lg_k + 1)
    for one in sketches:
        all_of.update(one)
    return all_of.get_result()

def pair():
    a, b = lists[:2]
    minus = ds.theta_a_not_b()
    return [tell(r) for r in (intersection([a, b]), minus.compute(a, b), minus.compute(b, a), union([a, b]))]

def regions():
    minus = ds.theta_a_not_b()
    found = 0
    for mask in range(1, 256):
        inside = intersection([lists[i] for i in range(8) if mask >> i & 1])
        outside = [lists[i] for i in range(8) if not mask >> i & 1]
        region = minus.compute(inside, union(outside)) if outside else inside
        found += tell(region)[0] > 0
    return found

def seconds(run, times):
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)

print(seconds(pair, rounds), seconds(regions, max(3, rounds // 50)))
"""


def seconds(command):
    """The two numbers that a command prints."""
    return [float(word) for word in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()]


def main():
    lg_k, people, rounds = (sys.argv[1:] + ["12", "200000", "200"][len(sys.argv) - 1 :])[:3]
    build = ["cargo", "build", "--release", "--locked", "-p", "styring-benches", "--bin", "overlap"]
    subprocess.run(build, cwd=ROOT, check=True)
    program, python = TARGET / "release" / "overlap", peers()
    ours, theirs = [], []
    for _ in range(3):
        ours.append(seconds([program, "theta", lg_k, people, rounds]))
        theirs.append(seconds([python, "-c", DATASKETCHES, lg_k, people, rounds]))
    for at, what in enumerate(["a pair, all numbers", "8 lists, all regions"]):
        own, peer = (statistics.median(run[at] for run in runs) for runs in (ours, theirs))
        print(f"{what:22}  styring {own * 1e6:9.1f} µs   datasketches {peer * 1e6:10.1f} µs   {peer / own:6.1f} times as fast")


if __name__ == "__main__":
    main()
