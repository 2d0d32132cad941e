# SPDX-License-Identifier: Apache-2.0
"""Every example of pipelines/ is valid and finds the faults of a small made input.

pipelines_test.py [NAME...] prints a line an example and exits with 1 if any fails.
A new example is a function here: it writes what the pipeline reads into the folder that it is
given, and returns what alerts.jsonl must say, and what it must not. None instead of a function: the
example needs a server, and is checked only.
"""
import datetime
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

PROGRAM = os.environ["RETIMU_PROGRAM"]
PIPELINES = pathlib.Path(os.environ["RETIMU_SOURCE_DIR"]) / "pipelines"
START = datetime.datetime(2026, 3, 1, tzinfo=datetime.timezone.utc)


class Noise:
    """Nearly normal: the sum of twelve uniform numbers."""

    def __init__(self):
        self.random = random.Random(1)

    def bell(self):
        return sum(self.random.random() for _ in range(12)) - 6


def iso(seconds):
    return (START + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def write(path, lines):
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def plant(folder):
    """Two pumps, a reading a minute for two days: one runs dry, one is under maintenance."""
    noise = Noise()
    for day in range(2):
        lines = ["time,pump,pressure,flow,power,hours"]
        for minute in range(1440 * day, 1440 * (day + 1)):
            for pump in (1, 2):
                flow, power = 18 + 0.3 * noise.bell(), 11 + 0.2 * noise.bell()
                if pump == 1 and 2000 <= minute < 2010:
                    flow = 0.1
                if pump == 2 and 1205 <= minute < 1240:
                    flow = power = 0.0
                lines.append(f"{iso(60 * minute)},pump{pump},{5.6 + 0.05 * noise.bell():.3f},"
                             f"{flow:.2f},{power:.2f},{20114 + minute / 60:.1f}")
        write(folder / f"plant-{day + 1}.csv", lines)
    return ["dry run"], ["flow of pump2 is 0"]


def hosts(folder):
    """Three hosts; the processor of one is busy for ten minutes."""
    noise = Noise()
    lines = []
    sent = dict.fromkeys(("web1", "web2", "db1"), 81234567)
    for row in range(3000):
        for host, before in sent.items():
            sent[host] = before + round(10000 + 500 * noise.bell())
            cpu = 98 if host == "web2" and 2500 <= row < 2560 else 40 + 2 * noise.bell()
            lines.append(json.dumps({
                "ts": int(START.timestamp()) + 10 * row, "host": host, "cpu": round(cpu, 1),
                "memory": round(60 + noise.bell(), 1), "net": {"sent": sent[host]}}))
    write(folder / "hosts.jsonl", lines)
    return ["cpu of web2 is 98 %"], ["cpu of web1", "cpu of db1"]


def logs(folder):
    """Two hosts; one writes a message that it never wrote."""
    noise = Noise()
    for host in ("web1", "web2"):
        lines = []
        for row in range(4000):
            lines.append(f"{iso(60 * row)} {host} nginx: request {noise.random.randrange(10**6)} "
                         f"served in {noise.random.randrange(3, 30)} ms")
            if host == "web2" and row == 3500:
                lines.append(f"{iso(60 * row)} {host} nginx: emergency: no space left on device")
        write(folder / "logs" / f"{host}.log", lines)
    return ["emergency: no space left on device"], ["web1"]


def noc(folder):
    """Three nodes behind a switch, which loses packets for two minutes."""
    noise = Noise()
    lines = []

    def say(seconds, node, **fields):
        lines.append(json.dumps({"ts": int(START.timestamp()) + seconds, "node": node, **fields}))

    for row in range(3000):
        is_fault = 2500 <= row < 2524
        for node in ("web1", "web2", "db1"):
            say(5 * row, node, latency=round(95 if is_fault else 20 + 2 * noise.bell(), 2),
                loss=round(9 if is_fault else 0.2 + 0.05 * noise.bell(), 3))
            if row % 3 == 0:
                say(5 * row, node, level="INFO",
                    message=f"request {noise.random.randrange(10**6)} served in 12 ms")
        if row == 2500:
            say(5 * row, "switch1", alarm="link degraded", severity=5, message="port 7")
    write(folder / "events.jsonl", lines)
    return ["loss of web1 is 9", "4 entities have alerts", "likely cause: alarm",
            "link degraded"], []


def simulator(_):
    """Makes its own records."""
    return ["incident", "link1"], []


INPUTS = {"plant": plant, "hosts": hosts, "logs": logs, "noc": noc, "simulator": simulator}


def run(folder, *words):
    result = subprocess.run([PROGRAM, *words], cwd=folder, capture_output=True, text=True,
                            check=False)
    if result.returncode != 0:
        raise AssertionError(f"retimu {' '.join(words)} ends with {result.returncode}: "
                             f"{result.stdout[-2000:]}{result.stderr[-2000:]}")
    if "warning:" in result.stderr:
        raise AssertionError(f"retimu {' '.join(words)}: {result.stderr}")
    return result.stdout


def alerts(folder):
    return (folder / "alerts.jsonl").read_text(encoding="utf-8")


def try_example(path):
    if path.stem not in INPUTS:
        raise AssertionError("it has no input in tests/pipelines/pipelines_test.py")
    make = INPUTS[path.stem]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if make is None:
            run(folder, "check", str(path))
            return "checked"
        wanted, unwanted = make(folder)
        run(folder, "check", str(path))
        run(folder, "run", str(path))
        told = alerts(folder)
        for part in wanted:
            if part not in told:
                raise AssertionError(f"it does not tell: {part}\n{told}")
        for part in unwanted:
            if part in told:
                raise AssertionError(f"it tells: {part}\n{told}")
        run(folder, "run", str(path))  # goes on where it was, and tells nothing twice
        if alerts(folder) != told:
            raise AssertionError("a second run tells something anew")
        return f"{len(told.splitlines())} lines of alerts"


def main():
    paths = sorted(PIPELINES.glob("*.toml"))
    names = sys.argv[1:] or [path.stem for path in paths]
    failed = 0
    for path in paths:
        if path.stem not in names:
            continue
        try:
            print(f"{path.name}: {try_example(path)}")
        except AssertionError as error:
            failed += 1
            print(f"{path.name}: FAILED: {error}")
    for name in INPUTS.keys() - {path.stem for path in paths}:
        failed += 1
        print(f"{name}.toml: FAILED: it is not in pipelines/")
    sys.exit(1 if failed or not paths else 0)


if __name__ == "__main__":
    main()
