# SPDX-License-Identifier: Apache-2.0
"""What the reader of a page has at hand: data, states, models; and what cannot be run here."""
import gzip
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import time

# A command that begins so is not run, and why. Each must be met by a command of a page.
NOT_HERE = {
    "bash scripts/quickstart.sh": "builds; what it runs, tests/pipelines and tests/pages run",
    "bash scripts/package.sh": "builds a package; tests/package does",
    "bash scripts/install.sh": "installs packages of the system",
    "bash scripts/format.sh": "changes the checkout",
    "bash scripts/test.sh": "runs this test",
    "cmake --preset": "configures another build",
    "cmake --build": "builds",
    "ctest ": "runs this test",
    "apt-get install": "installs; tests/package does in a root of its own",
    "adduser ": "changes the users of the machine",
    "install -d -o": "needs a user that the package makes",
    "chgrp ": "needs a group that the package makes",
    "cp /usr/share/retimu": "needs the package to be installed",
    "cd /var/lib/retimu": "needs the package to be installed",
    "cp -a /var/lib/retimu": "needs the package to be installed",
    "systemctl ": "needs systemd",
    "journalctl -u": "needs systemd",
    "build/release/retimu evaluate nab": "a public set that is not in the repository",
    "build/release/retimu evaluate smd": "the same",
    "build/release/retimu evaluate loghub": "the same",
    "build/release/retimu evaluate log-sessions": "the same",
    "build/release/retimu evaluate ait-alerts": "the same",
    "build/release/retimu evaluate nezha": "the same",
}

# These go on until they are stopped: by Ctrl-C, on a terminal.
ENDLESS = re.compile(r"--watch\b")

# Programs that stand in for those that need the machine's own data: what they print.
STAND_INS = {"journalctl": "".join(
    json.dumps({"_HOSTNAME": "a", "__REALTIME_TIMESTAMP": f"{1_700_000_000 + i}000000",
                "MESSAGE": f"request {i} done"}) + "\n" for i in range(100))}

COLUMNS = "pressure", "flow"
ROWS = 1200  # of all tables


class Scene:
    """A folder to work in, with what the commands of one page read."""

    def __init__(self, folder, program, source):
        self.folder, self.program = folder, program
        (folder / "build" / "release").mkdir(parents=True)
        (folder / "bin").mkdir()
        for path in ("build/release/retimu", "bin/retimu"):
            (folder / path).symlink_to(program)
        for name in ("scripts", "pipelines"):
            (folder / name).symlink_to(source / name)
        for name, text in STAND_INS.items():
            (folder / "bin" / name).write_text(f"#!/bin/sh\ncat <<'END'\n{text}END\n",
                                                     encoding="utf-8")
            (folder / "bin" / name).chmod(0o755)
        self.environment = {**os.environ, "HOME": str(folder), "TERM": "xterm",
                            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
        self.server = None
        self._write_data()

    def _write_data(self):
        noise = random.Random(1)
        rows, table = [], ["ts,host,pressure,flow"]
        for i in range(ROWS // 2):
            for host in ("pump1", "pump2"):
                odd = 3 if host == "pump2" and 500 <= i < 505 else 0
                values = (noise.gauss(5.6, 0.1) - odd, noise.gauss(17.9, 0.3) - odd)
                when = 1_700_053_521 + 60 * i  # row 500: the time of which README asks why
                row = dict(zip(COLUMNS, (round(value, 3) for value in values)))
                rows.append(json.dumps({"ts": when, "host": host, **row}))
                table.append(f"{when},{host},{row['pressure']},{row['flow']}")
        table = "\n".join(table) + "\n"
        self.write("events.jsonl", "\n".join(rows) + "\n")
        for name in ("readings", "good", "history", "january", "february", "march"):
            self.write(f"{name}.csv", table)
        for name in ("rack1.csv.gz", "rack2.csv.gz"):
            (self.folder / name).write_bytes(gzip.compress(table.encode()))
        lines = "".join(f"2026-03-01T00:{i // 60:02}:{i % 60:02}Z db1 cron[{i}]: job {i} done\n"
                        for i in range(600))
        self.write("syslog", lines)
        (self.folder / "app1.log.gz").write_bytes(gzip.compress(lines.encode()))
        self.write("edges.csv", "from,to\nswitch1,pump1\n")
        self.write("pipeline.toml", '[pipeline]\ndata_dir = "state"\n[[source]]\ntype = "file"\n'
                   'path = "events.jsonl"\nentity = "host"\ntime = "ts"\n'
                   '[[sink]]\ntype = "jsonl"\npath = "alerts.jsonl"\n')

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def read(self, name):
        return (self.folder / name).read_text(encoding="utf-8")

    def run(self, *words):
        subprocess.run([self.program, *words], cwd=self.folder, env=self.environment, check=True,
                       capture_output=True, timeout=60)

    def start(self, pipeline):
        """A pipeline that goes on until stop()."""
        return subprocess.Popen([self.program, "run", pipeline], cwd=self.folder,
                                env=self.environment, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def stop(self):
        if self.server:
            self.server.send_signal(signal.SIGTERM)
            self.server.wait(30)
            self.server = None

    def _wait_for(self, is_there, what):
        for _ in range(300):
            if is_there():
                return
            if self.server.poll() is not None:
                raise AssertionError(f"a pipeline to work with has ended: {self.server.returncode}")
            time.sleep(0.1)
        raise AssertionError(f"waited in vain for {what}")

    def needs_state(self):
        """What the page's pipeline left, with an alert."""
        if not (self.folder / "state").exists():
            self.run("run", "pipeline.toml")

    def needs_model(self):
        """A state, and what was learned elsewhere of the same entities."""
        self.needs_state()
        self.run("train", "february.csv", "--entity", "host", "--time", "ts", "--output", "models")

    def needs_journal(self):
        """A data_dir of a source that goes on, and another pipeline to compare."""
        shutil.rmtree(self.folder / "state", ignore_errors=True)
        text = ('[pipeline]\ndata_dir = "state"\nsnapshot_interval = "100ms"\n'
                '[[source]]\ntype = "file"\npath = "events.jsonl"\n'
                'follow = true\nentity = "host"\ntime = "ts"\n')
        self.write("pipeline.toml", text)
        self.write("candidate.toml", text + "[alerts]\nthreshold = 5\n")
        self.server = self.start("pipeline.toml")

        def is_read():
            said = subprocess.run([self.program, "inspect", "state", "--json"], cwd=self.folder,
                                  capture_output=True, text=True, check=False).stdout
            return json.loads(said or "{}").get("records", 0) >= ROWS  # a clock counts, too
        self._wait_for(is_read, "all records of a followed file")
        self.stop()

    def needs_receiver(self):
        """A pipeline that takes what is posted; curl finds its port."""
        if self.server:
            return
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.write("receiver.toml", '[pipeline]\ndata_dir = "received"\n[[source]]\ntype = "http"\n'
                   f'listen = "127.0.0.1:{port}"\nentity = "host"\n')
        self.write(".curlrc", f'connect-to = "127.0.0.1:8080:127.0.0.1:{port}"\n'
                   "silent\nshow-error\nfail-with-body\n")
        self.server = self.start("receiver.toml")

        def is_listening():
            with socket.socket() as tried:
                return tried.connect_ex(("127.0.0.1", port)) == 0
        self._wait_for(is_listening, "a port")

    def needs_labels(self):
        """Scores, and a label for each of their rows."""
        self.run("detect", "readings.csv", "--entity", "host", "--time", "ts", "--output",
                 "scores.csv", "--json")
        odd = range(1000, 1010)
        self.write("labels.csv", "label\n" + "".join(f"{int(i in odd)}\n" for i in range(ROWS)))

    # Before a command in which this is found.
    NEEDS = ((re.compile(r"retimu replay state"), needs_journal),
             (re.compile(r"retimu control .*--model"), needs_model),
             (re.compile(r"retimu \w+ .*\bstate\b"), needs_state),
             (re.compile(r"^curl "), needs_receiver),
             (re.compile(r"evaluate --scores"), needs_labels))

    def prepare(self, command):
        for found, need in self.NEEDS:
            if found.search(command):
                need(self)
                return

    def filled(self, command):
        """With something of this scene for what stands for something of the reader's."""
        if "ALERT" in command:
            told = [json.loads(line) for line in self.read("alerts.jsonl").splitlines()]
            command = command.replace("ALERT", told[-1]["id"])
        models = (self.folder / "models").glob("*.model")
        for newest in sorted(models, key=lambda one: one.stat().st_mtime_ns)[-1:]:
            command = command.replace("model-3f9a….model", newest.name)
        return command.replace("ENTITY", "pump2").replace("/var/log/syslog", "syslog")
