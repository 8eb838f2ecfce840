"""The judge of the simulator's answers (support/schema.py), judged: it must see what is wrong, and nothing else."""

import pytest
import schema

ID = "59ac97cf-c82c-4052-8c91-bb16a020f004"
HEAD = f'<?xml version="1.0" encoding="UTF-8"?><tsResponse xmlns="{schema.NAMESPACE}">'

# A mark, as a module that is skipped as a whole makes pytest fail for want of tests.
pytestmark = pytest.mark.skipif(
    not schema.present(),
    reason=f"no answer is judged by the official schema: not present: {schema.PATH} (set TABFERRY_SHARED)")


@pytest.fixture(autouse=True)
def not_counted(monkeypatch):
    """What the judge is shown here is no answer of the simulator: the summary of the run leaves it out."""
    monkeypatch.setattr(schema, "used", schema.used.copy())
    monkeypatch.setattr(schema, "judged", schema.judged.copy())


def problems(inner):
    return schema.problems((HEAD + inner + "</tsResponse>").encode())


def page(inner, number=1):
    return f'<pagination pageNumber="{number}" pageSize="100" totalAvailable="1"/>{inner}'


SPEC = (f'<flowRunSpec flowId="{ID}"><flowOutputSteps><flowOutputStep id="{ID}" name="a"/></flowOutputSteps>'
        "<flowParameterSpecs/></flowRunSpec>")
REFRESH = f'<extractRefresh id="{ID}" type="FullRefresh"><workbook id="{ID}"/></extractRefresh>'


def tasks(more="", flow=f'<flow id="{ID}"/>'):
    return f'<tasks><task><runFlow id="{ID}" {more}>{flow}{SPEC}</runFlow></task></tasks>'


def linked(more=""):
    run = f'<task><flowRun id="{ID}" {more}><flow id="{ID}"/></flowRun></task>'
    steps = f'<linkedTaskSteps><linkedTaskSteps id="{ID}" stepNumber="1">{run}</linkedTaskSteps></linkedTaskSteps>'
    return f'<linkedTask id="{ID}"><schedule/>{steps}</linkedTask>'


def schedule(frequency="Daily"):
    return f'<schedule frequency="{frequency}"/>'


@pytest.mark.parametrize(
    "inner",
    [
        '<error code="404005"><summary>Resource Not Found</summary><detail>d</detail></error>',
        page(f'<users><user id="{ID}" name="a" siteRole="Viewer"/></users>'),
        page(f'<views><view id="{ID}" name="a"/></views>'),  # the schema does not page them, every real server does
        f'<job id="{ID}" type="UpdateUploadedFile"/>',
        f'<user id="{ID}" authSetting="TableauIDWithMFA"/>',
        tasks(),
        linked(),
        REFRESH + schedule(),
    ],
)
def test_what_is_right(inner):
    assert problems(inner) == []


@pytest.mark.parametrize(
    "inner, says",
    [
        (page(f'<users><user id="{ID}" siteRole="Nobody"/></users>'), "siteRole"),
        (page(f'<users><user id="{ID}" authSetting="TableauIDWithMFAs"/></users>'), "authSetting"),
        (page('<users><user id="7"/></users>'), "id"),
        (page("<users/>", number=0), "pageNumber"),
        (page("<views/>", number=0), "pageNumber"),
        (page(f'<views><view id="{ID}" nam="a"/></views>'), "nam"),
        (page(f'<view id="{ID}"/>'), "'view': This element is not expected"),
        (f'<job id="{ID}" type="Nothing"/>', "type"),
        ("<users/>", "pagination"),
        (f'<workbook id="{ID}"><tags/><project id="{ID}"/></workbook>', "project"),
        (f'<workbook id="{ID}" createdAt="yesterday"/>', "createdAt"),
        # What stands in a form that the schema does not know is judged all the same.
        (tasks('priority="-1"'), "priority"),
        (tasks(flow='<flow colour="red"/>'), "colour"),
        (tasks(flow=""), "flowRunSpec"),
        (linked('colour="red"'), "colour"),
        (REFRESH + schedule("Never"), "frequency"),
        (REFRESH.replace("FullRefresh", "FullRefresh\" colour=\"red") + schedule(), "colour"),
        (schedule() + REFRESH, "extractRefresh"),
    ],
)
def test_what_is_wrong(inner, says):
    [problem] = problems(inner)
    assert says in problem


def test_what_is_not_of_the_api():
    assert schema.problems(b"<tsResponse/>") != []
    assert schema.problems(b'<?xml version="1.0"?><tsResponse/>') != []
    assert schema.problems(b'<?xml version="1.0"?><tsResponse>') != []
    assert schema.problems(HEAD.replace("tableau.com", "tableausoftware.com").encode() + b"</tsResponse>") != []


PAGE = '"pagination":{"pageNumber":"1","pageSize":"100","totalAvailable":"1"}'


JSON_SPEC = '"flowRunSpec":{"flowOutputSteps":{"flowOutputStep":[{}]},"flowParameterSpecs":{}}'


@pytest.mark.parametrize(
    "text",
    [
        '{"tasks":{"task":[{"runFlow":{"flow":{"id":"%s"},%s}}]}}' % (ID, JSON_SPEC),
        '{%s,"projects":{"project":[{"id":"%s","name":"a","writeable":true}]}}' % (PAGE, ID),
        '{%s,"users":{}}' % PAGE,
        '{"error":{"summary":"a","detail":"b","code":"401002"}}',
        '{"workbook":{"id":"%s","name":"a","tags":{"tag":[{"label":"b"}]},"project":{"id":"%s"}}}' % (ID, ID),
    ],
)
def test_json_that_mirrors_the_schema(text):
    assert schema.json_problems(text.encode()) == []


@pytest.mark.parametrize(
    "text, says",
    [
        ('{%s,"projects":{"project":{"id":"%s"}}}' % (PAGE, ID), "an array belongs here"),
        ('{%s,"projects":{"project":[{"id":"%s","writeable":"true"}]}}' % (PAGE, ID), "xs:boolean"),
        ('{%s,"projects":{"project":[{"id":"%s","colour":"red"}]}}' % (PAGE, ID), "colour"),
        ('{%s,"users":{}}' % PAGE.replace('"100"', "100"), "pageSize"),
        ('{"error":{"summary":"a","detail":"b","code":401002}}', "code"),
        ('{"workbook":{"id":"%s","project":[{"id":"%s"}]}}' % (ID, ID), "no array belongs here"),
        ('{"tasks":{"task":[{"runFlow":{"colour":"red","flow":{"id":"%s"},%s}}]}}' % (ID, JSON_SPEC), "colour"),
        ("[]", "not an object"),
        ("{", "not JSON"),
    ],
)
def test_json_that_does_not(text, says):
    [problem] = schema.json_problems(text.encode())
    assert says in problem


def test_every_answer_to_a_session_is_judged(sim):
    judged = schema.judged.copy()
    with schema.session() as session:
        session.get(f"{sim.url}/api/2.4/serverinfo")
        session.get(f"{sim.url}/api/2.4/serverinfo", headers={"Accept": "application/json"})
        session.get(f"{sim.url}/api/2.4/nothing")
    assert schema.judged - judged == {"xml": 2, "json": 1}


def test_a_wrong_answer_is_remembered(monkeypatch):
    monkeypatch.setattr(schema, "violations", [])
    response = schema.requests.Response()
    response.status_code, response._content = 200, HEAD.encode() + b"<users/></tsResponse>"
    response.headers["Content-Type"] = "application/xml;charset=utf-8"
    response.request = schema.requests.Request("GET", f"http://localhost/api/3.27/sites/{ID}/users").prepare()
    schema._judge(response)
    schema._judge(response)
    assert len(schema.violations) == 1
    assert schema.violations[0].startswith("GET /api/3.27/sites/ID/users -> 200: ")
