# SPDX-License-Identifier: Apache-2.0
"""What the documents say to type, typed: each command of README.md, CONTRIBUTING.md and docs/ runs
as it is written and ends with 0, and each pipeline passes `retimu check`.

documents_test.py [PAGE...] prints a line a page and exits with 1 if anything fails.

Every fenced block says what it is (blocks.py). A block of `sh` is commands, one after the other in
a folder that has what its page speaks of (scenes.py); one of `console` has what they print, too.
What cannot be run is listed there, with the reason. A block of `toml` that has a [[source]] is
checked as it stands, and where it has a [pipeline], too, it is pipeline.toml for the commands below
it; any other gets a [[source]] that reads standard input. Commands within sentences must name a
subcommand and options that there are.
"""
import fcntl
import functools
import os
import pathlib
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading

import blocks
import scenes

PROGRAM = pathlib.Path(os.environ["RETIMU_PROGRAM"]).resolve()
SOURCE = pathlib.Path(os.environ["RETIMU_SOURCE_DIR"]).resolve()
ENDLESS_SECONDS = 3
COMMAND_SECONDS_MAX = 60


def pages():
    return [SOURCE / "README.md", SOURCE / "CONTRIBUTING.md", *sorted(SOURCE.glob("docs/**/*.md"))]


def run_endless(scene, text):
    """On a terminal of 80 x 24, until Ctrl-C; what it said, and its exit code."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    said = bytearray()

    def listen():
        try:
            while part := os.read(ours, 65536):
                said.extend(part)
        except OSError:  # nobody is there any more
            pass
    with subprocess.Popen(["bash", "-c", text], cwd=scene.folder, env=scene.environment,
                          stdin=theirs, stdout=theirs, stderr=theirs,
                          start_new_session=True) as process:
        os.close(theirs)
        listener = threading.Thread(target=listen)
        listener.start()
        try:
            process.wait(ENDLESS_SECONDS)
            said.extend(b"\nit ended by itself")
            code = process.returncode or 1
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGINT)
            code = process.wait(COMMAND_SECONDS_MAX)
        listener.join()
    os.close(ours)
    return code, said.decode(errors="replace")


def run_command(scene, command, used):
    """What is wrong with a command; empty: nothing."""
    for begin in scenes.NOT_HERE:
        if command.text.startswith(begin):
            used.add(begin)
            return ""
    try:
        scene.prepare(command.text)
        text = scene.filled(command.text)
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        return f"{command.place}: what it needs cannot be made: {error}"
    if scenes.ENDLESS.search(text):
        code, said = run_endless(scene, text)
    else:
        result = subprocess.run(["bash", "-o", "pipefail", "-c", text], cwd=scene.folder,
                                env=scene.environment, stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, timeout=COMMAND_SECONDS_MAX,
                                check=False)
        code, said = result.returncode, result.stdout + result.stderr
        if command.output:  # which may tell of something that fails
            is_same = command.output.strip() in result.stdout
            return "" if is_same else f"{command.place}: it prints {said}"
    if code == 0:
        return ""
    return f"{command.place}: {text.strip()} ends with {code}: {said[-1500:]}"


def check_toml(scene, block):
    """What is wrong with a pipeline, or a part of one."""
    is_whole = "[[source]]" in block.text
    text = block.text if is_whole else block.text + '\n[[source]]\ntype = "stdin"\n'
    name = "pipeline.toml" if is_whole and "[pipeline]" in text else "part.toml"
    scene.write(name, text)
    result = subprocess.run([PROGRAM, "check", name], cwd=scene.folder, env=scene.environment,
                            capture_output=True, text=True, check=False)
    if result.returncode == 0:
        return ""
    return f"{block.place}: `retimu check` ends with {result.returncode}: {result.stderr}"


@functools.lru_cache(None)
def help_of(*words):
    result = subprocess.run([PROGRAM, *words, "--help"], capture_output=True, text=True,
                            check=False)
    return result.stdout if result.returncode == 0 else ""


def check_inline(place, text):
    words = re.split(r"[ ,]+", text)[1:]
    command = []
    for word in words:
        if not re.fullmatch(r"[a-z][a-z-]*", word) or not help_of(*command, word):
            break
        command.append(word)
        if word != "simulate":
            break
    if not command and not (words and words[0].startswith("-")):
        return f"{place}: `{text}` is no command"
    known = help_of(*command)
    options = [word for word in words if re.fullmatch(r"--[a-z-]+", word)]
    missing = [option for option in options if not re.search(rf"{option}\b", known)]
    return f"{place}: `{text}` has no {', '.join(missing)}" if missing else ""


def try_page(path, used):
    name = str(path.relative_to(SOURCE))
    text = path.read_text(encoding="utf-8")
    found, wrong = blocks.blocks_of(name, text)
    inline = blocks.inline_of(name, text)
    wrong += [check_inline(*one) for one in inline]
    commands = 0
    with tempfile.TemporaryDirectory() as folder:
        scene = scenes.Scene(pathlib.Path(folder), PROGRAM, SOURCE)
        try:
            for block in found:
                if block.language == "toml":
                    wrong.append(check_toml(scene, block))
                if block.language not in ("sh", "console"):
                    continue
                for command in blocks.commands_of(block):
                    commands += 1
                    wrong.append(run_command(scene, command, used))
        finally:
            scene.stop()
    print(f"{name}: {len(found)} blocks, {commands} commands, {len(inline)} within sentences")
    return [one for one in wrong if one]


def main():
    wanted = sys.argv[1:]
    used, wrong = set(), []
    for path in pages():
        if not wanted or str(path.relative_to(SOURCE)) in wanted:
            wrong += try_page(path, used)
    if not wanted:
        wrong += [f"scenes.py: no page has \"{begin}\" any more"
                  for begin in scenes.NOT_HERE if begin not in used]
    for one in wrong:
        print(f"FAILED  {one}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
