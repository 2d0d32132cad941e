#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""VUS-PR of every scorer over several sets, with the rows to learn from and online, as Markdown.

quality_means.py FOLDER SET... reads FOLDER/SET.json and FOLDER/SET-online.json, written by
`retimu evaluate --json`.
"""
import json
import sys

EXPLANATIONS = {
    "": "With the rows to learn from",
    "-online": "Online: without them, learning from the rows that are judged, from row 128 on "
    "(skab: 400)",
}


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)["scorers"]


def table(folder, sets, ending):
    results = [read(f"{folder}/{name}{ending}.json") for name in sets]
    lines = ["| scorer | " + " | ".join(sets) + " | mean |", "|---|" + "---:|" * (len(sets) + 1)]
    for scorer in results[0]:
        values = [result[scorer]["best"]["vus_pr"] for result in results]
        cells = [f"{value:.3f}" for value in [*values, sum(values) / len(values)]]
        lines.append(f"| {scorer} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    folder, *sets = sys.argv[1:]
    print("## VUS-PR over the sets")
    for ending, explanation in EXPLANATIONS.items():
        print(f"\n{explanation}\n\n{table(folder, sets, ending)}")


if __name__ == "__main__":
    main()
