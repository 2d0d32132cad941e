#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes gap_novelty.txt beside this script: a made series and the evidence of gap novelty, from a
plain implementation in double precision that remembers 512 values a view and does not bound the
change. Lines `<seconds> <value> <evidence>`.
"""
import bisect
import math
import pathlib
import random

KEEP, GRAIN, WARM, TAIL, GATE = 512, 0.01, 50, 0.05, 3.0
BINS, PER_DECADE, LOW, FORGET = 57, 8, 1e-3, 20000.0
WINDOWS = (4, 64)
SEASONAL = 1 + 2 * len(WINDOWS)
VIEWS = SEASONAL + 2


class Memory:
    def __init__(self):
        self.values, self.least = [], 0.0

    def learn(self, value, least):
        values = self.values
        self.least = max(self.least, least)
        if not values:
            values.append(value)
            return 0.0
        at = bisect.bisect_left(values, value)
        gap = value - values[at - 1] if at > 0 else math.inf
        if at < len(values):
            gap = min(gap, values[at] - value)
        if gap > self.least:
            values.insert(at, value)
            if len(values) == KEEP:
                widths = [b - a for a, b in zip(values, values[2:])]
                self.least = max(self.least, min(widths))
                del values[1 + widths.index(min(widths))]
        return gap


class Ranks:
    def __init__(self):
        self.counts, self.total = [0.0] * BINS, 0.0

    def evidence(self, size, place):
        counts, total = self.counts, self.total
        wanted, tail, edge = max(10.0, TAIL * total), 0.0, BINS - 1
        while edge > 0 and tail + counts[edge] <= wanted:
            tail += counts[edge]
            edge -= 1
        if place <= edge or tail < 3:
            above = sum(counts[place + 1:])
            return -math.log10((above + 0.5 * counts[place] + 0.5) / (total + 1))
        begin = LOW * 10 ** (edge / PER_DECADE)
        excess = [(counts[j], LOW * 10 ** ((j - 0.5) / PER_DECADE) - begin)
                  for j in range(edge + 1, BINS)]
        mean = sum(count * one for count, one in excess) / tail
        square = sum(count * one * one for count, one in excess) / tail
        variance = max(square - mean * mean, 1e-12 * mean * mean)
        shape = min(max(0.5 * (1 - mean * mean / variance), 0.0), 0.5)
        z = max(size - begin, 0.0) / (mean * (1 - shape))
        decay = z if shape < 1e-6 else math.log1p(shape * z) / shape
        return min(-math.log10((tail + 0.5) / (total + 1)) + decay / math.log(10), 30.0)

    def learn(self, place):
        self.counts[place] += 1
        self.total += 1
        if self.total > FORGET:
            self.counts = [one / 2 for one in self.counts]
            self.total /= 2


def run(times, values):
    memories = [Memory() for _ in range(VIEWS)]
    ranks = [Ranks() for _ in range(VIEWS)]
    step, last = [0.0] * VIEWS, [0.0] * VIEWS
    first = values[0]
    level = [first] * 3
    seasons = [({}, {}, 24, 0.1), ({}, {}, 168, 0.2)]
    slow_mean, var_x, var_s = first, 0.0, [0.0, 0.0]
    for t, (time, v) in enumerate(zip(times, values)):
        f = [v]
        for k, w in enumerate(WINDOWS):
            a = max(1 / w, 1 / (t + 1))
            deviation = v - level[k]
            level[k] += a * deviation
            window = values[max(0, t - w + 1):t + 1]
            f += [sum(window) / len(window), deviation]
        skill = [min(max(1 - var_s[q] / var_x, 0.0), 1.0) if var_x > 0 else 0.0 for q in (0, 1)]
        for usual, count, hours, least in seasons:
            bucket = time // 3600 % hours
            f.append(v - usual[bucket] if bucket in usual else 0.0)
            count[bucket] = count.get(bucket, 0) + 1
            known = usual.get(bucket, 0.0)
            usual[bucket] = known + max(least, 1 / count[bucket]) * (v - known)
        a = max(1 / 2000, 1 / (t + 1))
        from_mean = v - slow_mean
        slow_mean += a * from_mean
        var_x = (1 - a) * var_x + a * from_mean * from_mean
        var_s = [(1 - a) * var_s[q] + a * f[SEASONAL + q] ** 2 for q in (0, 1)]
        best, total = 0.0, 0.0
        for j in range(VIEWS):
            gap = memories[j].learn(f[j], GRAIN * step[j])
            size = gap / (step[j] + 1e-6 * abs(f[j]) + 1e-12) if t > 10 else 0.0
            size = min(size, 1e4)
            place = 0 if size <= LOW else min(BINS - 1, 1 + int(PER_DECADE * math.log10(size / LOW)))
            evidence = 0.0
            if t >= WARM:
                evidence = max(0.0, ranks[j].evidence(size, place) + math.log10(size + 1e-3) + 3)
            ranks[j].learn(place)
            if t > 0:
                step[j] += max(1 / t, 1 / FORGET) * (abs(f[j] - last[j]) - step[j])
            last[j] = f[j]
            total += evidence
            if j == 0:
                best = max(best, evidence)
            elif j >= SEASONAL:
                best = max(best, evidence - GATE * (1 - skill[j - SEASONAL]))
            elif j % 2 == 0:
                best = max(best, evidence - 1)
        yield best + 0.5 * total / VIEWS


def main():
    draw = random.Random(20261125)
    times, values = [], []
    for i in range(2400):
        time = 1_700_000_000 + 600 * i
        value = 50 + 10 * math.sin(time % 86400 / 86400 * 2 * math.pi) + draw.gauss(0, 1)
        value += 25 if i in (900, 1500) else 12 if 1900 <= i < 2000 else 0
        times.append(time)
        values.append(value)
    lines = [f"{time} {value!r} {evidence!r}"
             for time, value, evidence in zip(times, values, run(times, values))]
    path = pathlib.Path(__file__).with_suffix(".txt")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
