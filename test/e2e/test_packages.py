"""The zip for AWS Lambda: made, and run where nothing but its files is. (The other packages: test_long_packages.py.)"""

import os
import pathlib
import subprocess
import zipfile

import pytest
from backup_shop import made_site
from backup_tiny import TINY
from bare_root import RootedShop, add_devices, inside
from certificate import self_signed
from lambda_runtime import Function
from programs import program
from s3_server import start_s3
from simulator import start_sim

REPOSITORY = pathlib.Path(__file__).parents[2]
BUILD = pathlib.Path(program("TABFERRY")).parent
AUTHORITIES = sorted(pathlib.Path("/usr/share/ca-certificates/mozilla").glob("*.crt"))


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    subprocess.run([REPOSITORY / "packaging" / "lambda-zip", "--build", BUILD, "--out", out], check=True, timeout=300)
    (made,) = out.glob("tabferry-lambda-*.zip")
    return made


@pytest.fixture
def root(package, tmp_path):
    """The zip unpacked, with its modes, an empty /tmp and two devices."""
    with zipfile.ZipFile(package) as archive:
        for entry in archive.infolist():
            os.chmod(archive.extract(entry, tmp_path / "root"), entry.external_attr >> 16)
    (tmp_path / "root" / "tmp").mkdir()
    add_devices(tmp_path / "root")
    return tmp_path / "root"


def test_what_is_in_the_zip(package):
    with zipfile.ZipFile(package) as archive:
        modes = {entry.filename: oct(entry.external_attr >> 16) for entry in archive.infolist()}
        unpacked = sum(entry.file_size for entry in archive.infolist())
        authorities = archive.read("lib/tabferry/ca-certificates.crt")
        notice = archive.read("share/doc/tabferry/NOTICE").decode()
    assert package.stat().st_size < 50 << 20 and unpacked < 250 << 20     # AWS Lambda's limits
    for executed in ("bootstrap", "lib/tabferry/tabferry", "lib/tabferry/ld-linux-x86-64.so.2"):
        assert modes[executed] == "0o100755"
    assert {"lib/tabferry/libc.so.6", "lib/tabferry/libcurl.so.4", "share/doc/tabferry/LICENSE"} < set(modes)
    assert not [name for name in modes if "hyper" in name]
    assert authorities.count(b"BEGIN CERTIFICATE") == len(AUTHORITIES) > 100  # and none that only this machine trusts
    told = [line.split()[0] for line in notice.splitlines() if "(source: " in line]
    assert {"libc6", "libcurl4", "libssl3", "ca-certificates"} < set(told) and "awscrt " in notice
    assert [name for name in told if f"share/doc/tabferry/licenses/{name}" not in modes] == []


def test_a_backup_where_nothing_but_the_zip_is(root, tmp_path):
    """Over TLS: the authorities are the zip's own, until the system has some, where Amazon Linux has them."""
    told = subprocess.run(inside(root, "/tabferry", "--version"), capture_output=True, text=True, env={})
    assert told.stdout.startswith("tabferry "), told
    certificate = self_signed(tmp_path)
    with start_sim(data=made_site(tmp_path, TINY), control=True) as sim, start_s3(
            "--cert", str(certificate / "cert"), "--key", str(certificate / "key")) as s3:
        boto = s3.client
        s3.client = lambda *words, **more: boto(*words, verify=str(certificate / "cert"), **more)
        shop = RootedShop(root, "/tabferry", sim, s3)
        refused = shop.backup()
        assert refused.code == 1 and "/lib/tabferry/ca-certificates.crt" in refused.message, refused
        system = root / "etc" / "pki" / "tls" / "certs"
        system.mkdir(parents=True)
        (system / "ca-bundle.crt").write_bytes((certificate / "cert").read_bytes())
        result = shop.backup()
        assert result.code == 0, result
        assert shop.differences() == []
        assert shop.tabferry("verify", "latest", "--json").code == 0


def test_the_function_where_nothing_but_the_zip_is(root, tmp_path):
    """As Lambda starts it: under the name `bootstrap`, without a word more, and nothing can be written but below /tmp."""
    with start_sim(data=made_site(tmp_path, TINY), control=True) as sim, start_s3() as s3:
        shop = RootedShop(root, "/bootstrap", sim, s3)
        shop.write(template=False)
        environment = shop.environment()
        del environment["TMPDIR"]
        refused = subprocess.run(inside(root, "/tabferry", "init", read_only=True), capture_output=True, text=True, env={}, timeout=60)
        assert refused.returncode == 1 and "Read-only file system" in refused.stderr, refused
        with Function(shop.folder, environment, inside(root, "/bootstrap", read_only=True)) as function:
            backup, verify = function.invoke(), function.invoke({"job": "verify", "snapshot": "latest"})
        assert backup.ok and backup.status == "done" and verify.ok, (backup, verify)
        assert shop.differences() == []
