"""One publish after the other, each with one fault of weather at the next request, until there is no further request.

Each run brings a version of its own; after it the site holds that version, whole, or the one before, untouched, and the
message says why."""
import re
import time

from ferry import rows_of
from s3_shop import S3Shop
from weather import Weather

# Short times, so that silence is seen soon; what a fault may take in all: the retries of one request and their waits.
NETWORK = {"connect_timeout": "3s", "first_byte_timeout": "4s", "stall_timeout": "8s"}
LONGEST_SECONDS = 90
KINDS = ["reset-before", "cut-before", "reset-in-request", "reset-after-request", "cut-in-answer", "reset-in-answer", "status-500", "status-503"]
ROWS = 150
LEAST_SITE_REQUESTS = 4      # version, sign-in, projects, publish, sign-out


def bucket_name(test):
    return "b" + re.sub(r"[^a-z0-9]+", "-", test.lower())[-50:].strip("-")


class FaultRuns:
    def __init__(self, folder, site, s3, bucket):
        self.shop = S3Shop(folder, site, s3, bucket)
        self.shop.more["network"] = NETWORK
        self.count = 0
        self.bring_next_version()
        result = self.shop.write().publish()
        assert result.code == 0, result
        self.held = self.version()
        self.state = self.shop.site_state()

    @property
    def site_port(self):
        return int(self.shop.straight.url.rsplit(":", 1)[1])

    def bring_next_version(self):
        self.count += 1
        self.shop.put_orders(version=f"v{self.count}")

    def version(self):
        """Read out of the published extract: of one version, with all its rows."""
        [item] = self.shop.published()
        [hyper] = [data for name, data in self.shop.download(item).items() if name.endswith(".hyper")]
        notes = [note.split()[0] for [note] in rows_of(hyper, "SELECT note FROM public.orders")]
        assert len(set(notes)) == 1 and len(notes) == ROWS, set(notes)
        return notes[0]

    def run(self, begin, port, *flags):
        """A publish of the next version through this weather: (published or failed, what weather did)."""
        self.bring_next_version()
        with Weather(port, *flags) as weather:
            begin(weather.url)
            start = time.monotonic()
            result = self.shop.publish(timeout=LONGEST_SECONDS + 30)
            assert time.monotonic() - start < LONGEST_SECONDS, (flags, result)
            told = weather.stop()
        self.shop.site, self.shop.s3_url = self.shop.straight, self.shop.s3.url
        return self.check(result, flags), told, result

    def check(self, result, flags):
        before, now = self.state, self.shop.site_state()
        if now != before:
            assert self.version() == f"v{self.count}", (flags, result)
        self.state = now
        if result.code == 0:
            assert now != before, (flags, result)
            return "published"
        assert result.code == 1 and result.message, (flags, result)
        # an outcome that nobody can know is said to be so; any other failure leaves the old version
        assert now == before or "may" in result.message, (flags, result)
        assert self.shop.leftovers() == [], (flags, self.shop.leftovers())
        return "failed"

    def at_each_request(self, begin, port, kind, least):
        outcomes = []
        for number in range(1, 200):
            outcome, told, result = self.run(begin, port, "--fault", f"{kind}@{number}")
            if not told["faults"]:
                assert outcome == "published", (kind, number, result)
                break
            outcomes.append(outcome)
        assert len(outcomes) >= least, (kind, outcomes)
        return outcomes
