"""What can be said of a page without running it: its links lead somewhere, and its options are the command's."""

import asyncio
import re
from pathlib import Path

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^( *)(```|~~~).*?^\1\2\s*$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`[^`]*`")
OPTION = re.compile(r"`(--[a-z][a-z-]+)")


def broken_links(page: Path, root: Path) -> list[str]:
    text = CODE.sub("", FENCED.sub("", page.read_text(encoding="utf-8")))
    broken = []
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, fragment = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (root != target and root not in target.parents):
            broken.append(link)
        elif fragment and target.suffix == ".md" and fragment not in anchors(target):
            broken.append(link)
    return broken


def anchors(page: Path) -> set[str]:
    """As GitHub makes them from headings."""
    found = set()
    for line in FENCED.sub("", page.read_text(encoding="utf-8")).splitlines():
        if match := re.match(r"#+ +(.*)", line):
            title = re.sub(r"[^\w\- ]", "", match[1].lower())
            found.add(title.replace(" ", "-"))
    return found


async def options_of(chorus: Path) -> set[str]:
    """All options of all commands."""

    async def help_of(*arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(chorus, *arguments, "--help", stdout=asyncio.subprocess.PIPE)
        text, _ = await process.communicate()
        return text.decode()

    commands = [(), ("serve",), ("publish",), ("subscribe",), ("token", "create"), ("token", "check"), ("bench",)]
    commands += [("config", name) for name in ("check", "show", "init", "schema", "import")]
    pages = await asyncio.gather(*(help_of(*command) for command in commands))
    return set(re.findall(r"--[a-z][a-z-]+", " ".join(pages)))


def unknown_options(page: Path, known: set[str]) -> list[str]:
    """Those that a page calls options of the command, by beginning a piece of code with them."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    return sorted({option for option in OPTION.findall(text) if option not in known})
