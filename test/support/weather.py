"""Starts tabferry-weather, bad network, in front of a server of this machine.

    with Weather(port, "--fault", "reset-in-answer@2", "--latency", "40ms") as weather:
        ... weather.url, weather.requests() ...
        told = weather.stop()          # the final JSON; also without, when the block is left: weather.told

What the flags mean: tabferry-weather --help. To kill a process that starts later: "--kill", f"{file}@3", and write its
id to the file. The program is found by the environment variable TABFERRY_WEATHER.
"""

import json
import os
import select
import signal
import subprocess
import time

from programs import program

READY = b"weather on "
ANSWER_SECONDS = 30
STOP_SECONDS = 30


class Weather:
    """.url, .port, .process; .told: the final JSON as a dict, once stopped."""

    def __init__(self, to_port, *flags):
        self.to_port, self.flags = to_port, [str(flag) for flag in flags]
        self.process = self.told = None
        self._out = b""

    def __enter__(self):
        command = [program("TABFERRY_WEATHER"), "--to", f"127.0.0.1:{self.to_port}", *self.flags]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            first, second = self._line(), self._line()
            assert first.startswith(READY), first
        except BaseException:
            self._end()
            raise
        self.url = first[len(READY):].decode().strip()
        self.port = int(self.url.rsplit(":", 1)[1])
        self.seed = int(second.split()[1])
        return self

    def __exit__(self, *_):
        try:
            if self.told is None and self.process.poll() is None:
                self.stop()
        finally:
            self._end()

    def state(self):
        """The JSON as it is now: every request whose head is complete is in it before it is forwarded."""
        if self.told is not None:
            return self.told
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        return json.loads(self._line())

    def requests(self):
        return self.state()["requests"]

    def counted(self):
        """The requests that --only and --only-path let through: what N of a fault counts."""
        return self.state()["counted"]

    def wait_for_requests(self, count, seconds=60):
        """Until so many requests have begun."""
        deadline = time.monotonic() + seconds
        while (seen := self.requests()) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{seen} of {count} requests within {seconds} s")
            time.sleep(0.005)

    def stop(self):
        """Ends the program; the final JSON as a dict."""
        if self.told is None:
            self.process.send_signal(signal.SIGTERM)
            told = json.loads(self._line())
            self.process.wait(STOP_SECONDS)
            if self.process.returncode != 0:
                raise RuntimeError(f"tabferry-weather ended with {self.process.returncode}")
            self.told = told
        return self.told

    def _line(self):
        """The next line of stdout, which must come before the deadline and before the process ends."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while b"\n" not in self._out:
            if not select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))[0]:
                raise RuntimeError(f"tabferry-weather said nothing within {ANSWER_SECONDS} s")
            more = os.read(self.process.stdout.fileno(), 65536)
            if not more:
                raise RuntimeError("tabferry-weather ended unasked")
            self._out += more
        line, _, self._out = self._out.partition(b"\n")
        return line

    def _end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
