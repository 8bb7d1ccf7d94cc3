"""A second reader of the official metadata, which shares no code with the generator.

    reader.py METADATA OVERLAY...

Writes one line of JSON for each operation: product, name, and either `left_out` or what is sent: method,
path, names of query parameters, headers and members of the body at any depth. `full` and `least` are
requests with all parameters and with the required ones, each with a value that follows from its name
and type alone; `program.rs` puts the same values into calls.
"""

import json
import os
import re
import sys
from urllib.parse import quote

SIGNED = {"authorization", "host", "x-bce-date", "x-bce-security-token"}
READS = re.compile(r"(Describe|Get|List|Query)(?![a-z])")


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


class Unusable(Exception):
    """An operation that nobody can call; the text says why."""


def corrected(operation, corrections):
    """The operation after the overlays, and what they say of it as a whole."""
    said = {}
    for correction in corrections:
        if "leave_out" in correction:
            raise Unusable(correction["leave_out"])
        for key in ("uri", "method"):
            operation[key] = correction.get(key, operation[key])
        for path, change in correction.get("parameters", {}).items():
            members = operation["parameters"]
            name = path
            while not any(member["name"] == name for member in members) and "." in name:
                head, name = name.split(".", 1)
                members = next(member for member in members if member["name"] == head)["sub_parameters"]
            if change.get("remove"):
                members[:] = [member for member in members if member["name"] != name]
                continue
            if change.get("add"):
                members.append({"name": name, "type": "String", "required": False})
            member = next(member for member in members if member["name"] == name)
            for key in ("name", "required", "position"):
                member[key] = change.get(key, member.get(key))
            if "type" in change:
                member["exact"] = change["type"]
        said.update(correction)
    return said


def nested(parameters):
    """Parameters as a tree: `a[].b` is a member of `a`, and the first of two of a name counts."""
    tree = {}
    for parameter in parameters:
        *way, last = parameter["name"].split(".")
        level = tree
        for step in way:
            name = step.removesuffix("[]")
            kind = "List" if step.endswith("[]") else "Object"
            holder = level.setdefault(name, node(parameter, kind, {}))
            level = holder["members"]
        leaf = node(parameter, parameter["type"], nested(parameter.get("sub_parameters") or []))
        leaf["list"] = last.endswith("[]")
        level.setdefault(last.removesuffix("[]"), leaf)
    return tree


def node(parameter, kind, members):
    return {
        "kind": kind,
        "exact": parameter.get("exact"),
        "required": bool(parameter.get("required")),
        "members": members,
        "list": False,
    }


def value(name, parameter, least):
    """A value for a parameter; `least`: without what may be left out."""
    if parameter["exact"]:
        return exact(name, parameter["exact"])
    kind, members = parameter["kind"], parameter["members"]
    if members and kind in ("Object", "List"):
        made = {
            inner: value(inner, of, least)
            for inner, of in members.items()
            if of["required"] or not least
        }
        return [made] if kind == "List" else made
    simple = {"String": text(name), "Integer": 7, "Long": 7, "Boolean": True, "Double": 1.5, "Float": 1.5}
    if kind == "List":
        return [text(name)]
    made = simple.get(kind, {"json": [1, None]})
    return [made] if parameter["list"] else made


def exact(name, kind):
    """A value of a type as overlays write it."""
    kind = kind.strip()
    if kind.startswith("List<"):
        return [exact(name, kind[len("List<") : -1])]
    if kind.startswith("Map<String,"):
        return {"key": exact(name, kind[len("Map<String,") : -1])}
    simple = {"String": text(name), "Int32": 7, "Int64": 7, "Bool": True, "Double": 1.5}
    return simple.get(kind, {"json": [1, None]})


def text(name):
    return f"{name} 1/ü"


def plain(made):
    """A value outside the body."""
    if isinstance(made, list):
        return ",".join(plain(item) for item in made)
    if isinstance(made, bool):
        return "true" if made else "false"
    return str(made)


def names(tree, prefix=""):
    for name, parameter in tree.items():
        yield prefix + name
        if not parameter["exact"]:
            yield from names(parameter["members"], f"{prefix}{name}.")


def read(operation, corrections):
    said = corrected(operation, corrections)
    path, _, query = operation["uri"].partition("?")
    shown = dict(pair.partition("=")[::2] for pair in query.split("&") if pair)
    shown.update(said.get("const_query", {}))
    places = {"URL": {}, "QUERY": {}, "HEADER": {}, "BODY": {}}
    headers = dict(said.get("const_headers", {}))
    defaults = {}
    for place in places:
        inside = [it for it in operation["parameters"] if it.get("position") == place]
        places[place] = nested(inside)
        defaults.update({(place, it["name"]): it["default"] for it in inside if "default" in it})
    for parameter in operation["parameters"]:
        if parameter.get("position") not in places:
            raise Unusable("a parameter without a place")
    for name in list(places["URL"]):
        if "{%s}" % name in path:
            if ("URL", name) in defaults:
                path = path.replace("{%s}" % name, str(defaults["URL", name]))
                del places["URL"][name]
        elif ("URL", name) in defaults or name in shown:
            del places["URL"][name]
        else:
            raise Unusable("a parameter of the path that is not in it")
    for name in list(places["HEADER"]):
        if name.lower() in SIGNED:
            raise Unusable("a header of the signature")
        if ("HEADER", name) in defaults:
            headers.setdefault(name, defaults["HEADER", name])
            del places["HEADER"][name]
    constants = {}
    for name, given in shown.items():
        crosses = given != "" and given.strip("xX") == "" or re.fullmatch(r"\{[^{}]*\}", given)
        parameter = places["QUERY"].get(name)
        if name in said.get("const_query", {}) or parameter is None and not crosses:
            constants[name] = given
            places["QUERY"].pop(name, None)
        elif parameter is None:
            places["QUERY"][name] = node({"required": True}, "String", {})
        elif parameter["required"] and not crosses:
            constants[name] = given
            del places["QUERY"][name]
    unknown = set(re.findall(r"\{(.*?)\}", path)) - set(places["URL"])
    if unknown:
        raise Unusable("a place in the path without a parameter")
    action = constants.get("action", "")
    method = operation["method"].upper()
    reads = method in ("GET", "HEAD") or method == "POST" and any(READS.match(it) for it in (operation["name"], action))
    if not reads:
        for place in ("QUERY", "BODY", "HEADER"):
            for name, parameter in places[place].items():
                if name in ("clientToken", "client_token", "ClientToken") and parameter["kind"] == "String":
                    parameter["token"] = True
    form = said.get("body_kind") == "form"
    return {
        "method": method,
        "path": path,
        "query": sorted([*constants, *places["QUERY"]]),
        "headers": sorted(name.lower() for name in [*headers, *places["HEADER"]]),
        "body": sorted(names(places["BODY"])),
        "full": request(method, path, constants, headers, places, form, False),
        "least": request(method, path, constants, headers, places, form, True),
    }


def request(method, path, constants, headers, places, form, least):
    def chosen(place):
        return {
            name: value(name, parameter, least)
            for name, parameter in places[place].items()
            if not least or (parameter["required"] and not parameter.get("token"))
        }

    for name in places["URL"]:
        path = path.replace("{%s}" % name, quote(text(name) if places["URL"][name]["kind"] == "String" else "7", safe=""))
    query = {**constants, **{name: plain(made) for name, made in chosen("QUERY").items()}}
    # The same by the names of the API, whatever the place, as a program on another SDK takes them.
    values = {name: made for name, made in constants.items() if made}
    values.update({name: text(name) if it["kind"] == "String" else 7 for name, it in places["URL"].items()})
    values.update(chosen("QUERY"))
    pairs = sorted((quote(name, safe=""), quote(made, safe="")) for name, made in query.items())
    sent = {**headers, **{name: plain(made).replace(" 1/ü", "-1") for name, made in chosen("HEADER").items()}}
    values.update({name: sent[name] for name in chosen("HEADER")})
    values.update(chosen("BODY"))
    body = chosen("BODY") if places["BODY"] else None
    tokens = [name for place in ("QUERY", "BODY") for name, it in places[place].items() if it.get("token")]
    if form and body is not None:
        body = {name: plain(made) for name, made in body.items()}
    return {
        "method": method,
        "path": path,
        "query": [f"{name}={made}" for name, made in pairs],
        "headers": {name.lower(): made for name, made in sent.items()},
        "body": body,
        "form": form,
        "values": values,
        # Made by the client where the caller gives none.
        "made": tokens if least else [],
    }


def main(root, overlays):
    overlays = [load(path).get("products", {}) for path in overlays]
    for product in load(os.path.join(root, "schema", "products.json"))["products"]:
        code = product["code"]
        folder = os.path.join(root, "schema", code)
        for file in sorted(os.listdir(folder)):
            name, extension = os.path.splitext(file)
            if extension != ".json":
                continue
            line = {"product": code, "operation": name}
            said = [it.get(code, {}).get("operations", {}).get(name) for it in overlays]
            try:
                operation = load(os.path.join(folder, file))
                if operation["name"] != name:
                    raise Unusable("another name than its file")
                line.update(read(operation, [it for it in said if it]))
            except (Unusable, ValueError, KeyError) as reason:
                line["left_out"] = str(reason)
            print(json.dumps(line))


main(sys.argv[1], sys.argv[2:])
