"""A headless Chromium, spoken to over its own pipe (Chrome DevTools Protocol): no driver, no port."""
import base64
import json
import os
import select
import shutil
import struct
import subprocess
import time
import zlib

ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
             "--force-color-profile=srgb", "--remote-debugging-pipe"]


class Browser:
    """One tab. Use as a context; the profile lives in the folder given."""

    def __init__(self, folder, seconds=60):
        program = shutil.which("chromium")
        assert program, "no chromium: run scripts/bootstrap test"
        self.seconds, self.ordinal, self.rest, self.events = seconds, 0, b"", []
        read_end, self.to_browser = os.pipe()
        self.from_browser, write_end = os.pipe()
        command = ["bash", "-c", f'exec "$0" "$@" 3<&{read_end} 4>&{write_end}', program, *ARGUMENTS,
                   f"--user-data-dir={folder}", "about:blank"]
        with open(os.path.join(folder, "stderr.txt"), "wb") as errors:
            self.process = subprocess.Popen(command, pass_fds=(read_end, write_end), stdout=errors, stderr=errors,
                                            env={**os.environ, "HOME": str(folder)})
        os.close(read_end)
        os.close(write_end)
        self.session = None

    def __enter__(self):
        page = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *_):
        os.close(self.to_browser)       # the browser ends with its pipe
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.from_browser)

    def call(self, method, **parameters):
        self.ordinal += 1
        message = {"id": self.ordinal, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to_browser, json.dumps(message).encode() + b"\0")
        answer = self._until(lambda m: m.get("id") == self.ordinal, method)
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def open(self, path, width, scheme="light", height=900):
        """Loads a file on a screen of that width; the events since then are in self.events."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.events = []
        self.call("Page.navigate", url=f"file://{path}")
        self._until(lambda m: m.get("method") == "Page.loadEventFired", f"the load of {path}")

    def value(self, expression):
        """Of a JavaScript expression: the tests look with it; the page itself needs none."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def screenshot(self):
        """What the screen shows, as a PNG file."""
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def _until(self, wanted, what):
        deadline = time.monotonic() + self.seconds
        seen = 0
        while True:
            for message in self.events[seen:]:
                if wanted(message):
                    return message
            seen = len(self.events)
            assert select.select([self.from_browser], [], [], max(0, deadline - time.monotonic()))[0], f"{what}: no answer"
            received = os.read(self.from_browser, 1 << 20)
            assert received, f"{what}: the browser ended"
            *whole, self.rest = (self.rest + received).split(b"\0")
            self.events += [json.loads(message) for message in whole]


def pixels(png):
    """The rows of an 8-bit RGB or RGBA PNG that is not interlaced, each a list of colours (PNG, third edition, 9.2)."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, data, header = 8, b"", None
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", png[at + 8:at + 8 + length])
        if kind == b"IDAT":
            data += png[at + 8:at + 8 + length]
        at += 12 + length
    width, _, depth, colour, _, _, interlaced = header
    assert (depth, interlaced) == (8, 0) and colour in (2, 6), header
    size = 3 if colour == 2 else 4
    rows, before, raw = [], bytearray(width * size), zlib.decompress(data)
    for start in range(0, len(raw), width * size + 1):
        before = _unfiltered(raw[start], bytearray(raw[start + 1:start + 1 + width * size]), before, size)
        rows.append([tuple(before[i:i + 3]) for i in range(0, width * size, size)])
    return rows


def _unfiltered(kind, row, above, size):
    for i in range(len(row) if kind else 0):
        left = row[i - size] if i >= size else 0
        corner = above[i - size] if i >= size else 0
        row[i] = (row[i] + (left, above[i], (left + above[i]) // 2, _paeth(left, above[i], corner))[kind - 1]) & 255
    return row


def _paeth(left, above, corner):
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))
