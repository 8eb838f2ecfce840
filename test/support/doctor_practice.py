"""Runs of tabferry doctor, and what they saw."""
import os

from doctor_far_sides import CSV
from ferry import SECRET, Workshop

CHECK_SECONDS = 5.0
FOUND_PROBLEM = 4
LANDING = "s3://landing"


class Practice(Workshop):
    """A workshop whose configuration may name S3, and runs of doctor in it."""

    def __init__(self, folder, site):
        super().__init__(folder, site)
        self.s3, self.store, self.auth, self.server, self.more = None, None, {}, None, {}
        self.s3_environment = {"AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_CONFIG_FILE": os.devnull,
                               "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true",
                               "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        self.table("orders", {"id": "bigint"}, "data/*.csv")
        self.put("a.csv", CSV)

    def from_s3(self, url, environment=None, files="s3://landing/orders/*.csv", **more):
        self.table("orders", {"id": "bigint"}, files)
        self.s3 = {"endpoint": url, "region": "us-east-1", **more}
        self.s3_environment = environment or self.s3_environment
        return self

    def config(self):
        config = super().config()
        config["sites"]["demo"]["auth"].update(self.auth)
        if self.server:
            config["sites"]["demo"]["server"] = self.server
        return {**config, **({"s3": self.s3} if self.s3 else {}), **({"store": self.store} if self.store else {}), **self.more}

    def doctor(self, *words, env=None):
        self.write()
        result = self.run("doctor", "--json", *words, env={**self.s3_environment, **(env or {})}, timeout=60)
        assert len(result.out.splitlines()) == 1, result
        assert SECRET not in result.out + result.err
        for check in result.report["checks"]:
            assert check["seconds"] < CHECK_SECONDS, check
        return Seen(result)


class Seen:
    def __init__(self, result):
        self.code, self.report, self.result = result.code, result.report, result

    def of(self, status):
        return [(check["area"], check["name"]) for check in self.report["checks"] if check["status"] == status]

    def one(self, status):
        """The only check of that status."""
        found = [check for check in self.report["checks"] if check["status"] == status]
        assert len(found) == 1, self.result
        return found[0]

    def problem(self, area, name):
        """The only problem, which must be that check's."""
        assert self.code == FOUND_PROBLEM and self.report["status"] == "failed" and self.report["problems"] == 1, self.result
        found = self.one("problem")
        assert (found["area"], found["name"]) == (area, name)
        assert found["cure"], found
        return found

    def warning(self, area, name):
        """The only warning, with no problem beside it."""
        assert self.code == 0 and self.report["status"] == "done" and self.report["problems"] == 0, self.result
        found = self.one("warning")
        assert (found["area"], found["name"]) == (area, name)
        assert found["cure"], found
        return found

    def check(self, area, name):
        return next(check for check in self.report["checks"] if (check["area"], check["name"]) == (area, name))

    def all_well(self):
        assert self.code == 0 and self.report["problems"] == 0 and self.report["warnings"] == 0, self.result
        return self
