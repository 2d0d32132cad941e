#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the *_bench programs measured, as Markdown.

speed_table.py FOLDER reads FOLDER/NAME_bench.json, written with --benchmark_format=json and with
several repetitions, of which it gives the median.
"""
import json
import pathlib
import re
import sys

KNOWN = {
    "name", "family_index", "per_family_instance_index", "run_name", "run_type", "repetitions",
    "repetition_index", "threads", "iterations", "real_time", "cpu_time", "time_unit", "label",
    "items_per_second", "bytes_per_second", "aggregate_name", "aggregate_unit",
}
NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def short(number):
    """12345678 as 12.3 M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= size:
            return f"{number / size:.3g} {letter}"
    return f"{number:.3g}"


def row(program, result):
    run = result["run_name"]
    clock = "real_time" if "/real_time" in run else "cpu_time"
    nanoseconds = result[clock] * NANOSECONDS[result["time_unit"]]
    name = re.sub(r"/(real_time|min_time:[0-9.]+|iterations:[0-9]+)", "", run)
    items = result.get("items_per_second")
    others = ", ".join(f"{name} {short(value)}" for name, value in result.items()
                       if name not in KNOWN)
    cells = [program, name, f"{nanoseconds:,.0f}", short(items) if items else "", others]
    return "| " + " | ".join(cells) + " |"


def main():
    print("\n## Parts\n\n`ns` is the time of one call: a row or event scored and learned, a record"
          " read, a line scanned; an item is\na reading, a line, a rule or an event."
          " Of storage it is the time that passes. Each is the\nmedian of three runs.\n\n"
          "| program | case | ns | items a second | other |\n|---|---|---:|---:|---|")
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*_bench.json")):
        with open(path, encoding="utf-8") as file:
            for result in json.load(file)["benchmarks"]:
                if result["aggregate_name"] == "median":
                    print(row(path.stem.removesuffix("_bench"), result))


if __name__ == "__main__":
    main()
