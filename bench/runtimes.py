"""Models that a replica computes itself: ONNX Runtime in Farol beside ONNX Runtime called in one process, beside MLServer with
the same model, and beside scikit-learn in Python behind Farol; with and without dynamic batching; and how long a first
answer takes for each kind of model.

Triton is not among the peers: the package `tritonserver` of the index is an empty placeholder.
"""

import json
import shutil
import struct
import subprocess
import sys
import time
import urllib.request

from peers import Peer, Unavailable
from tools import (ROOT, WORK, Server, cpu_seconds, free_port, fresh_home, median, needs, post, proportional, ratio, say,
                   table, wrk)

NAMES = ("iris", "mlp", "forest", "image")
WHAT = {"iris": "logistic regression, 4 features", "mlp": "3 layers of 512", "forest": "500 trees, 30 features",
        "image": "text direction, 3 x 48 x 192"}
LEVELS = (1, 8, 64)
PACKAGES = ["onnx==1.19.1", "skl2onnx==1.19.1", "onnxruntime==1.23.2", "rapidocr-onnxruntime==1.4.4", "mlflow==3.17.2"]
MODELS = WORK / "runtime-models"
SCRIPT = '''
import json, os
import joblib, numpy

def init():
    global model
    model = joblib.load(os.path.join(os.environ["AZUREML_MODEL_DIR"], "forest.joblib"))

def run(raw):
    sent = json.loads(raw)["inputs"][0]
    rows = numpy.array(sent["data"]).reshape(sent["shape"])
    return {"outputs": [{"data": model.predict(rows).tolist()}, {"data": model.predict_proba(rows).ravel().tolist()}]}
'''
CONDA = "dependencies:\n- python=3.11\n- pip\n- pip:\n  - scikit-learn==1.7.2\n  - joblib\n  - numpy\n"


class OnnxPeer(Peer):
    """MLServer around ONNX Runtime: what its users write for a format that it has no runtime for."""

    name = "mlserver-onnx"
    requirements = ["mlserver==1.7.1", "uvloop<0.22", *PACKAGES]
    model = "iris"

    @property
    def told_path(self):
        return f"/v2/models/{self.model}/infer"

    def files(self):
        self.uri = f"http://127.0.0.1:{self.port}{self.told_path}"
        shutil.copy(MODELS / f"{self.model}.onnx", self.folder / "model.onnx")
        (self.folder / "settings.json").write_text(json.dumps({
            "host": "127.0.0.1", "http_port": self.port, "grpc_port": free_port(), "metrics_port": free_port(),
            "parallel_workers": self.workers, "debug": False}))
        (self.folder / "model-settings.json").write_text(json.dumps({"name": self.model, "implementation": "served.Onnx"}))
        (self.folder / "served.py").write_text('''
import onnxruntime
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceResponse


class Onnx(MLModel):
    async def load(self):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession("model.onnx", options, providers=["CPUExecutionProvider"])
        return True

    async def predict(self, payload):
        given = {one.name: NumpyCodec.decode_input(one) for one in payload.inputs}
        outputs = self.session.run(None, given)
        names = [one.name for one in self.session.get_outputs()]
        return InferenceResponse(model_name=self.name,
                                 outputs=[NumpyCodec.encode_output(name, value) for name, value in zip(names, outputs)])
''')

    def command(self, python):
        return [python.parent / "mlserver", "start", "."]

    def body(self):
        return (MODELS / f"{self.model}.json").read_text()

    def told(self, answer):
        return [output["data"] for output in answer["outputs"]]


def peer_of(name):
    return type("OnnxPeer", (OnnxPeer,), {"model": name})(1, None)


def models():
    """The python of the peer's environment, and the models made."""
    python = OnnxPeer.python()
    if not (MODELS / "image.json").exists():
        say("Making the models …")
        shutil.rmtree(MODELS, ignore_errors=True)
        MODELS.mkdir(parents=True)
        subprocess.run([python, ROOT / "bench" / "runtime_models.py", "make", MODELS], check=True)
    done = subprocess.run([python, ROOT / "bench" / "runtime_models.py", "alone", MODELS], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


class Endpoint:
    """One endpoint of a Farol with one deployment at a time for each model."""

    def __init__(self, server):
        self.server = server
        server.farol("online-endpoint", "create", "-n", "models", "--auth-mode", "key")
        show = lambda verb, query: server.farol("online-endpoint", verb, "-n", "models", "--query", query, "-o", "tsv").strip()
        self.uri, self.key = show("show", "scoring_uri"), show("get-credentials", "primaryKey")

    def deploy(self, name, model, extra, kind="custom_model", path="/score"):
        """Seconds from the begin of the command to the first answer of status 200."""
        definition = self.server.home / f"{name}.yml"
        definition.write_text(f"name: {name}\nendpoint_name: models\nmodel:\n  path: {model}\n  type: {kind}\n"
                        "request_settings: {max_concurrent_requests_per_instance: 64, max_queue_wait_ms: 60000, request_timeout_ms: 60000}\n"
                        f"instance_type: Standard_DS3_v2\ninstance_count: 1\n{extra}")
        start = time.monotonic()
        self.server.farol("online-deployment", "create", "-f", str(definition))
        body = (MODELS / f"{name.split('-')[0]}.json").read_bytes()
        while post(self.uri.removesuffix("/score") + path, body, self.headers(name))[0] != 200:
            time.sleep(0.005)
        return time.monotonic() - start

    def headers(self, name):
        return {"Authorization": f"Bearer {self.key}", "azureml-model-deployment": name}

    def remove(self, name):
        self.server.farol("online-deployment", "delete", "-n", name, "-e", "models", "--yes")


def round_of(label, uri, key, pids, body, connections, seconds, headers=None):
    before = sum(cpu_seconds(pid) for pid in pids)
    result = wrk(uri, key, connections, seconds, body, headers)
    result["cpu"] = (sum(cpu_seconds(pid) for pid in pids) - before) / max(result["count"], 1) * 1e6
    result["memory"] = sum(proportional(pid) for pid in pids)
    say(f"{label} at {connections}: {result['rate']:.0f}/s, p50 {result['p50']:.2f} ms {result['socket']}")
    if result["bad"]:
        sys.exit(f"{label} answered {result['bad']} requests with an error")
    return result


def row(name, connections, label, runs, beside):
    return [name, connections, label, f"{median(runs, 'rate'):.0f}", f"{median(runs, 'p50'):.2f}", f"{median(runs, 'p99'):.2f}",
            f"{median(runs, 'cpu'):.0f}", f"{median(runs, 'memory'):.0f}", beside]


def paired(targets, seconds, rounds):
    """{(label, connections): runs}, the targets in turn within each round."""
    runs = {}
    for connections in LEVELS:
        for number in range(rounds):
            order = targets if number % 2 == 0 else targets[::-1]
            for target in order:
                runs.setdefault((target[0], connections), []).append(
                    round_of(*target[:5], connections, seconds, target[5]))
    return runs


def close_enough(ours, theirs, what):
    for one, other in zip(ours, theirs):
        for a, b in zip(one, other):
            if abs(a - b) > 1e-5 * max(1, abs(b)):
                sys.exit(f"The answers of {what} differ: {ours} and {theirs}")


def answers(uri, body, headers):
    return [output["data"][:4] for output in json.loads(post(uri, body.encode(), headers)[1])["outputs"]]


def binary(body):
    """(body, headers) of the same request with the numbers as they are in memory, and so asked for."""
    sent = json.loads(body)["inputs"][0]
    numbers = struct.pack(f"<{len(sent['data'])}f", *sent["data"])
    head = json.dumps({"inputs": [{"name": sent["name"], "datatype": sent["datatype"], "shape": sent["shape"],
                                   "parameters": {"binary_data_size": len(numbers)}}],
                       "parameters": {"binary_data_output": True}}).encode()
    return head + numbers, {"Content-Type": "application/octet-stream", "Inference-Header-Content-Length": str(len(head))}


def binary_answers(uri, body, headers):
    """The first numbers of each output of a binary answer."""
    request = urllib.request.Request(uri, data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        length, whole = int(answer.headers["Inference-Header-Content-Length"]), answer.read()
    told, at = [], length
    for output in json.loads(whole[:length])["outputs"]:
        size = output["parameters"]["binary_data_size"]
        told.append(list(struct.unpack(f"<{min(size // 4, 4)}f", whole[at:at + min(size, 16)])))
        at += size
    return told


def other_starts(endpoint):
    """Of what is not measured under load: each once before, so that its environment is built and known."""
    rows = []
    for kind, model, extra, label in (
            ("triton_model", MODELS / "triton", "", "Triton repository"),
            ("mlflow_model", MODELS / "mlflow", "", "MLflow model, environment built"),
            ("mlflow_model", MODELS / "mlflow", "environment_variables: {FAROL_NATIVE: convert}\n", "MLflow model, converted before")):
        name, path = ("mlflow-x", "/score") if kind == "mlflow_model" else ("iris-x", "/v2/models/iris/infer")
        for _ in range(2):
            seconds = endpoint.deploy(name, model, extra, kind, path)
            endpoint.remove(name)
        rows.append([label, f"{seconds:.2f}"])
    return rows


def limit(name, how, runs, micros):
    """A row: what Farol reaches of what one thread alone does, and what it takes beside the model."""
    best = max(median(runs[connections], "rate") for connections in LEVELS)
    cpu = min(median(runs[connections], "cpu") for connections in LEVELS)
    return [f"{name} ({WHAT[name]})", how, f"{micros:.0f}", f"{1e6 / micros:.0f}", f"{best:.0f}", f"{best * micros / 1e6:.2f}",
            f"{cpu:.0f}", f"{cpu - micros:.0f}"]


def measure_runtimes(seconds, rounds, names=NAMES):
    needs("wrk", "wrk")
    alone = models()
    server = Server(fresh_home())
    rows, starts, limits = [], [], []
    try:
        endpoint = Endpoint(server)
        pid = server.state["pid"]
        for name in names:
            body = (MODELS / f"{name}.json").read_text()
            label = f"{name}-onnx"
            starts.append([f"{name}: ONNX file", f"{endpoint.deploy(label, MODELS / f'{name}.onnx', ''):.2f}"])
            headers = endpoint.headers(label)
            close_enough(answers(endpoint.uri, body, headers), alone[name]["answers"], f"farol, {name}")
            farol_target = ("farol", endpoint.uri, endpoint.key, [pid], body, headers)
            targets, peer = [farol_target], None
            try:
                peer = peer_of(name)
                close_enough([told[:4] for told in peer.answer()], alone[name]["answers"], f"mlserver, {name}")
                targets.append(("mlserver", peer.uri, "", [peer.pid], body, None))
            except Unavailable as reason:
                print(f"\nmlserver is left out for {name}: {reason}")
            if name == "forest":
                code = server.home / "forest-code"
                code.mkdir()
                (code / "score.py").write_text(SCRIPT)
                (server.home / "forest.yaml").write_text(CONDA)
                seconds_python = endpoint.deploy(
                    "forest-python", MODELS / "forest.joblib",
                    f"code_configuration: {{code: {code}, scoring_script: score.py}}\n"
                    f"environment: {{image: any, conda_file: {server.home / 'forest.yaml'}}}\n")
                starts.append(["forest: scikit-learn script, environment built", f"{seconds_python:.2f}"])
                targets.append(("farol, scikit-learn in Python", endpoint.uri, endpoint.key, [pid], body,
                                endpoint.headers("forest-python")))
            if name in ("mlp", "image"):
                sent, form = binary(body)
                root = endpoint.uri.removesuffix("/score") + "/v2"
                target = f"{root}/models/{json.loads(post(f'{root}/repository/index', b'{}', headers)[1])[0]['name']}/infer"
                close_enough(binary_answers(target, sent, {**headers, **form}), alone[name]["answers"], f"farol, {name}, binary")
                targets.append(("farol, binary tensors", target, endpoint.key, [pid], sent, {**headers, **form}))
            if name == "mlp":
                endpoint.deploy("mlp-single", MODELS / "mlp.onnx", "environment_variables: {FAROL_BATCHING: 'off'}\n")
                targets.append(("farol, batching off", endpoint.uri, endpoint.key, [pid], body, endpoint.headers("mlp-single")))
            try:
                for target in targets:
                    wrk(target[1], target[2], 16, 5 if target is farol_target else 3, target[4], target[5])
                runs = paired(targets, seconds, rounds)
            finally:
                if peer:
                    peer.close()
            for connections in LEVELS:
                ours = runs["farol", connections]
                rows.append(row(name, connections, "farol", ours, ""))
                for target in targets[1:]:
                    theirs = runs[target[0], connections]
                    rows.append(row(name, connections, target[0], theirs, "{:.2f} x rate, {:.2f} x p50, {:.2f} x p99, {:.2f} x CPU".format(
                        *(ratio(ours, theirs, key) for key in ("rate", "p50", "p99", "cpu")))))
            micros = alone[name]["micros"]
            for served, how in (("farol", "JSON"), ("farol, binary tensors", "binary")):
                if (served, LEVELS[0]) in runs:
                    limits.append(limit(name, how, {connections: runs[served, connections] for connections in LEVELS}, micros))
            for deployed in {target[5]["azureml-model-deployment"] for target in targets if target[0].startswith("farol")}:
                endpoint.remove(deployed)
        starts += other_starts(endpoint)
    finally:
        server.close()
    table(f"ONNX Runtime in Farol beside others; JSON of the Open Inference Protocol, one row a request; median of {rounds} rounds "
          f"of {seconds} s", ["model", "connections", "server", "req/s", "p50 ms", "p99 ms", "CPU µs/req", "MB", "farol / it"], rows)
    table("Farol beside ONNX Runtime called in one process by one thread, which has no request to read and no answer to write; the "
          "load and Farol share this machine's cores",
          ["model", "sent as", "µs a call", "calls/s", "farol req/s", "farol / it", "Farol's CPU µs", "of it not the model's"], limits)
    table("From the command to the first answer", ["kind", "s"], starts)
