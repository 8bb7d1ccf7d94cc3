"""Calls the operations of pools, queues, datasets, models, jobs and services with two official packages.

What a package reads has to be what a plain request shows, member by member; what it writes has to be there
then, with the values that were given. Cases are called as the operations.
"""

import json
import time

import common
from packages import BcePackage, GeneratedPackage, Unknown, answered

POOL, QUEUE = "cce-emulator", "default"
CARD = "baidu.com/a800_80g_cgpu"


class Failure(Exception):
    """What came is not what it should be; what builds on it cannot be tried."""


class Emulator:
    """What the emulator holds, by plain requests."""

    def __init__(self, key):
        self.http = common.Http(*key)

    def read(self, action, query=None, body=None):
        method = b"GET" if body is None else b"POST"
        headers = {b"version": b"v2", b"x-api-version": b"v2"}
        params = {"action": action, **(query or {})}
        return answered(self.http.send(method, b"/", params, body, headers))

    def dataset(self, it):
        return self.read("DescribeDataset", {"datasetId": it})

    def model(self, it):
        return self.read("DescribeModel", {"modelId": it})

    def job(self, place, it):
        return self.read("DescribeJob", place, {"jobId": it, "needDetail": True})

    def service(self, it):
        return self.read("DescribeService", {"serviceId": it})


def differs(found, held, place=""):
    """Where something that was found is not what is held; a member that a package does not know is not found."""
    if isinstance(found, dict) and isinstance(held, dict):
        for name, value in found.items():
            if value is None or name in ("requestId", "metadata"):
                continue
            if name not in held:
                return f"{place}.{name} is {value!r}, and is not held"
            if where := differs(value, held[name], f"{place}.{name}"):
                return where
        return None
    if isinstance(found, list) and isinstance(held, list) and len(found) == len(held):
        pairs = zip(found, held)
        places = (differs(a, b, f"{place}[{n}]") for n, (a, b) in enumerate(pairs))
        return next((where for where in places if where), None)
    return None if found == held else f"{place}: {found!r} instead of {held!r}"


class Caller:
    """Makes calls with one package, and reports each with what came of it."""

    def __init__(self, package, emulator):
        self.package, self.emulator = package, emulator

    def report(self, operation, result, detail=""):
        common.report(operation, self.package.through, "key", result, detail)

    def knows(self, operation):
        """Whether the package can make the call; reports it as left out otherwise."""
        try:
            self.package.method(operation)
            return True
        except Unknown as why:
            self.report(operation, "left out", str(why))
            return False

    def call(self, operation, check, **values):
        """Makes the call and has `check` look at the answer; it says what is wrong, or nothing."""
        try:
            answer = self.package.call(operation, values)
        except Exception as error:
            code = getattr(error, "code", None) or getattr(error.args[-1], "code", None)
            said = str(error).splitlines()[-1]
            self.report(operation, "failed", f"{type(error).__name__} {code}: {said}")
            raise Failure(operation) from error
        wrong = check(answer)
        if wrong:
            self.report(operation, "failed", wrong)
            raise Failure(f"{operation}: {wrong}")
        self.report(operation, "accepted")
        return answer

    def read(self, operation, held, least, **values):
        """Reads what is held: at least these members, and nothing else."""
        why = self.package.blind.get(operation)
        if why:
            try:
                answer = self.package.call(operation, values)
            except Exception:
                answer = {}
            seen = [name for name in least if answer.get(name)]
            self.report(operation, *(("failed", f"it reads {seen}") if seen else ("left out", why)))
            return answer

        def check(answer):
            missing = [name for name in least if not answer.get(name)]
            if missing:
                return f"no {', '.join(missing)} in {answer}"
            return differs(answer, held)

        return self.call(operation, check, **values)

    def write(self, operation, held, expected, **values):
        """Writes, and looks whether what is held then has the expected members."""
        return self.call(operation, lambda answer: differs(expected(answer), held(answer)), **values)


def nothing_there(read):
    """Whether a plain request is refused with NotFound."""
    try:
        read()
    except Exception as error:
        return None if "NotFound" in str(getattr(error, "code", "")) else repr(error)
    return "it is still there"


def pools_and_queues(it):
    """What is there from the beginning."""
    raw = it.emulator.read
    if not it.knows("DescribeResourcePools"):
        for operation in ("DescribeResourcePool", "DescribeResourcePoolOverview", "DescribeQueues", "DescribeQueue"):
            it.knows(operation)
        return
    query = {"resourcePoolType": "common", "pageNumber": 1, "pageSize": 5}
    it.read("DescribeResourcePools", raw("DescribeResourcePools", query), ["resourcePools", "totalCount"], **query)
    query = {"resourcePoolId": POOL}
    it.read("DescribeResourcePool", raw("DescribeResourcePool", query), ["resourcePoolId", "name", "phase"], **query)
    it.read(
        "DescribeResourcePoolOverview",
        raw("DescribeResourcePoolOverview"),
        ["resourcePoolsStatisticWithType"],
    )
    held = raw("DescribeQueues", query)
    it.read("DescribeQueues", held, ["queues", "totalCount"], **query)
    query = {"queueId": held["queues"][0]["queueId"]}
    it.read("DescribeQueue", raw("DescribeQueue", query), ["queueId", "queueName", "capability"], **query)


def datasets(it, name):
    """One dataset and its versions, from beginning to end."""
    raw, held = it.emulator.read, it.emulator.dataset
    first = {"storagePath": "/a", "mountPath": "/mnt/a", "description": "first"}
    values = {
        "name": name,
        "storageType": "BOS",
        "storageInstance": "bucket",
        "importFormat": "FOLDER",
        "visibilityScope": "USER_GROUP",
        "visibilityUser": [{"id": "u-1", "name": "somebody", "permission": "r"}],
        "description": "a b+c%20&=?#'\"<>测",
    }
    made = it.write(
        "CreateDataset",
        lambda answer: held(answer["id"]),
        lambda answer: {**values, "id": answer["id"], "latestVersionEntry": first},
        initVersionEntry=first,
        **values,
    )
    key = {"datasetId": made["id"]}
    it.read("DescribeDataset", held(made["id"]), ["id", "name", "latestVersionId"], **key)
    query = {"keyword": name, "pageNumber": 1, "pageSize": 5}
    it.read("DescribeDatasets", raw("DescribeDatasets", query), ["datasets", "totalCount"], **query)
    changes = {"name": f"{name}-2", "description": "changed", "visibilityScope": "ALL_PEOPLE"}
    it.write("ModifyDataset", lambda _: held(made["id"]), lambda _: changes, **key, **changes)
    second = {"storagePath": "/b", "mountPath": "/mnt/b", "description": "second"}
    version = it.write(
        "CreateDatasetVersion",
        lambda _: held(made["id"]),
        lambda answer: {"latestVersionId": answer["id"], "latestVersion": "2", "latestVersionEntry": second},
        **key,
        **second,
    )
    it.read("DescribeDatasetVersions", raw("DescribeDatasetVersions", key), ["versions", "totalCount"], **key)
    query = {**key, "versionId": version["id"]}
    it.read("DescribeDatasetVersion", raw("DescribeDatasetVersion", query), ["id", "versionEntry"], **query)
    it.write("DeleteDatasetVersion", lambda _: held(made["id"]), lambda _: {"latestVersion": "1"}, **query)
    it.call("DeleteDataset", lambda _: nothing_there(lambda: held(made["id"])), **key)


def models(it, name):
    """One model and its versions, from beginning to end."""
    raw, held = it.emulator.read, it.emulator.model
    first = {"storageBucket": "bucket", "storagePath": "/a", "source": "UserUpload", "description": "first"}
    values = {"name": name, "modelFormat": "HuggingFace", "description": "a b+c 测", "visibilityScope": "ONLY_OWNER"}
    made = it.write(
        "CreateModel",
        lambda answer: held(answer["id"]),
        lambda answer: {**values, "id": answer["id"], "versionEntry": first},
        initVersionEntry=first,
        **values,
    )
    key = {"modelId": made["id"]}
    it.read("DescribeModel", held(made["id"]), ["id", "name", "versionEntry"], **key)
    query = {"keyword": name, "pageNumber": 1, "pageSize": 5}
    it.read("DescribeModels", raw("DescribeModels", query), ["models", "totalCount"], **query)
    changes = {"name": f"{name}-2", "description": "changed"}
    it.write("ModifyModel", lambda _: held(made["id"]), lambda _: changes, **key, **changes)
    second = {**first, "storagePath": "/b", "description": "second", "modelMetrics": "{}"}
    version = it.write(
        "CreateModelVersion",
        lambda _: held(made["id"]),
        lambda answer: {"versionEntry": {**second, "id": answer["id"]}},
        **key,
        **second,
    )
    query = {**key, "pageNumber": 1, "pageSize": 10}
    it.read("DescribeModelVersions", raw("DescribeModelVersions", query), ["versions", "totalCount"], **query)
    query = {**key, "versionId": version["id"]}
    it.read("DescribeModelVersion", raw("DescribeModelVersion", query), ["id", "versionEntry"], **query)
    it.write("DeleteModelVersion", lambda _: held(made["id"]), lambda _: {"versionEntry": first}, **query)
    it.call("DeleteModel", lambda _: nothing_there(lambda: held(made["id"])), **key)

def wait_for(read, what):
    """Waits until what is held is so."""
    for _ in range(2000):
        held = read()
        if what(held):
            return held
        time.sleep(0.01)
    raise Failure(f"it stays {held}")


def jobs(it, name):
    """A job that runs to its end, and those that wait for more than there is."""
    raw, place = it.emulator.read, {"resourcePoolId": POOL, "queueID": QUEUE}

    def create(suffix, replicas):
        spec = {
            "image": "registry.example/image:v1",
            "replicas": replicas,
            "resources": [{"name": CARD, "quantity": 8}],
        }
        values = {
            "name": f"{name}-{suffix}",
            "command": "sleep 1d; echo a b+c 测",
            "jobType": "PyTorchJob",
            "priority": "normal",
        }
        if it.package.sends("CreateJob", "queue"):
            values["queue"] = QUEUE
        held = {"name": values["name"], "command": values["command"], "priority": "normal", "queue": QUEUE}

        def check(answer):
            found = it.emulator.job(place, answer["jobId"])
            with_spec = {name: found["jobSpec"][name] for name in spec}
            return differs({**held, "spec": spec}, {**found, "spec": with_spec})

        labels = [{"key": "team", "value": "a"}]
        made = it.call("CreateJob", check, **place, **values, jobSpec=spec, labels=labels)
        return {"jobId": made["jobId"]}

    runs = create("runs", 2)
    held = lambda: it.emulator.job(place, runs["jobId"])
    running = wait_for(held, lambda job: job["status"] == "Running")
    pod = {**runs, "podName": running["pods"][0]["name"]}
    is_address = lambda answer: None if answer["webTerminalUrl"].startswith("wss://") else repr(answer)
    it.call("DescribeJobWebterminal", is_address, **place, **pod)
    wait_for(held, lambda job: job["status"] == "Succeeded")
    it.read("DescribeJob", held(), ["jobId", "status", "pods"], **place, **runs, needDetail=True)
    query, body = {"resourcePoolId": POOL}, {"keywordType": "name", "keyword": name, "pageNumber": 1, "pageSize": 5}
    it.read("DescribeJobs", raw("DescribeJobs", query, body), ["jobs", "totalCount"], **query, **body)
    for operation, body, least in [
        ("DescribeJobEvents", runs, ["events", "total"]),
        ("DescribePodEvents", pod, ["events", "total"]),
        ("DescribeJobNodes", runs, ["nodes"]),
        ("DescribeJobMetrics", {**runs, "metricType": "GpuUsage", "timeStep": "1"}, ["metrics"]),
        ("DescribeJobLogs", {**pod, "maxLines": "2"}, ["logs", "nextMarker"]),
    ]:
        answer = it.read(operation, raw(operation, place, body), least, **place, **body)
    body = {**body, "marker": answer["nextMarker"]}
    it.read("DescribeJobLogs", raw("DescribeJobLogs", place, body), ["logs"], **place, **body)
    it.call("DeleteJob", lambda _: nothing_there(held), **place, **runs)

    waits = create("waits", 100)
    held = lambda: it.emulator.job(place, waits["jobId"])
    it.write("ModifyJob", lambda _: held(), lambda _: {"priority": "low"}, **place, **waits, priority="low")
    has_stopped = lambda job: job["status"] in ("Stopping", "Stopped")
    it.call("StopJob", lambda _: None if has_stopped(held()) else held()["status"], **place, **waits)
    if it.knows("BatchStopJobs"):
        pair = [create("one", 100), create("two", 100)]

        def check(answer):
            stopped = all(has_stopped(it.emulator.job(place, job["jobId"])) for job in pair)
            return None if stopped and answer["result"]["successNum"] == 2 else repr(answer)

        it.call("BatchStopJobs", check, **place, jobList=pair)


SERVICES = (
    "CreateService DescribeServices DescribeService DescribeServiceStatus DescribeServicePods "
    "DescribeServicePodGroups ModifyServiceReplicas DisableServicePod DeleteServicePod ModifyServiceNetConfig "
    "ModifyService DescribeServiceChangelogs DescribeServiceChangelog DeleteService"
).split()


def services(it, name):
    """One service from beginning to end."""
    if not all([it.knows(operation) for operation in SERVICES]):
        return
    raw = it.emulator.read
    conf = {
        "name": name,
        "acceleratorType": "",
        "workloadType": "",
        "instanceCount": 2,
        "resourcePool": {
            "resourcePoolId": POOL,
            "resourcePoolName": "emulator",
            "queueName": QUEUE,
            "resourcePoolType": "",
        },
        "containers": [
            {
                "name": "main",
                "cpus": 1,
                "memory": 2,
                "acceleratorCount": 0,
                "command": ["/bin/sh", "-c", "sleep inf; echo a b+c 测"],
                "ports": [{"name": "HTTP", "port": 10088}],
                "image": {"imageType": 0, "imageUrl": "registry.example/image:v1"},
            }
        ],
    }
    expected = {"name": name, "instanceCount": 2, "resourcePool": {"queueName": QUEUE}}
    made = it.write(
        "CreateService",
        lambda answer: it.emulator.service(answer["serviceId"])["service"],
        lambda _: expected,
        serviceConf=conf,
        clientToken=f"token-{name}",
    )
    key = {"serviceId": made["serviceId"]}
    held = lambda: it.emulator.service(key["serviceId"])
    wait_for(held, lambda service: service["status"]["briefStat"]["status"] == 2)
    it.read("DescribeService", held(), ["service", "status", "instances"], **key)
    for operation, least in [
        ("DescribeServiceStatus", ["service"]),
        ("DescribeServicePods", ["pods"]),
        ("DescribeServicePodGroups", ["servicePodGroups", "queueName"]),
    ]:
        it.read(operation, raw(operation, key), least, **key)
    query = {"pageNumber": 1, "pageSize": 5}
    it.read("DescribeServices", raw("DescribeServices", query), ["services", "totalCount"], **query)

    count = lambda: held()["service"]["instanceCount"]
    it.call("ModifyServiceReplicas", lambda _: differs(3, count()), **key, instanceCount=3)
    wait_for(held, lambda service: service["status"]["briefStat"]["status"] == 2)
    pods = lambda: {pod["instanceId"]: pod["status"] for pod in held()["instances"]}
    pod = sorted(pods())[0]
    is_blocked = lambda _: None if pods()[pod].get("blocked") is True else repr(pods())
    it.call("DisableServicePod", is_blocked, **key, instanceId=pod, block=True)
    is_gone = lambda _: None if pod not in pods() else "it is still there"
    it.call("DeleteServicePod", is_gone, **key, instanceId=pod)
    is_public = lambda _: None if held()["service"]["access"].get("publicAccess") is True else repr(held())
    it.call("ModifyServiceNetConfig", is_public, **key, publicAccess=True)
    changed = json.loads(json.dumps(conf))
    changed["containers"][0]["command"] = ["/bin/true"]
    command = lambda: held()["service"]["containers"][0]["command"]
    it.call(
        "ModifyService",
        lambda _: differs(["/bin/true"], command()),
        **key,
        serviceConf=changed,
        description="a b+c 测",
    )
    query = {**key, "pageNumber": 1, "pageSize": 10}
    changes = raw("DescribeServiceChangelogs", query)
    it.read("DescribeServiceChangelogs", changes, ["changeLogs", "totalCount"], **query)
    query = {"changeId": changes["changeLogs"][0]["changeId"]}
    it.read("DescribeServiceChangelog", raw("DescribeServiceChangelog", query), ["changeId", "description"], **query)
    it.call("DeleteService", lambda _: nothing_there(held), **key)


def main():
    settings = common.settings()
    key = (settings["endpoint"], settings["access_key_id"], settings["secret_access_key"])
    emulator = Emulator(key)
    for package in (BcePackage(key), GeneratedPackage(key)):
        it = Caller(package, emulator)
        pools_and_queues(it)
        datasets(it, f"ds-{package.name}")
        models(it, f"model-{package.name}")
        jobs(it, f"job-{package.name}")
        services(it, f"service-{package.name}")


if __name__ == "__main__":
    main()
