#!/usr/bin/env python3
"""Prints the notices of everything that is linked into the program: names, versions, licences.

    Packaging/notice.py .build/release/chorus.product/Objects.LinkFileList

The argument is the list of object files that were linked. Versions are those of Package.resolved, licences those of the
checkouts and of the toolchain: what this very build was made of.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RULE = "=" * 80
INTRODUCTION = """\
Chorus is licensed under the Apache License 2.0 (the file LICENSE beside this one).

The program `chorus` contains the following, each under the licence that is printed below. Licences that are the same
word for word are printed once.
"""
BORINGSSL = """
swift-crypto and swift-nio-ssl contain BoringSSL, Copyright The OpenSSL Project Authors, Google Inc. and others, under
the Apache License 2.0."""


def swift():
    """The version of the toolchain, and its licence."""
    output = subprocess.run(["swiftc", "-print-target-info"], check=True, capture_output=True, text=True).stdout
    information = json.loads(output)
    version = re.search(r"Swift version ([\w.-]+)", information["compilerVersion"])[1]
    resources = Path(information["paths"]["runtimeResourcePath"])  # …/usr/lib/swift, or swift_static
    return version, (resources.parent.parent / "share" / "swift" / "LICENSE.txt").read_text(encoding="utf-8")


def pinned():
    """(name, version, address, checkout) of every package that the build resolved, by name."""
    pins = json.loads((ROOT / "Package.resolved").read_text(encoding="utf-8"))["pins"]
    for pin in sorted(pins, key=lambda pin: pin["identity"]):
        state, address = pin["state"], pin["location"].removesuffix(".git")
        version = state.get("version") or state["revision"]
        yield pin["identity"], version, address, ROOT / ".build" / "checkouts" / address.rsplit("/", 1)[-1]


def linked_modules(objects):
    """The names of the modules whose object files were linked."""
    return set(re.findall(r"/([^/\n]+)\.build/", objects.read_text(encoding="utf-8")))


def defines(checkout, module):
    """Whether the package says that this module is its own; a folder alone may be something else."""
    manifests = "".join(path.read_text(encoding="utf-8") for path in checkout.glob("Package*.swift"))
    own_name = re.search(rf'arget\(\s*name:\s*"{re.escape(module)}"', manifests)
    # some packages make their targets in loops
    in_a_loop = (checkout / "Sources" / module).is_dir() and f'"{module}"' in manifests
    return bool(own_name or in_a_loop)


def linked_packages(packages, modules):
    own = {path.name for path in (ROOT / "Sources").iterdir()}
    owners = {module: [each for each in packages if defines(each[3], module)] for module in modules - own}
    if not modules or not all(owners.values()):
        # rather one too many than one too few
        return packages
    linked = {each[0] for found in owners.values() for each in found}
    return [each for each in packages if each[0] in linked]


def texts_of(checkout, modules):
    """The licences and notices of a package, and of foreign code in those of its modules that were linked."""
    folders = [checkout] + [checkout / "Sources" / module for module in sorted(modules)]
    for folder in folders:
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                if re.match(r"(LICENSE|LICENCE|NOTICE|COPYING)", path.name, re.IGNORECASE) and path.is_file():
                    yield path.relative_to(checkout), path.read_text(encoding="utf-8").strip("\n")


def main():
    objects = Path(sys.argv[1])
    modules = linked_modules(objects) if objects.exists() else set()
    packages = linked_packages(list(pinned()), modules)

    swift_version, swift_licence = swift()
    contents = [(f"Swift {swift_version} (standard library, Foundation Essentials, Dispatch)", "https://www.swift.org")]
    owners = {swift_licence.strip("\n"): ["Swift: LICENSE.txt"]}  # text: who has it
    for name, version, address, checkout in packages:
        contents.append((f"{name} {version}", address))
        found = list(texts_of(checkout, modules))
        if not found:
            sys.exit(f"notice: {name} has no licence in {checkout}")
        for path, text in found:
            owners.setdefault(text, []).append(f"{name}: {path}")

    print(INTRODUCTION)
    for name, address in contents:
        print(f"  * {name}\n    {address}")
    print(BORINGSSL)
    for text, names in owners.items():
        print(f"\n{RULE}\n" + "\n".join(names) + f"\n{RULE}\n\n{text}")


main()
