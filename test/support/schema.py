"""Judges what the simulator answers by the official schema of the REST API, which is not ours (ts-api_3_29.xsd, in the
folder that $TABFERRY_SHARED names).

    server = tableauserverclient.Server(url, session_factory=schema.session)
    session = schema.validated(requests.Session())

An answer to such a session is judged; what is wrong lands in `violations`, which a fixture of all tests (conftest.py)
looks at when a test ends: a client library swallows exceptions in places, a list does not. Where the schema is missing
nothing is judged, and test_sim_schema.py says so by being skipped.

ALLOWED is the list of what may differ from the schema, and why.
"""

import collections
import functools
import json
import os
import pathlib
import re

import requests
from lxml import etree

import schema_model
from schema_model import NAMESPACE

FOLDER = pathlib.Path(os.environ.get("TABFERRY_SHARED", pathlib.Path(__file__).parents[3] / "shared"))
PATH = FOLDER / "data" / "tableau-api" / "ts-api_3_29.xsd"

violations = []                      # "GET /api/...: what is wrong", each once
judged = collections.Counter()       # "xml", "json": how many answers were judged
used = collections.Counter()         # the name of an exception: how often it was needed


def present():
    return PATH.exists()


# --- what may differ ---

# One of lxml's complaints, forgiven where the element, the attribute and the value fit (regular expressions, whole).
Allowed = collections.namedtuple("Allowed", "name element attribute value why")

ALLOWED = [
    Allowed("rest-api-version", "restApiVersion", None, r"[23]\.\d+",
            "the pattern of the schema refuses versions such as 3.10 and 3.27, which every real server answers"),
    Allowed("job-type", "job", "type", "UpdateUploadedFile|UserImport|UserDelete",
            "real servers return these types of jobs; the enumeration lacks them"),
    Allowed("auth-setting", "user", "authSetting", "TableauIDWithMFA",
            "Tableau Cloud's users have it; the enumeration lacks it"),
    Allowed("older-capability", "capability", "name", "InheritedProjectLeader|CreateRefreshMetrics",
            "servers before 3.29 tell who leads a project above, those before 3.22 knew metrics; it lost both"),
]

PAGINATION = "pagination-before-any-list"
CATALOG = "catalog-assets"
SPEC = (f'<flowRunSpec xmlns="{NAMESPACE}"><flowOutputSteps><flowOutputStep/></flowOutputSteps>'
        "<flowParameterSpecs><flowParameterSpec/></flowParameterSpecs></flowRunSpec>")
RUN_FLOW, BESIDE, LINKED = "run-flow", "schedule-beside-task", "linked-flow-run"
NO_PARAMETERS = "flow-without-parameters"
REASONS = {one.name: one.why for one in ALLOWED} | {
    RUN_FLOW: "real servers and clients say task/runFlow; the schema knows flowRun only",
    BESIDE: "Tableau Cloud answers extractRefresh and schedule side by side; the schema has one child",
    LINKED: "recorded linked tasks have no flowRunSpec; the schema wants one",
    NO_PARAMETERS: "the run of a flow that has no parameters gives none; the schema wants one at least",
    CATALOG: "lists of databases, tables and columns are no answers of the schema (columns not even a type of it), and "
             "it wants a contact, a certifier and a location of each, which not every asset has",
    PAGINATION: "real servers page views, virtual connections, alerts, jobs and favorites; the schema does not",
}


def unused():
    """The exceptions that nothing needed so far."""
    return sorted(set(REASONS) - set(used))


# --- judging ---


@functools.cache
def _schema():
    return etree.XMLSchema(etree.parse(str(PATH)))


@functools.cache
def _model():
    return schema_model.Model(PATH)


@functools.cache
def _paged():
    """The names of the lists that the schema itself pages."""
    xs = {"xs": "http://www.w3.org/2001/XMLSchema"}
    group = "xs:group[@name='paginatedResponseGroup']"
    return set(_model().root.xpath(f"{group}//xs:element/@name", namespaces=xs)) - {"pagination"}


VALUE = re.compile(r"'(?:\{[^}]*\})?(?P<element>[^']*)'(?:, attribute '(?P<attribute>[^']*)')?: "
                   r".*[Vv]alue '(?P<value>[^']*)'")


def _name(tag):
    return etree.QName(tag).localname


def _forgiven(error):
    """Whether a complaint is one of ALLOWED: about the value of that attribute, or of that element's text."""
    found = VALUE.search(error.message)
    if not found:
        return False
    for one in ALLOWED:
        if (one.element == found["element"] and one.attribute == found["attribute"] and
                re.fullmatch(one.value, found["value"])):
            used[one.name] += 1
            return True
    return False


def _all(root, *names):
    """The elements at the end of such a path, anywhere."""
    return list(root.iterfind(".//" + "/".join(f"{{{NAMESPACE}}}{name}" for name in names)))


def _alone(root, part):
    """What is wrong with a child of the answer: it is taken off and judged as if it were all that was answered."""
    probe = etree.Element(root.tag, nsmap=root.nsmap)
    probe.append(part)
    return _complaints(probe)


def _without_pagination(root):
    """Takes pagination off before a list that the schema does not page, so that the list itself is judged."""
    names = [_name(child.tag) for child in root if isinstance(child.tag, str)]
    if len(names) < 2 or names[0] != "pagination" or names[1] in _paged() or not names[1].endswith("s"):
        return []
    page = root[0]
    root.remove(page)
    used[PAGINATION] += 1
    probe = etree.Element(root.tag, nsmap=root.nsmap)
    probe.extend([page, etree.Element(f"{{{NAMESPACE}}}users")])
    return _complaints(probe)


def _without_schedule(root):
    """Takes off the schedule that stands behind a task, so that both are judged."""
    if [_name(child.tag) for child in root if isinstance(child.tag, str)] != ["extractRefresh", "schedule"]:
        return []
    used[BESIDE] += 1
    return _alone(root, root[1])


def _with_flow_runs(root):
    """Brings the runs of flows into the schema's form: their name, and for linked ones what they run."""
    for run in _all(root, "task", "runFlow"):
        run.tag = f"{{{NAMESPACE}}}flowRun"
        used[RUN_FLOW] += 1
    for run in _all(root, "linkedTaskSteps", "task", "flowRun"):
        if not _all(run, "flowRunSpec"):
            run.append(etree.fromstring(SPEC))
            used[LINKED] += 1
    for given in _all(root, "flowRun", "flowRunSpec", "flowParameterSpecs"):
        if len(given) == 0:
            etree.SubElement(given, f"{{{NAMESPACE}}}flowParameterSpec")
            used[NO_PARAMETERS] += 1


def _named_flow_runs(value, inside=""):
    """The same for a JSON document, of which elements are made by their names: task.runFlow is called flowRun."""
    if isinstance(value, list):
        return [_named_flow_runs(one, inside) for one in value]
    if not isinstance(value, dict):
        return value
    if inside == "task" and "runFlow" in value and "flowRun" not in value:
        used[RUN_FLOW] += 1
        value = {"flowRun" if key == "runFlow" else key: part for key, part in value.items()}
    return {key: _named_flow_runs(part, key) for key, part in value.items()}


def _judged(root):
    """What is wrong with an answer, of which the known exceptions are brought into the schema's form."""
    _with_flow_runs(root)
    return _without_schedule(root) + _without_pagination(root) + _complaints(root)


def _complaints(root):
    schema = _schema()
    if schema.validate(root):
        return []
    errors = [error for error in schema.error_log if not _forgiven(error)]
    return [error.message.replace(f"{{{NAMESPACE}}}", "") for error in errors]


def _whole_asset(asset):
    """A copy with the children that the schema wants of every asset."""
    kind = _name(asset.tag)
    order = ["contact", "certifier", *(["location", "tags"] if kind == "database" else ["tags", "location"])]
    there = {_name(child.tag): child for child in asset}
    copy = etree.Element(asset.tag, asset.attrib)
    copy.extend(there.get(name, etree.Element(f"{{{NAMESPACE}}}{name}")) for name in order)
    copy.extend(child for name, child in there.items() if name not in order)
    return copy


def _catalog_complaints(root):
    """Of an answer with databases or tables: each of them judged by itself. None where it is another answer."""
    assets = [asset for tag in ("database", "table", "column") for asset in root.iterfind(f".//{{{NAMESPACE}}}{tag}")
              if asset.getparent() is root or _name(asset.getparent().tag) == f"{tag}s"]
    if not assets and not any(_name(child.tag) in ("databases", "tables", "columns") for child in root):
        return None
    used[CATALOG] += 1
    found = []
    for asset in assets:
        if _name(asset.tag) != "column":
            found += _alone(root, _whole_asset(asset))
    return found


def problems(body):
    """What is wrong with an XML answer (bytes): a list of sentences."""
    if not body.startswith(b"<?xml"):
        return ["there is no XML declaration; tableauserverclient looks for it"]
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        return [f"not well-formed: {error}"]
    if root.tag != f"{{{NAMESPACE}}}tsResponse":
        return [f"the root is {root.tag}"]
    catalog = _catalog_complaints(root)
    return catalog if catalog is not None else _judged(root)


def json_problems(body):
    """What is wrong with a JSON answer (bytes), which must mirror the schema."""
    try:
        document = json.loads(body)
    except ValueError as error:
        return [f"not JSON: {error}"]
    if not isinstance(document, dict):
        return ["not an object"]
    found = []
    root = schema_model.to_xml(_model(), _named_flow_runs(document), found)
    return found + _judged(root)


# --- sessions ---

REST = re.compile(r"/api/(\d+\.\d+|exp)(/|$)")


def response_problems(response):
    """What is wrong with an answer of the REST API; files, pages of a proxy and other interfaces are not judged."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not REST.search(response.request.path_url) or "Content-Disposition" in response.headers:
        return []
    if kind in ("application/xml", "text/xml"):
        judged["xml"] += 1
        return problems(response.content)
    if kind == "application/json":
        judged["json"] += 1
        return json_problems(response.content)
    if response.status_code == 204 or response.status_code >= 500:
        return []
    if response.headers.get("Content-Length") == "0" or kind.startswith(("image/", "application/", "text/csv")):
        return []
    return [f"an answer of type {kind!r}"]


def _judge(response, *_, **__):
    for problem in response_problems(response):
        path = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", response.request.path_url)
        line = f"{response.request.method} {path} -> {response.status_code}: {problem}"
        if line not in violations:
            violations.append(line)


def validated(session):
    """The session; from now on each answer that it receives is judged."""
    if present() and _judge not in session.hooks["response"]:
        session.hooks["response"].append(_judge)
    return session


def session():
    """A new session whose answers are judged."""
    return validated(requests.Session())
