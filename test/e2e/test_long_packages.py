"""The packages on a bare Debian 12 (debootstrap's minbase): the commands of docs/install.md as they stand there, and
the container's image as a folder. Each one then publishes with the engine and backs up. As root."""

import filecmp
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest
from backup_shop import made_site
from backup_tiny import TINY
from bare_root import RootedShop, RootedWorkshop, inside
from programs import program
from s3_server import start_s3
from simulator import start_sim

REPOSITORY = pathlib.Path(__file__).parents[2]
PACKAGING = REPOSITORY / "packaging"
BUILD = pathlib.Path(program("TABFERRY")).parent

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="debootstrap and chroot are root's")


def run(*words, **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=1800, **more)
    assert done.returncode == 0, (words, done.stdout[-3000:], done.stderr[-3000:])
    return done.stdout


def make_packages(out, **more):
    for maker in ("package", "lambda-zip"):
        run(PACKAGING / maker, "--build", BUILD, "--out", out, **more)
    return out


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    return make_packages(tmp_path_factory.mktemp("dist"))


@pytest.fixture
def bare(packages, tmp_path):
    """A bare Debian with the packages in /root."""
    run(PACKAGING / "bare-root", tmp_path / "root")
    for path in packages.iterdir():
        shutil.copy(path, tmp_path / "root" / "root")
    yield tmp_path / "root"
    shutil.rmtree(tmp_path / "root")


def commands_under(heading):
    page = (REPOSITORY / "docs" / "install.md").read_text(encoding="utf-8")
    (block,) = re.findall(rf"^## {re.escape(heading)}\n.*?```sh\n(.*?)```", page, re.MULTILINE | re.DOTALL)
    return block


def install(root, heading):
    variables = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive"]
    said = run(*inside(root, "/usr/bin/env", "-i", *variables, "sh", "-exc", f"cd /root\n{commands_under(heading)}"))
    assert re.search(r"^tabferry \d+\.\d+\.\d+$", said.splitlines()[-1]), said
    assert said.count(": OK") == len(list((root / "root").glob("tabferry*"))), said


def publishes(root, tabferry, user=None):
    with start_sim() as sim:
        shop = RootedWorkshop(root, tabferry, sim, user=user)
        shop.put_rows("orders.csv", ["id", "note"], [[1, "one"], [2, "two"]])
        shop.table("orders", {"id": "bigint", "note": "text"}, "data/*.csv")
        shop.write()
        found = shop.run("doctor", "--json")
        assert found.code == 0, found
        done = shop.publish()
        assert done.code == 0, done
        (item,) = shop.published()
        assert any(name.endswith(".hyper") and data for name, data in shop.download(item).items())
    shutil.rmtree(root / "shop")


def backs_up(root, tabferry, cache, user=None):
    with start_sim(data=made_site(cache, TINY, extracts=True), control=True) as sim, start_s3() as s3:
        shop = RootedShop(root, tabferry, sim, s3, user=user)
        result = shop.backup()
        assert result.code == 0, result
        assert shop.differences() == []
        checked = shop.tabferry("verify", "latest", "--full", "--json")
        assert checked.code == 0, checked
    shutil.rmtree(root / "shop")


def test_the_same_input_makes_the_same_packages(packages, tmp_path):
    again = make_packages(tmp_path, umask=0o077)
    names = sorted(path.name for path in packages.iterdir())
    assert len(names) == 6 and sorted(path.name for path in again.iterdir()) == names
    assert filecmp.cmpfiles(packages, again, names, shallow=False) == (names, [], [])


def test_the_debian_packages(bare, tmp_path):
    install(bare, "Debian 12")
    assert run(*inside(bare, "/usr/bin/dpkg", "--verify", "tabferry", "tabferry-engine")) == ""
    publishes(bare, "/usr/bin/tabferry")
    backs_up(bare, "/usr/bin/tabferry", tmp_path)


def test_the_tar_on_any_linux(bare, tmp_path):
    install(bare, "Any Linux: tar.gz")
    assert not list(bare.glob("usr/lib/x86_64-linux-gnu/libcurl*")), "the system has what the tar should bring"
    publishes(bare, "/usr/local/bin/tabferry")
    backs_up(bare, "/opt/tabferry/bin/tabferry", tmp_path)


def test_the_container_image_as_a_folder(packages, tmp_path):
    root = pathlib.Path(os.environ.get("TABFERRY_CONTAINER_ROOT") or tmp_path / "root")
    run(PACKAGING / "container-root", packages, root)
    steps = (PACKAGING / "Containerfile").read_text(encoding="utf-8")
    image = dict(re.findall(r"^(USER|ENTRYPOINT) (.*)$", steps, re.MULTILINE))
    (tabferry,), user = json.loads(image["ENTRYPOINT"]), int(image["USER"].split(":")[0])
    assert run(*inside(root, tabferry, "--version", user=user)).startswith("tabferry ")
    publishes(root, tabferry, user)
    backs_up(root, tabferry, tmp_path, user)
