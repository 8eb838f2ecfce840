"""In front of a site: passes everything on as it is, and keeps what only the two of them should know: session tokens and JWTs.

    with Fake(overheard := Overheard(sim.url)) as between: ...       # between.url instead of the site's
    overheard.secrets                                                # {"abc...": "a session's token"}
"""

import re
import urllib.error
import urllib.request

TOKEN = re.compile(rb'token="([^"]+)"|"token": ?"([^"]+)"')
JWT = re.compile(rb"eyJ[\w-]+\.[\w-]+\.[\w-]+")
OWN = {"host", "content-length", "connection", "date", "server", "transfer-encoding"}  # of each connection


class Overheard:
    def __init__(self, url):
        self.url, self.secrets = url, {}
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __call__(self, request):
        headers = {name: value for name, value in request.headers.items() if name.lower() not in OWN}
        asked = urllib.request.Request(self.url + request.path, request.content or None, headers, method=request.command)
        try:
            with self.opener.open(asked, timeout=30) as answer:
                status, told, body = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            status, told, body = answer.code, answer.headers, answer.read()
        self.listen(request, body)
        return status, {name: value for name, value in told.items() if name.lower() not in OWN}, body

    def listen(self, request, body):
        if token := request.headers.get("X-Tableau-Auth"):
            self.secrets[token] = "a session's token"
        if request.path.endswith("/auth/signin"):
            self.secrets |= {found.decode(): "a JWT" for found in JWT.findall(request.content)}
            self.secrets |= {(one or other).decode(): "a session's token" for one, other in TOKEN.findall(body)}
