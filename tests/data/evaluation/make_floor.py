#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cuts the extracts of tests/quality/ out of the full sets: make_floor.py DATA_DIR.

Sources, both under the MIT licence: the Numenta Anomaly Benchmark (github.com/numenta/NAB, Numenta
Inc.) and the Server Machine Dataset (github.com/NetManAIOps/OmniAnomaly, NetManAIOps).
"""
import gzip
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent


def write(name, header, rows):
    path = HERE / f"floor_{name}.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def cut_nab(data, series, begin, end):
    windows = json.loads((data / "nab/labels/combined_windows.json").read_text())[series + ".csv"]
    lines = (data / f"nab/data/{series}.csv").read_text().split()[1:]
    rows = []
    for date, rest in zip(lines[0::2], lines[1::2]):
        time, value = rest.split(",")
        label = any(first[:19] <= f"{date} {time}" <= last[:19] for first, last in windows)
        rows.append(f"{date}T{time}Z,{value},{int(label)}")
    write(series.rsplit("/", 1)[1], "time,value,label", rows[begin:end])


def cut_smd(data, machine, columns, begin, end, train_rows):
    def lines(kind):
        with gzip.open(data / f"smd/{kind}/{machine}.txt.gz", "rt") as file:
            return [[line.split(",")[k].strip() for k in columns] for line in file]

    labels = (data / f"smd/test_label/{machine}.txt").read_text().split()
    train = lines("train")[-train_rows:]
    test = list(zip(lines("test"), labels))[begin:end]
    rows = [",".join(row) + ",-1" for row in train]  # -1: to learn from
    rows += [",".join(row) + f",{label}" for row, label in test]
    write(machine, ",".join(f"m{k + 1}" for k in columns) + ",label", rows)


def main():
    data = pathlib.Path(sys.argv[1])
    cut_nab(data, "realAWSCloudwatch/ec2_network_in_257a54", 1200, 3200)
    cut_nab(data, "realTraffic/speed_7578", 0, 1127)
    cut_smd(data, "machine-1-7", [0, 5, 8, 11, 12, 14, 20, 30], 5000, 6400, 1000)


if __name__ == "__main__":
    main()
