"""No secret leaves tabferry but to whom it is for: not to stdout or stderr, in words or with --json, in success or failure; not into an object of
the store, a report page, a message to those whom `notify:` names, their environment, or a file that is left. Looked for as it is, as
it is escaped in JSON and URLs, and in base64 at any offset. (What AWS Lambda, Step Functions and their like see: their own tests.)
"""

import base64
import functools
import json
import pathlib
import urllib.parse

import pytest
from backup_shop import BUCKET, BackupShop, made_site
from backup_tiny import TINY
from doctor_far_sides import Fake
from ferry import SECRET
from overheard import Overheard
from s3_server import start_s3
from sim_apps import make_app
from simulator import USER, start_sim

WRONG = 'wr0ng+/"&= \\secret-{}-of-the-test'
HOOK = "T0HOOK0SECRET0{}0B0X"


@functools.cache
def forms(secret):
    """How it may look in a text: {bytes: the form's name}."""
    data = secret.encode()
    found = {data: "as it is", json.dumps(secret)[1:-1].encode(): "in JSON"}
    found |= {urllib.parse.quote(secret, safe=safe).encode(): "in a URL" for safe in ("", "/", "-._~/")}
    found |= {urllib.parse.quote_plus(secret).encode(): "in a form", data.hex().encode(): "in hex"}
    for offset in range(3):  # whole groups of it alone: what stands before and behind it is not known
        groups = data[-offset % 3 :]
        groups = groups[: len(groups) // 3 * 3]
        found |= {encode(groups): "in base64" for encode in (base64.b64encode, base64.urlsafe_b64encode)}
    return found


def found_in(text, secrets):
    """What of {secret: label} the bytes hold, in words."""
    return [f"{label} {form}" for secret, label in secrets.items() for needle, form in forms(secret).items() if needle in text]


class Shop(BackupShop):
    """Everything that a run shows is kept in `seen`: [(where, bytes)]."""

    def __init__(self, folder, sim, s3, between):
        super().__init__(folder, sim, s3, prefix=folder.name)
        with sim.client() as server:
            client_id, self.app = make_app(server, "workers")
        self.app_settings = {"client_id": client_id, "secret_id": self.app["id"], "secret_value": "env:APP_SECRET", "username": USER}
        self.site_through(between)
        self.seen, self.workers = [], None
        self.secrets = {SECRET: "the token's secret", self.app["value"]: "the app's secret", s3.secret_key: "the key of S3"}

    def config(self):
        config = super().config()
        if self.workers:
            config["sites"]["demo"]["worker_auth"] = {"connected_app": self.workers}
        return config

    def environment(self, **more):
        return super().environment(**{"APP_SECRET": self.app["value"], **more})

    def see(self, *words, code, **more):
        result = self.tabferry(*words, **more)
        assert result.code in ((code,) if isinstance(code, int) else code), (words, result)
        self.seen += [(f"{' '.join(words)}: stdout", result.out.encode()), (f"{' '.join(words)}: stderr", result.err.encode())]
        return result

    def wrong(self, what):
        secret = WRONG.format(what)
        self.secrets[secret] = f"the wrong {what}"
        return secret

    def notify(self, url, name):
        """Who is told: a webhook whose path is a secret, and a command that writes down all that it gets."""
        self.secrets[HOOK.format(name)] = f"the path of the webhook {name}"
        heard = self.folder / "heard"
        told = [f"{url}/hooks/{HOOK.format(name)}", f"exec:env >> {heard}; cat >> {heard}"]
        self.more["notify"] = {"on_failure": told, "on_partial": told, "on_success": told}

    def left(self):
        """(where, bytes) of what runs have left: each object of the store, each file that is not ours."""
        objects = self.s3.folder / "objects" / BUCKET / self.prefix
        paths = [("s3: ", objects, path) for path in objects.rglob("*")] + [("", self.folder, path) for path in self.folder.rglob("*")]
        return [(f"{what}{path.relative_to(base)}", path.read_bytes()) for what, base, path in paths if path.is_file() and path.name != "tabferry.yaml"]


@pytest.fixture(scope="module")
def far_and_listened(tmp_path_factory, cache):
    with start_s3() as s3, start_sim("--profile", "cloud", data=made_site(cache, TINY), control=True) as sim:
        overheard = Overheard(sim.url)
        with Fake(overheard) as between:
            yield s3, sim, overheard, between.url


@pytest.fixture
def shop(tmp_path, far_and_listened):
    s3, sim, _, between = far_and_listened
    sim.control.clear()
    return Shop(tmp_path, sim, s3, between)


@pytest.fixture
def clean(shop, far_and_listened):
    """At the test's end: nothing in what was seen, told, left."""
    told = []

    def hook(request):
        told.append((f"webhook {request.path[:7]}", request.content + str(request.headers).encode()))
        return (500 if "down" in request.path else 200), {}, b"no"

    with Fake(hook) as people:
        shop.people, shop.told = people.url, told
        yield told
    shop.secrets |= far_and_listened[2].secrets
    everything = shop.seen + told + shop.left()
    assert len(everything) > 5 and any(data for _, data in everything)
    found = [f"{where}: {what}" for where, data in everything for what in found_in(data, shop.secrets)]
    assert not found, "\n".join(found[:30])


# --- the look itself


@pytest.mark.parametrize("form", [
    lambda secret: secret, urllib.parse.quote_plus, lambda secret: json.dumps({"a": secret}),
    *(lambda secret, before=before: base64.b64encode(f"{before}{secret}:behind".encode()).decode() for before in ("", "x", "xy", "xyz")),
], ids=["plain", "url", "json", "base64-0", "base64-1", "base64-2", "base64-3"])  # fmt: skip
@pytest.mark.parametrize("secret", [SECRET, WRONG.format("one")])
def test_the_look_finds_a_secret(form, secret):
    assert found_in(b"before " + form(secret).encode() + b" behind", {secret: "it"})
    assert not found_in(b"before " + form(secret[::-1]).encode() + b" behind", {secret: "it"})


def test_the_look_reads_everything(shop):
    """Each place once: an object of the store, a file, what is overheard."""
    shop.see("backup", "--json", code=0)
    snapshot = shop.names()[-1]
    shop.store.write(f"{snapshot}/planted.txt", SECRET.encode())
    (shop.temp / "planted").write_text(SECRET)
    where = [where for where, data in shop.left() if found_in(data, shop.secrets)]
    assert sorted(where) == [f"s3: {snapshot}/planted.txt", "tmp/planted"]
    shop.store.remove(f"{snapshot}/planted.txt")


# --- runs


def test_a_backup_that_goes_well_and_the_looks_at_it(shop, clean, far_and_listened):
    shop.notify(shop.people, "up")
    shop.see("backup", "--json", "--no-resume", code=0)
    shop.see("backup", "--full", code=0)
    shop.see("verify", "latest", "--json", code=0)
    for words in ("snapshots", "status --json", "ls latest", "config show", "config show --json", "prune --keep-last 9 --dry-run"):
        shop.see(*words.split(), code=0)
    shop.see("doctor", code=(0, 4))
    shop.see("doctor", "--json", code=(0, 4))
    assert shop.told and (shop.folder / "heard").stat().st_size
    assert "a session's token" in far_and_listened[2].secrets.values()


def test_a_backup_in_steps_by_a_connected_app(shop, clean, far_and_listened):
    shop.workers = shop.app_settings
    snapshot = shop.see("backup-plan", "--shards", "2", "--no-resume", "--json", code=0).report["snapshot"]
    for shard in ("0/2", "1/2"):
        shop.see("backup-work", "--snapshot", snapshot, "--shard", shard, "--json", code=0)
    shop.see("backup-seal", "--snapshot", snapshot, code=(0, 3))
    shop.see("doctor", code=(0, 4))
    assert "a JWT" in far_and_listened[2].secrets.values()


def test_a_backup_that_fails_in_part_and_people_who_cannot_be_told(shop, clean):
    shop.notify(shop.people, "down")
    shop.straight.control.add("413=html@1+ on GET **/flows/*/content")
    shop.see("backup", "--json", "--full", code=3)
    shop.straight.control.clear()
    shop.notify("http://127.0.0.1:1", "gone")
    shop.see("backup", code=0)


def test_secrets_that_are_wrong(shop, clean):
    shop.notify(shop.people, "up")
    for words in (["backup"], ["backup", "--json"], ["doctor"], ["doctor", "--json"]):
        shop.see(*words, code=(1, 4), env={"PAT_SECRET": shop.wrong("token")})
        shop.see(*words, code=(1, 4), env={"AWS_SECRET_ACCESS_KEY": shop.wrong("key of S3")})
    shop.workers = shop.app_settings
    snapshot = shop.see("backup-plan", "--json", "--no-resume", code=0).report["snapshot"]
    for words in ("--quiet", "--json"):
        shop.see("backup-work", "--snapshot", snapshot, "--shard", "0/1", words, code=1, env={"APP_SECRET": shop.wrong("app")})
    assert any(b"401" in data or b"sign" in data for _, data in shop.seen)


def test_a_secret_in_the_configuration_itself(shop, clean):
    config = shop.config()
    config["sites"]["demo"]["auth"] = {"pat_name": "demo", "pat_secret": SECRET}
    path = pathlib.Path(shop.folder, "elsewhere") / "tabferry.yaml"
    path.parent.mkdir()
    path.write_text(json.dumps(config))
    for words, code in (("backup --dry-run", 0), ("config show", 0), ("doctor --json", (0, 4))):
        shop.see(*words.split(), "-c", str(path), code=code)
    for slip in ({"store": f"s3://AKIAEXAMPLE:{shop.wrong('key in an address')}@bucket/x"}, {"sites": {"demo": {"auth": {"pat_secrte": SECRET}}}}):
        path.write_text(json.dumps(config | slip))
        shop.see("backup", "-c", str(path), code=2)
