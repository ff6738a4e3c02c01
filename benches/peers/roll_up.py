"""Rolls up one large export with Styring, with the csv crate alone, and with polars, on one core, in turn; prints medians and ratios.

    python3 benches/peers/roll_up.py [ROWS] [ROUNDS]

Needs Python with venv; installs the pinned polars into target/peers. Times are of the processor (user and system), which other work on the machine lengthens little;
even so only ratios mean something, and they are of runs that follow each other.
"""

import os
import pathlib
import resource
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))

POLARS = """
import polars as pl, sys
table = pl.scan_csv(sys.argv[1]).with_columns(week=(pl.col("date").str.to_date() - pl.date(2025, 9, 1)).dt.total_days() // 7)
rolled = table.group_by("week", "channel", "segment", "creative").agg(pl.selectors.numeric().exclude("week").sum())
print(rolled.collect(engine=sys.argv[2]).height, "groups")
"""


def peers(wanted="requirements.txt", name="peers"):
    """The Python that has the peers."""
    folder = TARGET / name
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    requirements = pathlib.Path(__file__).with_name(wanted)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--requirement", requirements], check=True)
    return python


def timed(command):
    """Processor seconds and peak memory (MB) of a command on one core."""
    environment = dict(os.environ, POLARS_MAX_THREADS="1")
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, preexec_fn=lambda: os.sched_setaffinity(0, {0})
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{command} failed: {status}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    build = ["cargo", "build", "--release", "--locked", "-p", "styring-benches", "--bin", "roll_up"]
    subprocess.run(build, cwd=ROOT, check=True)
    program, python = TARGET / "release" / "roll_up", peers()
    export = TARGET / "export.csv"
    subprocess.run([program, "write", export, str(rows)], check=True)
    size = export.stat().st_size / 1e6
    commands = {
        "csv crate alone": [program, "csv", export],
        "styring": [program, "styring", export],
        "polars, default engine": [python, "-c", POLARS, export, "auto"],
        "polars, in-memory engine": [python, "-c", POLARS, export, "in-memory"],
        "polars, streaming engine": [python, "-c", POLARS, export, "streaming"],
    }
    seconds = {name: [] for name in commands}
    memory = dict.fromkeys(commands, 0.0)
    for _ in range(rounds):
        for name, command in commands.items():
            taken, peak = timed(command)
            seconds[name].append(taken)
            memory[name] = max(memory[name], peak)
    export.unlink()
    print(f"{rows} rows, {size:.0f} MB, one core, {rounds} rounds in turn")
    for name, taken in seconds.items():
        ratios = sorted(a / b for a, b in zip(seconds["styring"], taken))
        ratio = f"{statistics.median(ratios):4.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        speed = f"{size / statistics.median(taken):6.0f} MB/s"
        print(f"{name:26} {speed}   styring's time / this one's: {ratio}   peak {memory[name]:6.0f} MB")


if __name__ == "__main__":
    main()
