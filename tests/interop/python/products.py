"""Makes the calls of generated crates with the official package of each product.

    products.py PRODUCT... < CALLS

CALLS has a line of JSON for each call, with product, operation, variant and `values`, the parameters by
their names in the API. Prints a line for each call of the products, with what came to a server: method,
path, query, headers and body as they were on the wire; or `left_out`, which says why there is no request.
"""

import http.server
import importlib
import inspect
import json
import pkgutil
import sys
import threading
import types

# Clients import this module, and never call it; the wheel of the core lacks it (0.0.6).
for lacking in ("util", "util.request_body_utils"):
    name = f"baiducloud_python_sdk_core.{lacking}"
    sys.modules.setdefault(name, types.ModuleType(name))
sys.modules["baiducloud_python_sdk_core.util"].request_body_utils = None

from baiducloud_python_sdk_core.auth.bce_credentials import BceCredentials
from baiducloud_python_sdk_core.bce_client_configuration import BceClientConfiguration
from baiducloud_python_sdk_core.retry.retry_policy import NoRetryPolicy


class LeftOut(Exception):
    """The package cannot make the call; the text says why."""


class Recorder(http.server.BaseHTTPRequestHandler):
    """Keeps requests as they come, and answers each with an empty object."""

    protocol_version = "HTTP/1.1"
    requests = []

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path, _, query = self.path.partition("?")
        headers = {
            name.lower(): value.encode("latin-1").decode("utf-8")
            for name, value in self.headers.items()
        }
        Recorder.requests.append(
            {
                "method": self.command,
                "path": path,
                "query": query,
                "headers": headers,
                "body": body.decode("utf-8"),
            }
        )
        self.send_response(200)
        self.send_header("x-bce-request-id", "r")
        self.send_header("connection", "close")
        self.send_header("content-type", "application/json")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else b"{}")

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = answer

    def log_message(self, *_):
        pass


class Package:
    """The client and the request models of a product."""

    def __init__(self, product, endpoint):
        name = f"baiducloud_python_sdk_{product}"
        api = importlib.import_module(f"{name}.api.{product}_client")
        client = next(
            it
            for title, it in vars(api).items()
            if title.lower() == f"{product}client" and inspect.isclass(it)
        )
        self.client = client(
            BceClientConfiguration(
                credentials=BceCredentials("made-up", "made-up"),
                endpoint=endpoint,
                connection_timeout_in_mills=10_000,
                retry_policy=NoRetryPolicy(),
            )
        )
        self.methods = {
            title.replace("_", ""): it
            for title, it in inspect.getmembers(self.client, inspect.ismethod)
            if not title.startswith("_")
        }
        models = importlib.import_module(f"{name}.models")
        self.models = {
            it.name.replace("_", ""): f"{name}.models.{it.name}"
            for it in pkgutil.iter_modules(models.__path__)
        }

    def request(self, operation, values):
        title = f"{operation}request".lower()
        if title not in self.models:
            raise LeftOut("the package has no model of the request")
        module = importlib.import_module(self.models[title])
        model = next(it for name, it in vars(module).items() if name.lower() == title)
        required = inspect.signature(model).parameters
        return model(*[None] * len(required)).from_dict(values)

    def call(self, operation, values):
        method = self.methods.get(operation.lower())
        if method is None:
            raise LeftOut("the package does not know the operation")
        if "request" in inspect.signature(method).parameters:
            try:
                request = self.request(operation, values)
            except (AttributeError, TypeError) as error:
                raise LeftOut(f"the package's model cannot be filled: {error}") from error
            arguments = [request]
        else:
            arguments = []
        Recorder.requests.clear()
        try:
            method(*arguments)
        except Exception as error:
            # What the package makes of the answer is not the question.
            if not Recorder.requests:
                raise LeftOut(f"the package cannot send it: {type(error).__name__}") from error
        [sent] = Recorder.requests
        return sent


def main():
    server = http.server.HTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    packages = {}
    for line in sys.stdin:
        case = json.loads(line)
        product = case["product"]
        if product not in sys.argv[1:]:
            continue
        if product not in packages:
            packages[product] = Package(product, endpoint)
        report = {name: case[name] for name in ("product", "operation", "variant")}
        try:
            report["sent"] = packages[product].call(case["operation"], case["values"])
        except LeftOut as reason:
            report["left_out"] = str(reason)
        print(json.dumps(report), flush=True)


main()
