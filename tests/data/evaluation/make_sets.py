#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes, beside this script, small files as numpy writes them, and change_points.txt: what tsad,
the library of SKAB, says of seeded change points. Needs Python 3.11 with numpy 2.4.6, pandas 3.1.1
and tsad 0.18.9.

change_points.txt: a line `series,<seconds>,<changes>,<said>` (seconds between rows, then one digit
a row) for each series, and a line `scores,<standard>,<low_fp>,<low_fn>` behind the series that it
is of.
"""
import gzip
import io
import pathlib
import random

import numpy as np
import pandas as pd
from tsad.evaluating.evaluating import evaluating

HERE = pathlib.Path(__file__).parent
TABLE = np.array([[0.1, -2.0, 3.5], [1e-300, np.nan, 7.0], [1 / 3, 2.0, -0.0], [4.0, 5.0, np.inf]])
LABELS = np.array([0, 1, 0, 1])


def write_arrays():
    np.savez_compressed(HERE / "deflated.npz", X=TABLE, y=LABELS)
    np.savez(HERE / "stored.npz", X=TABLE.astype(np.float32), y=LABELS.astype(np.uint8))
    np.savez(HERE / "unequal.npz", X=TABLE, y=LABELS[:3])
    np.save(HERE / "table.npy", TABLE)
    np.save(HERE / "fortran.npy", np.asfortranarray(TABLE))
    np.save(HERE / "text.npy", np.array(["a", "b"]))
    text = io.BytesIO()
    with gzip.GzipFile(fileobj=text, mode="wb", mtime=0) as file:
        file.write(b"time,a,b\n2024-01-01,1.5,\n2024-01-02,-2e3,nan\n")
    (HERE / "numbers.csv.gz").write_bytes(text.getvalue())


def make_series(draw):
    rows, step = draw.randrange(150, 400), draw.choice([1, 1, 2, 7])
    times = pd.date_range("2024-01-01", periods=rows, freq=f"{step}s")
    changes = [1 if draw.random() < 0.015 else 0 for _ in range(rows)]
    changes[draw.randrange(rows)] = 1
    said = [1 if draw.random() < 0.02 else 0 for _ in range(rows)]
    return step, pd.Series(changes, times), pd.Series(said, times)


def write_change_points():
    lines = []
    for seed in range(8):
        draw = random.Random(seed)
        group = [make_series(draw) for _ in range(1 + seed % 3)]
        scores = evaluating([changes for _, changes, _ in group], [said for _, _, said in group],
                            metric="nab", numenta_time="60s",
                            anomaly_window_destenation="righter", verbose=False)
        for step, changes, said in group:
            digits = ["".join(map(str, values)) for values in (changes, said)]
            lines.append(f"series,{step},{digits[0]},{digits[1]}")
        lines.append("scores," + ",".join(str(float(score)) for score in scores.values()))
    (HERE / "change_points.txt").write_text("\n".join(lines) + "\n")


write_arrays()
write_change_points()
