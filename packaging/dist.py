"""What the packages have in common: the version, the time that all their files bear, archives that come out the same
bytes from the same input, and where they are put."""

import gzip
import hashlib
import os
import pathlib
import re
import subprocess
import tarfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
DIST = ROOT / "build" / "dist"
OLDEST_ZIP = 315619200  # 1980-01-02: a zip knows nothing older


class Stop(Exception):
    """What failed, and what to do."""


def run(*command, **more):
    """Its stdout."""
    try:
        words = [str(word) for word in command]
        return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True, **more).stdout
    except FileNotFoundError:
        raise Stop(f"{command[0]} is not there: run scripts/bootstrap build") from None
    except subprocess.CalledProcessError as error:
        raise Stop(f"{command[0]} ended with {error.returncode}: {' '.join(map(str, command))}") from None


def _git(*words):
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def pages():
    """What people read of it, for every package."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def version():
    """CMake's version; with the commit behind it where that commit does not bear the version's tag."""
    found = re.search(r"project\(tabferry VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"))
    if not found:
        raise Stop("CMakeLists.txt names no version")
    number = found.group(1)
    told = _git("describe", "--always", "--dirty=.changed", "--match", f"v{number}", "--exclude", "*-*")
    if told in ("", f"v{number}"):
        return number  # no git: a released archive of the sources
    return f"{number}+g{told.split('-g')[-1]}"


def epoch():
    """Seconds: SOURCE_DATE_EPOCH, else the commit's time."""
    return int(os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct") or OLDEST_ZIP)


def built(folder, name):
    """A program of the build folder."""
    path = pathlib.Path(folder).resolve() / name
    if not os.access(path, os.X_OK):
        raise Stop(f"{path} is not there: build it first (make lambda-zip and make package do)")
    return path


def files_of(folder):
    return sorted(path for path in pathlib.Path(folder).rglob("*") if path.is_file() or path.is_symlink())


def _mode(path):
    return 0o755 if path.stat().st_mode & 0o111 else 0o644


def write_zip(folder, path):
    """Every file below the folder, sorted, at the same time and as no one's."""
    when = time.gmtime(max(epoch(), OLDEST_ZIP))[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        for file in files_of(folder):
            entry = zipfile.ZipInfo(str(file.relative_to(folder)), when)
            entry.external_attr = (0o100000 | _mode(file)) << 16
            entry.create_system = 3  # Unix: the modes are meant
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, file.read_bytes(), compresslevel=6)


def write_tar(folder, path, below, level=6):
    """The same as a .tar.gz, with all names below `below`/."""
    when = epoch()
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", level, raw, mtime=when) as packed:
        with tarfile.open(mode="w", fileobj=packed) as tar:
            for file in files_of(folder):
                entry = tarfile.TarInfo(f"{below}/{file.relative_to(folder)}")
                entry.size, entry.mode, entry.mtime = file.stat().st_size, _mode(file), when
                with open(file, "rb") as data:
                    tar.addfile(entry, data)


def write_sums(folder):
    """SHA256SUMS of the packages in the folder, for sha256sum --check."""
    packages = [path for path in files_of(folder) if path.name.startswith("tabferry")]
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in packages]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def place(out, *patterns):
    """The folder for the packages, without the former ones of these patterns."""
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    for pattern in patterns:
        for former in out.glob(pattern):
            former.unlink()
    return out


def size(path):
    """For people: the packed and, of a zip, the unpacked bytes."""
    packed = f"{path.stat().st_size / 1e6:.1f} MB"
    if path.suffix != ".zip":
        return packed
    with zipfile.ZipFile(path) as package:
        return f"{packed}, {sum(entry.file_size for entry in package.infolist()) / 1e6:.1f} MB unpacked"
