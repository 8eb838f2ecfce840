"""Subscriptions of a Server, data alerts and webhooks, judged by tableauserverclient."""

import tableauserverclient as TSC
from lxml import etree
from sim_shelf import refused
from simulator import NOBODY

NS = {"t": "http://tableau.com/api"}


def code_of(answer):
    return answer.status_code, etree.fromstring(answer.content)[0].get("code")


# --- subscriptions ----------------------------------------------------------------------------------------------------


def schedule_id(stage, name="Monday morning"):
    return next(one.id for one in TSC.Pager(stage.server.schedules) if one.name == name)


def subscription(stage, user=None, target=None, schedule=None):
    return TSC.SubscriptionItem("Weekly", schedule or schedule_id(stage), user or stage.server.user_id,
                                target or TSC.Target(stage.view.id, "View"))


def test_a_subscription_is_created_and_given_back(stage):
    asked = subscription(stage)
    asked.message, asked.attach_image, asked.attach_pdf, asked.send_if_view_empty = "Good <morning>", False, True, False
    asked.page_orientation, asked.page_size_option = "LANDSCAPE", "A4"
    made = stage.server.subscriptions.create(asked)
    [listed], page = stage.server.subscriptions.get()
    assert page.total_available == 1
    for one in (made, listed, stage.server.subscriptions.get_by_id(made.id)):
        assert (one.id, one.subject, one.message, one.suspended) == (made.id, "Weekly", "Good <morning>", False)
        assert (one.attach_image, one.attach_pdf, one.send_if_view_empty) == (False, True, False)
        assert (one.page_orientation, one.page_size_option) == ("LANDSCAPE", "A4")
        assert (one.target.id, one.target.type, one.schedule_id) == (stage.view.id, "View", schedule_id(stage))
        assert (one.user_id, one.schedule) == (stage.server.user_id, None)


def test_a_subscription_is_changed_and_deleted(stage):
    one = stage.server.subscriptions.create(subscription(stage, target=TSC.Target(stage.workbook.id, "Workbook")))
    assert (one.attach_image, one.attach_pdf, one.send_if_view_empty, one.target.type) == (
        True, False, True, "Workbook")
    one.subject, one.suspended, one.attach_pdf, one.send_if_view_empty = "Daily", True, True, False
    changed = stage.server.subscriptions.update(one)
    assert (changed.subject, changed.suspended, changed.attach_pdf, changed.send_if_view_empty) == (
        "Daily", True, True, False)
    assert (changed.schedule_id, changed.target.id, changed.user_id) == (
        one.schedule_id, stage.workbook.id, one.user_id)
    stage.server.subscriptions.delete(one.id)
    with refused(404025):
        stage.server.subscriptions.get_by_id(one.id)
    assert stage.server.subscriptions.get()[0] == []


def test_a_subscription_on_the_refresh_of_extracts(stage):
    body = (f'<subscription subject="Fresh" refreshExtractTriggered="true">'
            f'<content id="{stage.workbook.id}" type="Workbook"/>'
            f'<schedule id="{schedule_id(stage)}"/><user id="{stage.server.user_id}"/></subscription>')
    made = etree.fromstring(stage.request("POST", "subscriptions", body).content)[0]
    assert made.get("refreshExtractTriggered") == "true"
    listed = etree.fromstring(stage.request("GET", "subscriptions").content).find(".//t:subscription", NS)
    assert [child.attrib for child in listed] == [
        {"id": stage.workbook.id, "name": "Book", "type": "Workbook", "sendIfViewEmpty": "true"},
        {"id": schedule_id(stage), "name": "Monday morning"},
        {"id": stage.server.user_id, "name": "admin"}]
    as_json = stage.request("GET", "subscriptions", as_json=True)["subscriptions"]["subscription"]
    assert as_json[0]["refreshExtractTriggered"] is True and as_json[0]["content"]["sendIfViewEmpty"] is True


def test_who_sees_and_makes_subscriptions(stage):
    vera, mute = stage.user("vera", "Explorer"), stage.user("mute", "Viewer", email=False)
    mine = stage.server.subscriptions.create(subscription(stage))
    hers = stage.server.subscriptions.create(subscription(stage, user=vera.id))
    with refused(403064):
        stage.server.subscriptions.create(subscription(stage, user=mute.id))
    seen = stage.sim.client("vera").server
    assert [one.id for one in seen.subscriptions.get()[0]] == [hers.id]
    assert {one.id for one in stage.server.subscriptions.get()[0]} == {mine.id, hers.id}
    for call in (seen.subscriptions.get_by_id, seen.subscriptions.delete):
        with refused(403060):
            call(mine.id)
    with refused(403060):
        seen.subscriptions.create(subscription(stage))       # for the administrator
    assert seen.subscriptions.create(subscription(stage, user=vera.id)).user_id == vera.id
    seen.subscriptions.delete(hers.id)
    assert len(stage.server.subscriptions.get()[0]) == 2


def test_what_subscriptions_are_refused(stage):
    content, schedule = f'<content id="{stage.view.id}" type="View"/>', f'<schedule id="{schedule_id(stage)}"/>'
    user, flows = f'<user id="{stage.server.user_id}"/>', f'<schedule id="{schedule_id(stage, "Daily flows")}"/>'
    for more, inner, code in [("", content + schedule, 400067),
                              ('subject=" "', content + schedule, 400067),
                              ('subject="A"', schedule, 400068),
                              ('subject="A"', content.replace("View", "Flow") + schedule, 400069),
                              ('subject="A" pageOrientation="ROUND"', content + schedule, 400063),
                              ('subject="A" pageSizeOption="a4"', content + schedule, 400063),
                              ('subject="A" color="red"', content + schedule, 400000),
                              ('subject="A"', content, 404023),
                              ('subject="A"', content.replace(stage.view.id, NOBODY) + schedule, 404011),
                              ('subject="A"', content + flows, 400063)]:
        body = f"<subscription {more}>{inner}{user}</subscription>"
        assert code_of(stage.request("POST", "subscriptions", body)) == (code // 1000, str(code)), body
    assert stage.server.subscriptions.get()[0] == []


# --- data alerts ------------------------------------------------------------------------------------------------------


def make_alert(stage, server=None, **more):
    words = {
        "subject": "Too much", "frequency": "Daily", "visibility": "public", "device": "default",
        "worksheetName": "Sheet 1", "viewId": stage.view.id, "alertCondition": "above", "alertThreshold": "1000.5",
        **more}
    attributes = " ".join(f'{name}="{value}"' for name, value in words.items())
    return stage.request("POST", "dataAlerts", f"<dataAlertCreateAlert {attributes}/>", server=server)


def alert_id(answer):
    assert answer.status_code == 201, answer.text
    return etree.fromstring(answer.content)[0].get("id")


def test_an_alert_is_created_and_given_back(stage):
    made, me = alert_id(make_alert(stage)), stage.server.user_id
    [listed], page = stage.server.data_alerts.get()
    assert page.total_available == 1
    one = stage.server.data_alerts.get_by_id(made)
    for alert in (listed, one):
        assert (alert.id, alert.subject, alert.frequency, alert.public) == (made, "Too much", "Daily", "true")
        assert (alert.creatorId, alert.owner_id, alert.owner_name) == (me, me, "admin")
        assert (alert.view_id, alert.workbook_id, alert.workbook_name) == (stage.view.id, stage.workbook.id, "Book")
        assert (alert.project_id, alert.project_name) == (stage.project, "default")
    assert (listed.recipients, one.recipients) == ([], [me])
    detail = etree.fromstring(stage.request("GET", f"dataAlerts/{made}").content)[0]
    assert (detail.get("alertCondition"), detail.get("alertThreshold")) == ("above", "1000.5")
    rough = etree.fromstring(stage.request("GET", "dataAlerts").content)[-1][0]
    assert rough.get("alertCondition") is None


def test_an_alert_is_changed_and_deleted(stage):
    one, vera = stage.server.data_alerts.get_by_id(alert_id(make_alert(stage))), stage.user("vera")
    one.subject, one.frequency, one.public, one._owner_id = "Less", "Hourly", False, vera.id
    changed = stage.server.data_alerts.update(one)
    assert (changed.subject, changed.frequency, changed.public, changed.owner_id) == (
        "Less", "Hourly", "false", vera.id)
    assert (changed.creatorId, changed.recipients) == (stage.server.user_id, [stage.server.user_id])
    stage.server.data_alerts.delete(one.id)
    answer = stage.request("GET", f"dataAlerts/{one.id}")
    assert code_of(answer) == (404, "409023") and "Resource Not Found" in answer.text
    assert stage.server.data_alerts.get()[0] == []


def test_the_recipients_of_an_alert(stage):
    one, vera = stage.server.data_alerts.get_by_id(alert_id(make_alert(stage))), stage.user("vera")
    hers = stage.sim.client("vera").server
    assert hers.data_alerts.get()[0] == []
    added = stage.server.data_alerts.add_user_to_alert(one, vera)
    assert (added.id, added.name, added.site_role) == (vera.id, "vera", "Viewer")
    assert stage.server.data_alerts.get_by_id(one.id).recipients == [stage.server.user_id, vera.id]
    assert [alert.id for alert in hers.data_alerts.get()[0]] == [one.id]
    with refused(409028):
        stage.server.data_alerts.add_user_to_alert(one, vera)
    with refused(403004):
        hers.data_alerts.delete(one.id)
    stage.server.data_alerts.delete_user_from_alert(one, vera)
    assert stage.server.data_alerts.get_by_id(one.id).recipients == [stage.server.user_id]
    with refused(409030):
        stage.server.data_alerts.delete_user_from_alert(one, vera)
    with refused(404002):
        stage.server.data_alerts.add_user_to_alert(one, NOBODY)


def test_what_alerts_are_refused(stage):
    for more, code in [
            ({"alertCondition": "beside"}, 409029),
            ({"frequency": "Yearly"}, 409029),
            ({"visibility": "x"}, 409029),
            ({"subject": ""}, 400000),
            ({"viewId": NOBODY}, 404011),
            ({"color": "red"}, 400000)]:
        assert code_of(make_alert(stage, **more)) == (code // 1000, str(code)), more
    assert stage.server.data_alerts.get()[0] == []


# --- webhooks ---------------------------------------------------------------------------------------------------------


def webhook(name="Told", event="datasource-refresh-failed", url="https://hooks.example.com/a?b=1&c=2"):
    item = TSC.WebhookItem()
    item.name, item.event, item.url = name, event, url
    return item


def test_a_webhook_is_created_changed_and_deleted(stage):
    server = stage.server
    made = server.webhooks.create(webhook())
    [listed], page = server.webhooks.get()
    assert page.total_available == 1
    for one in (made, listed, server.webhooks.get_by_id(made.id)):
        assert (one.id, one.name, one.event) == (made.id, "Told", "datasource-refresh-failed")
        assert (one.url, one.owner_id) == ("https://hooks.example.com/a?b=1&c=2", server.user_id)
    change = '<webhook name="Quiet" isEnabled="false" statusChangeReason="noise" event="WorkbookCreated"/>'
    assert stage.request("PUT", f"webhooks/{made.id}", change).status_code == 200
    told = etree.fromstring(stage.request("GET", f"webhooks/{made.id}").content)[0]
    words = [told.get(word) for word in ("name", "isEnabled", "statusChangeReason", "event")]
    assert words == ["Quiet", "false", "noise", "WorkbookCreated"]
    assert server.webhooks.get_by_id(made.id).event == "workbook-created"
    server.webhooks.delete(made.id)
    with refused(404001):
        server.webhooks.get_by_id(made.id)
    assert server.webhooks.get()[0] == []


def test_the_test_of_a_webhook_calls_nobody(stage):
    made = stage.server.webhooks.create(webhook(url="https://127.0.0.1:1/nobody-listens"))
    result = etree.fromstring(stage.server.webhooks.test(made.id).content)[0]
    assert (result.get("id"), result.get("status"), result[0].text) == (
        made.id, "200", "This is a simulator: nothing was sent.")


def test_what_webhooks_are_refused(stage):
    for wrong in (webhook(url="http://hooks.example.com/"), webhook(url="https://"), webhook(event="sun-rises")):
        with refused(400003):
            stage.server.webhooks.create(wrong)
    stage.user("vera", "ExplorerCanPublish")
    with refused(403004):
        stage.sim.client("vera").server.webhooks.get()
    assert stage.server.webhooks.get()[0] == []
