import sys

import pytest

from s3_server import start_s3
from s3_tool import BUCKET, S3Tool
from simulator import start_sim


@pytest.fixture
def sim():
    """A site out of the box."""
    with start_sim() as running:
        yield running


@pytest.fixture
def make_sim():
    """A site with flags: with make_sim("--deny-publish") as sim: ..."""
    return start_sim


@pytest.fixture(autouse=True)
def answers_fit_the_schema():
    """Fails a test in which an answer to a judged session (support/schema.py) does not fit the official schema."""
    schema = sys.modules.get("schema")
    before = len(schema.violations) if schema else 0
    yield
    schema = sys.modules.get("schema")
    if schema and schema.violations[before:]:
        pytest.fail("answers that do not fit the official schema:\n" + "\n".join(schema.violations[before:]))


def pytest_terminal_summary(terminalreporter):
    schema = sys.modules.get("schema")
    if schema and sum(schema.judged.values()):
        counts = ", ".join(f"{number} {kind}" for kind, number in sorted(schema.judged.items()))
        needed = ", ".join(f"{name} {number}" for name, number in sorted(schema.used.items())) or "none"
        terminalreporter.write_line(f"answers judged by the official schema: {counts}; exceptions needed: {needed}; "
                                    f"never needed: {', '.join(schema.unused()) or 'none'}")


@pytest.fixture(scope="module")
def s3():
    """A real S3 server with one empty bucket."""
    with start_s3() as server:
        server.client().create_bucket(Bucket=BUCKET)
        yield server


@pytest.fixture(scope="module")
def tool(s3):
    """S3Store on that bucket."""
    return S3Tool(s3.url, BUCKET, s3.environment())
