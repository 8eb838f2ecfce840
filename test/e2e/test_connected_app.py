"""A connected app signs in: what it may read, what it may not, and what it says where it is refused. Our JWTs are judged by PyJWT, and the
simulator's idea of one by tableauserverclient.
"""

import re
import time
import uuid
from pathlib import Path

import jwt as pyjwt
import pytest
import tableauserverclient as tsc
from backup_tiny import TINY
from doctor_far_sides import Fake, Rewriting
from simulator import SITE, USER
from worker_shop import opened


@pytest.fixture
def shop(tmp_path, cache):
    with opened(tmp_path, cache) as shop:
        yield shop


# --- what a connected app cannot read


def test_a_connected_app_alone_says_what_it_cannot_read(shop):
    assert shop.backup().code == 0
    by_token = shop.gaps()
    shop.auth, shop.worker_auth = shop.app(), None
    result = shop.backup("--full")
    assert result.code == 0, result
    gap = shop.gaps()["virtual_connections"]
    assert gap["failed"] is False and "personal access token" in gap["reason"] and "worker_auth" in gap["reason"]
    assert gap.get("code", 0) == 0, "the site was not asked, and said no code"
    assert set(shop.gaps()) == {*by_token, "virtual_connections"}
    assert shop.refused() == {}, "the site was asked for what is closed"
    assert [one for one in shop.differences() if "virtual" not in one] == []
    shop.tabferry("verify", shop.snapshot().name, "--full", "--json", code=0)


def test_a_scope_that_is_missing_is_named(shop):
    """Not taken for the end of the session, nor for a gap that nobody minds; and the rest is saved."""
    shop.keys = {"kinds": ["workbooks"]}
    scopes = ["tableau:content:read", "tableau:users:read", "tableau:workbooks:download"]
    shop.auth, shop.worker_auth = shop.app(scopes=scopes), None
    result = shop.backup()
    assert result.code == 3, result
    assert shop.gaps()["groups"]["failed"] and "no scope" in shop.gaps()["groups"]["reason"], shop.gaps()
    assert len(shop.snapshot().entries("workbooks")) == TINY["workbooks"]
    assert shop.sign_ins() == 2, "a missing scope is no reason to sign in again"


# --- signing in


@pytest.mark.parametrize("at", [3, 25, 120])
def test_a_session_that_ends_is_begun_anew(shop, at):
    shop.auth, shop.worker_auth = shop.app(), None
    before = shop.sign_ins()
    shop.straight.control.add(f"expire-session@{at}")
    result = shop.backup()
    assert result.code == 0, result
    assert shop.straight.control.struck("expire-session") == 1 and shop.sign_ins() == before + 2


@pytest.mark.parametrize("changed, says", [
    ({"secret_value": "guessed-and-wrong"}, ("10084", "secret_value")),
    ({"client_id": "another"}, ("10084", "'another'")),
    ({"secret_id": str(uuid.UUID(int=1))}, ("10084", "secret_id")),
    ({"username": "nobody"}, ("(16)", "'nobody'", "is a user of this site"))],
    ids=["secret", "client", "secret id", "user"])  # fmt: skip
def test_wrong_credentials_say_what_to_check(shop, changed, says):
    shop.auth, shop.worker_auth = shop.app(**changed), None
    told = shop.backup()
    assert told.code == 1 and all(word in told.message for word in says), told
    assert "guessed-and-wrong" not in told.out + told.err
    assert shop.sign_ins() == 2, "wrong credentials must not be tried again"


def test_doctor_says_who_signs_in_for_what(shop):
    checks = {(check["area"], check["name"]): check for check in shop.tabferry("doctor", "--json").report["checks"]}
    assert "the token 'demo' has its secret; it signs in for all but backup-work" in checks["Site", "secret"]["seen"]
    assert f"the connected app '{shop.client_id}' as 'admin'" in checks["Site, backup-work", "secret"]["seen"]
    assert checks["Site, backup-work", "sign-in"]["status"] == checks["Site, backup-work", "role"]["status"] == "ok"
    shop.worker_auth = shop.app(secret_value="env:NOT_SET")
    found = [check for check in shop.tabferry("doctor", "--json", code=4).report["checks"] if check["status"] == "problem"]
    assert [(check["area"], check["name"]) for check in found] == [("Site, backup-work", "secret")]
    assert "worker_auth.connected_app.secret_value" in found[0]["seen"]


def test_config_show(shop):
    shop.worker_auth = shop.app(secret_value="in-plain-text")
    shown = shop.tabferry("config", "show")
    assert shop.client_id in shown.out and "worker_auth.connected_app.username" in shown.out
    assert "in-plain-text" not in shown.out + shown.err


# --- judges of our own


def jwt_sent_by(shop):
    """What goes over the wire when tabferry signs in."""
    sent = []

    def listen(request):
        if request.path.endswith("/auth/signin"):
            sent.append(request.content.decode().split('jwt="')[1].split('"')[0])
        return through(request)

    through = Rewriting(shop.straight, "x", "x")
    with Fake(listen) as site:
        shop.site_through(site.url)
        shop.tabferry("doctor", "--json")
    return sent


def test_pyjwt_reads_our_tokens(shop):
    shop.auth, shop.worker_auth = shop.app(), None
    first, second = jwt_sent_by(shop)[0], jwt_sent_by(shop)[0]
    claims = pyjwt.decode(first, shop.secret["value"], algorithms=["HS256"], audience="tableau", issuer=shop.client_id,
                          options={"require": ["exp", "iss", "sub", "aud", "jti"]})  # fmt: skip
    assert pyjwt.get_unverified_header(first) == {"alg": "HS256", "typ": "JWT", "kid": shop.secret["id"], "iss": shop.client_id}
    assert claims["sub"] == USER and 0 < claims["exp"] - time.time() <= 600
    assert "tableau:content:read" in claims["scp"] and all(scope.endswith((":read", ":download")) for scope in claims["scp"])
    assert claims["jti"] != pyjwt.decode(second, options={"verify_signature": False})["jti"]
    with pytest.raises(pyjwt.InvalidSignatureError):
        pyjwt.decode(first, "another secret of some length, as HS256 wants", algorithms=["HS256"], audience="tableau")


def test_tableauserverclient_signs_in_with_a_token_of_pyjwt(shop):
    claims = {"iss": shop.client_id, "sub": USER, "aud": "tableau", "jti": str(uuid.uuid4()), "exp": int(time.time()) + 300,
              "scp": ["tableau:content:read"]}  # fmt: skip
    token = pyjwt.encode(claims, shop.secret["value"], "HS256", {"kid": shop.secret["id"], "iss": shop.client_id})
    server = shop.straight.server()
    with server.auth.sign_in(tsc.JWTAuth(token, site_id=SITE)):
        assert server.workbooks.get()[1].total_available == TINY["workbooks"]


def documented_scopes():
    """Those of docs/accounts.md that a backup asks for: a short one stands for tableau:...:read."""
    page = (Path(__file__).parents[2] / "docs" / "accounts.md").read_text()
    rows = [row.split("|") for row in page.split("### Scopes")[1].split("###")[0].splitlines() if row.startswith("| `")]
    words = [word for row in rows if row[2].strip() == "yes" for word in re.findall("`([^`]+)`", row[1]) if "..." not in word]
    return [word if word.startswith("tableau:") else f"tableau:{word}:read" for word in words]


def test_the_scopes_are_those_of_the_page(shop):
    shop.auth, shop.worker_auth = shop.app(), None
    sent = pyjwt.decode(jwt_sent_by(shop)[0], options={"verify_signature": False})["scp"]
    assert sorted(sent) == sorted(documented_scopes())
