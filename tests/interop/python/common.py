"""What the programs of this directory share: settings, reports, and the SDK's own HTTP function."""

import copy
import json
import sys

from baidubce.auth import bce_v1_signer
from baidubce.auth.bce_credentials import BceCredentials
from baidubce.bce_client_configuration import DEFAULT_CONFIG, BceClientConfiguration
from baidubce.exception import BceHttpClientError
from baidubce.http import bce_http_client, handler, http_headers
from baidubce.retry.retry_policy import NoRetryPolicy
from baidubce.services.aihc import aihc_handler

HTTP_FUNCTION = "bce_http_client.send_request"


def settings():
    """Endpoint and long-term key, one JSON object on standard input."""
    return json.loads(sys.stdin.readline())


def report(case, through, kind, result, detail=""):
    """One line of JSON for one case; `kind` is `key` or `token`."""
    line = {"case": case, "through": through, "credentials": kind, "result": result, "detail": detail}
    print(json.dumps(line), flush=True)


def attempt(case, through, kind, call):
    """Makes the call and reports what the service made of it; None unless it was accepted."""
    try:
        response = call()
    except BceHttpClientError as error:
        if error.code is None:
            report(case, through, kind, "failed", repr(error.last_error))
        else:
            report(case, through, kind, "refused", str(error.code))
        return None
    report(case, through, kind, "accepted")
    return response


def configuration(endpoint, access_key_id, secret_access_key):
    return BceClientConfiguration(
        credentials=BceCredentials(access_key_id, secret_access_key),
        endpoint=endpoint,
        connection_timeout_in_mills=10_000,
        retry_policy=NoRetryPolicy(),
    )


class Http:
    """The function that every client of the SDK sends with, for what those clients cannot say."""

    def __init__(self, endpoint, access_key_id, secret_access_key, token=None):
        self.config = copy.deepcopy(DEFAULT_CONFIG)
        self.config.merge_non_none_values(configuration(endpoint, access_key_id, secret_access_key))
        self.token = token

    def send(self, method, path, params, body=None, headers=None, sign=bce_v1_signer.sign):
        headers = {http_headers.CONTENT_TYPE: b"application/json", **(headers or {})}
        if self.token is not None:
            headers[http_headers.STS_SECURITY_TOKEN] = self.token
        return bce_http_client.send_request(
            self.config,
            sign,
            [handler.parse_error, aihc_handler.parse_json],
            method,
            path,
            None if body is None else json.dumps(body),
            headers,
            params,
        )

    def aihc(self, action, query=None, body=None):
        method = b"GET" if action.startswith("Describe") else b"POST"
        params = {"action": action, **(query or {})}
        return self.send(method, b"/", params, body, {b"version": b"v2"})

    def get_session_token(self):
        return self.send(b"POST", b"/v1/sessionToken", {"durationSeconds": 3600})

    def assume_role(self):
        params = {"assumeRole": "", "accountId": "account/1", "roleName": "role a+b"}
        return self.send(b"POST", b"/v1/credential", params)
