"""A client of the simulator that leaves each byte of a request to the test, and looks at each answer."""

import io
import time
from xml.etree import ElementTree

import requests
from sim_storm import NS, SIGN_IN


class Client:
    """One signed-in session on one kept connection."""

    def __init__(self, url, sign_in=True):
        self.url, self.http = url, requests.Session()
        self.http.trust_env = False
        if sign_in:
            answer = self.post("auth/signin", data=SIGN_IN)
            assert answer.status_code == 200, answer.text
            credentials = xml(answer).find(f"{NS}credentials")
            self.http.headers["X-Tableau-Auth"] = credentials.get("token")
            self.site = "sites/" + credentials.find(f"{NS}site").get("id")

    def __call__(self, method, path, **more):
        return self.http.request(method, f"{self.url}/api/3.27/{path}", timeout=60, **more)

    def get(self, path, **more):
        return self("GET", path, **more)

    def post(self, path, **more):
        return self("POST", path, **more)

    def put(self, path, **more):
        return self("PUT", path, **more)

    def projects(self):
        return {p.get("name"): p.get("id") for p in xml(self.get(f"{self.site}/projects")).iter(f"{NS}project")}

    def datasources(self):
        return {d.get("name"): d for d in xml(self.get(f"{self.site}/datasources")).iter(f"{NS}datasource")}

    def publish(self, content, name="Sales", query="?datasourceType=tdsx", filename="sales.tdsx", **more):
        body, kind = mixed([("request_payload", "", payload(name, **more)), ("tableau_datasource", filename, content)])
        return self.post(f"{self.site}/datasources{query}", data=body, headers={"Content-Type": kind})

    def start_upload(self):
        answer = self.post(f"{self.site}/fileUploads")
        assert answer.status_code == 201
        return xml(answer).find(f"{NS}fileUpload").get("uploadSessionId")

    def append(self, session, content):
        body, kind = mixed([("request_payload", "", b""), ("tableau_file", "file", content)])
        return self.put(f"{self.site}/fileUploads/{session}", data=body, headers={"Content-Type": kind})

    def commit(self, session, name="Sales", query=""):
        body, kind = mixed([("request_payload", "", payload(name))])
        path = f"{self.site}/datasources?datasourceType=tdsx&uploadSessionId={session}{query}"
        return self.post(path, data=body, headers={"Content-Type": kind})


def xml(answer):
    assert answer.headers["Content-Type"] == "application/xml;charset=UTF-8", answer.text
    assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8"?><tsResponse xmlns="http://tableau.com/api"')
    return ElementTree.fromstring(answer.content)


def error(answer):
    """(status, code, summary) of a refusal, which must have a detail too."""
    found = xml(answer).find(f"{NS}error")
    assert found is not None, answer.text
    assert found.find(f"{NS}detail").text
    return answer.status_code, found.get("code"), found.find(f"{NS}summary").text


def payload(name, project=None):
    root = ElementTree.Element("tsRequest")
    datasource = ElementTree.SubElement(root, "datasource", name=name)
    if project:
        ElementTree.SubElement(datasource, "project", id=project)
    return ElementTree.tostring(root)


def mixed(parts, boundary="b0undary", typed=True):
    out = io.BytesIO()
    for name, filename, content in parts:
        first = "form-data; " if typed else ""
        last = f'; filename="{filename}"' if filename or typed else ""
        out.write(f'--{boundary}\r\nContent-Disposition: {first}name="{name}"{last}\r\n'.encode())
        kind = "text/xml" if name == "request_payload" else "application/octet-stream"
        out.write(f"Content-Type: {kind}\r\n\r\n".encode())
        out.write(content + b"\r\n")
    out.write(f"--{boundary}--\r\n".encode())
    return out.getvalue(), f"multipart/mixed; boundary={boundary}"


def until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
