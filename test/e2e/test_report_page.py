"""The page of a report in a real browser: it is there, it fits, nothing of it is obeyed, nothing is asked from elsewhere."""
import subprocess

import pytest

from browser import Browser, pixels
from programs import program


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_bytes(subprocess.run([program("TABFERRY_REPORT_PAGE")], check=True, capture_output=True, timeout=60).stdout)
    return file


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


def methods(browser, *names):
    return [event for event in browser.events if event.get("method") in names]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 640, 400, 320])
def test_fits_the_screen(browser, page, width, scheme):
    browser.open(page, width, scheme)
    assert browser.value("document.documentElement.scrollWidth") <= width
    assert browser.value("document.documentElement.scrollHeight") > 1000
    # and nothing sticks out of its own box: a text over its neighbour would not widen the page
    assert browser.value("[...document.querySelectorAll('td, th, dd, dt, li, h1, h2, p')]"
                         ".filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1).map(e => e.outerHTML)") == []


@pytest.mark.parametrize("width", [1280, 400])
def test_the_numbers_beside_bars_stay_on_the_page(browser, page, width):
    browser.open(page, width)
    assert browser.value("[...document.querySelectorAll('svg text')].filter(e => e.checkVisibility()).length") >= 15
    assert browser.value("[...document.querySelectorAll('svg text.value')].filter(e => {"
                         " const box = e.getBoundingClientRect(); return box.left < 0 || box.right > innerWidth + 1; }).length") == 0


@pytest.mark.parametrize("scheme, ground", [("light", (255, 255, 255)), ("dark", (20, 24, 30))])
def test_the_screenshot_shows_a_page(browser, page, scheme, ground):
    browser.open(page, 1280, scheme)
    rows = pixels(browser.screenshot())
    colours = {}
    for row in rows[::3]:
        for colour in row[::3]:
            colours[colour] = colours.get(colour, 0) + 1
    everything = sum(colours.values())
    assert (len(rows), len(rows[0])) == (900, 1280)
    assert max(colours, key=colours.get) == ground
    assert 0.5 < colours[ground] / everything < 0.95      # the ground, and a good deal on it
    assert len(colours) > 100                             # letters are smoothed: a page of text has many greys


def test_says_nothing_to_the_console_and_asks_nobody(browser, page):
    browser.open(page, 1280)
    browser.screenshot()
    assert methods(browser, "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown") == []
    assert methods(browser, "Page.javascriptDialogOpening") == []
    asked = [event["params"]["request"]["url"] for event in methods(browser, "Network.requestWillBeSent")]
    assert [url for url in asked if not url.startswith("data:")] == [f"file://{page}"]


def test_hostile_names_are_only_text(browser, page):
    browser.open(page, 1280)
    assert browser.value("document.scripts.length + document.images.length") == 0
    assert "<script>alert('project')</script>" in browser.value("document.body.innerText")
    assert "invoice[U+202E]gpj.exe" in browser.value("document.body.innerText")
    assert browser.value("[...document.links].map(a => a.protocol)") == ["https:"]


def test_its_own_policy_stops_what_might_slip_through(browser, page, tmp_path):
    breached = tmp_path / "breached.html"
    breached.write_text(page.read_text().replace("<footer>", "<script>document.title = 'breached'</script>"
                                                 "<p style='color:red' onclick='x'>a</p><footer>"))
    browser.open(breached, 1280)
    assert browser.value("document.title").startswith("tabferry backup: ")
    # the browser reports each refusal
    assert len(methods(browser, "Log.entryAdded")) >= 2


def test_long_tables_unfold_and_are_printed_whole(browser, page):
    browser.open(page, 1280)
    visible = "[...document.querySelectorAll('details tbody tr')].filter(row => row.checkVisibility()).length"
    assert browser.value(visible) == 0
    browser.value("document.querySelector('summary').click()")
    assert browser.value(visible) == 292
    lefts = browser.value("(() => { const t = [...document.querySelectorAll('details')][0].parentElement.querySelectorAll('table');"
                          " return [...t].map(x => [...x.rows[1].cells].map(c => Math.round(c.getBoundingClientRect().left))); })()")
    assert len(lefts) == 2 and lefts[0] == lefts[1]       # both parts in the same columns
    browser.open(page, 700)
    browser.call("Emulation.setEmulatedMedia", media="print", features=[])
    assert browser.value(visible) == 292
    browser.call("Emulation.setEmulatedMedia", media="", features=[])
