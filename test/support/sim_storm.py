"""Bare requests to a simulator that has bad weather."""

import io
import random
import zipfile
from xml.etree import ElementTree

import requests
from simulator import PASSWORD, SITE, USER

NS = "{http://tableau.com/api}"
SIGN_IN = (f'<tsRequest><credentials name="{USER}" password="{PASSWORD}"><site contentUrl="{SITE}"/></credentials>'
           "</tsRequest>")
TDS = ("<?xml version='1.0' encoding='utf-8' ?>\n"
       "<datasource version='18.1'><connection class='federated'/></datasource>\n")


class Client:
    """Bare requests, signed in. (Not sim_wire's: faults must be met as they are, with no asserts on the way.)"""

    def __init__(self, sim):
        self.base, self.http = f"{sim.url}/api/3.27", requests.Session()
        self.http.trust_env = False
        self.sign_in()

    def __call__(self, method, path, **more):
        return self.http.request(method, f"{self.base}/{path}", timeout=60, allow_redirects=False, **more)

    def sign_in(self):
        credentials = ElementTree.fromstring(self("POST", "auth/signin", data=SIGN_IN).content).find(f"{NS}credentials")
        self.http.headers["X-Tableau-Auth"] = credentials.get("token")
        self.site = "sites/" + credentials.find(f"{NS}site").get("id")

    def get(self, path, **more):
        return self("GET", f"{self.site}/{path}", **more)

    def publish(self, name="Sales", content=None, query="&overwrite=true"):
        return self.send_parts("POST", f"{self.site}/datasources?datasourceType=tdsx{query}",
                               [("request_payload", f'<tsRequest><datasource name="{name}"/></tsRequest>'.encode()),
                                ("tableau_datasource", content or package())])

    def send_parts(self, method, path, parts):
        head = b'--bound\r\nContent-Disposition: name="%s"; filename="x.tdsx"\r\n\r\n'
        body = b"".join(head % name.encode() + content + b"\r\n" for name, content in parts)
        return self(
            method, path, data=body + b"--bound--\r\n", headers={"Content-Type": "multipart/mixed; boundary=bound"})

    def made(self, name="Sales", content=None):
        answer = self.publish(name, content)
        assert answer.status_code == 201, answer.text
        return first(answer, "datasource").get("id")

    def content(self, luid):
        return self.get(f"datasources/{luid}/content")

    def datasource(self, luid):
        return first(self.get(f"datasources/{luid}"), "datasource")

    def names(self, query=""):
        found = ElementTree.fromstring(self.get(f"datasources{query}").content)
        return [item.get("name") for item in found.iter(f"{NS}datasource")]


def package(seed=1):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:      # ZipInfo: not today's date, so that it is the same at every call
        archive.writestr(zipfile.ZipInfo("x.tds"), TDS)
        archive.writestr(zipfile.ZipInfo("Data/x.hyper"), b"HyPer" + random.Random(seed).randbytes(1000))
    return buffer.getvalue()


def first(answer, element):
    found = ElementTree.fromstring(answer.content).find(f"{NS}{element}")
    assert found is not None, answer.text
    return found


def code(answer):
    found = first(answer, "error").get("code")
    assert answer.status_code == int(found[:3])
    return found


def one_entry(sim, kind, /, **expected):
    """The one entry of the log for that kind, which holds what is expected."""
    entries = sim.control.log(kind)
    assert len(entries) == 1, entries
    for key, value in expected.items():
        assert entries[0][key] == value, entries[0]
    rule = sim.control.faults()["rules"][entries[0]["rule"] - 1]
    assert rule["struck"] == 1 and rule["fault"] == entries[0]["fault"]
    return entries[0]
