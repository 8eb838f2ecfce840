"""scripts/check-arrows on small houses: a sound one passes, and every kind of broken arrow is named with its place."""
import pathlib
import subprocess
import sys

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CHECK = REPOSITORY / "scripts" / "check-arrows"

ROOMS = """\
# floor 0
room(base                        PARTS fmt::fmt)
# floor 1
room(io       ROOMS base)
room(doc      ROOMS base         PARTS pugixml)
# floor 2
room(http     ROOMS base io      PARTS CURL::libcurl)   # a remark (with a parenthesis)
room(publish
     ROOMS base io
     PARTS yaml-cpp)
"""
FILES = {
    "src/base/text.h": "#include <string>\n",
    "src/io/file.h": '#include "base/text.h"\n#include "io/other.h"\n#include <sys/stat.h>\n',
    "src/doc/json.cpp": '// #include "publish/plan.h" would be wrong\n#include "base/text.h"\n',
    "src/http/client.cpp": '#include "io/file.h"\n#include <curl/curl.h>\n',
    "src/publish/plan.cpp": '#include "io/file.h"\n#include "base/text.h"\n',
    "sim/server.cpp": '#include "sim/site.h"\n#include "doc/json.h"\n#include "weather/which.h"\n#include <httplib.h>\n',
    "sim/CMakeLists.txt": "target_link_libraries(tabferry_simulator PUBLIC tabferry_settings tabferry_doc tabferry_weather)\n",
    "weather/which.cpp": '#include "weather/which.h"\n#include "base/text.h"\n',
    "weather/CMakeLists.txt": "target_link_libraries(tabferry_weather PUBLIC tabferry_settings tabferry_base)\n",
}


@pytest.fixture
def house(tmp_path):
    (tmp_path / "CMakeLists.txt").write_text(ROOMS)
    for name, text in FILES.items():
        put(tmp_path, name, text)
    return tmp_path


def put(house, name, text):
    path = house / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def edit(house, old, new):
    text = (house / "CMakeLists.txt").read_text()
    assert old in text
    (house / "CMakeLists.txt").write_text(text.replace(old, new))


def check(root):
    return subprocess.run([sys.executable, CHECK, "--root", root], capture_output=True, text=True, timeout=60)


def refused(house, *words):
    result = check(house)
    assert result.returncode == 1, result.stdout + result.stderr
    lines = result.stdout.splitlines()
    assert any(all(word in line for word in words) for line in lines), result.stdout
    assert lines[-1] == "check-arrows: 1 wrong", result.stdout


def test_our_own_house_stands():
    result = check(REPOSITORY)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_sound_house_passes(house):
    result = check(house)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "5 rooms" in result.stdout


def test_an_include_of_a_room_that_is_not_named(house):
    put(house, "src/http/client.cpp", '#include "io/file.h"\n\n#include "doc/json.h"\n')
    refused(house, "src/http/client.cpp:3: ", "doc", "not among its ROOMS (base io)")


def test_an_include_of_a_higher_room(house):
    put(house, "src/base/text.h", '#include "publish/plan.h"\n')
    refused(house, "src/base/text.h:1: ", "publish")


@pytest.mark.parametrize("line", ["#include <doc/json.h>", "  #  include\t\"doc/json.h\"  // a remark"])
def test_other_ways_to_write_an_include(house, line):
    put(house, "src/http/deep/client.h", line + "\n")
    refused(house, "src/http/deep/client.h:1: ", "doc")


def test_a_way_around_through_the_parent_folder(house):
    put(house, "src/http/client.cpp", '#include "../doc/json.h"\n')
    refused(house, "src/http/client.cpp:1: ", "leaves its folder")


def test_a_header_of_no_room(house):
    put(house, "src/http/client.cpp", '#include "sim/site.h"\n')
    refused(house, "src/http/client.cpp:1: ", "in no room")


def test_rooms_on_one_floor(house):
    edit(house, "room(doc      ROOMS base ", "room(doc      ROOMS base io ")
    refused(house, "CMakeLists.txt:5: ", "both are on floor 1")


def test_an_arrow_that_points_up(house):
    edit(house, "room(io       ROOMS base)", "room(io       ROOMS base http)")
    refused(house, "CMakeLists.txt:4: ", "from io (floor 1) to http (floor 2) points up")


def test_an_arrow_to_no_room(house):
    edit(house, "room(publish\n     ROOMS base io", "room(publish\n     ROOMS base io cellar")
    refused(house, "CMakeLists.txt:8: ", "cellar, which is no room")


def test_a_folder_that_is_no_room(house):
    put(house, "src/cellar/wine.cpp", "")
    refused(house, "src/cellar:1: ", "no room(cellar")


def test_a_room_without_a_floor(house):
    edit(house, "# floor 0", "# ground")
    refused(house, "CMakeLists.txt:2: ", "base", "'# floor N'")


def test_a_room_written_twice(house):
    edit(house, "# floor 2", "room(io ROOMS base)\n# floor 2")
    refused(house, "CMakeLists.txt:6: ", "written twice")


def test_a_list_without_rooms(house):
    for name in list(FILES):
        (house / name).unlink()
    for folder in (house / "src").iterdir():
        folder.rmdir()
    (house / "CMakeLists.txt").write_text("project(empty)\n")
    refused(house, "no room() line")


@pytest.mark.parametrize("room", ["http", "publish"])
def test_the_simulator_keeps_to_its_rooms(house, room):
    put(house, "sim/server.cpp", f'#include "{room}/x.h"\n')
    refused(house, "sim/server.cpp:1: ", f"sim includes {room}/x.h")


@pytest.mark.parametrize("room", ["doc", "sim"])
def test_weather_keeps_to_its_room(house, room):
    put(house, "weather/main.cpp", f'#include "{room}/x.h"\n')
    refused(house, "weather/main.cpp:1: ", f"weather includes {room}/x.h")


def test_weather_is_not_linked_to_the_simulator(house):
    put(house, "weather/CMakeLists.txt", "target_link_libraries(x PUBLIC tabferry_base tabferry_simulator)\n")
    refused(house, "weather/CMakeLists.txt:1: ", "simulator")


def test_the_simulator_is_linked_to_its_rooms_only(house):
    put(house, "sim/CMakeLists.txt", "\ntarget_link_libraries(x PUBLIC tabferry_base tabferry_http)\n")
    refused(house, "sim/CMakeLists.txt:2: ", "http")
