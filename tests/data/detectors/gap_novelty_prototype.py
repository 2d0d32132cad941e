#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes gap_novelty_prototype.txt beside this script: made series, and what the prototype of gap novelty
says of them, run as it is.

Usage: gap_novelty_prototype.py UNIVARIATE_PY    the prototype, whose detect(values, times, keep=) gives
the evidence of each reading by all 15 views. numba, which it uses, may be absent: it is slower then.

A line `series <seconds at the start> <seconds between readings>`, then lines `<value> <evidence of
4096 remembered values> <of 512>`; a value of nan is missing, and the prototype is not shown it.
"""
import importlib.util
import math
import pathlib
import random
import sys
import types

READINGS = 1200


def load(path):
    try:
        import numba  # noqa: F401
    except ImportError:
        plain = types.ModuleType("numba")
        plain.njit = lambda **_: lambda function: function
        sys.modules["numba"] = plain
    spec = importlib.util.spec_from_file_location("prototype", path)
    prototype = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(prototype)
    return prototype


def seasonal(draw):
    """Half-hourly: a day and a weekend, three spikes and a flat day."""
    for i in range(READINGS):
        hour = i / 2
        value = 50 + 10 * math.sin(hour / 24 * 2 * math.pi) - (8 if hour // 24 % 7 >= 5 else 0)
        value += draw.gauss(0, 1) + (25 if i in (500, 760, 1100) else 0)
        yield 50.0 if 900 <= i < 948 else value


def correlated(draw):
    """Noise of AR .9, spikes, and two levels that last."""
    state = 0.0
    for i in range(READINGS):
        state = 0.9 * state + draw.gauss(0, 1)
        level = 15 if 600 <= i < 700 else -9 if i >= 1000 else 0
        yield 1e-3 * (state + level + (20 if i in (300, 301, 850) else 0))


def counts(draw):
    """Whole numbers, most of them small, and bursts."""
    for i in range(READINGS):
        mean = 200 if 640 <= i < 650 or i == 1000 else 4
        yield float(sum(draw.random() < mean / 1000 for _ in range(1000)))


def patchy(draw):
    """Tenths, with readings and whole stretches missing."""
    for i in range(READINGS):
        value = round(20 + 3 * math.sin(i / 48 * 2 * math.pi) + draw.gauss(0, 0.5), 1)
        value += 7 if i in (450, 1010) else 0
        is_missing = draw.random() < 0.1 or 300 <= i < 380 or 700 <= i < 705
        yield math.nan if is_missing else value


def main():
    prototype = load(sys.argv[1])
    draw = random.Random(20261126)
    lines = []
    for start, between, make in ((1_700_000_000, 1800, seasonal), (1_700_000_123, 600, correlated),
                                 (1_690_000_000, 3600, counts), (1_700_000_000, 1800, patchy)):
        lines.append(f"series {start} {between}")
        values = [float(f"{value:.8g}") for value in make(draw)]
        seen = [i for i, value in enumerate(values) if not math.isnan(value)]
        times = [start + between * i for i in seen]
        columns = []
        for keep in (4096, 512):
            scores, _ = prototype.detect([values[i] for i in seen], times, keep=keep)
            columns.append(dict(zip(seen, scores)))
        for i, value in enumerate(values):
            evidence = " ".join(f"{column.get(i, math.nan):.13g}" for column in columns)
            lines.append(f"{value:.8g} {evidence}")
    path = pathlib.Path(__file__).with_suffix(".txt")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
