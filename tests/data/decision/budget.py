#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The budget rule in its shortest form, without event time, controls or fixed-point sums: what
retimu/decision/budget_test.cpp is compared with.

    python3 budget.py > budget.txt

Three entities send one reading a minute for six days; the evidence is drawn from SplitMix64, as the
test draws it. Lines: `episode STEP ENTITY alert|muted` and `threshold STEP ENTITY VALUE`.
"""
import math
import struct

BLOCK, KEEP, MIN_BLOCKS, TAIL, FORGET = 32, 32, 8, 0.2, 16384
SCALE0, SCALE_MIN, LEAN, LEAN_SHAPE = 0.5, 0.2, 10, 40
SHAPE_MIN, SHAPE_MAX, AIM = -0.35, 0.0, 0.7
RELIEF, RELIEF_MAX, STORM = 0.25, 6.0, 4.0
CLIP_EARLY, CLIP_LATE, LATE = 1.0, 3.0, 160
QUIET, LOUDER, BURST = 100, 2.0, 4.0

ENTITIES, PER_DAY, STEPS_A_DAY, DAYS = 3, 2.0, 1440.0, 6


def single(value):
    return struct.unpack("f", struct.pack("f", value))[0]


class Entity:
    def __init__(self):
        self.top, self.blocks, self.in_block, self.best = [], 0.0, 0, 0.0
        self.q, self.scale, self.base = 0.0, SCALE0, math.inf
        self.s1 = self.s2 = 0.0
        self.k = 0
        self.quiet, self.peak = QUIET + 1, 0.0


class Budget:
    def __init__(self):
        self.alpha = AIM * PER_DAY / ENTITIES * BLOCK / STEPS_A_DAY
        self.entity = [Entity() for _ in range(ENTITIES)]
        self.s1 = self.s2 = self.k = 0.0
        self.relief, self.storm, self.tokens = 0.0, 0.0, BURST

    def tick(self):
        share = PER_DAY / STEPS_A_DAY
        self.relief = max(0.0, self.relief - RELIEF * share)
        self.storm = max(0.0, self.storm - 2 * share)
        self.tokens = min(BURST, self.tokens + share)

    def threshold(self, i):
        return self.entity[i].base + self.entity[i].scale * self.relief

    def step(self, i, evidence):
        e, limit, verdict = self.entity[i], self.threshold(i), ""
        e.quiet += 1
        if evidence >= limit:
            if e.quiet > QUIET or evidence >= e.peak + LOUDER:
                verdict = "alert" if self.tokens >= 1.0 else "muted"
                self.tokens -= 1.0 if verdict == "alert" else 0.0
                if self.storm < STORM:
                    self.relief = min(RELIEF_MAX, self.relief + RELIEF)
                self.storm = min(STORM + 1, self.storm + 1)
                e.peak = evidence
            e.peak, e.quiet = max(e.peak, evidence), 0
        e.best = max(e.best, single(evidence))
        e.in_block += 1
        if e.in_block == BLOCK:
            self.learn(e, limit)
        return verdict

    def learn(self, e, limit):
        x, e.best, e.in_block = e.best, 0.0, 0
        if x >= limit:
            x = min(x, limit + CLIP_EARLY * e.scale)
            if e.blocks >= LATE:
                x = min(x, e.q + CLIP_LATE * e.scale)
        e.blocks += 1
        x = single(x)
        if len(e.top) < KEEP or x > e.top[-1]:
            e.top = sorted(e.top + [x], reverse=True)[:KEEP]
        if e.blocks > FORGET:
            e.blocks *= 0.5
            e.top = e.top[1::2]
        if e.blocks >= MIN_BLOCKS:
            self.fit(e)

    def fit(self, e):
        n = e.blocks
        k = min(len(e.top) - 1, max(2, int(TAIL * n)))
        e.q = e.top[k]
        s1 = sum(v - e.q for v in e.top[:k])
        s2 = sum((v - e.q) ** 2 for v in e.top[:k])
        self.s1 += s1 - e.s1
        self.s2 += s2 - e.s2
        self.k += k - e.k
        e.s1, e.s2, e.k = s1, s2, k
        rest = self.k - k
        prior = (self.s1 - s1 + 4 * SCALE0) / (rest + 4)
        curve = 2.0
        if rest >= 30:
            mean = max((self.s1 - s1) / rest, 1e-6)
            curve = (self.s2 - s2) / rest / mean ** 2
        e.scale = max((s1 + LEAN * prior) / (k + LEAN), SCALE_MIN)
        mean = max(s1 / k, 1e-9)
        own = s2 / k / mean ** 2 if k > 4 else 2.0
        curve = (k * own + LEAN_SHAPE * curve) / (k + LEAN_SHAPE)
        shape = min(SHAPE_MAX, max(SHAPE_MIN, 0.5 * (1 - 1 / max(curve - 1, 0.05))))
        far = math.log(k / (n * self.alpha))
        if far <= 0:
            e.base = e.top[min(int(self.alpha * n), len(e.top) - 1)]
            return
        m = k + LEAN
        far = m * (math.exp(far / m) - 1)
        if shape < -1e-4:
            far = (1 - shape) * (math.exp(shape * far) - 1) / shape
        e.base = e.q + e.scale * far


class SplitMix:
    MASK = (1 << 64) - 1

    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & self.MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & self.MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & self.MASK
        return ((z ^ (z >> 31)) >> 11) * 2.0 ** -53


def main():
    random, budget = SplitMix(7), Budget()
    for step in range(int(DAYS * STEPS_A_DAY)):
        budget.tick()
        for i in range(ENTITIES):
            # Honest p-values; those of entity 1 have a shorter tail, those of entity 2 a longer one.
            evidence = (1.0, 0.7, 1.3)[i] * -math.log10(1 - random.uniform())
            if i == 0 and 4000 <= step < 4400 and step % 40 == 0:
                evidence = 9.0 + 2.5 * ((step - 4000) // 40)  # a storm, ever louder
            if i == 1 and 7000 <= step < 7200 and step % 40 == 0:
                evidence = 6.0 + 2.5 * ((step - 7000) // 40)  # another, of an entity that is known
            verdict = budget.step(i, evidence)
            if verdict:
                print("episode", step, i, verdict)
            if step % 480 == 479:
                print("threshold %d %d %.9g" % (step, i, budget.threshold(i)))


if __name__ == "__main__":
    main()
