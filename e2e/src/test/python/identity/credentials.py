"""Azure's own credentials, unmodified, against the Farol that the environment points at.

Usage: credentials.py CLIENT_ID CLIENT_SECRET ISSUER_PORT
Prints one line for each way that worked. The federated issuer is this very process.
"""

import datetime
import http.server
import json
import os
import sys
import tempfile
import threading

import jwt
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    DefaultAzureCredential,
    EnvironmentCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)
from cryptography.hazmat.primitives.asymmetric import rsa

SCOPE = "https://management.azure.com/.default"
ARM = os.environ["REGISTRY_DISCOVERY_ENDPOINT_URL"]
client_id, client_secret, port = sys.argv[1], sys.argv[2], int(sys.argv[3])


def works(name, credential):
    token = credential.get_token(SCOPE).token
    answer = requests.get(
        ARM + "subscriptions?api-version=2022-12-01",
        headers={"Authorization": "Bearer " + token},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    claims = jwt.decode(token, options={"verify_signature": False})
    print(name, claims["name"], flush=True)


class Changed:
    """Variables for a moment; None takes one away."""

    def __init__(self, **changes):
        self.changes = changes

    def __enter__(self):
        self.before = {name: os.environ.get(name) for name in self.changes}
        self._set(self.changes)

    def __exit__(self, *ignored):
        self._set(self.before)

    @staticmethod
    def _set(values):
        for name, value in values.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


works("default", DefaultAzureCredential())

with Changed(
    IDENTITY_ENDPOINT=None,
    IDENTITY_HEADER=None,
    MSI_ENDPOINT=os.environ["IDENTITY_ENDPOINT"],
    MSI_SECRET=os.environ["IDENTITY_HEADER"],
):
    works("msi-secret", ManagedIdentityCredential())

with Changed(
    IDENTITY_ENDPOINT=None,
    IDENTITY_HEADER=None,
    MSI_ENDPOINT=ARM + "msi/" + os.environ["IDENTITY_HEADER"] + "/token",
):
    works("msi-alone", ManagedIdentityCredential())

with Changed(
    IDENTITY_ENDPOINT=None,
    IDENTITY_HEADER=None,
    AZURE_POD_IDENTITY_AUTHORITY_HOST=ARM + "msi/" + os.environ["IDENTITY_HEADER"] + "/",
):
    works("pod-identity", ManagedIdentityCredential())

service_principal = {
    "AZURE_TENANT_ID": "adfs",
    "AZURE_CLIENT_ID": client_id,
    "AZURE_CLIENT_SECRET": client_secret,
    "AZURE_AUTHORITY_HOST": ARM.rstrip("/"),
}
with Changed(**service_principal):
    works("client-secret", EnvironmentCredential())
    works("default-client-secret", DefaultAzureCredential())

with Changed(**{**service_principal, "AZURE_CLIENT_SECRET": "wrong"}):
    try:
        EnvironmentCredential().get_token(SCOPE)
        raise AssertionError("a wrong secret got a token")
    except ClientAuthenticationError as refused:
        assert "AADSTS7000215" in str(refused), refused
        print("wrong-secret refused", flush=True)

# --- workload identity: this process is the issuer ---------------------------------------------------------------

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
issuer = f"http://127.0.0.1:{port}"
public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
public.update(kid="k1", use="sig", alg="RS256")


class Issuer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = {"issuer": issuer, "jwks_uri": issuer + "/keys"}
        if self.path == "/keys":
            body = {"keys": [public]}
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *ignored):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Issuer)
threading.Thread(target=server.serve_forever, daemon=True).start()
try:
    assertion = jwt.encode(
        {
            "iss": issuer,
            "sub": "repo:team/models",
            "aud": "api://AzureADTokenExchange",
            "exp": datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=10),
        },
        key,
        algorithm="RS256",
        headers={"kid": "k1"},
    )
    with tempfile.NamedTemporaryFile("w", suffix=".jwt") as file:
        file.write(assertion)
        file.flush()
        for tenant in ("adfs", "72f988bf-86f1-41af-91ab-2d7cd011db47"):
            with Changed(
                AZURE_TENANT_ID=tenant,
                AZURE_CLIENT_ID=client_id,
                AZURE_FEDERATED_TOKEN_FILE=file.name,
                AZURE_AUTHORITY_HOST=ARM.rstrip("/"),
            ):
                works("workload-identity", WorkloadIdentityCredential())
finally:
    server.shutdown()
    server.server_close()
