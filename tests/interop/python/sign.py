"""The signer of the official Python SDK, as a service: a line with a list of requests on standard
input is answered by a line with the list of their authorizations.
"""

import json
import sys
from urllib.parse import unquote_to_bytes

from baidubce import utils
from baidubce.auth import bce_v1_signer
from baidubce.auth.bce_credentials import BceCredentials


class Pairs:
    """Query parameters in which a key may be repeated: the signer only asks for `items()`."""

    def __init__(self, pairs):
        self.pairs = pairs

    def __bool__(self):
        return bool(self.pairs)

    def items(self):
        return self.pairs


def value(given):
    """Text stays text, as users of the SDK give it; what is not UTF-8 comes in hex."""
    return given if isinstance(given, str) else bytes.fromhex(given["hex"])


def parts_of(target):
    """Path and query parameters of a request target as it was on the wire."""
    path, _, query = target.partition("?")
    pairs = [piece.partition("=") for piece in query.split("&") if piece]
    return unquote_to_bytes(path), [(unquote_to_bytes(k), unquote_to_bytes(v)) for k, _, v in pairs]


def encoded_path(request):
    if "segments" in request:
        # Segment by segment: the path helper of the SDK cannot tell a slash from a separator.
        return b"/" + b"/".join(utils.normalize_string(value(s)) for s in request["segments"])
    path = parts_of(request["target"])[0] if "target" in request else value(request["path"])
    return utils.append_uri(b"/", path)


def query_of(request):
    if "target" in request:
        return Pairs(parts_of(request["target"])[1])
    return Pairs([(value(k), value(v)) for k, v in request["query"]])


def headers_of(request):
    """As the SDK's clients make them: date and token replace what is there."""
    headers = {name.encode(): value(given) for name, given in request["headers"]}

    def put(name, given):
        for present in [h for h in headers if h.lower() == name]:
            del headers[present]
        headers[name] = given

    if request.get("set_date"):
        put(b"x-bce-date", utils.get_canonical_time(request["timestamp"]))
    if request.get("set_token") is not None:
        put(b"x-bce-security-token", request["set_token"])
    return headers


def authorization(request):
    names = request["headers_to_sign"]
    signed = bce_v1_signer.sign(
        BceCredentials(request["access_key_id"], request["secret_access_key"]),
        request["method"].encode(),
        encoded_path(request),
        headers_of(request),
        query_of(request),
        request["timestamp"],
        request["expire_seconds"],
        None if names is None else [name.encode() for name in names],
    )
    return signed.decode()


for line in sys.stdin:
    print(json.dumps([authorization(request) for request in json.loads(line)]), flush=True)
