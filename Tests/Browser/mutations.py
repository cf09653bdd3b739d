"""Pages in which something is broken, and the test that notices: `scripts/browser --broken`."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """Replaces what a pattern matches in a file; the test named must then fail."""

    name: str
    file: str
    pattern: str
    replacement: str
    test: str

    def apply(self, text: str) -> str:
        text, count = re.subn(self.pattern, lambda _: self.replacement, text, count=1, flags=re.MULTILINE)
        assert count == 1, f"{self.name}: {self.file} has nothing like {self.pattern}"
        return text


MUTATIONS: list[Mutation] = []
