"""Backups of a made site that a simulator spoils to order, and their judging; for test_backup_faults.py and its neighbours."""

import contextlib
import time

from backup_faults import DERIVED, kind_of
from backup_shop import SMALL, BackupShop, made_site
from simulator import start_sim


@contextlib.contextmanager
def backed_up(folder, cache, faults, amounts=SMALL, seed=0, s3=None):
    """(the shop behind one backup, its result); what each fault did is in the simulator's log."""
    with start_sim("--fault-seed", str(seed), data=made_site(cache, amounts), control=True) as sim:
        shop = BackupShop(folder, sim, s3)
        began = time.monotonic()
        sim.control.add(*faults)
        result = shop.backup()
        yield shop, result, time.monotonic() - began


def struck(shop):
    return {kind_of(entry) for entry in shop.straight.control.faults()["log"]}


def differences(shop):
    return shop.differences(derived=DERIVED)


def check(shop, result, fault, codes):
    assert result.code in codes, (fault, result)
    assert kind_of({"fault": fault}) in struck(shop), f"{fault} never happened"
    assert differences(shop) == [], (fault, result)
