"""Calls every operation of dev instances and of STS with the official Python SDK."""

import time

import common
from baidubce.exception import BceHttpClientError
from baidubce.services.aihc.aihc_client import AihcClient
from baidubce.services.sts.sts_client import StsClient

RUNNING, STOPPED = 3, 5
AIHC_CLIENT, STS_CLIENT = "services.aihc AihcClient", "services.sts StsClient"

NAME = "测试 a-b_c/d.1"
HOSTILE = "a b+c%20%/&=?#~*'()!\"<>\\^`{|}\t测é😀"

INSTANCE = {
    "name": NAME,
    "conf": {
        "resourcePool": {"resourcePoolId": "cce-interop", "queueName": "default"},
        "resources": {"cpus": 1, "memory": 2},
        "image": {"imageType": 0, "imageUrl": "registry.example/image:v1"},
        "volumnConfs": [{"volumnType": "cds", "cds": {"capacity": 100}, "mountPath": "/.rootfs"}],
    },
    "creator": "interop",
    "creatorId": "interop-id",
}
IMAGE = {
    "imageName": "interop",
    "imageTag": "v1",
    "registry": "registry.example",
    "namespace": "team",
    "username": "robot",
    "password": "made-up",
}
WINDOW = {"startTime": "2020-01-01T00:00:00.000Z", "endTime": "2099-01-01T00:00:00.000Z"}

# What AihcClient can express; its parameters are called as those of the API.
EXPRESSIBLE = [
    "DescribeDevInstances",
    "DescribeDevInstance",
    "StartDevInstance",
    "StopDevInstance",
    "DeleteDevInstance",
    "DescribeDevInstanceImagePackJob",
]
# What it cannot, for want of an `import json`, with arguments to try it with.
BROKEN = {
    "CreateDevInstance": ("a", "pool", "type", "image", 100),
    "ModifyDevInstance": ("dv-1",),
    "TimedStopDevInstance": (),
    "CreateDevInstanceImagePackJob": ("dv-1",),
}


class Failure(Exception):
    """A call failed; what builds on it cannot be tried."""


def live_and_die(http, call):
    """One dev instance through all operations. `call(case, action, query, body)` makes the call."""

    def wait_for(status):
        for _ in range(1000):
            if http.aihc("DescribeDevInstance", it).devInstance.status == status:
                return
            time.sleep(0.005)
        raise Failure(f"state {status} does not come")

    def must(action, query=None, body=None):
        response = call(action, action, query, body)
        if response is None:
            raise Failure(action)
        return response

    it = {"devInstanceId": must("CreateDevInstance", None, INSTANCE).devInstanceId}
    wait_for(RUNNING)
    must("DescribeDevInstance", it)
    must("DescribeDevInstanceEvents", {**it, **WINDOW})
    for case, text, count in [
        ("DescribeDevInstances", NAME, 1),
        ("DescribeDevInstances, hostile text", HOSTILE, 0),
    ]:
        query = {"queryKey": "devInstanceName", "queryVal": text}
        found = call(case, "DescribeDevInstances", query, None)
        if found is None or found.totalCount != count:
            raise Failure(f"{case}: not {count} found")
    must("TimedStopDevInstance", None, {**it, "delaySec": 7200, "enable": True})
    job = must("CreateDevInstanceImagePackJob", None, {**it, **IMAGE}).imagePackJobId
    must("DescribeDevInstanceImagePackJob", {**it, "imagePackJobId": job})
    wait_for(RUNNING)
    must("ModifyDevInstance", None, {**INSTANCE, "id": it["devInstanceId"]})
    wait_for(RUNNING)
    must("StopDevInstance", it)
    wait_for(STOPPED)
    must("StartDevInstance", it)
    wait_for(RUNNING)
    must("DeleteDevInstance", it)


def through_http(http, kind):
    def call(case, action, query, body):
        return common.attempt(
            case, common.HTTP_FUNCTION, kind, lambda: http.aihc(action, query, body)
        )

    live_and_die(http, call)


def through_client(client, http):
    def call(case, action, query, body):
        if action not in EXPRESSIBLE:
            return http.aihc(action, query, body)
        return common.attempt(
            case, AIHC_CLIENT, "key", lambda: getattr(client, action)(**query)
        )

    live_and_die(http, call)


def leave_out(client):
    """Reports what the SDK's clients cannot do, after making sure that they still cannot."""
    now_it_works = "can be expressed now, and is not driven"
    for action, arguments in BROKEN.items():
        try:
            getattr(client, action)(*arguments)
            common.report(action, AIHC_CLIENT, "key", "failed", now_it_works)
        except NameError as error:
            why = f"the SDK raises NameError: {error}"
            common.report(action, AIHC_CLIENT, "key", "left out", why)
    events = "DescribeDevInstanceEvents"
    try:
        client.DescribeDevInstanceEvents("dv-1")
        common.report(events, AIHC_CLIENT, "key", "failed", now_it_works)
    except BceHttpClientError as error:
        why = f"the SDK cannot send the time window that the API requires ({error.code})"
        common.report(events, AIHC_CLIENT, "key", "left out", why)

    why = "the SDK's client takes no session token"
    for action in [*EXPRESSIBLE, *BROKEN, events]:
        common.report(action, AIHC_CLIENT, "token", "left out", why)
    common.report("GetSessionToken", STS_CLIENT, "token", "left out", why)
    for kind in ["key", "token"]:
        why = "the SDK's client does not know the operation"
        common.report("AssumeRole", STS_CLIENT, kind, "left out", why)


def main():
    settings = common.settings()
    key = (settings["endpoint"], settings["access_key_id"], settings["secret_access_key"])
    config = common.configuration(*key)
    rule = {"eid": "e1", "effect": "Allow", "service": "bce:aihc", "region": "*"}
    acl = {"accessControlList": [{**rule, "resource": ["*"], "permission": ["READ"]}]}
    sts = StsClient(config)
    common.attempt("GetSessionToken", STS_CLIENT, "key", lambda: sts.get_session_token(acl, 3600))

    with_key = common.Http(*key)
    send = with_key.get_session_token
    token = common.attempt("GetSessionToken", common.HTTP_FUNCTION, "key", send)
    if token is None:
        raise Failure("GetSessionToken")
    session = (token.accessKeyId, token.secretAccessKey, token.sessionToken)
    with_token = common.Http(settings["endpoint"], *session)
    send = with_token.get_session_token
    common.attempt("GetSessionToken", common.HTTP_FUNCTION, "token", send)
    for http, kind in [(with_key, "key"), (with_token, "token")]:
        common.attempt("AssumeRole", common.HTTP_FUNCTION, kind, http.assume_role)

    client = AihcClient(config)
    leave_out(client)
    through_client(client, with_key)
    through_http(with_key, "key")
    through_http(with_token, "token")


main()
