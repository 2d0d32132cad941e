#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a soak has shown. soak_verdict.py TABLE RATE; TABLE is by soak_watch.py.

Memory is FLAT where its growth over the second half of the run has an interval of 95 % that holds 0
or lies below it, and that ends below 5 % of the memory an hour. It GROWS where the whole interval
lies above 0. Otherwise the run was too short or too restless to say: UNDECIDED. The growth is the
mean of the changes from one minute's mean to the next, and the interval is Student's of these
changes: a process that keeps what it once needed grows in steps, now and then, and not in a line
with noise around it.

The rate is REACHED where the pipeline judged 99 % of it over the second half. Exit code 1 unless
memory is flat.
"""
import csv
import math
import sys

GROWTH_MAX = 0.05  # of the memory, an hour

# Of Student's distribution, 97.5 %, by degrees of freedom.
STUDENT = [12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14,
           2.13, 2.12, 2.11, 2.10, 2.09, 2.09]


def student(freedom):
    return STUDENT[freedom - 1] if freedom <= len(STUDENT) else 1.96 + 2.4 / freedom


def minutes(rows, name):
    """Means of each whole minute."""
    parts = {}
    for row in rows:
        parts.setdefault(int((row["seconds"] - rows[0]["seconds"]) // 60), []).append(row[name])
    return [sum(part) / len(part) for part in parts.values() if 2 * len(part) > len(parts[0])]


def growth(means):
    """(a minute, half of its interval of 95 %)"""
    changes = [after - before for before, after in zip(means, means[1:])]
    count = len(changes)
    mean = sum(changes) / count
    variance = sum((change - mean)**2 for change in changes) / (count - 1)
    return mean, student(count - 1) * math.sqrt(variance / count)


def told(title, rows, name):
    """The growth of a memory an hour and the uncertainty of that, as shares of its mean."""
    means = minutes(rows, name)
    mean = sum(means) / len(means)
    slope, uncertainty = growth(means)
    hourly, plus_minus = slope * 60 / mean, uncertainty * 60 / mean
    print(f"{title:<20} {mean / 1024:.1f} MiB, {slope:+.1f} ± {uncertainty:.1f} KiB a minute "
          f"({100 * hourly:+.2f} ± {100 * plus_minus:.2f} % an hour)")
    return hourly, plus_minus


def main():
    with open(sys.argv[1], encoding="utf-8") as table:
        rows = [{name: float(value) for name, value in row.items()}
                for row in csv.DictReader(table, delimiter="\t")]
    rate = float(sys.argv[2])
    half = [row for row in rows if row["seconds"] >= rows[-1]["seconds"] / 2]
    if len(minutes(half, "resident_kib")) < 4:
        sys.exit("a verdict needs eight minutes")
    first, last = half[0], half[-1]
    span = last["seconds"] - first["seconds"]
    reached = (last["records"] - first["records"]) / span
    print(f"second half of {last['seconds'] / 60:.1f} minutes, {len(half)} samples, "
          f"{last['entities']:.0f} entities")
    hourly, plus_minus = told("resident memory", half, "resident_kib")
    told("of it anonymous", half, "anonymous_kib")
    print(f"{'judged':<20} {reached:.0f} events/s of {rate:.0f}, "
          f"{last['records']:.0f} in all, {last['rejected']:.0f} not read")
    print(f"{'processor':<20} {(last['processor_s'] - first['processor_s']) / span:.2f} cores")
    print(f"{'latency':<20} p50 {1e3 * last['p50_s']:.2f} ms, p99 {1e3 * last['p99_s']:.1f} ms "
          "from reading to commit, whole run")
    lags = sorted(row["lag_s"] for row in half)
    print(f"{'behind the wall':<20} median {lags[len(lags) // 2]:.2f} s, most {lags[-1]:.2f} s")
    for title, name in (("journal", "journal_bytes"), ("unread of it", "unread_bytes"),
                        ("segments", "segments_bytes"), ("data_dir", "stored_bytes")):
        print(f"{title:<20} {last[name] / 2**20:.1f} MiB at the end, "
              f"{max(row[name] for row in half) / 2**20:.1f} at most")
    is_reached = reached >= 0.99 * rate
    print(f"rate: {'REACHED' if is_reached else 'NOT REACHED'}")
    if hourly - plus_minus > 0:
        verdict = "GROWS"
    else:
        verdict = "FLAT" if hourly + plus_minus < GROWTH_MAX else "UNDECIDED"
    print(f"memory: {verdict}")
    sys.exit(0 if verdict == "FLAT" else 1)


main()
