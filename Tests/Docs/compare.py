"""Whether output is what a page shows. What differs from run to run counts as equal: see `tidy`."""

import json
import re

RULES = [
    (re.compile(r"\x1b\[[0-9;]*[A-Za-z]"), ""),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?"), "TIME"),
    (re.compile(r"\d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d GMT"), "TIME"),
    # epochs and milliseconds since 1970
    (re.compile(r"\b\d{8,}\b"), "NUMBER"),
    # identifiers of sessions and servers
    (re.compile(r'"(id|session|uid|client)": ?"[0-9a-z]{8,}"'), r'"\1":"ID"'),
    (re.compile(r'"[0-9a-z]{10,13}": ?\{"user"'), '"ID":{"user"'),
    (re.compile(r"next attempt in \d+\.\d s"), "next attempt in SECONDS"),
]


def tidy(text: str) -> list[str]:
    """Lines without what differs from run to run, without white space around them and without empty ones."""
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    lines = [re.sub(r"\s+", " ", line).strip() for line in text.splitlines()]
    return [line for line in lines if line]


def is_same(shown: str, actual: str, *, anywhere: bool = False) -> bool:
    """Whether `actual` is what a page shows.

    An ellipsis stands for anything within a line, and alone on a line for any lines. With `anywhere` other lines may
    stand before, between and behind those that are shown. JSON may be laid out differently.
    """
    if not anywhere and same_json(shown, actual):
        return True
    lines = tidy(shown)
    if anywhere:
        lines = [part for line in lines for part in ("…", line)] + ["…"]
    pattern = "".join(r"(?:.*\n)*?" if line == "…" else line_pattern(line) for line in lines)
    return re.fullmatch(pattern, "".join(line + "\n" for line in tidy(actual))) is not None


def line_pattern(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split("…")) + "\n"


def same_json(shown: str, actual: str) -> bool:
    def compact(text: str) -> list[str]:
        return tidy(json.dumps(json.loads(text), ensure_ascii=False))

    try:
        return "…" not in shown and compact(shown) == compact(actual)
    except ValueError:
        return False
