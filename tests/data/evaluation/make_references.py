#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes references.csv beside this script: small seeded series and what public packages say of
them. Needs Python 3.11 with scikit-learn 1.9.1, TSB_AD 1.5 (its evaluation folder alone) and prts
1.0.0.3. A line `series,<labels>,<scores>,<threshold>` is followed by lines `<measure>,<value>`.
"""
import pathlib
import random

import numpy as np
from prts import ts_precision, ts_recall
from sklearn import metrics
from TSB_AD.evaluation.affiliation.generics import convert_vector_to_events
from TSB_AD.evaluation.affiliation.metrics import pr_from_events
from TSB_AD.evaluation.basic_metrics import basic_metricor, generate_curve


def make_series(draw):
    rows = draw.randrange(60, 400)
    labels = np.zeros(rows, dtype=int)
    for _ in range(draw.randrange(1, 6)):
        begin = draw.randrange(rows)
        labels[begin:begin + draw.randrange(1, 30)] = 1
    if labels.all():
        labels[0] = 0
    power = draw.choice([0.0, 0.5, 1.5])
    scores = np.array([round(draw.gauss(power * label, 1), 3) for label in labels])
    if draw.random() < 0.3:  # many ties
        scores = np.round(scores)
    return labels, scores


def adjusted_f1(labels, flags, share):
    flags = flags.copy()
    for begin, end in convert_vector_to_events(labels):
        if flags[begin:end].sum() > share * (end - begin):
            flags[begin:end] = 1
    return metrics.f1_score(labels, flags)


def references(labels, scores, threshold):
    flags = (scores >= threshold).astype(int)
    *_, vus_roc, vus_pr = generate_curve(labels, scores, 100, "opt", 250)
    yield "vus_pr", vus_pr
    yield "vus_roc", vus_roc
    yield "auc_pr", metrics.average_precision_score(labels, scores)
    yield "auc_roc", metrics.roc_auc_score(labels, scores)
    yield "f1", metrics.f1_score(labels, flags)
    yield "pa_f1", basic_metricor().metric_PointF1PA(labels, scores, preds=flags)
    yield "pa_k_f1", np.trapezoid(
        [adjusted_f1(labels, flags, k / 100) for k in range(101)], dx=0.01)
    yield "range_recall", ts_recall(labels, flags, alpha=0.0, cardinality="reciprocal", bias="flat")
    yield "range_precision", ts_precision(
        labels, flags, alpha=0.0, cardinality="reciprocal", bias="flat")
    found = pr_from_events(
        convert_vector_to_events(flags), convert_vector_to_events(labels), (0, len(labels)))
    yield "affiliation_precision", found["Affiliation_Precision"]
    yield "affiliation_recall", found["Affiliation_Recall"]


def main():
    draw = random.Random(20261125)
    lines = []
    for _ in range(16):
        labels, scores = make_series(draw)
        threshold = float(np.quantile(scores, draw.choice([0.5, 0.9, 0.97])))
        lines.append("series,{},{},{!r}".format(
            "".join(map(str, labels)), " ".join(f"{score:g}" for score in scores), threshold))
        lines += [f"{name},{float(value)!r}" for name, value in references(labels, scores, threshold)]
    path = pathlib.Path(__file__).with_name("references.csv")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
