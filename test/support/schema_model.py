"""The official schema as tables: which attributes and children a type has, so that JSON can be judged by it too.

JSON mirrors the schema: attributes and children become keys; a child that may repeat is an array; an element with text
and attributes has its text under "value". Booleans are JSON booleans, whole numbers of no fixed size (positiveInteger
...) are strings, int, long and decimal are numbers or strings.
"""

import collections
import functools

from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"
NAMESPACE = "http://tableau.com/api"

# attributes: name -> simple type; children: name -> Child, in the schema's order; text: its simple type, or None.
Shape = collections.namedtuple("Shape", "attributes children text")
Child = collections.namedtuple("Child", "declaration many")

NUMBERS = {"xs:int", "xs:long", "xs:short", "xs:decimal", "xs:float", "xs:double"}


class Model:
    def __init__(self, path):
        self.root = etree.parse(str(path)).getroot()
        self.named = {node.get("name"): node for node in self.root if node.tag != XS + "element" and node.get("name")}
        self.elements = {node.get("name"): node for node in self.root if node.tag == XS + "element"}
        self.shape = functools.lru_cache(None)(self._shape)

    def simple(self, declaration):
        """The built-in type that an attribute or a text is made of: "xs:boolean"."""
        name, inner = declaration.get("type"), declaration.find(XS + "simpleType")
        while name is None or not name.startswith("xs:"):
            node = inner if name is None else self.named[name]
            if node is None:                # without any type: a subscription's content@name
                return "xs:string"
            restriction = node.find(f".//{XS}restriction")
            name, inner = restriction.get("base"), restriction.find(XS + "simpleType")
        return name

    def _shape(self, declaration):
        """The Shape of an element, by its declaration."""
        name = declaration.get("type")
        node = declaration.find(XS + "complexType") if name is None else self.named.get(name)
        if node is None or node.tag != XS + "complexType":
            return Shape({}, {}, self.simple(declaration))
        shape = Shape({}, {}, [])
        self._collect(node, shape, many=False)
        return Shape(shape.attributes, shape.children, shape.text[0] if shape.text else None)

    def _collect(self, node, shape, many):
        for part in node:
            kind = part.tag.removeprefix(XS) if isinstance(part.tag, str) else ""
            repeated = many or part.get("maxOccurs", "1") != "1"
            if kind == "attribute":
                shape.attributes[part.get("name")] = self.simple(part)
            elif kind == "element":
                known = part.get("name") in shape.children
                shape.children[part.get("name")] = Child(part, repeated or known)
            elif kind in ("group", "attributeGroup") and part.get("ref"):
                self._collect(self.named[part.get("ref")], shape, repeated)
            elif kind == "extension" and part.get("base") in self.named:
                self._collect(self.named[part.get("base")], shape, many)
                self._collect(part, shape, many)
            elif kind == "extension":
                shape.text.append(part.get("base"))
                self._collect(part, shape, many)
            else:
                self._collect(part, shape, repeated)


def scalar(value, kind, where, problems):
    """The text of a JSON scalar."""
    if kind == "xs:boolean":
        good = isinstance(value, bool)
    elif kind in NUMBERS:
        good = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    else:
        good = isinstance(value, str)
    if not good:
        problems.append(f"{where}: {value!r} stands for an {kind}")
    return str(value).lower() if isinstance(value, bool) else str(value)


def to_xml(model, document, problems):
    """The XML of a JSON answer, in the schema's order; what the mirror rule forbids is added to `problems`."""
    root = etree.Element(f"{{{NAMESPACE}}}tsResponse", nsmap={None: NAMESPACE})
    _fill(model, root, model.elements["tsResponse"], document, "", problems)
    return root


def _fill(model, element, declaration, value, where, problems):
    shape = model.shape(declaration)
    if not shape.children and not shape.attributes:
        if shape.text is not None:
            element.text = scalar(value, shape.text, where, problems)
        elif value not in ({}, None, ""):
            problems.append(f"{where}: {value!r} stands for an empty element")
        return
    if not isinstance(value, dict):
        problems.append(f"{where}: {value!r} stands for an object")
        return
    known = set(shape.attributes) | set(shape.children) | ({"value"} if shape.text else set())
    problems.extend(f"{where}: the schema knows no {key!r} here" for key in value if key not in known)
    for name, kind in shape.attributes.items():
        if name in value:
            element.set(name, scalar(value[name], kind, f"{where}/{name}", problems))
    if shape.text and "value" in value:
        element.text = scalar(value["value"], shape.text, f"{where}/value", problems)
    for name, child in shape.children.items():
        if name in value and name not in shape.attributes:
            _fill_child(model, element, child, name, value[name], f"{where}/{name}", problems)


def _fill_child(model, element, child, name, value, where, problems):
    if isinstance(value, list) != child.many:
        problems.append(f"{where}: {'an array' if child.many else 'no array'} belongs here")
    for one in value if isinstance(value, list) else [value]:
        _fill(model, etree.SubElement(element, f"{{{NAMESPACE}}}{name}"), child.declaration, one, where, problems)
