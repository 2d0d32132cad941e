#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A running pipeline, looked at every few seconds, as tab-separated columns.

soak_watch.py PROCESS_ID PORT DATA_DIR SECONDS EVERY: memory of the process from /proc, its own
metrics from http://127.0.0.1:PORT/metrics, sizes of what lies in DATA_DIR. Ends early with the
process.
"""
import os
import pathlib
import re
import sys
import time
import urllib.request

METRICS = {
    "records": "retimu_records_total",
    "rejected": "retimu_rejected_total",
    "entities": "retimu_entities",
    "lag_s": "retimu_event_time_lag_seconds",
    "p50_s": 'retimu_latency_seconds{quantile="0.5"}',
    "p99_s": 'retimu_latency_seconds{quantile="0.99"}',
    "rounds_waiting": "retimu_rounds_waiting",
    "unread_bytes": "retimu_journal_unread_bytes",
    "journal_bytes": "retimu_journal_held_bytes",
    "snapshots": "retimu_snapshots_total",
    "raised": 'retimu_alerts_total{change="raised"}',
}
MEMORY = {"resident_kib": "VmRSS", "anonymous_kib": "RssAnon"}
COLUMNS = ["seconds", *MEMORY, "processor_s", *METRICS, "segments_bytes", "stored_bytes"]


def metrics(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
        lines = page.read().decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def memory(process):
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return [re.search(rf"^{name}:\s*(\d+)", status, re.M).group(1) for name in MEMORY.values()]


def processor_seconds(process):
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def size(folder):
    """Of all files; those that go meanwhile count nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            pass
    return total


def main():
    process, port, data_dir = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    end, every = float(sys.argv[4]), float(sys.argv[5])
    begin = time.monotonic()
    print("\t".join(COLUMNS), flush=True)
    for i in range(1, int(end / every) + 1):
        time.sleep(max(0.0, begin + i * every - time.monotonic()))
        try:
            said = metrics(port)
            row = [f"{time.monotonic() - begin:.1f}", *memory(process),
                   f"{processor_seconds(process):.2f}",
                   *(said.get(name, "NaN") for name in METRICS.values()),
                   size(data_dir / "segments"), size(data_dir)]
        except FileNotFoundError:
            sys.exit(f"process {process} has ended")
        except OSError as error:
            print(f"after {i * every:g} s: {error}", file=sys.stderr)
            continue
        print("\t".join(map(str, row)), flush=True)


main()
