#!/usr/bin/env python3
"""Writes the manual pages, one per command, from what the program says about itself.

    chorus --experimental-dump-help | Packaging/manual.py --version 1.2.3 --date EPOCH FOLDER

The plugin `generate-manual` of swift-argument-parser is not used: it builds the program a second time, as a debug
build, knows neither the sections nor the defaults of options, and its pages are named `chorus.serve`.
"""

import argparse
import json
import re
import sys
import time
from itertools import groupby
from pathlib import Path
from textwrap import dedent

ERRORS = Path(__file__).resolve().parent.parent / "docs" / "errors.md"


# --- mdoc ------------------------------------------------------------------------------------------------------------


def escaped(text):
    """Text as roff wants it, in the middle of a line."""
    text = text.replace("\\", "\\e")
    # a hyphen-minus that somebody may want to copy, not a hyphen
    return in_ascii(re.sub(r"(?<![\w-])--?(?=[A-Za-z])[\w-]*", lambda match: match[0].replace("-", "\\-"), text))


def in_ascii(text):
    return "".join(character if ord(character) < 128 else f"\\[u{ord(character):04X}]" for character in text)


def sentences(text):
    """Lines of text. Every sentence starts on a line of its own, so that the formatter sets the space after it."""
    words = escaped(" ".join(text.split()))
    lines = re.sub(r"(?<=[^.][.;:?!]) (?=[A-Z\\])", "\n", words).split("\n")
    return [protected(line) for line in lines]


def protected(line):
    """A line that starts with . or ' would be a macro."""
    return "\\&" + line if line[:1] in (".", "'") else line


def argument(text):
    """A word as an argument of a macro: one that would itself be a macro or punctuation is told apart."""
    text = escaped(text).replace('"', "\\(dq")
    if re.fullmatch(r"[A-Z%][A-Za-z]{0,2}|[.,:;()\[\]?!|]", text):
        text = "\\&" + text
    return f'"{text}"' if " " in text else text


def literal(lines):
    """Lines as they stand, such as commands to type."""
    text = in_ascii(dedent("\n".join(lines)).replace("\\", "\\e").replace("-", "\\-"))
    return [".Bd -literal -offset indent", *(protected(line) for line in text.split("\n")), ".Ed"]


def paragraphs(text):
    """What blank lines divide are paragraphs; indented lines stay as they are."""
    lines = []
    for paragraph in re.split(r"\n\s*\n", text.strip("\n").rstrip()):
        # a display has space before it already
        lines += [".Pp"] if lines and not paragraph.startswith("  ") else []
        for indented, group in groupby(paragraph.split("\n"), key=lambda line: line.startswith("  ")):
            lines += literal(group) if indented else sentences(" ".join(group))
    return lines


def page_name(path):
    return "-".join(path)


# --- One command -----------------------------------------------------------------------------------------------------


def spelled(name):
    return {"long": "--", "short": "-", "longWithSingleDash": "-"}[name["kind"]] + name["name"]


def names(option):
    """The names of an option, short ones first."""
    return sorted((spelled(name) for name in option.get("names", [])), key=lambda name: name.startswith("--"))


def flag_macro(name):
    # `.Fl` writes the first hyphen itself
    return "Fl " + argument(name[1:]).replace("-", "\\-")


def value_macro(option):
    return " Ar " + argument(option["valueName"]) if option["kind"] == "option" else ""


def merged(options):
    """The two flags of an inversion (`--x`, `--no-x`) are one argument each in the dump, and one entry here."""
    entries = []
    for option in options:
        if not option["shouldDisplay"]:
            continue
        if entries and option["kind"] == "flag" == entries[-1][0]["kind"] and is_inversion(entries[-1][0], option):
            entries[-1].append(option)
        else:
            entries.append([option])
    return entries


def is_inversion(first, second):
    one, other = names(first), names(second)
    return len(one) == len(other) == 1 and other[0] in (
        one[0].replace("--", "--no-", 1),
        one[0].replace("--enable-", "--disable-", 1),
    )


def synopsis(path, entries, subcommands):
    lines = [".Nm " + path[0] + "".join(f" Cm {argument(word)}" for word in path[1:])]
    for entry in entries:
        option = entry[0]
        if option["kind"] == "positional":
            usage = "Ar " + argument(option["valueName"])
        else:
            usage = " | ".join(flag_macro(names(each)[-1]) for each in entry) + value_macro(option)
        repeats = " ..." if option["isRepeating"] else ""
        lines.append(f".Op {usage}{repeats}" if option["isOptional"] else f".{usage}{repeats}")
    if subcommands:
        lines += [".Op Ar command"]
    return lines


def description_of(option):
    text = " ".join(option[part] for part in ("abstract", "discussion") if option.get(part))
    lines = paragraphs(text) if text else []
    if option.get("allValues"):
        lines += sentences(f"One of {', '.join(option['allValues'])}.")
    default = option.get("defaultValue")
    if default is not None and "(default:" not in text:
        lines += sentences(f"The default is {default or 'empty'}.")
    return lines or ["No description."]


def option_list(entries):
    lines = [".Bl -tag -width Ds"]
    for entry in entries:
        option = entry[0]
        if option["kind"] == "positional":
            lines.append(".It Ar " + argument(option["valueName"]))
        else:
            all_names = [name for each in entry for name in names(each)]
            lines.append(".It " + " , ".join(flag_macro(name) + value_macro(option) for name in all_names))
        lines += description_of(option)
    return lines + [".El"]


def options_by_section(entries):
    sections = {}
    for entry in entries:
        sections.setdefault(entry[0].get("sectionTitle"), []).append(entry)
    # those without a section come last, as in --help
    lines = []
    for title in sorted(sections, key=lambda title: title is None):
        if title or len(sections) > 1:
            lines.append(".Ss " + argument(title or "Other options"))
        lines += option_list(sections[title])
    return lines


def exit_codes():
    """The rows (code, meaning) of the table in docs/errors.md."""
    section = ERRORS.read_text(encoding="utf-8").partition("## The command's exit codes\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\|\s*(\d+)\s*\|\s*(.*?)\s*\|$", section, re.MULTILINE)
    if not rows:
        sys.exit(f"manual: {ERRORS.name} has no table of exit codes")
    return rows


def exit_status(path):
    lines = [".Sh EXIT STATUS", ".Bl -tag -width Ds"]
    for code, meaning in exit_codes():
        # "`chorus bench`: …" is about this command alone
        parts = [part for part in meaning.split("; ") if len(path) == 1 or is_about(part, path)]
        if parts:
            text = "; ".join(parts)
            text = text if text.startswith("`") else text[0].upper() + text[1:]
            lines += [f".It {code}"] + sentences(text.replace("`", "") + ".")
    return lines + [".El"]


def is_about(part, path):
    return not part.startswith("`") or f"`{' '.join(path)}`" in part.partition(":")[0]


def page(command, path, all_paths, version, date):
    entries = merged(command.get("arguments", []))
    subcommands = [each for each in command.get("subcommands", []) if each["shouldDisplay"]]
    abstract = command.get("abstract", "").strip().rstrip(".") or " ".join(path)
    day = time.gmtime(date)
    lines = [
        time.strftime(f".Dd %B {day.tm_mday}, %Y", day),
        f".Dt {page_name(path).upper()} 1",
        f".Os {path[0].capitalize()} {version}",
        ".Sh NAME",
        ".Nm " + page_name(path),
        ".Nd " + escaped(abstract),
        ".Sh SYNOPSIS",
        *synopsis(path, entries, subcommands),
        ".Sh DESCRIPTION",
        *(paragraphs(command["discussion"]) if command.get("discussion") else sentences(abstract + ".")),
    ]
    if subcommands:
        lines += [".Sh COMMANDS", ".Bl -tag -width Ds"]
        for each in subcommands:
            lines += [".It Cm " + argument(each["commandName"])] + sentences(each.get("abstract", ""))
            if has_page(each):
                lines += ["See", f".Xr {page_name([*path, each['commandName']])} 1 ."]
        lines += [".El"]
    if entries:
        lines += [".Sh OPTIONS"] + options_by_section(entries)
    lines += exit_status(path)
    others = [f".Xr {page_name(other)} 1" for other in sorted(all_paths) if other != path]
    if others:
        lines += [".Sh SEE ALSO"] + [line + " ," for line in others[:-1]] + others[-1:]
    return "\n".join(lines) + "\n"


# --- All of them -----------------------------------------------------------------------------------------------------


def has_page(command):
    """`help` is the parser's own, and says what these pages say."""
    return command["shouldDisplay"] and command["commandName"] != "help"


def commands(command, path=()):
    """Every command that has a page, with its path, such as ("chorus", "serve")."""
    path = (*path, command["commandName"])
    yield command, path
    for each in command.get("subcommands", []):
        if has_page(each):
            yield from commands(each, path)


def main():
    parser = argparse.ArgumentParser(description="Manual pages from `chorus --experimental-dump-help`")
    parser.add_argument("--version", required=True)
    parser.add_argument("--date", required=True, type=int, help="seconds since 1970")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    dump = json.load(sys.stdin)
    if dump["serializationVersion"] != 0:
        sys.exit(f"manual: the program's description has the unknown version {dump['serializationVersion']}")
    pages = list(commands(dump["command"]))
    options.folder.mkdir(parents=True, exist_ok=True)
    for command, path in pages:
        text = page(command, path, [other for _, other in pages], options.version, options.date)
        (options.folder / f"{page_name(path)}.1").write_text(text, encoding="ascii")


main()
