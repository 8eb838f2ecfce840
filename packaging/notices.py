"""NOTICE: what a package carries, in which version, under which licence; and the licences' texts beside it."""

import pathlib
import re
import shutil
import subprocess

from dist import ROOT, Stop

DOCUMENTS = pathlib.Path("/usr/share/doc")
COMMON = pathlib.Path("/usr/share/common-licenses")
# Compiled into the program itself, beside SOURCES: headers, and libcrypto.a under the AWS runtime.
COMPILED_IN_PACKAGES = ("libcli11-dev", "libssl-dev", "nlohmann-json3-dev")
AUTHORITIES = "ca-certificates"
HEAD = """tabferry
Copyright the tabferry authors. Licensed under the Apache License, Version 2.0: LICENSE.

This package carries the following, unchanged, from {system}; each one's copyright and licence is in
licenses/PACKAGE, and the texts that those refer to (as /usr/share/common-licenses/...) are in licenses/common/.
The sources are at https://deb.debian.org/debian and, of these very versions, at https://snapshot.debian.org.

"""
COMPILED_IN = """
(Packages named -dev are compiled into the program.) So is, from sources on PyPI, under the Apache License, Version 2.0
(licenses/common/Apache-2.0), copyright Amazon.com, Inc. or its affiliates:

"""
# Pinned in scripts/*.in.
SOURCES = {
    "awscrt": "the AWS Common Runtime's C libraries, https://github.com/awslabs/aws-crt-python",
    "awslambdaric": "of it aws-lambda-cpp, https://github.com/awslabs/aws-lambda-cpp",
}


def packages_of(libraries):
    """The Debian packages that own these files, sorted."""
    asked = {form for path in map(str, libraries) for form in (path, path.removeprefix("/usr"))}
    # It ends with 1, as not both forms of each are known.
    told = subprocess.run(["dpkg", "-S", *sorted(asked)], capture_output=True, text=True).stdout
    lines = [line for line in told.splitlines() if ": " in line]
    owners = {line.rsplit(": ", 1)[1].removeprefix("/usr"): line.split(":")[0] for line in lines}
    unknown = [str(path) for path in libraries if str(path).removeprefix("/usr") not in owners]
    if unknown:
        raise Stop(f"no Debian package owns {', '.join(unknown)}: its licence is not known, so it is not packed")
    return sorted(set(owners.values()))


def versions(packages):
    told = subprocess.run(["dpkg-query", "-W", "-f=${Package} ${Version} ${source:Package}\n", *packages],
                          capture_output=True, text=True, check=True).stdout  # fmt: skip
    return sorted(set(told.splitlines()))


def system():
    told = pathlib.Path("/etc/os-release").read_text(encoding="utf-8")
    found = re.search(r'^PRETTY_NAME="(.*)"$', told, re.MULTILINE)
    return found.group(1) if found else "Debian"


def sources():
    """A line for each of SOURCES that a build takes."""
    pins = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "scripts").glob("*.in")))
    pinned = {name: re.search(rf"^{name}==(\S+)", pins, re.MULTILINE) for name in SOURCES}
    if not pinned["awscrt"]:
        raise Stop("no scripts/*.in pins awscrt: what the program is made of is not known")
    return "".join(f"  {name} {found.group(1)} ({SOURCES[name]})\n" for name, found in pinned.items() if found)


def put_licences(folder, packages):
    (folder / "common").mkdir(parents=True)
    wanted = {"Apache-2.0"}
    for package in packages:
        text = (DOCUMENTS / package / "copyright").read_bytes()
        (folder / package).write_bytes(text)
        named = re.findall(rb"/usr/share/common-licenses/([A-Za-z0-9.+-]+)", text)
        wanted |= {name.decode().rstrip(".") for name in named}
    for name in sorted(wanted):
        if (COMMON / name).exists():  # some refer to what there never was
            shutil.copyfile(COMMON / name, folder / "common" / name)


def write_notices(documents, libraries):
    packages = sorted({*packages_of(libraries), *COMPILED_IN_PACKAGES, AUTHORITIES})
    put_licences(documents / "licenses", packages)
    lines = [f"  {name} {version} (source: {source})\n" for name, version, source in map(str.split, versions(packages))]
    text = HEAD.format(system=system()) + "".join(lines) + COMPILED_IN + sources()
    (documents / "NOTICE").write_text(text, encoding="utf-8")
