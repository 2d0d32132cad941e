# SPDX-License-Identifier: Apache-2.0
"""Makes the inputs of the scenarios beside this script, the same bytes every time.

A new scenario: a function here, a folder with pipeline.toml, then scenarios_test with
RETIMU_REGENERATE=1 to write its expected.jsonl, which is to be read before it is kept.
"""
import gzip
import json
import os
import random

HERE = os.path.dirname(os.path.abspath(__file__))
START = 1_764_000_000


class Noise:
    """Nearly normal: the sum of twelve uniform numbers."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def bell(self):
        return sum(self.random.random() for _ in range(12)) - 6


def write(scenario, name, text):
    path = os.path.join(HERE, scenario, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    data = text.encode()
    if name.endswith(".gz"):
        data = gzip.compress(data, mtime=0)
    with open(path, "wb") as file:
        file.write(data)


def iso(second):
    minutes, seconds = divmod(second - START, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"2025-11-{24 + days:02}T{hours:02}:{minutes:02}:{seconds:02}Z"


def spike():
    """Two pumps, four readings far off; one of them three readings long."""
    noise = Noise(1)
    lines = ["when,pump,pressure,flow"]
    for row in range(520):
        for pump in (1, 2):
            pressure = 3.6 + 0.1 * noise.bell()
            flow = 20 + 0.5 * noise.bell()
            if (row, pump) in ((230, 1), (410, 2)) or (pump == 1 and 350 <= row < 353):
                pressure += 5.5
            lines.append(f"{iso(START + 5 * row)},pump{pump},{pressure:.3f},{flow:.2f}")
    write("spike", "input.csv", "\n".join(lines) + "\n")


def level_shift():
    """An input without entity; its level moves once and stays."""
    noise = Noise(2)
    lines = ["ts,temperature"]
    for row in range(1100):
        level = 61 if row < 500 else 74
        lines.append(f"{START + row},{level + noise.bell():.3f}")
    write("level_shift", "input.csv", "\n".join(lines) + "\n")


def quiet():
    """Nothing is wrong: noise, a column that is constant and one that counts."""
    noise = Noise(3)
    lines = []
    for row in range(400):
        for host in ("web1", "web2", "db1"):
            lines.append(f'{{"ts":{START + 10 * row},"host":"{host}",'
                         f'"load":{50 + 5 * noise.bell():.2f},"disks":4,"sent":{row * 1000}}}')
    write("quiet", "input.jsonl", "\n".join(lines) + "\n")


def counter():
    """Bytes and errors of two network cards: eth1 begins anew at 0, eth2 sends more for a while."""
    noise = Noise(9)
    sent, errors = {"eth1": 5_000_000, "eth2": 9_000}, {"eth1": 40, "eth2": 2}
    lines = []
    for row in range(520):
        for card in ("eth1", "eth2"):
            if (row, card) == (300, "eth1"):
                sent[card] = errors[card] = 0
            rate = 3 if card == "eth2" and 400 <= row < 420 else 1
            sent[card] += round(10 * rate * (120 + 5 * noise.bell()))
            errors[card] += noise.random.random() < 0.3
            lines.append(f'{{"ts":{START + 10 * row},"card":"{card}",'
                         f'"sent":{sent[card]},"errors":{errors[card]}}}')
    write("counter", "input.jsonl", "\n".join(lines) + "\n")


def sparse_columns():
    """Each record brings one column of three; the vibration of one machine grows late."""
    noise = Noise(4)
    lines = []
    for row in range(1500):
        for machine in ("press", "saw"):
            column, level = (("vibration", 2.0), ("speed", 1500.0), ("oil", 0.8))[row % 3]
            value = level * (1 + 0.03 * noise.bell())
            if machine == "saw" and column == "vibration" and 1200 <= row < 1212:
                value *= 3
            lines.append(f'{{"data":{{"at":{START + 2 * row},"{column}":{value:.4f}}},'
                         f'"machine":"{machine}"}}')
    write("sparse_columns", "input.jsonl", "\n".join(lines) + "\n")


def several_files():
    """Three racks in files of their own, two compressed, with other columns and other times."""
    noise = Noise(5)
    header = {"a": "time,host,power,inlet", "b": "time;inlet;host;power", "c": "time\thost\tpower"}
    separator = {"a": ",", "b": ";", "c": "\t"}
    name = {"a": "rack_a.csv.gz", "b": "rack_b.csv", "c": "rack_c.tsv.gz"}
    for rack in "abc":
        lines = [header[rack]]
        for row in range(420):
            for host in (1, 2):
                fault = 900 if rack == "b" and host == 2 and row in (300, 301) else 0
                values = {"time": iso(START + 60 * row + (7 if rack == "b" else 0)),
                          "host": f"{rack}{host}",
                          "power": f"{2400 + 40 * noise.bell() + fault:.1f}",
                          "inlet": f"{22 + 0.4 * noise.bell():.2f}"}
                cut = separator[rack]
                lines.append(cut.join(values[column] for column in header[rack].split(cut)))
        write("several_files", name[rack], "\n".join(lines) + "\n")


def late_and_duplicate():
    """Records that come late, come twice, or cannot be read, around one real spike."""
    noise = Noise(6)
    lines = []
    for row in range(600):
        value = 100 + 2 * noise.bell() + (60 if row == 450 else 0)
        lines.append(f'{{"ts":{START + row},"line":"l1","weight":{value:.3f}}}')
    for row in range(50, 600, 25):
        lines.insert(row + 2, lines[row])
    for row in range(70, 600, 90):
        lines[row], lines[row + 1] = lines[row + 1], lines[row]
    for row in (120, 333, 500):
        lines.insert(row, '{"ts":' + str(START) + ',"line":')
    write("late_and_duplicate", "input.jsonl", "\n".join(lines) + "\n")


def budget():
    """More episodes than the operator is willing to read; the rest is summed up once a day."""
    noise = Noise(7)
    lines = ["ts,valve,position"]
    for row in range(660):
        for valve in range(1, 9):
            position = 50 + noise.bell()
            if row > 420 and (row + 11 * valve) % 160 == 0:
                position += 25
            lines.append(f"{START + 120 * row},v{valve},{position:.3f}")
    write("budget", "input.csv", "\n".join(lines) + "\n")


def noc():
    """Three servers with readings, log lines and alarms; all of them show one fault of server3."""
    noise = Noise(8)
    draw = random.Random(8)
    users = ("anna", "ben", "carla", "dora", "emil", "fritz", "gus", "hilda")
    lines = []

    def say(second, host, **fields):
        lines.append(json.dumps({"ts": second, "host": f"server{host}", **fields}))

    for row in range(2400):
        second = START + 5 * row
        for host in (1, 2, 3):
            is_fault = host == 3 and 2000 <= row < 2012
            latency = 95 if is_fault else 20 + 2 * noise.bell()
            loss = 9.1 if is_fault else 0.2 + 0.05 * noise.bell()
            say(second, host, latency=round(latency, 2), packet_loss=round(loss, 3))
            if row % 3 == host - 1:
                text = draw.choice(
                    (
                        f"user {draw.choice(users)} logged in from 10.0.0.{draw.randrange(1, 255)}",
                        f"request {draw.randrange(10**6)} served in {draw.randrange(3, 30)} ms",
                        "keepalive sent",
                    )
                )
                say(second, host, level="INFO", message=text)
            if row % 400 == 100 * host:
                say(second, host, alarm="backup overdue", severity=2)
            if row % 400 == 100 * host + 20:
                say(second, host, alarm="backup overdue", severity=0)
            if is_fault and row == 2000:
                say(second + 2, host, level="CRITICAL",
                    message="Critical: packet loss spike on server3")
                say(second + 3, host, alarm="link degraded", severity=5,
                    message="packet loss on uplink")
            if host == 3 and row == 2012:
                say(second, host, alarm="link degraded", severity=0)
    write("noc", "input.jsonl.gz", "\n".join(lines) + "\n")


if __name__ == "__main__":
    for make in (spike, level_shift, quiet, sparse_columns, several_files, late_and_duplicate,
                 budget, counter, noc):
        make()
