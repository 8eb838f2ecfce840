"""A workshop whose files lie in a real S3 server; its ways to the server and to the site may lead through weather."""
import gzip

from ferry import Workshop

COLUMNS = {"id": "bigint", "note": "text"}


class Through:
    """A site that is reached at another address; all else is the site's own."""

    def __init__(self, site, url):
        self._site, self.url = site, url

    def __getattr__(self, name):
        return getattr(self._site, name)


class S3Shop(Workshop):
    """Workshop with s3://landing/... for files. `s3_url`, `site`: how tabferry reaches them, the tests go straight."""

    def __init__(self, folder, site, s3, bucket="landing"):
        super().__init__(folder, site)
        self.straight, self.s3, self.bucket = site, s3, bucket
        self.s3_url = s3.url
        self.more = {}      # other top-level keys of the config
        self.s3_settings = {}
        s3.client().create_bucket(Bucket=bucket)

    def config(self):
        return {**super().config(), "s3": {"endpoint": self.s3_url, "region": self.s3.region, **self.s3_settings}, **self.more}

    def environment(self, **more):
        return super().environment(**{**self.s3.environment(), **more})

    def put_object(self, key, data):
        data = data if isinstance(data, bytes) else data.encode()
        self.s3.client().put_object(Bucket=self.bucket, Key=key, Body=gzip.compress(data) if key.endswith(".gz") else data)

    def put_orders(self, files=3, rows=50, version="v1"):
        for number in range(files):
            lines = "".join(f"{number * rows + row},{version} row {row}\n" for row in range(rows))
            self.put_object(f"orders/part-{number:04}.csv", "id,note\n" + lines)
        self.tables["orders"] = {"files": f"s3://{self.bucket}/orders/*.csv", "columns": COLUMNS, "file_column": "File Path"}
        return self

    def client(self):
        return self.straight.client()

    def site_through(self, url):
        self.site = Through(self.straight, url)
        return self.write()

    def s3_through(self, url):
        self.s3_url = url
        return self.write()
