# SPDX-License-Identifier: Apache-2.0
"""What a page of documentation has in fences, and the commands in it."""
import dataclasses
import re

LANGUAGES = ("sh", "console", "toml", "json", "ini", "text")
# What looks like something to type has no place in a block of text.
TYPED = re.compile(r"(\$ |(build/release/)?retimu [a-z]|(bash|sh) \S+\.sh|curl |cmake |systemctl )")
INLINE = re.compile(r"`(retimu [^`]+)`")


@dataclasses.dataclass
class Block:
    place: str  # "docs/models.md:7"
    language: str
    text: str


@dataclasses.dataclass
class Command:
    place: str
    text: str
    output: str = ""  # what it must print, of a console block; else empty


def blocks_of(name, text):
    """All fenced blocks of a page, and what is wrong with them."""
    blocks, wrong = [], []
    block = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("```"):
            if block:
                block.text += line + "\n"
            continue
        if block:
            blocks.append(block)
            block = None
            continue
        block = Block(f"{name}:{number}", line[3:].strip(), "")
        if block.language not in LANGUAGES:
            wrong.append(f"{block.place}: its block says not what it is: {', '.join(LANGUAGES)}")
    for one in blocks:
        if one.language in ("text", "ini", "json"):
            wrong += [f"{one.place}: a command in a block of {one.language}: {line}"
                      for line in one.text.splitlines() if TYPED.match(line)]
    return blocks, wrong


def inline_of(name, text):
    """Commands of retimu within sentences, as (place, text)."""
    found = []
    is_open = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            is_open = not is_open
        elif not is_open:
            found += [(f"{name}:{number}", command) for command in INLINE.findall(line)]
    return found


def _is_whole(text):
    """Whether a command ends here: no line goes on, and what stands in place of a file is there."""
    if text.rstrip("\n").endswith("\\"):
        return False
    mark = re.search(r"<<'?(\w+)'?", text)
    return not mark or re.search(rf"^{mark[1]}$", text, re.MULTILINE) is not None


def commands_of(block):
    """The commands of a block: a line each, with those that belong to it."""
    commands = []
    number = int(block.place.rsplit(":", 1)[1])
    is_console = block.language == "console"
    for line in block.text.splitlines():
        number += 1
        if commands and not _is_whole(commands[-1].text):
            commands[-1].text += line + "\n"
        elif is_console and not line.startswith("$ "):
            if commands:
                commands[-1].output += line + "\n"
        elif line.strip() and not line.lstrip().startswith("#"):
            place = f"{block.place.rsplit(':', 1)[0]}:{number}"
            commands.append(Command(place, line.removeprefix("$ ") + "\n"))
    return commands
