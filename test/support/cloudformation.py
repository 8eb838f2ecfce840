"""A CloudFormation template as it would be for some parameters; the functions that packaging/aws/template.yaml uses.

    stack = Stack(path, Shards=4)          # what is not said has its default; name="other": of another stack
    stack.resources["Log"]["Properties"]   # of the resources whose condition holds
    stack.of_type("AWS::Lambda::Function") # {logical name: properties}

A Ref to a resource is its logical name, GetAtt NAME.ATTRIBUTE.
"""

import re

import yaml

PSEUDO = {"AWS::Region": "eu-west-1", "AWS::AccountId": "123456789012", "AWS::Partition": "aws"}
NOTHING = object()


class _Loader(yaml.SafeLoader):
    pass


def _tagged(loader, tag, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _tagged)


class Stack:
    def __init__(self, path, name="tabferry", **parameters):
        self.pseudo = PSEUDO | {"AWS::StackName": name}
        self.template = yaml.load(path.read_text(), _Loader)
        known = self.template["Parameters"]
        assert not parameters.keys() - known.keys(), parameters
        self.parameters = {name: str(one.get("Default", "")) for name, one in known.items()} | {k: str(v) for k, v in parameters.items()}
        self.resources = {
            name: self.value(one) for name, one in self.template["Resources"].items() if self.holds(one.get("Condition"))
        }

    def of_type(self, kind):
        return {name: one["Properties"] for name, one in self.resources.items() if one["Type"] == kind}

    def holds(self, condition):
        return condition is None or self.value(self.template["Conditions"][condition])

    def value(self, node):
        if isinstance(node, list):
            return [value for value in map(self.value, node) if value is not NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name == "Ref" or name.startswith("Fn::"):
                return getattr(self, "_" + name.removeprefix("Fn::").lower())(argument)
        values = {name: self.value(value) for name, value in node.items()}
        return {name: value for name, value in values.items() if value is not NOTHING}

    def _ref(self, name):
        if name == "AWS::NoValue":
            return NOTHING
        return self.pseudo.get(name) or self.parameters.get(name, name)

    def _getatt(self, name):
        return name if isinstance(name, str) else ".".join(name)

    def _if(self, argument):
        condition, then, otherwise = argument
        return self.value(then if self.holds(condition) else otherwise)

    def _equals(self, sides):
        return str(self.value(sides[0])) == str(self.value(sides[1]))

    def _not(self, one):
        return not self.value(one[0])

    def _sub(self, argument):
        text, words = (argument, {}) if isinstance(argument, str) else (argument[0], self.value(argument[1]))
        return re.sub(r"\$\{([\w:.]+)\}", lambda word: str(words[word[1]] if word[1] in words else self._ref(word[1])), text)
