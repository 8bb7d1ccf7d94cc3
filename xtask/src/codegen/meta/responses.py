"""Types of responses from the models of official Python packages, as JSON on standard output.

    responses.py FOLDER [PRODUCT]

The models are parsed, never imported. Every folder `baiducloud_python_sdk_PRODUCT/models` below
FOLDER is read: a class is a type, its `from_dict` names the members on the wire and the docstring of
its `__init__` their types. With PRODUCT only its package is read, and of others nothing but their names.
What cannot be read is one line on standard error, with its file.
"""

import ast
import json
import os
import re
import sys
import tokenize

PREFIX = "baiducloud_python_sdk_"
SCALARS = {
    "str": "String",
    "int": "Int64",
    "bool": "Bool",
    "float": "Double",
    "datetime": "String",
    "date": "String",
    "bytes": "String",
    "bytearray": "String",
}
# A type cannot be called like one of the format.
FORMAT = {"String", "Int32", "Int64", "Double", "Bool", "Json"}
# No model is nearly as large, in bytes.
LARGEST = 4 << 20
HAN = re.compile("[\u3000-\u9fff\uff00-\uffef]")


class Model:
    """A class of a package, before its members' types are looked up."""

    def __init__(self, module, node, imports):
        self.module = module
        self.name = node.name
        self.imports = imports
        self.wire = []
        self.docs = {}
        for function in node.body:
            if not isinstance(function, ast.FunctionDef):
                continue
            if function.name == "from_dict":
                self.wire = list(wire_names(function))
            if function.name == "__init__":
                self.docs = documented(ast.get_docstring(function) or "")


def wire_names(function):
    """Pairs of attribute and wire name, from `if m.get('wire') is not None: self.attribute = ...`."""
    for statement in function.body:
        if not isinstance(statement, ast.If):
            continue
        names = [
            call.args[0].value
            for call in ast.walk(statement.test)
            if isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == "get"
            and call.args
            and isinstance(call.args[0], ast.Constant)
        ]
        targets = [
            target.attr
            for inner in ast.walk(statement)
            if isinstance(inner, ast.Assign)
            for target in inner.targets
            if isinstance(target, ast.Attribute)
        ]
        if names and targets:
            yield targets[0], str(names[0])


def documented(text):
    """Descriptions and types of the arguments that a docstring names."""
    docs = {}
    for name, kind in re.findall(r"^:type (\w+): *(.*)$", text, re.MULTILINE):
        kind = re.sub(r"\s*\((?:optional|required)\)\s*$", "", kind)
        found = re.search(rf"^:param {name}:(.*?)(?=^:|\Z)", text, re.MULTILINE | re.DOTALL)
        docs[name] = (kind.strip(), " ".join(found.group(1).split()) if found else "")
    return docs


def parsed(path):
    """The syntax tree of a file."""
    if os.path.getsize(path) > LARGEST:
        raise SystemExit(f"{path}: it is larger than {LARGEST} bytes, which is no model")
    try:
        # As Python reads it: with the encoding that it declares.
        with tokenize.open(path) as source:
            return ast.parse(source.read(), path)
    except SyntaxError as error:
        raise SystemExit(f"{path}:{error.lineno or 1}: it is not Python 3: {error.msg}") from None
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        raise SystemExit(f"{path}: it cannot be read: {error}") from None


def models(folder):
    """All classes of a package's models."""
    for file in sorted(os.listdir(folder)):
        path = os.path.join(folder, file)
        if not file.endswith(".py") or not os.path.isfile(path):
            continue
        tree = parsed(path)
        module = file[: -len(".py")]
        imports = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and ".models." in (node.module or ""):
                for alias in node.names:
                    imports[alias.asname or alias.name] = (node.module.rsplit(".", 1)[1], alias.name)
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                yield Model(module, node, imports)


class Package:
    """A package whose classes have names of their own."""

    def __init__(self, folder):
        self.names = {}
        self.models = list(models(folder))
        taken = set(FORMAT)
        for model in self.models:
            name = model.name
            if name in taken:
                name = "".join(part.capitalize() for part in model.module.split("_"))
            while name in taken:
                name += "2"
            taken.add(name)
            self.names[(model.module, model.name)] = name

    def type(self, model, text):
        text = text.strip()
        if text in SCALARS:
            return SCALARS[text]
        outer, bracket, inner = text.partition("[")
        inner = inner[:-1] if bracket and inner.endswith("]") else ""
        if outer in ("List", "list"):
            return f"List<{self.type(model, inner)}>"
        if outer in ("Dict", "dict"):
            key, comma, value = inner.partition(",")
            if comma and key.strip() == "str":
                return f"Map<String,{self.type(model, value)}>"
            return "Json"
        here = (model.module, text)
        return self.names.get(model.imports.get(text, here), "Json")

    def fields(self, model):
        for attribute, wire in model.wire:
            kind, desc = model.docs.get(attribute, ("", ""))
            field = {"name": wire, "type": self.type(model, kind)}
            if desc and not HAN.search(desc) and desc.lower() not in (attribute, wire.lower()):
                field["desc"] = desc
            yield field

    def types(self):
        return {
            self.names[(model.module, model.name)]: list(self.fields(model)) for model in self.models
        }


def main(root, wanted=None):
    if not os.path.isdir(root):
        raise SystemExit(f"{root}: it is not a folder")
    packages, places = {}, {}
    for folder, below, _ in os.walk(root):
        below.sort()
        name = os.path.basename(os.path.abspath(folder))
        product = name[len(PREFIX) :].replace("_", "-")
        if not name.startswith(PREFIX) or "models" not in below:
            continue
        if wanted not in (None, product):
            packages[product] = {}
            continue
        types = Package(os.path.join(folder, "models")).types()
        # An archive and what was installed from it are the same; two versions are not.
        if packages.setdefault(product, types) != types:
            raise SystemExit(f"{folder}: it differs from {places[product]}, which is the same package")
        places.setdefault(product, folder)
    json.dump(packages, sys.stdout)


main(*sys.argv[1:])
