"""A SAM template as CloudFormation would have it for some parameters: translated by SAM's own translator, then the functions of
CloudFormation that packaging/aws/template.yaml uses.

    stack = Stack(path, Shards=4)          # what is not said has its default; name="other": of another stack
    stack.resources["Log"]["Properties"]   # of the resources whose condition holds
    stack.of_type("AWS::Lambda::Function") # {logical name: properties}

A Ref to a resource is its logical name, GetAtt NAME.ATTRIBUTE; of a parameter of SSM its value.
"""

import copy
import functools
import re

import boto3
import yaml
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

PSEUDO = {"AWS::Region": "eu-west-1", "AWS::AccountId": "123456789012", "AWS::Partition": "aws"}
NOTHING = object()


class _Loader(yaml.SafeLoader):
    pass


def _tagged(loader, tag, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        value = value.split(".") if tag == "GetAtt" else value
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _tagged)


@functools.cache
def _read(path):
    """As it is written, and as it is translated. What `sam deploy` does before: the definition lies in a bucket."""
    source = yaml.load(path.read_text(), _Loader)
    template = copy.deepcopy(source)
    for resource in template["Resources"].values():
        if "DefinitionUri" in resource.get("Properties", {}):
            resource["Properties"]["DefinitionUri"] = {"Bucket": "code", "Key": resource["Properties"]["DefinitionUri"]}
    session = boto3.Session(region_name=PSEUDO["AWS::Region"])
    return source, Translator({}, Parser(), boto_session=session).translate(template, {})


class Stack:
    def __init__(self, path, name="tabferry", **parameters):
        self.pseudo = PSEUDO | {"AWS::StackName": name}
        self.source, self.template = _read(path)
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
        resource, attribute = name if isinstance(name, list) else name.split(".", 1)
        of = self.template["Resources"][resource]
        if (of["Type"], attribute) == ("AWS::SSM::Parameter", "Value"):
            return self.value(of["Properties"]["Value"])
        return f"{resource}.{attribute}"

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
