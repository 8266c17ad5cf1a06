"""Time and memory of the main job, stage by stage, as a new user would run it.

``python -m benchmarks.main_job [SCENARIO]`` prints wall seconds of each stage from the run's own
record, the whole process's wall and CPU seconds, and the largest memory of a process of the tree.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main(scenario: str = "bole-2023") -> int:
    """Run the main job once in a fresh process and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        command = [sys.executable, "-m", "dashboards", "run", scenario]
        options = ["--workers", "2", "--out", str(out)]
        started = time.perf_counter()
        done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
        wall = time.perf_counter() - started
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode != 0:
            print(done.stdout, done.stderr, sep="\n")
            return done.returncode
        meta = json.loads((out / "run.json").read_text(encoding="utf-8"))
    print(f"load before the run      {os.getloadavg()[0]:8.2f}")
    for stage, seconds in meta["timings"]["seconds"].items():
        print(f"{stage:<24} {seconds:8.2f} s")
    print(f"{'wall':<24} {wall:8.2f} s")
    print(f"{'cpu, all processes':<24} {used.ru_utime + used.ru_stime:8.2f} s")
    print(f"{'largest process':<24} {used.ru_maxrss / 1024:8.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
