"""Sends generated requests to the control plane of a running Farol, by its own OpenAPI document.

    fuzz_arm.py --home HOME --url https://127.0.0.1:8443 [--cases 5000] [--seed 1]

Every answer must be one that the document describes, and none a server error. Afterwards what is left must be
consistent: all that is listed can be got, every operation has ended, every endpoint names its operation. Needs
schemathesis; the version this was written with is 4.32. Exit code 1, and the findings on stdout, otherwise.
"""

import argparse
import collections
import json
import pathlib
import random
import sys
import time

import hypothesis
import requests
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
WORKSPACE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/farol/providers/Microsoft.MachineLearningServices/workspaces/main"
VERSION = "api-version=2024-04-01"
ROUNDS = 3
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

# What placeholders hold most of the time; now and then anything.
PLAUSIBLE = {
    "sub": [SUBSCRIPTION],
    "rg": ["farol", "FAROL"],
    "ws": ["main", "main", "main", "fuzzed"],
    "registry": ["local", "azureml"],
    "endpoint": ["fuzz-one", "fuzz-two", "fuzz-three"],
    "deployment": ["blue", "green"],
    "name": ["seed", "fuzz", "azureml:seed"],
    "version": ["1", "2", "beta"],
    "label": ["latest"],
    "datastore": ["workspaceblobstore", "mine"],
    "compute": ["local", "cluster"],
    "provider": ["Microsoft.MachineLearningServices"],
    "location": ["local"],
}
ODD = ["no-such"]

# Fields that are seldom right when they hold just anything.
DELICATE = ("traffic", "mirrorTraffic", "keys", "compute")
REFERENCES = {
    "model": ["azureml:seed:1", "azureml:seed@latest", "azureml://registries/local/models/seed/versions/1"],
    "environmentId": ["azureml:seed:1", "azureml://registries/azureml/environments/sklearn-1.5/labels/latest"],
    "codeId": ["azureml:seed:1", f"{WORKSPACE}/codes/seed/versions/1"],
}


def aimed(document):
    """The document with placeholders and references that mostly hit something."""
    for path, item in document["paths"].items():
        for operation in item.values():
            for parameter in operation["parameters"]:
                values = PLAUSIBLE.get(parameter["name"])
                if parameter["in"] == "path" and values:
                    parameter["schema"] = {"type": "string", "enum": sorted(set(values)) + ODD}
            aim_references(operation.get("requestBody"))
    return document


def aim_references(node):
    if isinstance(node, dict):
        for name, value in node.get("properties", {}).items():
            if name in REFERENCES and value.get("type") == "string":
                node["properties"][name] = {"type": "string", "enum": REFERENCES[name] + ["azureml:none:1"]}
            elif name in DELICATE:
                node["properties"][name] = {"anyOf": [{"type": "null"}, value]}
        for value in node.values():
            aim_references(value)
    elif isinstance(node, list):
        for value in node:
            aim_references(value)


DICE = random.Random(0)


class Farol:
    def __init__(self, url, home):
        self.url = url.rstrip("/")
        self.session = requests.Session()
        self.session.trust_env = False  # a bundle in the environment would go before ours
        self.session.verify = str(home / "tls" / "ca.pem")
        secret = (home / "identity" / "secret").read_text().strip()
        answer = self.session.get(
            f"{self.url}/msi/token?api-version=2019-08-01&resource=https://management.azure.com",
            headers={"X-IDENTITY-HEADER": secret},
        )
        answer.raise_for_status()
        self.session.headers["Authorization"] = "Bearer " + answer.json()["access_token"]

    def call(self, method, path, body=None):
        url = path if path.startswith("https:") else self.url + path
        if "api-version=" not in url:
            url += ("&" if "?" in url else "?") + VERSION
        return self.session.request(method, url, json=body, timeout=60)

    def listed(self, path):
        answer = self.call("GET", path)
        answer.raise_for_status()
        body = answer.json()
        yield from body["value"]
        while body.get("nextLink"):
            body = self.call("GET", body["nextLink"]).json()
            yield from body["value"]

    def seed(self):
        """Assets that deployments can name; their files are nowhere, so that no instance starts."""
        self.call("PUT", WORKSPACE.replace("/main", "/fuzzed"), {"location": "local"})
        for owner in (WORKSPACE, registry("local")):
            self.call("PUT", owner + "/models/seed/versions/1", {"properties": {"modelUri": "azureml://datastores/workspaceblobstore/paths/nowhere"}})
            self.call("PUT", owner + "/environments/seed/versions/1", {"properties": {"condaFile": "name: seed"}})
            self.call("PUT", owner + "/codes/seed/versions/1", {"properties": {"codeUri": f"{self.url}/farolstore.blob.core.windows.net/nowhere"}})
        for endpoint in PLAUSIBLE["endpoint"]:
            self.call("PUT", f"{WORKSPACE}/onlineEndpoints/{endpoint}", {"location": "local", "properties": {"authMode": "Key"}})


def registry(name):
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/farol/providers/Microsoft.MachineLearningServices/registries/{name}"


class Findings:
    def __init__(self):
        self.all = {}
        self.statuses = collections.Counter()
        self.operations = set()
        self.impossible = set()

    def add(self, what, detail):
        if what not in self.all:
            self.all[what] = detail
            print(f"FINDING {what}\n{detail}\n", flush=True)


def fuzz(farol, schema, cases, seed, findings):
    operations = [found.ok() for found in schema.get_all_operations()]
    # In rounds, so that operations meet what others left; three of four requests are as the document says.
    sent = 0
    for number in range(ROUNDS):
        for operation in operations:
            for mode, part in ((GenerationMode.POSITIVE, 0.75), (GenerationMode.NEGATIVE, 0.25)):
                share = max(1, round(part * cases / ROUNDS / len(operations)))
                sent += fuzz_operation(farol, operation, mode, share, seed + number, findings)
    return sent


def fuzz_operation(farol, operation, mode, share, seed, findings):
    count = 0

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=share,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def one(case):
        nonlocal count
        count += 1
        send(farol, operation, case, findings)

    try:
        one()
    except (hypothesis.errors.Unsatisfiable, schemathesis.errors.SchemathesisError) as impossible:
        # There is no wrong request to an operation that takes nothing.
        findings.impossible.add(f"{operation.label} {mode.value}")
    return count


def hit(case):
    """Most requests go to what is there: a path of many names would hardly ever."""
    for name in case.path_parameters or {}:
        if name in PLAUSIBLE and DICE.random() < 0.9:
            case.path_parameters[name] = DICE.choice(PLAUSIBLE[name])


def send(farol, operation, case, findings):
    hit(case)
    try:
        response = case.call(base_url=farol.url, session=farol.session, verify=farol.session.verify, timeout=60)
    except (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, UnicodeError):
        return  # what the client itself refuses to send
    findings.statuses[response.status_code] += 1
    for header in ("azure-asyncoperation", "location"):
        for value in response.headers.get(header, []):
            if "/mfeOperation" in value:
                findings.operations.add(value)
    try:
        case.validate_response(response, checks=CHECKS)
    except BaseException as failure:  # groups of failures are no Exception
        if isinstance(failure, (KeyboardInterrupt, SystemExit)):
            raise
        causes = getattr(failure, "exceptions", [failure])
        for cause in causes:
            findings.add(f"{operation.label}: {type(cause).__name__} {response.status_code}", f"{cause}\n{case.as_curl_command()}")


def consistent(farol, findings):
    deadline = time.monotonic() + 180
    for url in sorted(findings.operations):
        while True:
            answer = farol.call("GET", url)
            pending = answer.status_code == 202 or (answer.status_code == 200 and answer.json().get("status") == "InProgress")
            if not pending:
                break
            if time.monotonic() > deadline:
                findings.add("an operation that does not end", url)
                break
            time.sleep(0.2)
        if answer.status_code >= 500:
            findings.add("an operation that cannot be asked for", f"{url} {answer.status_code}")
    workspaces = [each["id"] for each in farol.listed(f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.MachineLearningServices/workspaces")]
    count = 0
    for workspace in workspaces:
        count += got(farol, workspace + "/datastores", findings)
        count += got(farol, workspace + "/computes", findings)
        for endpoint in farol.listed(workspace + "/onlineEndpoints"):
            count += 1
            check_state(farol, endpoint, findings)
            for deployment in farol.listed(endpoint["id"] + "/deployments"):
                count += 1
                check_state(farol, deployment, findings)
    for owner in workspaces + [registry("local"), registry("azureml")]:
        for kind in ("codes", "models", "environments", "data", "components"):
            for container in farol.listed(f"{owner}/{kind}?listViewType=All"):
                path = f"{owner}/{kind}/{container['name']}"
                count += 1
                if farol.call("GET", path).status_code != 200:
                    findings.add("a listed container that cannot be got", path)
                count += got(farol, f"{path}/versions?listViewType=All", findings)
    return count


def got(farol, path, findings):
    count = 0
    for item in farol.listed(path):
        count += 1
        one = path.split("?")[0] + "/" + item["name"]
        if farol.call("GET", one).status_code != 200:
            findings.add("a listed resource that cannot be got", one)
    return count


def check_state(farol, resource, findings):
    answer = farol.call("GET", resource["id"])
    state = answer.json().get("properties", {}).get("provisioningState")
    if answer.status_code != 200 or state not in ("Succeeded", "Failed", "Canceled"):
        findings.add("a resource that is not settled", f"{resource['id']} {answer.status_code} {state}")
        return
    operation = answer.json()["properties"]["properties"].get("AzureAsyncOperationUri")
    if operation is None or farol.call("GET", operation).status_code != 200:
        findings.add("a resource without its operation", resource["id"])


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--home", type=pathlib.Path, required=True)
    arguments.add_argument("--url", required=True)
    arguments.add_argument("--cases", type=int, default=5000)
    arguments.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    given = arguments.parse_args()
    DICE.seed(given.seed)
    print(f"seed {given.seed}", flush=True)
    farol = Farol(given.url, given.home)
    farol.seed()
    document = farol.session.get(farol.url + "/openapi.json", headers={"Authorization": None}).json()
    findings = Findings()
    start = time.monotonic()
    sent = fuzz(farol, schemathesis.openapi.from_dict(aimed(document)), given.cases, given.seed, findings)
    spent = time.monotonic() - start
    resources = consistent(farol, findings)
    print(
        json.dumps(
            {
                "cases": sent,
                "seconds": round(spent, 1),
                "statuses": dict(sorted(findings.statuses.items())),
                "operations": len(findings.operations),
                "withoutCases": len(findings.impossible),
                "resourcesChecked": resources,
                "findings": len(findings.all),
            }
        )
    )
    sys.exit(1 if findings.all else 0)


if __name__ == "__main__":
    main()
