"""Plain requests with the session of a tableauserverclient, for what it has no call for. What comes back is judged
by the schema all the same.
"""

import json

import schema


def ask(server, method, path, body=None, status=None, as_json=False, version=None, site=True, headers=None, **query):
    """The answer; with as_json its document, or None where there is none.

    path: below the site, or below the API where site is False. body: a dict or a list is sent as JSON, a text as XML
    inside of <tsRequest>, bytes as they are. status: what the answer must have; with as_json any success
    if none is given.
    """
    headers = {"X-Tableau-Auth": server.auth_token} | ({"Accept": "application/json"} if as_json else {}) | (
        headers or {})
    if isinstance(body, (dict, list)):
        body, headers["Content-Type"] = json.dumps(body), "application/json"
    elif isinstance(body, str):
        body = f"<tsRequest>{body}</tsRequest>".encode()
    base = f"{server.server_address}/api/{version or server.version}" + (f"/sites/{server.site_id}" if site else "")
    answer = schema.session().request(method, f"{base}/{path}".rstrip("/"), data=body, params=query, headers=headers,
                                      timeout=60)
    assert answer.status_code == status or status is None and (answer.ok or not as_json), answer.text
    return (answer.json() if answer.content else None) if as_json else answer


def get(server, path, **more):
    """What is read there, in JSON."""
    return ask(server, "GET", path, as_json=True, **more)


def code(server, method, path, body=None, **more):
    """The code of the error that is answered."""
    refusal = ask(server, method, path, body, headers={"Accept": "application/json"}, **more)
    return int(refusal.json()["error"]["code"])
