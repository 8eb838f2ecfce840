"""A folder that holds tabferry with its own loader and libraries, as packaging/launcher.c wants it:

    make_bundle("build/release", folder, doors=["bin/tabferry"])

    DOOR                                       the launcher, under each name that people or AWS Lambda call it by
    lib/tabferry/tabferry                      the program, stripped
    lib/tabferry/ld-linux-x86-64.so.2, *.so.*  this machine's, stripped as Debian delivers them
    lib/tabferry/ca-certificates.crt           Debian's choice of authorities, for systems that have none
    share/doc/tabferry/                        our licence, NOTICE, and those of what is carried
"""

import pathlib
import re
import shutil

from dist import ROOT, Stop, built, run
from notices import write_notices

AUTHORITIES = pathlib.Path("/usr/share/ca-certificates/mozilla")
LOADER = "ld-linux-x86-64.so.2"


def libraries(program):
    """{name: path}: the loader, and every library that it would load."""
    found = {}
    for line in run("ldd", program).splitlines():
        if "not found" in line:
            raise Stop(f"a library is missing on this machine: {line.strip()}")
        named = re.match(r"\s*(?:(\S+) => )?(/\S+) \(0x", line)
        if named:
            path = pathlib.Path(named.group(2))
            found[named.group(1) or path.name] = path.resolve()
    if LOADER not in found:
        raise Stop(f"{program} is not what runs here: it names no {LOADER}")
    return found


def put_program(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    run("strip", "--strip-all", "-o", target, source)
    target.chmod(0o755)


def put_authorities(target):
    """Out of the package's own files: this machine may trust authorities that are nobody else's business."""
    certificates = sorted(AUTHORITIES.glob("*.crt"))
    if not certificates:
        raise Stop(f"no certificates in {AUTHORITIES}: install ca-certificates")
    target.write_bytes(b"".join(path.read_bytes().rstrip() + b"\n" for path in certificates))


def make_bundle(build, folder, doors):
    folder, program = pathlib.Path(folder), built(build, "tabferry")
    own = folder / "lib" / "tabferry"
    put_program(program, own / "tabferry")
    carried = libraries(program)
    for name, path in sorted(carried.items()):
        shutil.copyfile(path, own / name)
        (own / name).chmod(0o755 if name == LOADER else 0o644)
    put_authorities(own / "ca-certificates.crt")
    for door in doors:
        put_program(built(build, "launcher"), folder / door)
    documents = folder / "share" / "doc" / "tabferry"
    documents.mkdir(parents=True)
    shutil.copyfile(ROOT / "LICENSE", documents / "LICENSE")
    write_notices(documents, carried.values())
