"""Requests of the official Python SDK that are not to be trusted.

Most are signed as one request and sent as another: what somebody in the middle would make of it.
"""

import time

import common
from baidubce import utils
from baidubce.auth import bce_v1_signer
from baidubce.http import http_headers

BODY = {"id": "interop", "accessControlList": []}
# Blanks around it, and what an encoder may get wrong.
META = {b"X-Bce-Interop": b"  a+b %20%/&=~*'()!\"<>\\^`{|}  "}
HOUR = 3600


def change_method(request):
    request["http_method"] = b"PUT"


def change_path(request):
    request["path"] = b"/v1/credential"


def change_query(request):
    request["params"]["durationSeconds"] = 901


def add_to_query(request):
    del request["params"]["durationSeconds"]


def change_header(request):
    request["headers"][http_headers.CONTENT_TYPE] = b"text/plain"


def add_header(request):
    del request["headers"][b"X-Bce-Interop"]


def change_host(request):
    request["headers"][http_headers.HOST] = b"aihc.bj.baidubce.com"


def change_body_length(request):
    request["headers"][http_headers.CONTENT_LENGTH] += 1


def sign_long_ago(request):
    request["timestamp"] = int(time.time()) - HOUR


def change_token(request):
    request["headers"][http_headers.STS_SECURITY_TOKEN] += "x"


def change_nothing(request):
    pass


CHANGES = {
    "request as signed": change_nothing,
    "changed method": change_method,
    "changed path": change_path,
    "changed query": change_query,
    "added query parameter": add_to_query,
    "changed header": change_header,
    "added x-bce header": add_header,
    "changed host": change_host,
    "changed body length": change_body_length,
    "expired signature": sign_long_ago,
}


def signing(change):
    """The SDK's signature of the request before `change`, undone, was made on the way."""

    def sign(credentials, http_method, path, headers, params):
        request = {
            "http_method": http_method,
            "path": path,
            "headers": dict(headers),
            "params": dict(params),
            "timestamp": int(time.time()),
        }
        change(request)
        return bce_v1_signer.sign(credentials, **request)

    return sign


def expect(case, kind, http, change=change_nothing, headers=META):
    def send():
        params = {"durationSeconds": 900}
        return http.send(b"POST", b"/v1/sessionToken", params, BODY, headers, signing(change))

    common.attempt(case, common.HTTP_FUNCTION, kind, send)


def main():
    settings = common.settings()
    endpoint = settings["endpoint"]
    long_term = (settings["access_key_id"], settings["secret_access_key"])
    issued = common.Http(endpoint, *long_term).get_session_token()
    session = (issued.accessKeyId, issued.secretAccessKey)

    for kind, (key, secret), token in [
        ("key", long_term, None),
        ("token", session, issued.sessionToken),
    ]:
        http = common.Http(endpoint, key, secret, token)
        for case, change in CHANGES.items():
            expect(case, kind, http, change)
        tomorrow = utils.get_canonical_time(int(time.time()) + 24 * HOUR)
        expect("date of tomorrow", kind, http, headers={**META, http_headers.BCE_DATE: tomorrow})
        expect("wrong secret key", kind, common.Http(endpoint, key, secret + "x", token))
        expect("unknown access key", kind, common.Http(endpoint, key + "x", secret, token))
        why = "bce-auth-v1 does not sign the body"
        case = "changed body of the same length"
        common.report(case, common.HTTP_FUNCTION, kind, "left out", why)

    expect("no session token", "token", common.Http(endpoint, *session))
    other = common.Http(endpoint, *session, issued.sessionToken + "x")
    expect("another session token", "token", other)
    http = common.Http(endpoint, *session, issued.sessionToken)
    expect("changed session token", "token", http, change_token)


main()
