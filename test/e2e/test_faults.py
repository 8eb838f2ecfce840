"""The engine, the site and the user at their worst: the site holds the old version or the new one, and the message says why."""
import os
import signal
import time

import pytest
import tableauserverclient as tsc

from ferry import Workshop, make_template, processes, rows_of, until

COLUMNS = {"id": "bigint", "note": "text"}


def small_shop(folder, site, rows=3):
    shop = Workshop(folder, site)
    shop.put_rows("o/a.csv", COLUMNS, [(i, f"row {i}") for i in range(rows)])
    shop.table("orders", COLUMNS, "data/o/*.csv")
    return shop.write()


@pytest.fixture
def shop(tmp_path, sim):
    workshop = small_shop(tmp_path, sim)
    assert workshop.publish().code == 0
    return workshop


def stays(shop, *words, code=1, **more):
    before = shop.site_state()
    result = shop.publish(**more)
    assert result.code == code, result
    for word in words:
        assert word in result.message, (word, result)
    assert shop.site_state() == before and shop.leftovers() == []
    return result


# --- the engine

def test_no_engine_says_how_to_get_it(shop):
    result = shop.publish(env={"TABFERRY_HYPERD": str(shop.folder / "nowhere")})
    assert result.code == 1 and "nowhere" in result.err and "pip install tableauhyperapi" in result.err, result


def test_an_engine_that_cannot_run_is_told(shop):
    fake = shop.folder / "hyperd"
    fake.write_text("#!/bin/sh\necho no engine today >&2\nexit 1\n")
    fake.chmod(0o755)
    stays(shop, "engine", env={"TABFERRY_HYPERD": str(fake)})


def engine_of(shop):
    return until(lambda: processes(str(shop.temp)), what="the start of the engine")[0]


def loading(shop, rows=2_000_000):
    """A publish whose engine is loading right now."""
    shop.put("o/a.csv", "id,note\n" + "".join(f"{i},row {i} with some more text to load\n" for i in range(rows)))
    process = shop.start("publish")
    for text in process.stderr:
        if "loading" in text:
            return process
    raise AssertionError("it never came to loading")


def test_an_engine_killed_in_mid_load_is_told(shop):
    before = shop.site_state()
    process = loading(shop)
    os.kill(engine_of(shop), signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1 and "engine" in err and "memory" in err, err   # the usual killer is the kernel
    assert shop.site_state() == before and shop.leftovers() == [] and processes(str(shop.temp)) == []


def test_an_engine_out_of_memory_is_told(shop):
    before = shop.site_state()
    shop.put("o/a.csv", "id,note\n" + "".join(f"{i},row {i} with some more text to load\n" for i in range(1_000_000)))
    limit = f"ulimit -v 700000; exec {os.environ['TABFERRY_HYPERD']} \"$@\""
    fake = shop.folder / "hyperd"
    fake.write_text(f"#!/bin/bash\n{limit}\n")
    fake.chmod(0o755)
    result = shop.publish(env={"TABFERRY_HYPERD": str(fake)})
    assert result.code == 1 and "engine" in result.message, result
    assert shop.site_state() == before


# --- the site

def test_a_site_that_is_down_is_told_at_once_and_nothing_is_built(shop, tmp_path):
    shop.site.stop()
    started = time.monotonic()
    result = shop.publish()
    assert result.code == 1 and "127.0.0.1" in result.message and "refused" in result.message.lower(), result
    assert "extract" not in result.err and time.monotonic() - started < 60
    assert shop.leftovers() == []


def test_a_wrong_token_is_told_before_any_data_is_read(shop):
    shop.put("o/a.csv", "broken")
    result = stays(shop, "401001", env={"PAT_SECRET": "wrong-secret"})
    assert "token" in result.message and "wrong-secret" not in result.message + result.err


def test_a_secret_that_is_not_set_is_a_config_error(shop):
    shop.settings["name"] = "Sales"
    config = (shop.folder / "tabferry.yaml").read_text().replace("env:PAT_SECRET", "env:NOT_SET_ANYWHERE")
    (shop.folder / "tabferry.yaml").write_text(config)
    result = shop.publish()
    assert result.code == 2 and "NOT_SET_ANYWHERE" in result.err + result.out, result


def test_an_expired_session_is_signed_in_again_at_every_request(tmp_path, make_sim):
    """Whichever request meets the end of the session, the data source is published once."""
    for n in range(1, 50):
        folder = tmp_path / str(n)
        folder.mkdir()
        with make_sim("--expire-session-at", str(n)) as sim:
            shop = small_shop(folder, sim)
            result = shop.publish()
            assert result.code == 0, (n, result)
            try:
                assert len(shop.published()) == 1
            except tsc.FailedSignInError:   # tabferry made fewer requests than n: it was ours that met the end
                break
    assert n > 4


def test_no_right_to_publish_is_told(tmp_path, make_sim):
    with make_sim("--deny-publish") as sim:
        shop = small_shop(tmp_path, sim)
        result = shop.publish()
        assert result.code == 1 and "403007" in result.message, result
        assert shop.published() == []


def test_a_failed_job_is_told_with_its_notes(tmp_path, make_sim):
    with make_sim("--fail-job", "the disk of the backgrounder is full") as sim:
        shop = Workshop(tmp_path, sim)
        noise = os.urandom(36 << 20).hex()
        shop.put("o/a.csv", "id,note\n" + "".join(f"{at},{noise[at:at + 64]}\n" for at in range(0, len(noise), 64)))
        shop.table("orders", COLUMNS, "data/o/*.csv")
        result = shop.write().publish()
        assert result.code == 1 and "the disk of the backgrounder is full" in result.message, result
        assert shop.published() == []


# --- the user

@pytest.mark.parametrize("words", ["signing in", "starting the Hyper engine", "loading", "swapping", "publishing"])
def test_sigint_in_every_phase_ends_cleanly(shop, words):
    before = shop.site_state()
    process = shop.start("publish")
    for text in process.stderr:
        if words in text:
            process.send_signal(signal.SIGINT)
            break
    else:
        raise AssertionError(f"no line with {words!r}")
    out, err = process.communicate(timeout=30)
    assert process.returncode in (130, 0), (process.returncode, err)   # 0: it was through before the signal came
    if process.returncode == 130:
        assert "cancelled" in err, err
        # Behind the last byte of the final call nobody can take it back, and the message says so.
        assert shop.site_state() == before or "the site may publish it all the same" in err, err
    assert shop.leftovers() == [] and processes(str(shop.temp)) == []


def fault(shop, **settings):
    return {"LD_PRELOAD": os.environ["TABFERRY_FAULT"], **{f"FAULT_{name.upper()}": str(value) for name, value in settings.items()}}


def count_calls(shop):
    path = shop.folder / "calls"
    result = shop.publish(env=fault(shop, count=path))
    assert result.code == 0, result
    return int(path.read_text())


def old_or_new(shop, old_rows, new_rows):
    [item] = shop.published()
    [[rows]] = rows_of(shop.download(item)["Data/Extracts/data.hyper"], "SELECT count(*) FROM public.orders")
    assert rows in (old_rows, new_rows)
    return rows


def test_sigkill_at_20_points(shop):
    calls = count_calls(shop)
    assert calls > 40, calls
    shop.put_rows("o/b.csv", COLUMNS, [(9, "new")])
    points = sorted({1 + at * (calls - 1) // 19 for at in range(20)})
    for point in points:
        result = shop.publish(env=fault(shop, kill_at=point))
        assert result.code in (-signal.SIGKILL, 0), (point, result)
        until(lambda: processes(str(shop.temp)) == [], 10, f"the end of the engine (killed at call {point})")
        old_or_new(shop, 3, 4)
    for path in shop.temp.glob(".tabferry-new-*"):   # killed while it was made: garbage once it is a minute old
        os.utime(path, (1, 1))
    result = shop.publish()
    assert result.code == 0 and old_or_new(shop, 4, 4), result
    assert shop.leftovers() == [], "the next run cleans up"


def test_a_failing_call_at_20_points_is_told(shop):
    calls = count_calls(shop)
    shop.put_rows("o/b.csv", COLUMNS, [(9, "new")])
    for point in sorted({1 + at * (calls - 1) // 19 for at in range(20)}):
        result = shop.publish(env=fault(shop, fail_at=point))
        assert result.code in (0, 1, 2), (point, result)
        if result.code != 0:
            assert result.message.strip(), (point, result)
        until(lambda: processes(str(shop.temp)) == [], 10, f"the end of the engine (call {point} failed)")
        old_or_new(shop, 3, 4)
