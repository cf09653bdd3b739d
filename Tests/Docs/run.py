#!/usr/bin/env python3
"""Runs the documentation: `run.py --chorus PATH [page]...`, by default README.md and all of docs/*.md.

Prints a line `ok: NAME` or `FAILED: NAME` for every block, then what was not run and why. README.md beside this file says
what pages can tell it. Ends with 0 when it has come to its end, whatever has failed.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from browser import Browser, NoBrowser  # noqa: E402
from links import broken_links, options_of, unknown_options  # noqa: E402
from pages import Mistake, read  # noqa: E402
from processes import Ports  # noqa: E402
from session import ROOT, Failed, NotRun, Session  # noqa: E402

#: So many pages at once.
AT_ONCE = 3
#: A page that hangs does not keep the others from their end.
PAGE_SECONDS = 240


class Report:
    def __init__(self):
        self.not_run: list[str] = []

    def ok(self, name: str):
        print(f"ok: {name}", flush=True)

    def failed(self, name: str, reason: object):
        print(f"FAILED: {name}", flush=True)
        for line in str(reason).splitlines():
            print(f"    {line}", flush=True)

    def skip(self, name: str, reason: object):
        self.not_run.append(f"{name} ({reason})")

    def check(self, name: str, problems: list[str]):
        if problems:
            self.failed(name, "\n".join(problems))
        else:
            self.ok(name)


async def run_page(path: Path, known: set[str], report: Report, make_session):
    name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
    report.check(f"{name}: links lead somewhere", broken_links(path, ROOT))
    report.check(f"{name}: options are those of the command", unknown_options(path, known))
    try:
        steps = read(path, name)
    except Mistake as mistake:
        return report.failed(name, mistake)
    with tempfile.TemporaryDirectory(prefix="chorus-docs-") as folder:
        session: Session = make_session(name, Path(folder))
        try:
            async with asyncio.timeout(PAGE_SECONDS):
                for step in steps:
                    try:
                        await session.run(step)
                        report.ok(step.name)
                    except NotRun as reason:
                        report.skip(step.name, reason)
                    except (Failed, Mistake, NoBrowser) as reason:
                        report.failed(step.name, reason)
                    except Exception as error:  # of the browser, say: it is that step that has failed
                        report.failed(step.name, f"{type(error).__name__}: {error}")
        except TimeoutError:
            report.failed(f"{name} comes to its end", f"not within {PAGE_SECONDS} s")
        finally:
            if errors := session.errors_in_browser():
                report.failed(f"{name}: no errors in the browser", "\n".join(errors))
            await session.close()


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chorus", type=Path, required=True, help="the command that the pages mean")
    parser.add_argument("--patience", type=float, default=20, help="seconds to wait for what is to be seen (20)")
    parser.add_argument("pages", nargs="*", type=Path)
    arguments = parser.parse_args()
    chorus = arguments.chorus.resolve()
    pages = [page.resolve() for page in arguments.pages] or [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]

    # what was started is ended, also when there is no time left
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
    report, ports, browser = Report(), Ports(), Browser()
    known = await options_of(chorus)
    gate = asyncio.Semaphore(AT_ONCE)

    def make_session(name: str, folder: Path) -> Session:
        return Session(name, chorus, folder, ports, browser, arguments.patience)

    async def one(page: Path):
        async with gate:
            await run_page(page, known, report, make_session)

    try:
        await browser.start()
        await asyncio.gather(*(one(page) for page in pages))
    finally:
        await browser.stop()
    if report.not_run:
        print(f"\nnot run, as the pages say or for want of something: {len(report.not_run)}")
        for line in sorted(report.not_run):
            print(f"    {line}")


if __name__ == "__main__":
    asyncio.run(main())
