"""The two official packages with the operations of AIHC, called alike: by operation and by the API's names."""

import importlib
import inspect
import pkgutil
import sys
import types

# Clients import this module, and never call it; the wheel of the core lacks it (0.0.6).
for lacking in ("util", "util.request_body_utils"):
    name = f"baiducloud_python_sdk_core.{lacking}"
    sys.modules.setdefault(name, types.ModuleType(name))
sys.modules["baiducloud_python_sdk_core.util"].request_body_utils = None

import baiducloud_python_sdk_aihc.models as models
import common
from baidubce.services.aihc.aihc_client import AihcClient
from baidubce.utils import Expando
from baiducloud_python_sdk_aihc.api.aihc_client import AihcClient as GeneratedClient
from baiducloud_python_sdk_core.auth.bce_credentials import BceCredentials
from baiducloud_python_sdk_core.bce_client_configuration import BceClientConfiguration
from baiducloud_python_sdk_core.retry.retry_policy import NoRetryPolicy


class Unknown(Exception):
    """The package does not know the operation, or one of the members."""


def plain(value):
    """Objects of a package as JSON has them."""
    if isinstance(value, Expando):
        value = value.__dict__
    if isinstance(value, dict):
        return {key: plain(it) for key, it in value.items()}
    if isinstance(value, list):
        return [plain(it) for it in value]
    return value


def answered(response):
    """The members of an answer."""
    members = plain(vars(response))
    members.pop("metadata", None)
    return members


class BcePackage:
    """bce-python-sdk: methods have the names of the operations, parameters those of the members."""

    name, through = "bce", "services.aihc AihcClient"
    # In the package's words.
    methods = {"DescribePodEvents": "DescribeJobPodEvents"}
    members = {"datasources": "dataSources"}
    # What it calls, and cannot read the answer of.
    blind = {}

    def __init__(self, key):
        self.client = AihcClient(common.configuration(*key))

    def method(self, operation):
        method = getattr(self.client, self.methods.get(operation, operation), None)
        if method is None:
            raise Unknown("the package does not know the operation")
        return method

    def sends(self, operation, member):
        return member in inspect.signature(self.method(operation)).parameters

    def call(self, operation, values):
        values = {self.members.get(name, name): value for name, value in values.items()}
        return answered(self.method(operation)(**values))


class GeneratedPackage:
    """baiducloud-python-sdk-aihc: a model for each request, with attributes in snake case."""

    name, through = "generated", "baiducloud_python_sdk_aihc AihcClient"
    names = {"BatchStopJobs": "BatchStopTrainingTasksV2"}
    blind = {
        "DescribeJob": "the package looks for the members of a job inside `job`, as a table has it",
        "DescribeJobMetrics": "the package reads one Metric, where the example has a list",
    }

    def __init__(self, key):
        endpoint, access_key_id, secret_access_key = key
        self.client = GeneratedClient(
            BceClientConfiguration(
                credentials=BceCredentials(access_key_id, secret_access_key),
                endpoint=endpoint,
                connection_timeout_in_mills=10_000,
                retry_policy=NoRetryPolicy(),
            )
        )
        self.methods = {
            title.replace("_", ""): it
            for title, it in inspect.getmembers(self.client, inspect.ismethod)
        }
        self.models = {
            it.name.replace("_", ""): f"{models.__name__}.{it.name}"
            for it in pkgutil.iter_modules(models.__path__)
        }

    def method(self, operation):
        method = self.methods.get(self.title(operation))
        if method is None:
            raise Unknown("the package does not know the operation")
        return method

    def sends(self, operation, member):
        return member in inspect.signature(self.model(operation)).parameters

    def model(self, operation):
        title = f"{self.title(operation)}request"
        module = importlib.import_module(self.models[title])
        return next(it for name, it in vars(module).items() if name.lower() == title)

    def title(self, operation):
        return self.names.get(operation, operation).lower()

    def call(self, operation, values):
        model = self.model(operation)
        required = inspect.signature(model).parameters
        request = model(*[None] * len(required))
        request.from_dict(values)
        answer = self.method(operation)(request)
        # Answers without members have no model.
        return plain(answer.to_dict()) or answered(answer)
