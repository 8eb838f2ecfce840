"""Runs of tabferry in a folder as if it were the whole file system: nothing of this machine is there but the network.

    add_devices(root)
    shop = RootedShop(root, "/tabferry", sim, s3)     # a BackupShop whose runs are chroot ROOT /tabferry ...
    shop.backup()

As root by chroot; as anyone else by a user namespace, where the machine allows one.
"""

import os
import pathlib
import stat
import subprocess

from backup_shop import BackupShop
from ferry import Workshop

# What every kernel gives: the random numbers are for the AWS runtime, which ends without them.
DEVICES = ("null", "urandom")
READ_ONLY = 'mount --bind "$0" "$0"; mount -o remount,bind,ro "$0"; mount -t tmpfs tmp "$0/tmp"; '
BIND = 'for name in null urandom; do mount --bind /dev/$name "$0/dev/$name"; done; exec /usr/sbin/chroot "$0" "$@"'


def add_devices(root):
    """/dev/null and /dev/urandom; for a user who is not root files that inside() binds them to."""
    (root / "dev").mkdir(exist_ok=True)
    for name in DEVICES:
        if os.geteuid() == 0:
            os.mknod(root / "dev" / name, stat.S_IFCHR | 0o666, os.stat(f"/dev/{name}").st_rdev)
            os.chmod(root / "dev" / name, 0o666)
        else:
            (root / "dev" / name).touch()


def inside(root, *words, user=None, read_only=False):
    """The command line that runs `words` in the folder `root`; /proc is there where the root has a place for it. `read_only`: all
    but an empty /tmp."""
    words = [str(root), *map(str, words)]
    apart = ["/usr/bin/unshare", "--mount"]  # its mounts go when it ends
    before = READ_ONLY if read_only else ""
    if os.geteuid() != 0:
        return [*apart, "--map-root-user", "sh", "-ec", before + BIND, *words]
    chroot = ["/usr/sbin/chroot", *([f"--userspec={user}:{user}"] if user else [])]
    if (pathlib.Path(root) / "proc").is_dir():
        before += 'mount -t proc proc "$0/proc"; '
    if not before:
        return [*chroot, *words]
    return [*apart, "sh", "-ec", f'{before}exec {" ".join(chroot)} "$0" "$@"', *words]


class _Rooted:
    """Its folder is ROOT/shop, which tabferry sees as /shop; `user`: a number of the root's own."""

    FOLDER = "/shop"

    def __init__(self, root, program, site, *more, user=None, **named):
        self.root, self.program, self.user = pathlib.Path(root), program, user
        (self.root / "shop").mkdir(exist_ok=True)
        super().__init__(self.root / "shop", site, *more, **named)
        if user:
            for folder in (self.folder, self.temp):
                os.chown(folder, user, user)

    def environment(self, **more):
        """Without a word on where the engine is."""
        ours = super().environment(**more)
        del ours["TABFERRY_HYPERD"]
        inside_it = {"TMPDIR": f"{self.FOLDER}/tmp", "TABFERRY_CONFIG": f"{self.FOLDER}/tabferry.yaml"}
        return ours | {"PATH": "/usr/local/bin:/usr/bin:/bin"} | inside_it | more

    def start(self, *words, env=None, **popen):
        return subprocess.Popen(
            inside(self.root, self.program, *words, user=self.user), env=self.environment(**(env or {})),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **popen,
        )  # fmt: skip


class RootedWorkshop(_Rooted, Workshop):
    """Publishes."""


class RootedShop(_Rooted, BackupShop):
    """Backs up. The store is a bucket: a folder would have another name inside."""
