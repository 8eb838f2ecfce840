"""Answers of real sites as tableauserverclient's authors recorded them (its sdist's test/assets, put into .deps/recorded by
scripts/bootstrap), and what our parser makes of them (assets_tool)."""
import json
import pathlib
import subprocess

from programs import program

FOLDER = pathlib.Path(__file__).parents[2] / ".deps" / "recorded"


def recorded():
    """The names of the XML answers."""
    return sorted(path.name for path in FOLDER.glob("*.xml"))


def bytes_of(name):
    return (FOLDER / name).read_bytes()


def parsed(names):
    """name -> {"json": ...} or {"error": "..."}."""
    command = [program("TABFERRY_ASSETS_TOOL"), *(str(FOLDER / name) for name in names)]
    lines = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode().splitlines()
    assert len(lines) == len(names)
    return dict(zip(names, map(json.loads, lines)))


def local(name):
    return name.rpartition("}")[2]


def json_paths(element, value, path=""):
    """What of the element (ElementTree's) is not in `value`, and what of `value` is not of the element: a list of paths."""
    attributes = {name: text for name, text in element.attrib.items() if "XMLSchema-instance" not in name}
    text = (element.text or "") + "".join(child.tail or "" for child in element)
    if not attributes and not len(element):
        return [] if value == (text or {}) else [f"{path}: {value!r} for the text {text!r}"]
    if not isinstance(value, dict):
        return [f"{path}: {value!r} for an element with attributes or children"]
    wrong = [f"{path}@{name}" for name, text_of in attributes.items() if value.get(local(name)) != text_of]
    known = {local(name) for name in attributes}
    for name in dict.fromkeys(local(child.tag) for child in element):
        children = [child for child in element if local(child.tag) == name]
        key = name + "Element" if name in known else name
        wrong += wrong_children(children, value.get(key), f"{path}/{name}")
        known.add(key)
    if text.strip():
        wrong += [] if str(value.get("value")).strip() == text.strip() else [f"{path}: its text"]   # around it is layout
        known.add("value")
    return wrong + [f"{path}: {key} is nowhere in the answer" for key in value if key not in known]


def wrong_children(children, value, path):
    values = value if isinstance(value, list) else [value]
    if len(values) != len(children):
        return [f"{path}: {len(values)} of {len(children)}"]
    return [fault for child, one in zip(children, values) for fault in json_paths(child, one, path)]
