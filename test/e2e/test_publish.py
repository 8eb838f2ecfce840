"""The main job, from files to a published data source, as its users run it."""
import json
import os
import subprocess
import zipfile

import pytest

from ferry import TABFERRY, Workshop, make_template, rows_of

ORDERS = {"id": "bigint", "amount": "numeric(10,2)", "day": "date", "note": "text"}


@pytest.fixture
def shop(tmp_path, sim):
    workshop = Workshop(tmp_path, sim)
    workshop.put_rows("orders/a.csv", ORDERS, [(1, "1.50", "2024-01-02", "x"), (2, "", "", "")])
    workshop.put_rows("orders/b.csv", ORDERS, [(3, "-3", "2024-02-29", 'a "quoted"\nline, with a comma')])
    workshop.table("orders", ORDERS, "data/orders/*.csv")
    return workshop


def test_files_become_a_published_data_source(shop):
    template = shop.write().template.read_bytes()
    result = shop.publish()
    assert result.code == 0, result
    report = result.report
    assert (report["status"], report["rows"], report["published"]["replaced"]) == ("done", 3, False)
    [item] = shop.published()
    assert item.id == report["published"]["datasource_id"] and item.project_name == "Daily"
    members = shop.download(item)
    with zipfile.ZipFile(shop.template) as package:
        assert members["template.tds"] == package.read("template.tds")
    rows = rows_of(members["Data/Extracts/data.hyper"], "SELECT id, amount, CAST(day AS text), note FROM public.orders ORDER BY id")
    assert [[str(v) if v is not None else None for v in row] for row in rows] == [
        ["1", "1.5", "2024-01-02", "x"], ["2", None, None, None], ["3", "-3", "2024-02-29", 'a "quoted"\nline, with a comma']]
    assert shop.template.read_bytes() == template, "the template is never written"
    assert shop.leftovers() == [], "nothing is left behind"


def test_the_next_run_replaces_it(shop):
    shop.write()
    first = shop.publish()
    shop.put_rows("orders/c.csv", ORDERS, [(4, "1", "2024-01-01", "new")])
    second = shop.publish()
    assert second.code == 0 and second.report["published"]["replaced"] and second.report["rows"] == 4, second
    assert second.report["published"]["datasource_id"] == first.report["published"]["datasource_id"]
    [item] = shop.published()
    assert rows_of(shop.download(item)["Data/Extracts/data.hyper"], "SELECT count(*) FROM public.orders") == [[4]]


def test_several_tables_load_into_one_extract(shop):
    shop.put_rows("customers.csv", ["id", "name"], [(1, "Ann"), (2, "Bob")])
    shop.table("customers", {"id": "int", "name": "varchar(10)"}, "data/customers.csv", file_column="File Path")
    result = shop.write().publish()
    assert result.code == 0, result
    assert {t["table"]: t["rows"] for t in result.report["tables"]} == {"orders": 3, "customers": 2}
    [item] = shop.published()
    hyper = shop.download(item)["Data/Extracts/data.hyper"]
    assert rows_of(hyper, 'SELECT c.name, o.note, c."File Path" FROM public.orders o, public.customers c WHERE o.id = c.id AND c.id = 1') == [
        ["Ann", "x", f"file://{shop.folder}/data/customers.csv"]]


def test_a_large_package_goes_up_in_chunks_and_the_job_is_followed(tmp_path, sim):
    shop = Workshop(tmp_path, sim)
    noise = os.urandom(36 << 20).hex()   # nothing an extract could make smaller than 64 MB
    width = 64
    shop.put("noise.csv", "id,note\n" + "".join(f"{at},{noise[at:at + width]}\n" for at in range(0, len(noise), width)))
    shop.table("noise", {"id": "bigint", "note": "text"}, "data/noise.csv")
    result = shop.write().publish()
    assert result.code == 0, result
    assert result.report["package_bytes"] > 64 << 20 and result.report["published"]["job_id"], result
    [item] = shop.published()
    assert len(shop.download(item)["Data/Extracts/data.hyper"]) == result.report["extract_bytes"]


def test_the_extract_may_be_deflated_in_its_package(shop):
    shop.settings["package"] = "deflate"
    result = shop.write().publish()
    assert result.code == 0 and result.report["package_bytes"] < result.report["extract_bytes"], result
    [item] = shop.published()
    assert rows_of(shop.download(item)["Data/Extracts/data.hyper"], "SELECT count(*) FROM public.orders") == [[3]]
    result = shop.publish("--no-publish", "--output", str(shop.folder / "out"))
    assert result.code == 0, result
    [package] = (shop.folder / "out").glob("*.tdsx")
    with zipfile.ZipFile(package) as members:
        assert members.getinfo("Data/Extracts/data.hyper").compress_type == zipfile.ZIP_DEFLATED


NAMES = ["Umsätze (täglich)", "100% \"sure\"; a]b's", "東京 売上", "a & b <c>"]


@pytest.mark.parametrize("name", NAMES)
def test_odd_names_work_end_to_end(tmp_path, make_sim, name):
    columns = {name: "text", "b" + name: "bigint", "c;]": "date"}
    with make_sim("--project", f"Top/{name}") as sim:
        shop = Workshop(tmp_path, sim)
        shop.settings = {"name": name, "project": f"Top/{name}"}
        shop.put_rows(f"{name}/x {name}.csv", columns, [("a", 1, "2024-01-02")])
        shop.table(name, columns, f"data/{name}/*.csv", file_column="File Path")
        result = shop.write().publish()
        assert result.code == 0, result
        [item] = shop.published(name)
        members = shop.download(item)
        quoted = '"' + name.replace('"', '""') + '"'
        assert rows_of(members["Data/Extracts/data.hyper"], f'SELECT {quoted}, "File Path" FROM public.{quoted}') == [
            ["a", f"file://{shop.folder}/data/{name}/x {name}.csv"]]


def test_without_a_template_the_extract_is_kept_and_the_steps_are_told(shop):
    result = shop.write(template=False).publish()
    assert result.code == 3 and result.report["status"] == "partial", result
    kept = shop.folder / result.report["extract"]
    assert rows_of(kept.read_bytes(), "SELECT count(*) FROM public.orders") == [[3]]
    assert "Tableau Desktop" in " ".join(result.report["next_steps"]) and str(kept) in " ".join(result.report["next_steps"])
    assert shop.published() == []
    text = shop.run("publish")
    assert "nothing is published: there is no template yet" in text.out and "1. Connect" in text.out, text


def test_no_publish_builds_only(shop):
    shop.site = None   # the site is not needed, and not asked
    result = shop.write().publish("--no-publish", "-o", "out")
    assert result.code == 0, result
    assert sorted(p.name for p in (shop.folder / "out").iterdir()) == ["Sales.hyper", "Sales.tdsx"]


def test_dry_run_reads_no_data_and_asks_no_site(shop):
    shop.put("orders/broken.csv", "this is\nno such table\n")
    shop.site = None
    result = shop.write().publish("--dry-run")
    assert result.code == 0, result
    [table] = result.report["tables"]
    assert [f["url"].rsplit("/", 1)[1] for f in table["files"]] == ["a.csv", "b.csv", "broken.csv"]
    assert shop.leftovers() == [] and not (shop.folder / "tabferry-out").exists()
    text = shop.run("publish", "--dry-run")
    assert "would publish 'Sales' to project 'Finance/Daily': 3 files" in text.out, text


@pytest.mark.parametrize("project, expected", [
    ("Daily", 0), ("finance/daily", 0), ("Weekly", "Finance/Daily"), ("Finance/Weekly", "Finance/Daily")])
def test_projects_by_path_or_unique_name(shop, project, expected):
    shop.settings["project"] = project
    result = shop.write().publish()
    if expected == 0:
        assert result.code == 0, result
    else:
        assert result.code == 1 and expected in result.message and shop.published() == [], result


def test_an_ambiguous_project_lists_the_candidates(tmp_path, make_sim):
    with make_sim("--project", "A/Daily", "--project", "B/Daily") as sim:
        shop = Workshop(tmp_path, sim)
        shop.put("o.csv", "id\n1\n")
        shop.table("o", {"id": "int"}, "data/o.csv")
        shop.settings["project"] = "Daily"
        result = shop.write().publish()
        assert result.code == 1 and "A/Daily" in result.message and "B/Daily" in result.message, result


def test_one_of_two_failing_is_done_in_part(shop):
    shop.write()
    config = json.loads((shop.folder / "tabferry.yaml").read_text())
    config["datasources"]["broken"] = {**config["datasources"]["sales"], "name": "Broken",
                                       "tables": {"orders": {"files": "data/none/*.csv", "columns": ORDERS}}}
    (shop.folder / "tabferry.yaml").write_text(json.dumps(config))
    result = shop.publish()
    assert result.code == 3 and [r["status"] for r in result.reports] == ["done", "failed"], result
    assert shop.publish("broken").code == 1
    assert shop.publish("sales").code == 0


def test_two_data_sources_of_one_name_do_not_replace_each_others_output(shop):
    shop.write()
    config = json.loads((shop.folder / "tabferry.yaml").read_text())
    config["datasources"]["other"] = {**config["datasources"]["sales"], "project": "default"}
    (shop.folder / "tabferry.yaml").write_text(json.dumps(config))
    result = shop.publish("--no-publish")
    assert result.code == 2 and "'sales' and 'other'" in result.err, result


def test_an_output_folder_that_cannot_be_made_is_told_and_the_next_data_source_runs(shop):
    shop.write()
    config = json.loads((shop.folder / "tabferry.yaml").read_text())
    config["datasources"]["other"] = {**config["datasources"]["sales"], "name": "Other"}
    (shop.folder / "tabferry.yaml").write_text(json.dumps(config))
    (shop.folder / "blocked").write_text("a file")
    result = shop.publish("--no-publish", "-o", "blocked/x")
    assert result.code == 1 and [r["error"]["kind"] for r in result.reports] == ["io", "io"], result


def test_a_report_that_cannot_be_written_is_a_failure(shop):
    shop.write()
    with open("/dev/full", "w") as full:
        assert subprocess.run([TABFERRY, "publish", "--json"], cwd=shop.folder, env=shop.environment(), stdout=full, stderr=subprocess.PIPE).returncode == 1
    closed = subprocess.run(["/bin/sh", "-c", 'exec "$0" publish --json 0<&- 1>&- 2>&-', TABFERRY], cwd=shop.folder, env=shop.environment())
    assert closed.returncode == 1
    assert len(shop.published()) == 1


def test_char_keeps_or_refuses_but_never_cuts(shop):
    shop.tables = {"codes": {"files": "data/codes.csv", "columns": {"code": "char"}}}
    shop.put("codes.csv", "code\na\n")
    assert shop.write().publish("--no-publish", "-o", "out").code == 0
    shop.put("codes.csv", "code\na\nab\n")
    result = shop.publish("--no-publish", "-o", "out")
    assert result.code == 1 and "line 3, column 1 (code)" in result.message, result


# --- the s3-to-hyper sample's config.json

def sample(shop, **changes):
    bucket = shop.folder / "s3" / "landing"
    bucket.mkdir(parents=True)
    config = {"hyper_name": "extract.hyper", "tdsx_name": "my.sales.tdsx", "table_name": "s3_data", "server_address": shop.site.url,
              "site_name": "demo", "project_name": "default", "tableau_token_name": "demo", "tableau_token": "env:PAT_SECRET",
              "header_file": "sales_header.csv", "name_format": "sales*.csv", "bucket_name": "landing",
              "aws_cred_profile_name": "default", "contains_header": "False", **changes}
    (shop.folder / "config.json").write_text(json.dumps(config))
    (bucket / "sales_header.csv").write_text("id,name,big\nint,text,int64\n")
    (bucket / "sales_1.csv").write_text('1,,3000000000\n2,NULL,\n3,"NULL",NULL\n'.replace(",\n3", ",NULL\n3"))
    (bucket / "sales").mkdir()
    (bucket / "sales" / "jan.csv").write_text("4,x,4\n")
    return bucket


def test_the_samples_config_works_unchanged(tmp_path, sim):
    shop = Workshop(tmp_path, sim)
    sample(shop)
    environment = {"TABFERRY_S3_ENDPOINT": f"file://{tmp_path}/s3"}
    first = shop.publish(env=environment)
    assert first.code == 3 and (tmp_path / "extract.hyper").exists(), first   # no template yet: built, kept, told
    make_template(tmp_path / "my.sales.tdsx", {"s3_data": {"id": "int", "name": "text", "big": "bigint", "File Path": "text"}})
    second = shop.publish(env=environment)
    assert second.code == 0 and second.report["rows"] == 4, second
    [item] = shop.published("my.sales")
    assert item.project_name == "default"
    hyper = shop.download(item)["Data/Extracts/data.hyper"]
    assert hyper == (tmp_path / "extract.hyper").read_bytes(), "hyper_name stays on disk"
    rows = rows_of(hyper, 'SELECT id, name, big, "File Path" FROM public.s3_data ORDER BY id')
    assert rows == [[1, "", 3000000000, "s3://landing/sales_1.csv"], [2, None, None, "s3://landing/sales_1.csv"],
                    [3, "NULL", None, "s3://landing/sales_1.csv"], [4, "x", 4, "s3://landing/sales/jan.csv"]]


def test_dry_run_says_what_the_sample_would_have_missed(tmp_path, sim):
    shop = Workshop(tmp_path, sim)
    sample(shop)
    result = shop.publish("--dry-run", env={"TABFERRY_S3_ENDPOINT": f"file://{tmp_path}/s3"})
    assert result.code == 0 and len(result.report["missed_by_sample"]) == 2, result
    assert "header file fits name_format" in " ".join(result.report["missed_by_sample"])


def test_a_real_bucket_without_credentials_names_the_places_that_were_tried(tmp_path, sim):
    shop = Workshop(tmp_path, sim)
    sample(shop)
    result = shop.publish(env={"AWS_EC2_METADATA_DISABLED": "true", "HOME": str(tmp_path)})
    assert result.code == 1 and result.report["error"]["kind"] == "denied", result
    for place in ("the profile 'default'", "SSO of the profile 'default'"):     # the config names the profile, so no other place is asked
        assert place in result.message, result


def test_keys_that_are_not_built_yet_are_refused(shop):
    shop.settings["guard"] = {"min_rows": 5}
    result = shop.write().publish()
    assert result.code == 2 and "guard" in result.err and "not built yet" in result.err, result


def test_usage_errors_exit_2(shop):
    shop.write()
    assert shop.run("publsh").code == 2 and "did you mean publish" in shop.run("publsh").err
    assert shop.run("publish", "--no-such").code == 2
    assert shop.publish("nosuch").code == 2
    assert shop.run().code == 2
    help_text = shop.run("publish", "--help")
    assert help_text.code == 0 and "Examples:" in help_text.out and "Exit codes:" in help_text.out
    assert "0.1.0" in shop.run("--version").out


def test_no_secret_is_ever_shown(shop):
    shop.write()
    results = [shop.publish(), shop.run("publish"), shop.run("config", "show"), shop.publish(env={"PAT_SECRET": "wrong-s3cret"})]
    for result in results:
        assert "demo-secret" not in result.out + result.err and "wrong-s3cret" not in result.out + result.err
