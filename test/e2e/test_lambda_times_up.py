"""Every job of a Lambda function that cannot be gone on with, when its time is up: it ends in time, says so with the way out, and the
same event works when there is time. Those that continue: test_lambda_deadline.py.
"""

import contextlib

import pytest
from backup_shop import BackupShop, made_site
from backup_tiny import ITEMS, TINY
from ferry import HYPERD
from lambda_runtime import function_of
from simulator import start_sim
from weather import Weather

SECONDS = 4  # of which the last one is for the end
LATE = ("--only", "GET", "--slow", "3400ms@3")  # one answer of S3 comes when the time is up, and all the others at once


@pytest.fixture
def shop(tmp_path, cache, far):
    with start_sim(data=made_site(cache, TINY), control=True) as sim:
        yield BackupShop(tmp_path, sim, far, prefix=tmp_path.name)


@contextlib.contextmanager
def slow_store(shop, *weather_flags):
    with Weather(shop.s3.url.rsplit(":", 1)[1], *weather_flags) as weather:
        shop.s3_through(weather.url)
        shop.write(template=False)
        yield
    shop.s3_through(shop.s3.url)
    shop.write(template=False)


@contextlib.contextmanager
def slow_site(shop, requests):
    shop.straight.control.add(f"latency=60s@1+ on {requests}")
    yield
    shop.straight.control.clear()


@contextlib.contextmanager
def slow_line(shop):
    """To the site: an upload of some hundred kilobytes has no end."""
    with Weather(shop.straight.url.rsplit(":", 1)[1], "--bandwidth", "10KB/s") as weather:
        shop.site_through(weather.url)
        shop.write(template=False)
        yield
    shop.site_through(shop.straight.url)
    shop.write(template=False)


def cut(function, event, seconds=SECONDS, kind="cancelled", says="took longer than this function may run"):
    """The answer of a call whose time is up."""
    answer = function.invoke(event, seconds)
    assert not answer.ok and answer.seconds < seconds and "\n" not in answer.message, answer
    assert answer.body["errorType"] == f"tabferry.{kind}" and says in answer.message and "Fargate" in answer.message, answer
    assert function.metrics()[-1]["Failed"] == 1
    return answer


def whole(function, event):
    answer = function.invoke(event)
    assert answer.ok and answer.status == "done", answer
    return answer.body


def test_verify(shop):
    assert shop.backup().code == 0
    event = {"job": "verify", "full": True}
    with function_of(shop) as function:
        with slow_store(shop, *LATE):
            cut(function, event)
        assert whole(function, event)["whole"]


def test_prune(shop):
    """What is taken away stays so, no snapshot is cut, and its lease is free at once."""
    assert [shop.backup("--full").code for _ in range(3)] == [0, 0, 0]
    *old, new = shop.names()
    event = {"job": "prune", "keep_last": 1}
    with function_of(shop) as function:
        with slow_store(shop, "--only", "POST", "--slow", "1s@1+"):  # each deletion of many objects
            cut(function, event, 8)
        assert any(shop.store.list(f"{name}/") for name in old) and whole(function, {"job": "verify", "full": True})["whole"]
        whole(function, event)
    assert shop.names() == [new] and not any(shop.store.list(f"{name}/") for name in old)


def test_publish(shop):
    """The message says what became of the data source too: nothing on the site is changed."""
    shop.let_publish()
    event = {"job": "publish"}
    with function_of(shop, TABFERRY_HYPERD=HYPERD) as function:
        with slow_line(shop):
            answer = cut(function, event)
        assert "sales: " in answer.message and answer.body["report"]["status"] == "cancelled", answer
        assert shop.published() == [] and shop.leftovers() == []
        assert whole(function, event)["reports"][0]["rows"] == 2
    assert len(shop.published()) == 1


def test_doctor(shop):
    with function_of(shop) as function:
        with slow_site(shop, "POST **/auth/signin"):
            cut(function, {"job": "doctor"}, 2)
        whole(function, {"job": "doctor"})


def test_the_plan(shop):
    event = {"job": "backup.plan"}
    with function_of(shop) as function:
        with slow_site(shop, "GET **/users*"):
            cut(function, event, 2, "refused", "listing the site took longer")
        assert whole(function, event)["snapshot"]


def test_the_seal(shop):
    with function_of(shop) as function:
        plan = whole(function, {"job": "backup.plan"})["snapshot"]
        whole(function, {"job": "backup.work", "snapshot": plan})
        event = {"job": "backup.seal", "snapshot": plan}
        with slow_store(shop, *LATE):
            cut(function, event, SECONDS, "refused", f"sealing {plan} took longer")
        assert shop.names() == [] and whole(function, event)["saved"] == ITEMS
    assert shop.differences() == []
