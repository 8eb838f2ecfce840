"""Whether the JSON of a snapshot holds all that an XML element holds, under its names, and nothing else (docs/format.md):
attributes and child elements are keys; a child that repeats, or stands below its plural, is a list; an element without
either is its text, or {}; text beside them is the key "value"; a child named as an attribute is "<name>Element". Beside
that only natural keys may stand. What holds a secret is "(redacted)".

Written from that description alone, on purpose: no code of ours is used.
"""

import re

NS = "{http://tableau.com/api}"
REDACTED = "(redacted)"
# (element, attribute) that must not be saved as it is
SECRETS = {("webhook-destination-http", "url")}
# What moves by itself, or by the judge's own sign-in: it must be there, whatever it says.
MOVING = {"nextRunAt"}
LUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")


def name_of(element):
    return element.tag.removeprefix(NS)


def attributes_of(element):
    return {name: value for name, value in element.attrib.items() if "}" not in name and not name.startswith("xmlns")}


def is_natural(key):
    return key == "naturalKey" or key.endswith("NaturalKey")


def lists(parent, child):
    """Whether the parent is the plural of its child."""
    parent, child = parent.lower(), child.lower()
    return parent.endswith(child + "s") or child.endswith("y") and parent.endswith(child[:-1] + "ies")


class Comparison:
    """compare(element, value): what of the element is missing or different in the value, in words; [] where nothing.

    users: luids of people whose lastLogin moves (who has signed in since). derived: elements and attributes that are
    computed from other items and not held against the snapshot (where faults have changed those items).
    """

    def __init__(self, users=(), derived=()):
        self.users, self.derived = set(users), set(derived)

    def compare(self, element, value, where="", more=()):
        """more: keys that may stand in the value besides."""
        name, attributes, children = name_of(element), attributes_of(element), {}
        for child in element:
            children.setdefault(name_of(child), []).append(child)
        where = where or name
        text = element.text or ""
        if not attributes and not children:
            return self._text(text, value, where, more)
        if not isinstance(value, dict):
            return [f"{where} is {value!r:.80}"]
        found = self._attributes(name, attributes, value, where)
        keys = {tag: tag + "Element" if tag in attributes else tag for tag in children}
        for tag, elements in children.items():
            if tag not in self.derived:
                found += self._children(element, elements, value.get(keys[tag]), f"{where}/{tag}")
        if text.strip() and value.get("value") != text:
            found.append(f"{where} has the text {text!r:.80}, not {value.get('value')!r:.80}")
        known = {*attributes, *keys.values(), *more, *(["value"] if text.strip() else [])}
        found += [f"{where}/{key} was never sent" for key in value if key not in known and not is_natural(key)]
        return found

    def _text(self, text, value, where, more):
        if text.strip() == "":
            empty = value == text or isinstance(value, dict) and all(is_natural(key) or key in more for key in value)
            return [] if empty else [f"{where} is empty, not {value!r:.80}"]
        return [] if value == text else [f"{where} is {text!r:.80}, not {value!r:.80}"]

    def _attributes(self, name, attributes, value, where):
        found = []
        for key, wanted in attributes.items():
            got = value.get(key)
            if (name, key) in SECRETS:
                if got != REDACTED:
                    found.append(f"{where}/@{key} is a secret and not redacted")
            elif got is None:
                found.append(f"{where}/@{key} is missing")
            elif key in MOVING or key in self.derived or key == "lastLogin" and attributes.get("id") in self.users:
                continue
            elif got != wanted:
                found.append(f"{where}/@{key} is {wanted!r:.80}, not {got!r:.80}")
        return found

    def _children(self, parent, elements, value, where):
        if value is None:
            return [f"{where} is missing"]
        listed = isinstance(value, list)
        if not listed and (len(elements) > 1 or lists(name_of(parent), name_of(elements[0]))):
            return [f"{where} is no list"]
        values = value if listed else [value]
        if len(values) != len(elements):
            return [f"{where}: {len(elements)} of them, not {len(values)}"]
        return self.compare_all(elements, values, where)

    def compare_all(self, elements, values, where, more=()):
        """Of each element with the value of the same id; where there is none, in their order, else any of them."""
        by_id = {value["id"]: value for value in values if isinstance(value, dict) and "id" in value}
        if all(element.get("id") in by_id for element in elements):
            pairs = [(element, by_id[element.get("id")]) for element in elements]
        else:
            pairs = list(zip(elements, values))
        found = [words for element, value in pairs for words in self.compare(element, value, where, more)]
        if found and len(elements) == len(values) > 1:
            left = list(values)
            for element in elements:
                fits = next((value for value in left if not self.compare(element, value, where, more)), None)
                if fits is None:
                    return found
                left.remove(fits)
            return []
        return found

    def somewhere(self, element, values, where="", more=()):
        """Whether it is in one of the values, at any depth: [] or what its best likeness lacks."""
        best, wanted = None, set(attributes_of(element))
        for value in inside(values):
            if isinstance(value, dict) and not wanted <= set(value) or not isinstance(value, (dict, str)):
                continue
            found = self.compare(element, value, where, more)
            if not found:
                return []
            if best is None or len(found) < len(best):
                best = found
        return best if best is not None else [f"{where or name_of(element)} is nowhere"]

    def same_json(self, wanted, got, where):
        """Of what the site sends as JSON: equal, but for natural keys."""
        if isinstance(wanted, dict) and isinstance(got, dict):
            found = [words for key in wanted if key not in self.derived or key not in got for words in (
                self.same_json(wanted[key], got[key], f"{where}/{key}") if key in got else [f"{where}/{key} is missing"])]
            return found + [f"{where}/{key} was never sent" for key in got if key not in wanted and not is_natural(key)]
        if isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
            return [words for one, other in zip(wanted, got) for words in self.same_json(one, other, where)]
        return [] if wanted == got and type(wanted) is type(got) else [f"{where} is {wanted!r:.80}, not {got!r:.80}"]

    def json_somewhere(self, wanted, values, where):
        best = None
        for value in inside(values):
            if isinstance(value, dict) and set(wanted) <= set(value):
                found = self.same_json(wanted, value, where)
                if not found:
                    return []
                best = found if best is None or len(found) < len(best) else best
        return best if best is not None else [f"{where} is nowhere"]


def inside(values):
    """All values within, the values themselves among them."""
    waiting = [values]
    while waiting:
        value = waiting.pop()
        yield value
        waiting += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def ids_in(element):
    """All luids that an element or a JSON value mentions."""
    if isinstance(element, (dict, list)):
        return {value for value in inside(element) if isinstance(value, str) and LUID.match(value)}
    return {value for one in element.iter() for value in one.attrib.values() if LUID.match(value)}
