"""Reads a page of the documentation as a list of steps: its fenced blocks, and what its comments say about them.

A comment `<!-- docs: … -->` is for the block that follows it, or is a step of its own; README.md lists them all.
"""

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

#: Directives that say something about the next block.
FOR_BLOCKS = {"background", "exit", "file", "from", "manifest", "needs", "not", "output", "until", "within"}
#: Directives that are steps of their own.
ALONE = {"check", "complaint", "connected", "copy", "fill", "open", "press", "see", "server", "stop"}

COMMENT = re.compile(r"<!--\s*docs:\s*(.*?)\s*-->", re.DOTALL)
FENCE = re.compile(r"^( *)(`{3,}|~{3,})\s*(\S*)\s*$")


class Mistake(Exception):
    """A page says something that the runner does not understand."""


@dataclass
class Step:
    """A block, or a directive that stands alone."""

    page: str
    line: int
    kind: str
    text: str = ""
    #: What the comments before a block say: their first word, and the rest.
    says: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        lines = [line.strip() for line in self.text.splitlines() if line.strip()]
        title = (lines or [""])[0]
        return f"{self.page}:{self.line} {self.kind}: {title[:60]}".rstrip(": ")


def read(path: Path, name: str) -> list[Step]:
    """The steps of a page in their order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    steps: list[Step] = []
    says: dict[str, str] = {}
    index = 0
    while index < len(lines):
        start = index
        if fence := FENCE.match(lines[index]):
            indentation, mark, language = fence.groups()
            index += 1
            while index < len(lines) and lines[index].strip() != mark:
                index += 1
            if index == len(lines):
                raise Mistake(f"{name}:{start + 1}: the block does not end")
            body = [line.removeprefix(indentation) for line in lines[start + 1 : index]]
            steps.append(Step(name, start + 1, language or "text", "\n".join(body) + "\n", says))
            says = {}
        elif lines[index].lstrip().startswith("<!-- docs:"):
            while index < len(lines) - 1 and "-->" not in lines[index]:
                index += 1
            comment = COMMENT.search("\n".join(lines[start : index + 1]))
            if not comment:
                raise Mistake(f"{name}:{start + 1}: the comment does not end")
            here: dict[str, str] = {}
            for directive in split(comment[1]):
                word, rest = re.fullmatch(r"(\S*)\s*(.*)", directive, re.DOTALL).groups()
                if word in FOR_BLOCKS:
                    here[word] = rest
                elif word in ALONE:
                    steps.append(Step(name, start + 1, word, rest, here))
                    here = {}
                else:
                    raise Mistake(f"{name}:{start + 1}: there is no directive {word}")
            says |= here
        index += 1
    if says:
        raise Mistake(f"{name}: no block follows the last {', '.join(says)}")
    return steps


def split(comment: str) -> list[str]:
    """Takes the directives of one comment apart. Code and reasons, which come last, may have semicolons of their own."""
    head, tail = re.fullmatch(r"(.*?)((?:\bcheck\b|\bnot run:).*)?", comment, re.DOTALL).groups()
    parts = [part.strip() for part in head.split(";")] + [tail or ""]
    return [part for part in parts if part]


def words(text: str) -> list[str]:
    return shlex.split(text)
