"""The test cases of the Autobahn|Testsuite, made fit for Python 3.

The package `autobahntestsuite` on PyPI is still Python 2 source, so its own `wstest` cannot be started today. The test
cases are all that is needed of it: this module copies them into a temporary package, changes the few places that
Python 3 or the current `autobahn` reads differently, and imports the copy. No expectation of any case is changed.

What was a Python 2 `str` is inside the cases a `str` whose characters stand for bytes (Latin-1); `client.py` converts
at the border to the protocol.
"""

import atexit
import importlib
import re
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

# Not in the suite's own list of cases either.
NOT_A_CASE = "case9_9_1.py"

# (pattern, replacement), applied in this order to the source of every module.
CHANGES: list[tuple[str, str]] = [
    (r"(?m)^#.*coding[:=].*$", "#"),
    # Modules and their imports
    (r"(?m)^from case9_9_1 import.*$", ""),
    (r"(?m)^from (case\w*) import", r"from .\1 import"),
    (r"(?m)^import binascii\s*$", "from ..python2 import binascii"),
    (
        r"(?m)^import copy, os, pkg_resources, hashlib, binascii",
        "import copy, os, hashlib\nfrom ..python2 import binascii, pkg_resources",
    ),
    (r"from autobahn\.websocket\.utf8validator import Utf8Validator", "from ..python2 import Utf8Validator"),
    # Names that the library has changed
    (r"requestNoContextTakeover", "request_no_context_takeover"),
    (r"requestMaxWindowBits", "request_max_window_bits"),
    (r"acceptNoContextTakeover", "accept_no_context_takeover"),
    (r"acceptMaxWindowBits", "accept_max_window_bits"),
    # The language
    (r"\(object, Case, \)", "(Case, )"),
    (r"xrange\(", "range("),
    (r"unichr\(", "chr("),
    (r"len\(self\.payload\) / self\.p\.autoFragmentSize", "len(self.payload) // self.p.autoFragmentSize"),
    (r"pickle\.dumps\(obj1\) == pickle\.dumps\(obj2\)", "obj1 == obj2"),
    (r"(?m)^([ \t]+)print[ \t]+(\S.*)$", r"\1print(\2)"),
    (r"(?m)^([ \t]+)print[ \t]*$", r"\1print()"),
]

# What the cases import from Python 2's library, for strings whose characters stand for bytes.
PYTHON2 = """
import binascii as _binascii
import os as _os
import sysconfig as _sysconfig
from autobahn.websocket.utf8validator import Utf8Validator as _Utf8Validator

def _bytes(text):
    return text.encode("latin-1") if isinstance(text, str) else text

class binascii:
    @staticmethod
    def b2a_hex(text): return _binascii.b2a_hex(_bytes(text)).decode()
    hexlify = b2a_hex
    @staticmethod
    def a2b_hex(text): return _binascii.a2b_hex(text).decode("latin-1")

class Utf8Validator:
    def __init__(self): self._validator = _Utf8Validator()
    def reset(self): self._validator.reset()
    def validate(self, text): return self._validator.validate(_bytes(text))

class pkg_resources:
    @staticmethod
    def resource_filename(package, name):
        return _os.path.join(_sysconfig.get_paths()["purelib"], package, name)
"""


def load() -> dict[str, type]:
    """All cases by their number ("1.1.1"), in the order of their numbers."""
    folder = Path(tempfile.mkdtemp(prefix="autobahn-cases-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    translate(folder / "autobahn_cases")
    sys.path.insert(0, str(folder))
    module = importlib.import_module("autobahn_cases.case")
    cases = {number(case): case for case in module.Cases}
    return dict(sorted(cases.items(), key=lambda item: sort_key(item[0])))


def translate(package: Path) -> None:
    (package / "case").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "python2.py").write_text(PYTHON2)
    for path in (Path(sysconfig.get_paths()["purelib"]) / "autobahntestsuite" / "case").glob("*.py"):
        if path.name == NOT_A_CASE:
            continue
        source = path.read_bytes().decode("latin-1")
        for pattern, replacement in CHANGES:
            source = re.sub(pattern, replacement, source)
        (package / "case" / path.name).write_bytes(b"# -*- coding: latin-1 -*-\n" + source.encode("latin-1"))


def number(case: type) -> str:
    """`Case1_1_1` is case 1.1.1."""
    return case.__name__.removeprefix("Case").replace("_", ".")


def sort_key(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))
