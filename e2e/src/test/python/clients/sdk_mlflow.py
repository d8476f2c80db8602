"""An MLflow model alone, with the unmodified Python SDK.

sdk_mlflow.py WORK MODEL REQUEST        WORK holds config.json; prints the answer of the deployment
"""

import sys

from azure.ai.ml import MLClient
from azure.ai.ml.constants import AssetTypes
from azure.ai.ml.entities import ManagedOnlineDeployment, ManagedOnlineEndpoint, Model
from azure.identity import DefaultAzureCredential

work, model, request = sys.argv[1:4]
ml = MLClient.from_config(DefaultAzureCredential(), path=work)
ml.online_endpoints.begin_create_or_update(ManagedOnlineEndpoint(name="alone", auth_mode="key")).result()
deployment = ManagedOnlineDeployment(
    name="blue",
    endpoint_name="alone",
    model=Model(path=model, type=AssetTypes.MLFLOW_MODEL),
    instance_type="Standard_DS3_v2",
    instance_count=1,
)
ml.online_deployments.begin_create_or_update(deployment).result()
print("answer", ml.online_endpoints.invoke("alone", request_file=request, deployment_name="blue"))
