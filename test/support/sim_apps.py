"""Connected apps of a site, and the JWTs that open sessions by them."""

import base64
import hashlib
import hmac
import json
import time
import uuid

from sim_ask import ask
from simulator import USER


def make_app(server, name, enabled=True):
    body = {"connectedApplication": {"name": name, "enabled": enabled}}
    app = ask(server, "POST", "connected-apps/direct-trust", body, 201, as_json=True)["connectedApplication"]
    secret = ask(server, "POST", f"connected-apps/direct-trust/{app['clientId']}/secrets", None, 201, as_json=True)
    return app["clientId"], secret["connectedApplicationSecret"]


def jwt(client_id, secret, user=USER, scopes=("tableau:content:read",), lives=300, **changed):
    def encoded(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    claims = {
        "iss": client_id, "exp": int(time.time()) + lives, "jti": str(uuid.uuid4()), "aud": "tableau", "sub": user,
        "scp": list(scopes)} | changed
    header = {"alg": "HS256", "typ": "JWT", "kid": secret["id"], "iss": client_id}
    text = encoded(json.dumps(header).encode()) + b"." + encoded(json.dumps(claims).encode())
    return (text + b"." + encoded(hmac.digest(secret["value"].encode(), text, hashlib.sha256))).decode()
