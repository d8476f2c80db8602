"""A user's whole script with azure-ai-ml, in small steps: the package as its registry has it, nothing patched.

Runs in the environment that `farol env` exports.
"""

import argparse
import hashlib
import importlib.metadata
import json
import logging
import os
import random
import re
import time
import urllib.error
import urllib.request
import warnings
from pathlib import Path

from azure.ai.ml import (
    MLClient,
    entities,
    load_component,
    load_environment,
    load_model,
    load_online_deployment,
    load_online_endpoint,
)
from azure.ai.ml.constants import AssetTypes
from azure.ai.ml.entities import (
    AccountKeyConfiguration,
    AmlCompute,
    AzureBlobDatastore,
    BatchEndpoint,
    BuildContext,
    CodeConfiguration,
    Data,
    Environment,
    ManagedOnlineDeployment,
    ManagedOnlineEndpoint,
    Model,
    OnlineRequestSettings,
    ProbeSettings,
    Workspace,
)
from azure.identity import DefaultAzureCredential

from walk import Fault, NotInThisClient, Walk, equal, expect, line, write

logging.getLogger("azure").setLevel(logging.ERROR)
warnings.filterwarnings("ignore")

VERSION = importlib.metadata.version("azure-ai-ml")
IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest"
SCORE = '''
import json, os

def init():
    global greeting
    folder = os.environ["AZUREML_MODEL_DIR"]
    greeting = next(open(os.path.join(root, name)).read().strip() for root, _, names in os.walk(folder) for name in names)
    print("the model says", greeting, flush=True)

def run(raw):
    body = json.loads(raw)
    if body.get("fail"):
        raise ValueError("asked to fail")
    return {"greeting": greeting, "tone": os.environ.get("TONE", "plain"), "got": body["data"]}
'''
COMPONENT = """
$schema: https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json
name: count_rows
version: 1
type: command
inputs:
  rows:
    type: uri_file
outputs:
  counted:
    type: uri_folder
code: src
environment: azureml:plain:1
command: python count.py --rows ${{inputs.rows}} --counted ${{outputs.counted}}
"""
CONDA = "name: plain\nchannels: [conda-forge]\ndependencies:\n  - python=3.11\n"
ENDPOINT = "sdk-walk"
walk = Walk()


class World:
    """What the steps share: the client, the user's folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.config = json.loads((folder / ".azureml" / "config.json").read_text())
        self.credential = DefaultAzureCredential()
        self.ml: MLClient = None
        self.registry: MLClient = None
        self.keys = None
        write(folder / "scoring" / "score.py", SCORE)
        write(folder / "broken" / "score.py", "import jobliib\n\ndef init(): pass\n\ndef run(raw): return raw\n")
        write(folder / "model" / "greeting.txt", "hello\n")
        write(folder / "model" / "more" / "notes with a space – é.txt", "nothing\n")
        write(folder / "greeting.txt", "hello from a file\n")
        write(folder / "data" / "rows.csv", "a,b\n1,2\n")
        write(folder / "conda.yaml", CONDA)
        write(folder / "context" / "Dockerfile", f"FROM {IMAGE}\nCOPY requirements.txt .\n")
        write(folder / "context" / "requirements.txt", "")
        write(folder / "component" / "component.yml", COMPONENT)
        write(folder / "component" / "src" / "count.py", "print(1)\n")
        write(folder / "endpoint.yml", f"$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineEndpoint.schema.json\nname: {ENDPOINT}\nauth_mode: key\ntags:\n  team: risk\n")
        write(folder / "green.yml", GREEN)
        write(folder / "request.json", '{"data": [1, 2, 3]}')
        write(folder / "failing.json", '{"data": [1], "fail": true}')

    def path(self, name):
        return str(self.folder / name)


GREEN = f"""
$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json
name: green
endpoint_name: {ENDPOINT}
model: azureml:greeting-folder@latest
code_configuration:
  code: scoring
  scoring_script: score.py
environment: azureml:plain@latest
environment_variables:
  TONE: warm
instance_type: Standard_DS3_v2
instance_count: 1
request_settings:
  request_timeout_ms: 3000
  max_concurrent_requests_per_instance: 2
"""


def names(pages):
    return [each.name for each in pages]


def having(holder, name):
    if not hasattr(holder, name):
        raise NotInThisClient(f"azure-ai-ml {VERSION} has no {name}")
    return getattr(holder, name)


def fault_of(versions, pattern, cause):
    """A fault that these versions of the package are known to have."""
    return Fault(pattern, cause) if VERSION in versions else None


# --- connecting --------------------------------------------------------------------------------------------------------


@walk.step("Connect", "DefaultAzureCredential().get_token()", first=True)
def token(world):
    arm = os.environ["ARM_CLOUD_METADATA_URL"].split("/metadata")[0]
    found = world.credential.get_token(arm + "/.default")
    expect(found.token.count(".") == 2, "a JWT")
    expect(found.expires_on > time.time(), "a token that lives")


@walk.step("Connect", "MLClient.from_config()", first=True)
def from_config(world):
    os.chdir(world.folder)
    client = MLClient.from_config(world.credential)
    equal(client.workspace_name, world.config["workspace_name"])
    client.workspaces.get(client.workspace_name)


@walk.step("Connect", "MLClient(credential, subscription_id, resource_group_name, workspace_name)", first=True)
def client(world):
    config = world.config
    world.ml = MLClient(world.credential, config["subscription_id"], config["resource_group"], config["workspace_name"])


@walk.step("Connect", "MLClient(credential, registry_name='local')")
def registry_client(world):
    world.registry = MLClient(world.credential, registry_name="local")


# --- workspaces, datastores, compute -------------------------------------------------------------------------------------


@walk.step("Workspaces", "workspaces.get")
def workspace_get(world):
    found = world.ml.workspaces.get(world.config["workspace_name"])
    equal(found.name, world.config["workspace_name"])
    expect(found.location, "a location")
    expect(found.discovery_url, "a discovery URL")


@walk.step("Workspaces", "workspaces.list")
def workspace_list(world):
    expect(world.config["workspace_name"] in names(world.ml.workspaces.list()), "the workspace in the list")


@walk.step("Workspaces", "workspaces.list(scope='subscription')")
def workspace_list_subscription(world):
    expect(world.config["workspace_name"] in names(world.ml.workspaces.list(scope="subscription")), "the workspace")


@walk.step("Workspaces", "workspaces.begin_update(description, tags)")
def workspace_update(world):
    workspace = world.ml.workspaces.get(world.config["workspace_name"])
    workspace.description = "walked"
    workspace.tags = {"walk": "yes"}
    made = world.ml.workspaces.begin_update(workspace).result()
    equal((made.description, made.tags.get("walk")), ("walked", "yes"))


@walk.step("Workspaces", "workspaces.begin_create, which is a deployment of an ARM template")
def workspace_create(world):
    workspace = Workspace(name="second", location="local", display_name="The second", description="made here", tags={"team": "risk"})
    made = world.ml.workspaces.begin_create(workspace).result()
    equal((made.name, made.display_name, made.description, made.tags["team"]), ("second", "The second", "made here", "risk"))
    expect("second" in names(world.ml.workspaces.list()), "the workspace in the list")
    config = world.config
    there = MLClient(world.credential, config["subscription_id"], config["resource_group"], "second")
    equal(there.models.create_or_update(Model(name="elsewhere", version="1", path=world.path("greeting.txt"))).version, "1")
    expect("elsewhere" not in names(world.ml.models.list()), "the model is the other workspace's")


@walk.step("Workspaces", "workspaces.begin_create again, which is an update")
def workspace_again(world):
    made = world.ml.workspaces.begin_create(Workspace(name="second", location="local", description="made again", tags={"a": "b"})).result()
    equal((made.description, made.tags["team"], made.tags["a"]), ("made again", "risk", "b"))


@walk.step("Workspaces", "workspaces.begin_create in a resource group that is not there yet")
def workspace_group(world):
    made = world.ml.workspaces.begin_create(Workspace(name="third", location="local", resource_group="lab")).result()
    equal((made.name, made.resource_group), ("third", "lab"))


@walk.step("Workspaces", "workspaces.begin_create with a bad name", refuses="DeploymentFailed.*is not a valid name")
def workspace_bad_name(world):
    world.ml.workspaces.begin_create(Workspace(name="x", location="local")).result()


@walk.step("Workspaces", "workspaces.begin_create with a managed network", later=True)
def workspace_network(world):
    from azure.ai.ml.entities import ManagedNetwork

    network = ManagedNetwork(isolation_mode="allow_internet_outbound")
    world.ml.workspaces.begin_create(Workspace(name="closed", location="local", managed_network=network)).result()


@walk.step("Workspaces", "workspaces.begin_create with a storage account of one's own", refuses="Farol has its own")
def workspace_storage(world):
    config = world.config
    storage = f"/subscriptions/{config['subscription_id']}/resourceGroups/{config['resource_group']}/providers/Microsoft.Storage/storageAccounts/theirs"
    world.ml.workspaces.begin_create(Workspace(name="stored", location="local", storage_account=storage)).result()


@walk.step("Workspaces", "workspaces.begin_create(Hub)", later=True)
def workspace_hub(world):
    world.ml.workspaces.begin_create(having(entities, "Hub")(name="hub", location="local")).result()


@walk.step("Workspaces", "workspaces.begin_provision_network", later=True)
def workspace_provision(world):
    having(world.ml.workspaces, "begin_provision_network")(workspace_name="second").result()


@walk.step("Workspaces", "workspaces.begin_delete(delete_dependent_resources=True)")
def workspace_delete(world):
    world.ml.workspaces.begin_delete("second", delete_dependent_resources=True).result()
    expect("second" not in names(world.ml.workspaces.list()), "it is gone")
    expect("workspaceblobstore" in names(world.ml.datastores.list()), "what Farol has of its own is there")


@walk.step("Datastores", "datastores.get_default")
def datastore_default(world):
    equal(world.ml.datastores.get_default().name, "workspaceblobstore")


@walk.step("Datastores", "datastores.list")
def datastore_list(world):
    expect("workspaceblobstore" in names(world.ml.datastores.list()), "the default datastore")


@walk.step("Datastores", "datastores.create_or_update(AzureBlobDatastore)")
def datastore_create(world):
    made = world.ml.datastores.create_or_update(
        AzureBlobDatastore(
            name="elsewhere",
            account_name="theirs",
            container_name="rows",
            credentials=AccountKeyConfiguration(account_key="a2V5"),
        )
    )
    equal((made.name, made.account_name, made.container_name), ("elsewhere", "theirs", "rows"))


@walk.step("Datastores", "datastores.get(include_secrets=True)")
def datastore_secrets(world):
    equal(world.ml.datastores.get("elsewhere", include_secrets=True).credentials.account_key, "a2V5")


@walk.step("Datastores", "datastores.get")
def datastore_get(world):
    found = world.ml.datastores.get("elsewhere")
    expect(not getattr(found.credentials, "account_key", None), "no key without asking")


@walk.step("Datastores", "datastores.delete")
def datastore_delete(world):
    world.ml.datastores.delete("elsewhere")
    expect("elsewhere" not in names(world.ml.datastores.list()), "the datastore is gone")


@walk.step("Compute", "compute.list")
def compute_list(world):
    expect("local" in names(world.ml.compute.list()), "this machine")


@walk.step("Compute", "compute.get")
def compute_get(world):
    equal(world.ml.compute.get("local").name, "local")


@walk.step("Compute", "compute.begin_create_or_update(AmlCompute)", later=True)
def compute_create(world):
    world.ml.compute.begin_create_or_update(AmlCompute(name="cpu-cluster", size="Standard_DS3_v2", max_instances=1)).result()


# --- models --------------------------------------------------------------------------------------------------------------


@walk.step("Models", "models.create_or_update(path=file)")
def model_file(world):
    made = world.ml.models.create_or_update(
        Model(name="greeting-file", version="1", path=world.path("greeting.txt"), type=AssetTypes.CUSTOM_MODEL,
              description="one file", tags={"kind": "file"})
    )
    equal((made.name, made.version, made.description, made.tags), ("greeting-file", "1", "one file", {"kind": "file"}))


@walk.step("Models", "models.create_or_update(path=folder), numbered by the service")
def model_folder(world):
    made = world.ml.models.create_or_update(Model(name="greeting-folder", path=world.path("model"), type=AssetTypes.CUSTOM_MODEL))
    equal(made.version, "1")


@walk.step("Models", "models.create_or_update, the next version")
def model_next(world):
    write(world.folder / "model" / "greeting.txt", "hello again\n")
    made = world.ml.models.create_or_update(Model(name="greeting-folder", path=world.path("model")))
    equal(made.version, "2")


@walk.step("Models", "models.create_or_update(path='azureml://datastores/…')")
def model_datastore(world):
    source = world.ml.models.get("greeting-file", version="1").path
    relative = source.split("/paths/")[1]
    made = world.ml.models.create_or_update(
        Model(name="greeting-referenced", version="1", path=f"azureml://datastores/workspaceblobstore/paths/{relative}")
    )
    equal(made.version, "1")


@walk.step("Models", "models.create_or_update(type=mlflow_model)")
def model_mlflow(world):
    write(world.folder / "mlflow" / "MLmodel", "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n")
    made = world.ml.models.create_or_update(
        Model(name="mlflow-kind", version="1", path=world.path("mlflow"), type=AssetTypes.MLFLOW_MODEL)
    )
    equal(made.type, "mlflow_model")


@walk.step("Models", "load_model(yaml)")
def model_yaml(world):
    text = "$schema: https://azuremlschemas.azureedge.net/latest/model.schema.json\nname: from-yaml\nversion: 3\npath: greeting.txt\n"
    made = world.ml.create_or_update(load_model(write(world.folder / "model.yml", text)))
    equal((made.name, made.version), ("from-yaml", "3"))


@walk.step("Models", "models.create_or_update, tags and description of a version")
def model_tags(world):
    model = world.ml.models.get("greeting-file", version="1")
    model.tags["stage"] = "tried"
    model.description = "one file, tried"
    world.ml.models.create_or_update(model)
    found = world.ml.models.get("greeting-file", version="1")
    equal((found.description, found.tags), ("one file, tried", {"kind": "file", "stage": "tried"}))


@walk.step("Models", "models.get(version)")
def model_get(world):
    equal(world.ml.models.get("greeting-folder", version="1").version, "1")


@walk.step("Models", "models.get(label='latest')")
def model_latest(world):
    equal(world.ml.models.get("greeting-folder", label="latest").version, "2")


@walk.step("Models", "models.list")
def model_list(world):
    expect({"greeting-file", "greeting-folder"} <= set(names(world.ml.models.list())), "both models")


@walk.step("Models", "models.list(name)")
def model_versions(world):
    equal(sorted(each.version for each in world.ml.models.list(name="greeting-folder")), ["1", "2"])


@walk.step("Models", "models.archive and restore, a version")
def model_archive_version(world):
    world.ml.models.archive("greeting-folder", version="1")
    equal([each.version for each in world.ml.models.list(name="greeting-folder")], ["2"])
    world.ml.models.restore("greeting-folder", version="1")
    equal(len(list(world.ml.models.list(name="greeting-folder"))), 2)


@walk.step("Models", "models.archive and restore, the whole model")
def model_archive(world):
    world.ml.models.archive("greeting-file")
    expect("greeting-file" not in names(world.ml.models.list()), "hidden while archived")
    world.ml.models.restore("greeting-file")
    expect("greeting-file" in names(world.ml.models.list()), "back after restore")


@walk.step("Models", "models.download")
def model_download(world):
    world.ml.models.download("greeting-folder", version="2", download_path=world.path("down"))
    root = world.folder / "down" / "greeting-folder" / "model"
    equal((root / "greeting.txt").read_text(), "hello again\n")
    equal((root / "more" / "notes with a space – é.txt").read_text(), "nothing\n")


@walk.step("Models", "models.create_or_update and download, 80 MiB in blocks")
def model_large(world):
    large = world.folder / "large.bin"
    large.write_bytes(random.Random(7).randbytes(80 << 20))
    world.ml.models.create_or_update(Model(name="large", version="1", path=str(large)))
    world.ml.models.download("large", version="1", download_path=world.path("down-large"))
    found = next((world.folder / "down-large").rglob("large.bin"))
    equal(hashlib.sha256(found.read_bytes()).hexdigest(), hashlib.sha256(large.read_bytes()).hexdigest())


@walk.step("Models", "models.create_or_update with a version that stands, with other content", refuses="exists with another modelUri")
def model_duplicate(world):
    world.ml.models.create_or_update(Model(name="greeting-folder", version="1", path=world.path("greeting.txt")))


@walk.step("Models", "models.get of what is not there", refuses="greeting-absent|not found|NotFound")
def model_absent(world):
    world.ml.models.get("greeting-absent", version="1")


@walk.step("Models", "models.create_or_update with a path that is not there", refuses="No such file|does not exist|not exist")
def model_no_path(world):
    world.ml.models.create_or_update(Model(name="nowhere", version="1", path=world.path("no-such-folder")))


@walk.step("Models", "models.package", later=True)
def model_package(world):
    having(world.ml.models, "package")
    from azure.ai.ml.entities import AzureMLOnlineInferencingServer, ModelPackage

    world.ml.models.package(
        "greeting-folder",
        "1",
        ModelPackage(
            target_environment="packaged",
            inferencing_server=AzureMLOnlineInferencingServer(
                code_configuration=CodeConfiguration(code=world.path("scoring"), scoring_script="score.py")
            ),
        ),
    )


# --- data --------------------------------------------------------------------------------------------------------------


@walk.step("Data", "data.create_or_update(uri_file)")
def data_file(world):
    made = world.ml.data.create_or_update(Data(name="rows", version="1", path=world.path("data/rows.csv"), type=AssetTypes.URI_FILE))
    equal((made.name, made.version, made.type), ("rows", "1", "uri_file"))


@walk.step("Data", "data.create_or_update(uri_folder), numbered by the service")
def data_folder(world):
    made = world.ml.data.create_or_update(Data(name="row-folder", path=world.path("data"), type=AssetTypes.URI_FOLDER))
    equal(made.version, "1")


@walk.step("Data", "data.get, label and version")
def data_get(world):
    equal(world.ml.data.get("rows", version="1").type, "uri_file")
    equal(world.ml.data.get("row-folder", label="latest").version, "1")


@walk.step("Data", "data.list")
def data_list(world):
    expect({"rows", "row-folder"} <= set(names(world.ml.data.list())), "both")
    equal([each.version for each in world.ml.data.list(name="rows")], ["1"])


@walk.step("Data", "data.archive and restore")
def data_archive(world):
    world.ml.data.archive("rows")
    expect("rows" not in names(world.ml.data.list()), "hidden while archived")
    world.ml.data.restore("rows")
    expect("rows" in names(world.ml.data.list()), "back after restore")


@walk.step("Data", "data.get of what is not there", refuses="no-rows|not found|NotFound")
def data_absent(world):
    world.ml.data.get("no-rows", version="1")


# --- environments --------------------------------------------------------------------------------------------------------


@walk.step("Environments", "environments.create_or_update(conda_file, image)")
def environment_conda(world):
    made = world.ml.environments.create_or_update(
        Environment(name="plain", version="1", conda_file=world.path("conda.yaml"), image=IMAGE, description="bare")
    )
    equal((made.name, made.version), ("plain", "1"))
    equal(made.conda_file["dependencies"], ["python=3.11"])


@walk.step("Environments", "environments.create_or_update, numbered by the service")
def environment_next(world):
    first = Environment(name="numbered", conda_file=world.path("conda.yaml"), image=IMAGE)
    equal(world.ml.environments.create_or_update(first).version, "1")
    write(world.folder / "conda.yaml", CONDA + "  - pip\n")
    other = Environment(name="numbered", conda_file=world.path("conda.yaml"), image=IMAGE)
    write(world.folder / "conda.yaml", CONDA)
    equal(world.ml.environments.create_or_update(other).version, "2")


@walk.step("Environments", "environments.create_or_update(image)")
def environment_image(world):
    equal(world.ml.environments.create_or_update(Environment(name="image-only", version="1", image=IMAGE)).image, IMAGE)


@walk.step("Environments", "environments.create_or_update(build=BuildContext)")
def environment_build(world):
    made = world.ml.environments.create_or_update(
        Environment(name="built", version="1", build=BuildContext(path=world.path("context")))
    )
    equal(made.build.dockerfile_path, "Dockerfile")
    expect("LocalUpload" in made.build.path, made.build.path)


@walk.step("Environments", "load_environment(yaml)")
def environment_yaml(world):
    text = f"$schema: https://azuremlschemas.azureedge.net/latest/environment.schema.json\nname: plain-yaml\nversion: 1\nimage: {IMAGE}\nconda_file: conda.yaml\n"
    equal(world.ml.create_or_update(load_environment(write(world.folder / "environment.yml", text))).name, "plain-yaml")


@walk.step("Environments", "environments.get, label and version")
def environment_get(world):
    equal(world.ml.environments.get("plain", version="1").description, "bare")
    equal(world.ml.environments.get("numbered", label="latest").version, "2")


@walk.step("Environments", "environments.list")
def environment_list(world):
    expect({"plain", "built", "image-only"} <= set(names(world.ml.environments.list())), "all of them")
    equal(sorted(each.version for each in world.ml.environments.list(name="numbered")), ["1", "2"])


@walk.step("Environments", "environments.archive and restore")
def environment_archive(world):
    world.ml.environments.archive("image-only")
    expect("image-only" not in names(world.ml.environments.list()), "hidden while archived")
    world.ml.environments.restore("image-only")
    expect("image-only" in names(world.ml.environments.list()), "back after restore")


@walk.step("Environments", "environments.get of what is not there", refuses="no-such-environment|not found|NotFound")
def environment_absent(world):
    world.ml.environments.get("no-such-environment", version="1")


# --- components ----------------------------------------------------------------------------------------------------------


@walk.step("Components", "components.create_or_update(load_component(yaml))")
def component_create(world):
    made = world.ml.components.create_or_update(load_component(world.folder / "component" / "component.yml"))
    equal((made.name, made.version, made.type), ("count_rows", "1", "command"))


@walk.step("Components", "components.get")
def component_get(world):
    found = world.ml.components.get("count_rows", version="1")
    equal(found.inputs["rows"]["type"], "uri_file")


@walk.step("Components", "components.list")
def component_list(world):
    expect("count_rows" in names(world.ml.components.list()), "the component")


@walk.step("Components", "components.archive and restore")
def component_archive(world):
    world.ml.components.archive("count_rows", version="1")
    world.ml.components.restore("count_rows", version="1")
    equal(world.ml.components.get("count_rows", version="1").name, "count_rows")


@walk.step("Components", "components.get of what is not there", refuses="no_rows|not found|NotFound")
def component_absent(world):
    world.ml.components.get("no_rows", version="1")


# --- registries ----------------------------------------------------------------------------------------------------------


@walk.step("Registries", "registries.get")
def registry_get(world):
    equal(world.ml.registries.get("local").name, "local")


@walk.step("Registries", "registries.list")
def registry_list(world):
    expect("local" in names(world.ml.registries.list()), "the local registry")


@walk.step("Registries", "models.create_or_update in a registry")
def registry_model(world):
    made = world.registry.models.create_or_update(Model(name="shared-greeting", version="1", path=world.path("model")))
    equal(made.version, "1")


@walk.step("Registries", "environments.create_or_update in a registry")
def registry_environment(world):
    made = world.registry.environments.create_or_update(
        Environment(name="shared-plain", version="1", conda_file=world.path("conda.yaml"), image=IMAGE)
    )
    equal(made.version, "1")


@walk.step("Registries", "data.create_or_update in a registry")
def registry_data(world):
    made = world.registry.data.create_or_update(Data(name="shared-rows", version="1", path=world.path("data/rows.csv"), type=AssetTypes.URI_FILE))
    equal(made.version, "1")


@walk.step("Registries", "components.create_or_update in a registry")
def registry_component(world):
    component = load_component(world.folder / "component" / "component.yml")
    component.environment = "azureml://registries/local/environments/shared-plain/versions/1"
    equal(world.registry.components.create_or_update(component).name, "count_rows")


@walk.step("Registries", "models.get, models.list in a registry")
def registry_model_get(world):
    equal(world.registry.models.get("shared-greeting", version="1").name, "shared-greeting")
    expect("shared-greeting" in names(world.registry.models.list()), "the model")


@walk.step("Registries", "models.download from a registry")
def registry_download(world):
    world.registry.models.download("shared-greeting", version="1", download_path=world.path("down-registry"))
    expect(list((world.folder / "down-registry").rglob("greeting.txt")), "the model's file")


@walk.step(
    "Registries",
    "environments.get(label='latest') in the registry 'azureml', curated by Azure, rendered by Farol",
    fault=fault_of(
        ["1.5.0"],
        "missing 1 required positional argument: 'registry_name'",
        "Its EnvironmentOperations._get_latest_version asks for the versions and leaves out the registry",
    ),
)
def registry_curated(world):
    found = MLClient(world.credential, registry_name="azureml").environments.get("minimal-py311-inference", label="latest")
    equal(found.name, "minimal-py311-inference")


# --- online endpoints ----------------------------------------------------------------------------------------------------


@walk.step("Online endpoints", "online_endpoints.begin_create_or_update(load_online_endpoint(yaml))", first=True)
def endpoint_create(world):
    made = world.ml.online_endpoints.begin_create_or_update(load_online_endpoint(world.folder / "endpoint.yml")).result()
    equal((made.name, made.provisioning_state, made.auth_mode, made.tags["team"]), (ENDPOINT, "Succeeded", "key", "risk"))
    expect(made.scoring_uri.endswith("/score"), made.scoring_uri)


@walk.step("Online endpoints", "online_endpoints.invoke without a deployment", refuses="404|no deployment|traffic")
def endpoint_invoke_empty(world):
    world.ml.online_endpoints.invoke(ENDPOINT, request_file=world.path("request.json"))


@walk.step("Online endpoints", "online_endpoints.begin_create_or_update again, which is an update")
def endpoint_again(world):
    endpoint = ManagedOnlineEndpoint(name=ENDPOINT, auth_mode="key", description="walked", tags={"team": "risk", "again": "yes"})
    made = world.ml.online_endpoints.begin_create_or_update(endpoint).result()
    equal((made.description, made.tags), ("walked", {"team": "risk", "again": "yes"}))


@walk.step("Online endpoints", "online_endpoints.get_keys")
def endpoint_keys(world):
    world.keys = world.ml.online_endpoints.get_keys(ENDPOINT)
    expect(world.keys.primary_key and world.keys.primary_key != world.keys.secondary_key, "two keys")


@walk.step("Online endpoints", "online_endpoints.begin_create_or_update with a bad name", refuses="name")
def endpoint_bad_name(world):
    world.ml.online_endpoints.begin_create_or_update(ManagedOnlineEndpoint(name="1 bad name!", auth_mode="key")).result()


@walk.step("Online endpoints", "online_endpoints.get of what is not there", refuses="no-such-endpoint")
def endpoint_absent(world):
    world.ml.online_endpoints.get("no-such-endpoint")


@walk.step("Online endpoints", "online_endpoints.begin_create_or_update(auth_mode='aml_token')")
def endpoint_aml_token(world):
    world.ml.online_endpoints.begin_create_or_update(ManagedOnlineEndpoint(name="sdk-aml", auth_mode="aml_token")).result()
    equal(world.ml.online_endpoints.get("sdk-aml").auth_mode, "aml_token")


@walk.step("Online endpoints", "online_endpoints.get_keys of an endpoint with auth_mode aml_token, its token")
def endpoint_aml_keys(world):
    found = world.ml.online_endpoints.get_keys("sdk-aml")
    expect(found.access_token.count(".") == 2, "a JWT")
    expect(found.expiry_time_utc > time.time(), "a token that lives")


@walk.step("Online endpoints", "online_endpoints.begin_create_or_update(auth_mode='aad_token')")
def endpoint_aad_token(world):
    world.ml.online_endpoints.begin_create_or_update(ManagedOnlineEndpoint(name="sdk-aad", auth_mode="aad_token")).result()
    equal(world.ml.online_endpoints.get("sdk-aad").auth_mode, "aad_token")


@walk.step("Online endpoints", "a change of auth_mode", refuses="cannot be changed after creation")
def endpoint_auth_mode(world):
    world.ml.online_endpoints.begin_create_or_update(ManagedOnlineEndpoint(name=ENDPOINT, auth_mode="aml_token")).result()


# --- online deployments --------------------------------------------------------------------------------------------------


def blue(world, **changes):
    given = dict(
        name="blue",
        endpoint_name=ENDPOINT,
        model=Model(path=world.path("model")),
        code_configuration=CodeConfiguration(code=world.path("scoring"), scoring_script="score.py"),
        environment=Environment(conda_file=world.path("conda.yaml"), image=IMAGE),
        instance_type="Standard_DS3_v2",
        instance_count=1,
    )
    return ManagedOnlineDeployment(**(given | changes))


def deploy(world, deployment):
    return world.ml.online_deployments.begin_create_or_update(deployment).result()


def traffic(world, **split):
    endpoint = world.ml.online_endpoints.get(ENDPOINT)
    endpoint.traffic = split
    return world.ml.online_endpoints.begin_create_or_update(endpoint).result()


def invoke(world, deployment=None, file="request.json"):
    return json.loads(world.ml.online_endpoints.invoke(ENDPOINT, request_file=world.path(file), deployment_name=deployment))


def score(world, key, body=b'{"data": []}', **headers):
    uri = world.ml.online_endpoints.get(ENDPOINT).scoring_uri
    request = urllib.request.Request(uri, body, {"Content-Type": "application/json", "Authorization": f"Bearer {key}", **headers})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode(), refused.headers


@walk.step("Online deployments", "online_deployments.begin_create_or_update, code, model and environment inline", first=True)
def deployment_blue(world):
    made = deploy(world, blue(world))
    equal((made.name, made.provisioning_state, made.instance_count), ("blue", "Succeeded", 1))


@walk.step("Online deployments", "online_endpoints.begin_create_or_update(traffic)")
def traffic_blue(world):
    equal(traffic(world, blue=100).traffic, {"blue": 100})


@walk.step("Online deployments", "online_endpoints.invoke")
def invoked(world):
    equal(invoke(world), {"greeting": "hello again", "tone": "plain", "got": [1, 2, 3]})


@walk.step("Online deployments", "load_online_deployment(yaml), assets by azureml:name@latest", first=True)
def deployment_green(world):
    made = deploy(world, load_online_deployment(world.folder / "green.yml"))
    equal((made.name, made.provisioning_state), ("green", "Succeeded"))
    expect(made.model.endswith("/models/greeting-folder/versions/2"), made.model)
    equal(made.request_settings.max_concurrent_requests_per_instance, 2)


@walk.step("Online deployments", "online_endpoints.invoke(deployment_name), the pin")
def pinned(world):
    equal(invoke(world, "green")["tone"], "warm")
    equal(invoke(world, "blue")["tone"], "plain")


@walk.step(
    "Online deployments",
    "online_endpoints.invoke of another endpoint after a pin, whose header the package carries over",
    refuses="carried the header over",
)
def pin_carried_over(world):
    world.ml.online_endpoints.begin_create_or_update(ManagedOnlineEndpoint(name="sdk-other", auth_mode="key")).result()
    deploy(world, blue(world, name="only", endpoint_name="sdk-other"))
    world.ml.online_endpoints.invoke("sdk-other", request_file=world.path("request.json"))


@walk.step("Online deployments", "online_endpoints.begin_create_or_update(mirror_traffic)")
def mirror(world):
    endpoint = world.ml.online_endpoints.get(ENDPOINT)
    endpoint.mirror_traffic = {"green": 30}
    made = world.ml.online_endpoints.begin_create_or_update(endpoint).result()
    equal((made.traffic.get("blue"), made.mirror_traffic), (100, {"green": 30}))
    endpoint = world.ml.online_endpoints.get(ENDPOINT)
    endpoint.mirror_traffic = {}
    equal(world.ml.online_endpoints.begin_create_or_update(endpoint).result().mirror_traffic, {})


@walk.step("Online deployments", "traffic of two deployments")
def traffic_both(world):
    equal(traffic(world, blue=50, green=50).traffic, {"blue": 50, "green": 50})
    key = world.keys.primary_key
    answered = {score(world, key)[2]["azureml-model-deployment"] for _ in range(40)}
    equal(answered, {"blue", "green"})


@walk.step("Online deployments", "a request with a key that is not the endpoint's")
def wrong_key(world):
    status, body, _ = score(world, "wrong")
    equal(status, 401)
    return f"401 {line(body)}"


@walk.step("Online deployments", "online_endpoints.begin_regenerate_keys")
def regenerate(world):
    before = world.ml.online_endpoints.get_keys(ENDPOINT)
    world.ml.online_endpoints.begin_regenerate_keys(ENDPOINT, key_type="primary").result()
    after = world.ml.online_endpoints.get_keys(ENDPOINT)
    expect(before.primary_key != after.primary_key, "another primary key")
    equal(after.secondary_key, before.secondary_key)
    deadline = time.monotonic() + 10
    while score(world, before.primary_key)[0] != 401:
        expect(time.monotonic() < deadline, "the old key is refused")
    equal(score(world, after.primary_key)[0], 200)
    equal(score(world, before.secondary_key)[0], 200)


@walk.step("Online deployments", "online_endpoints.invoke, the model fails", refuses="scoring script")
def model_fails(world):
    invoke(world, "blue", "failing.json")


@walk.step("Online deployments", "online_deployments.get_logs")
def logs(world):
    expect("the model says hello again" in world.ml.online_deployments.get_logs("blue", ENDPOINT, lines=100), "its print")


@walk.step("Online deployments", "online_deployments.get_logs(container_type='storage-initializer')")
def logs_initializer(world):
    equal(type(world.ml.online_deployments.get_logs("blue", ENDPOINT, lines=100, container_type="storage-initializer")), str)


@walk.step("Online deployments", "online_deployments.get")
def deployment_get(world):
    found = world.ml.online_deployments.get("green", ENDPOINT)
    equal((found.environment_variables, found.instance_type), ({"TONE": "warm"}, "Standard_DS3_v2"))


@walk.step("Online deployments", "online_deployments.list")
def deployment_list(world):
    equal(sorted(names(world.ml.online_deployments.list(ENDPOINT))), ["blue", "green"])


@walk.step("Online endpoints", "online_endpoints.list")
def endpoint_list(world):
    expect(ENDPOINT in names(world.ml.online_endpoints.list()), "the endpoint")


@walk.step("Online deployments", "update: instance_count, tags, variables, probes, request settings")
def deployment_update(world):
    found = world.ml.online_deployments.get("blue", ENDPOINT)
    found.instance_count = 2
    found.tags = {"size": "two"}
    found.environment_variables = {"TONE": "cool"}
    found.liveness_probe = ProbeSettings(initial_delay=5, period=5, timeout=1, failure_threshold=10)
    found.request_settings = OnlineRequestSettings(request_timeout_ms=4000, max_concurrent_requests_per_instance=3)
    made = deploy(world, found)
    equal((made.instance_count, made.tags, made.provisioning_state), (2, {"size": "two"}, "Succeeded"))
    equal((made.liveness_probe.period, made.request_settings.request_timeout_ms), (5, 4000))
    equal(invoke(world, "blue")["tone"], "cool")


@walk.step("Online deployments", "update: another model, while the endpoint serves")
def deployment_model(world):
    write(world.folder / "model" / "greeting.txt", "good evening\n")
    deploy(world, blue(world))
    equal(invoke(world, "blue")["greeting"], "good evening")


@walk.step("Online deployments", "data_collector, kept with the deployment and without effect yet")
def deployment_collector(world):
    having(entities, "DataCollector")
    collector = entities.DataCollector(
        collections={"model_inputs": entities.DeploymentCollection(enabled="true")}, sampling_rate=0.5
    )
    made = deploy(world, blue(world, data_collector=collector))
    expect("model_inputs" in made.data_collector.collections, "the collection")
    equal(world.ml.data.get(f"{ENDPOINT}-blue-model_inputs", version="1").type, "uri_folder")


@walk.step("Online deployments", "assets from a registry")
def deployment_registry(world):
    deploy(
        world,
        blue(
            world,
            name="registered",
            model="azureml://registries/local/models/shared-greeting/versions/1",
            environment="azureml://registries/local/environments/shared-plain/versions/1",
        ),
    )
    equal(invoke(world, "registered")["tone"], "plain")


@walk.step("Online deployments", "a curated environment of the registry 'azureml'")
def deployment_curated(world):
    curated = "azureml://registries/azureml/environments/minimal-py311-inference/labels/latest"
    deploy(world, blue(world, name="curated", environment=curated))
    equal(invoke(world, "curated")["tone"], "plain")


@walk.step("Online deployments", "an environment with a build context", later=True)
def deployment_build(world):
    deploy(world, blue(world, name="built", environment="azureml:built:1"))


@walk.step("Online deployments", "a script that does not start", refuses="jobliib")
def deployment_broken(world):
    deploy(world, blue(world, name="broken", code_configuration=CodeConfiguration(code=world.path("broken"), scoring_script="score.py")))


@walk.step("Online deployments", "a model that is not registered", refuses="greeting-absent")
def deployment_no_model(world):
    deploy(world, blue(world, name="absent", model="azureml:greeting-absent:1"))


@walk.step("Online deployments", "an instance type that does not exist", refuses="Standard_Nothing_v9")
def deployment_instance_type(world):
    deploy(world, blue(world, name="strange", instance_type="Standard_Nothing_v9"))


@walk.step("Online deployments", "a bad deployment name", refuses="name")
def deployment_bad_name(world):
    deploy(world, blue(world, name="-bad-"))


@walk.step("Online deployments", "a deployment of an endpoint that is not there", refuses="no-such-endpoint")
def deployment_no_endpoint(world):
    deploy(world, blue(world, endpoint_name="no-such-endpoint"))


@walk.step("Online deployments", "an MLflow model that does not say what it needs", refuses="conda.yaml")
def deployment_mlflow(world):
    deploy(world, blue(world, name="ncd", model="azureml:mlflow-kind:1", code_configuration=None, environment=None))


@walk.step("Online deployments", "a traffic split that adds up to 90", refuses="90|100")
def traffic_sum(world):
    traffic(world, blue=90)


@walk.step("Online deployments", "traffic to a deployment that is not there", refuses="nobody")
def traffic_nobody(world):
    traffic(world, nobody=100)


@walk.step("Online deployments", "mirroring more than half", refuses="60|50")
def mirror_much(world):
    traffic(world, blue=100)
    endpoint = world.ml.online_endpoints.get(ENDPOINT)
    endpoint.mirror_traffic = {"green": 60}
    world.ml.online_endpoints.begin_create_or_update(endpoint).result()


@walk.step("Online deployments", "online_endpoints.invoke of a deployment that is not there", refuses="nobody")
def invoke_nobody(world):
    invoke(world, "nobody")


@walk.step("Online deployments", "online_deployments.get of what is not there", refuses="nobody")
def deployment_absent(world):
    world.ml.online_deployments.get("nobody", ENDPOINT)


@walk.step("Online deployments", "online_deployments.begin_delete with traffic", refuses="traffic")
def delete_with_traffic(world):
    world.ml.online_deployments.begin_delete("blue", ENDPOINT).result()


@walk.step("Online deployments", "online_deployments.begin_delete")
def deployment_delete(world):
    world.ml.online_deployments.begin_delete("green", ENDPOINT).result()
    expect("green" not in names(world.ml.online_deployments.list(ENDPOINT)), "it is gone")


@walk.step("Online deployments", "online_endpoints.invoke of an endpoint with auth_mode aml_token")
def invoke_token(world):
    deploy(world, blue(world, endpoint_name="sdk-aml"))
    answer = world.ml.online_endpoints.invoke("sdk-aml", request_file=world.path("request.json"), deployment_name="blue")
    expect("greeting" in json.loads(answer), answer)


@walk.step("Online deployments", "online_endpoints.invoke of an endpoint with auth_mode aad_token")
def invoke_caller(world):
    deploy(world, blue(world, endpoint_name="sdk-aad"))
    answer = world.ml.online_endpoints.invoke("sdk-aad", request_file=world.path("request.json"), deployment_name="blue")
    expect("greeting" in json.loads(answer), answer)


@walk.step("Online deployments", "a call with the key of an endpoint to one with auth_mode aml_token", refuses="not one of this Farol's")
def invoke_token_with_key(world):
    uri = world.ml.online_endpoints.get("sdk-aml").scoring_uri
    key = world.ml.online_endpoints.get_keys(ENDPOINT).primary_key
    request = urllib.request.Request(uri, b"{}", {"Content-Type": "application/json", "Authorization": f"Bearer {key}"})
    try:
        urllib.request.urlopen(request, timeout=30)
    except urllib.error.HTTPError as refused:
        raise ValueError(f"{refused.code} {refused.read().decode()}") from refused


@walk.step("Online endpoints", "online_endpoints.begin_delete, with its deployments")
def endpoint_delete(world):
    for name in (ENDPOINT, "sdk-other", "sdk-aml", "sdk-aad"):
        world.ml.online_endpoints.begin_delete(name).result()
    expect(ENDPOINT not in names(world.ml.online_endpoints.list()), "it is gone")


# --- what comes later ----------------------------------------------------------------------------------------------------


@walk.step("Batch", "batch_endpoints.begin_create_or_update", later=True)
def batch_endpoint(world):
    world.ml.batch_endpoints.begin_create_or_update(BatchEndpoint(name="sdk-batch")).result()


@walk.step("Batch", "batch_endpoints.list", later=True)
def batch_list(world):
    list(world.ml.batch_endpoints.list())


@walk.step("Batch", "batch_deployments.list", later=True)
def batch_deployments(world):
    list(world.ml.batch_deployments.list("sdk-batch"))


@walk.step("Batch", "batch_endpoints.invoke", later=True)
def batch_invoke(world):
    from azure.ai.ml import Input

    world.ml.batch_endpoints.invoke("sdk-batch", input=Input(path="azureml:row-folder:1", type=AssetTypes.URI_FOLDER))


@walk.step("Jobs", "jobs.create_or_update(command)", later=True)
def job_create(world):
    from azure.ai.ml import command

    world.ml.jobs.create_or_update(command(command="echo hello", environment="azureml:plain:1", compute="local"))


@walk.step("Jobs", "jobs.list", later=True)
def job_list(world):
    list(world.ml.jobs.list())


@walk.step("Jobs", "jobs.get", later=True)
def job_get(world):
    world.ml.jobs.get("no-such-job")


@walk.step("Serverless", "serverless_endpoints.begin_create_or_update", later=True)
def serverless(world):
    operations = having(world.ml, "serverless_endpoints")
    from azure.ai.ml.entities import ServerlessEndpoint

    operations.begin_create_or_update(
        ServerlessEndpoint(name="sdk-serverless", model_id="azureml://registries/azureml-meta/models/Meta-Llama-3-8B-Instruct")
    ).result()


@walk.step("Serverless", "marketplace_subscriptions.list", later=True)
def marketplace(world):
    list(having(world.ml, "marketplace_subscriptions").list())


@walk.step("Schedules", "schedules.list", later=True)
def schedules(world):
    list(world.ml.schedules.list())


# --- the rest -------------------------------------------------------------------------------------------------------------


def tidy(folder):
    """What differs from run to run is replaced by its name."""
    host = re.sub(r"^https://|/metadata.*$", "", os.environ["ARM_CLOUD_METADATA_URL"])

    def replace(text):
        # The client says everything twice, and what to do about it at length.
        text = re.split(r"\n\s*Code: |\n\s*Resolutions: ", text)[0]
        text = text.replace(str(folder), "{folder}").replace(host, "{host}").replace(os.environ["FAROL_HOME"], "{home}")
        text = re.sub(r"FAROL_INSTANCE=\S+", "FAROL_INSTANCE={instance}", text)
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "{guid}", text)
        text = re.sub(r"\b[0-9a-f]{32,64}\b", "{hash}", text)
        text = re.sub(r"/python/[0-9a-f]{16}/", "/python/{hash}/", text)
        text = re.sub(r"127\.0\.0\.1:\d+", "{gateway}", text)
        text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]*Z?", "{time}", text)
        return text

    return replace


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path, help="a folder of the user's, with .azureml/config.json")
    parser.add_argument("out", type=Path, help="where the results are written")
    parser.add_argument("--only", help="a pattern: the other steps are left out")
    given = parser.parse_args()
    work = given.work.resolve()
    out = given.out.resolve()
    return walk.run(World(work), f"azure-ai-ml {VERSION}", out, tidy(work), given.only)


if __name__ == "__main__":
    raise SystemExit(main())
