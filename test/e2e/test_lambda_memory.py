"""What a Lambda function's memory has to be for large files: no more than the 512 MB that docs/lambda.md names."""

import pathlib

from backup_shop import BackupShop, made_site
from backup_tiny import TINY
from lambda_runtime import Function
from simulator import start_sim

MEMORY = 512
LARGE = TINY | {"workbooks": 4, "datasources": 2, "flows": 0, "flow-tasks": 0, "custom-views": 1, "bodies": 1, "body-bytes": "100MB"}


def most_memory(pid):
    """Bytes: the most that it ever had at once."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) << 10


def test_six_large_files(tmp_path, cache, far):
    with start_sim(data=made_site(cache, LARGE), control=True) as sim:
        shop = BackupShop(tmp_path, sim, far, prefix=tmp_path.name)
        shop.write(template=False)
        with Function(shop.folder, shop.environment(), memory=MEMORY) as function:
            answer = function.invoke(seconds=300)
            peak = most_memory(function.process.pid)
            verified = function.invoke({"job": "verify", "full": True}, seconds=300)
            peak_of_both = most_memory(function.process.pid)
    print(f"{answer.body['downloaded_bytes'] / 1e6:.0f} MB in {answer.seconds:.1f} s, {peak >> 20} MiB; and {peak_of_both >> 20} MiB with verify --full")
    assert answer.ok and answer.status == "done" and answer.body["downloaded_bytes"] > 600e6, answer
    assert verified.ok and verified.body["whole"], verified
    assert max(peak, peak_of_both) < MEMORY << 20
