"""Adds and subtracts over REST, then over gRPC: python client.py SCORING_URI KEY"""

import sys
from urllib.parse import urlsplit

import numpy as np
import tritonclient.grpc as tg
import tritonclient.http as th

uri, key = urlsplit(sys.argv[1]), sys.argv[2]
base = uri.path.removesuffix("/score")
endpoint = base.rsplit("/", 1)[-1]
headers = {"authorization": f"Bearer {key}"}
rows = np.arange(16, dtype=np.int32).reshape(1, 16)


def inputs(kit):
    made = [kit.InferInput(name, rows.shape, "INT32") for name in ("INPUT0", "INPUT1")]
    for each in made:
        each.set_data_from_numpy(rows)
    return made


rest = th.InferenceServerClient(uri.netloc + base)
print("REST", rest.infer("simple", inputs(th), headers=headers).as_numpy("OUTPUT0"))
# The gateway finds the endpoint by its host name, which an address of numbers does not have.
grpc = tg.InferenceServerClient(uri.netloc, channel_args=[("grpc.default_authority", f"{endpoint}.local.inference.farol")])
print("gRPC", grpc.infer("simple", inputs(tg), headers=headers).as_numpy("OUTPUT0"))
