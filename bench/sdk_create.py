"""Creates an endpoint and a deployment with azure-ai-ml, as a user's script does, and prints the seconds it took.

Usage: sdk_create.py ENDPOINT EXAMPLE_FOLDER, in the environment that `farol env` exports and a folder with .azureml.
"""

import json
import logging
import sys
import time
import warnings

start = time.perf_counter()

from azure.ai.ml import MLClient
from azure.ai.ml.entities import CodeConfiguration, Environment, ManagedOnlineDeployment, ManagedOnlineEndpoint, Model
from azure.identity import DefaultAzureCredential

imported = time.perf_counter()
warnings.filterwarnings("ignore")
logging.getLogger("azure").setLevel(logging.ERROR)
name, example = sys.argv[1:]
ml = MLClient.from_config(DefaultAzureCredential())
ml.online_endpoints.begin_create_or_update(ManagedOnlineEndpoint(name=name, auth_mode="key")).result()
endpoint = time.perf_counter()
ml.online_deployments.begin_create_or_update(
    ManagedOnlineDeployment(
        name="blue",
        endpoint_name=name,
        model=Model(path=f"{example}/model-blue"),
        code_configuration=CodeConfiguration(code=f"{example}/onlinescoring", scoring_script="score.py"),
        environment=Environment(
            conda_file=f"{example}/environment/conda.yaml",
            image="mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest",
        ),
        instance_type="Standard_DS3_v2",
        instance_count=1,
    )
).result()
end = time.perf_counter()
print()
print(json.dumps({"import": imported - start, "endpoint": endpoint - imported, "deployment": end - endpoint}))
