"""The servers that `score` runs beside Farol's: the same model and the same lines around it, each in a throw-away environment."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

from tools import EXAMPLE, WORK, free_port, say

SKLEARN = ["scikit-learn==1.7.2", "joblib"]


class Unavailable(Exception):
    """A peer that cannot be installed or does not start here, with the reason."""


class Peer:
    """A peer with so many workers and one of the example's models, or none. Subclasses say what to install, which files it wants, and how it is started."""

    name = ""
    requirements = []
    path = "/score"

    @classmethod
    def python(cls):
        folder = WORK / "peers" / cls.name
        python = folder / "bin" / "python"
        if not (folder / ".installed").exists():
            say(f"Installing {cls.name} into a throw-away environment …")
            shutil.rmtree(folder, ignore_errors=True)
            for command in ([sys.executable, "-m", "venv", str(folder)],
                            [str(python), "-m", "pip", "install", "-q", *cls.requirements, *SKLEARN]):
                done = subprocess.run(command, capture_output=True, text=True)
                if done.returncode != 0:
                    raise Unavailable("not installed: " + (done.stderr.strip().splitlines() or ["no reason given"])[-1])
            (folder / ".installed").touch()
        return python

    def __init__(self, workers, trained):
        python = self.python()
        self.workers = workers
        self.port = free_port()
        self.uri = f"http://127.0.0.1:{self.port}{self.path}"
        self.folder = WORK / f"{self.name}-{os.getpid()}-{workers}"
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(EXAMPLE / "onlinescoring", self.folder)
        model = WORK / "peer-model" / (trained or "none")
        shutil.rmtree(model.parent, ignore_errors=True)
        if trained is None:
            model.mkdir(parents=True)
        else:
            shutil.copytree(EXAMPLE / trained, model)
        self.files()
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        env |= {"AZUREML_MODEL_DIR": str(model.parent), "AML_APP_ROOT": str(self.folder),
                "PATH": f"{python.parent}:{os.environ['PATH']}", **self.environment()}
        self.log_file = WORK / f"{self.name}.log"
        with open(self.log_file, "w") as log:
            self.process = subprocess.Popen([str(part) for part in self.command(python)], cwd=self.folder, env=env, stdout=log,
                                            stderr=log, start_new_session=True)
        self.pid = self.process.pid
        try:
            self.wait()
        except BaseException:
            self.close()
            raise

    def wait(self):
        deadline = time.monotonic() + 120
        while True:
            try:
                self.answer()
                return
            except (urllib.error.URLError, OSError, KeyError, ValueError) as fault:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise Unavailable(f"not started: {fault}; see {self.log_file.name} in {WORK.name}") from None
                time.sleep(0.3)

    def files(self):
        pass

    def environment(self):
        return {}

    def command(self, python):
        raise NotImplementedError

    def body(self):
        return json.dumps({"data": json.loads((EXAMPLE / "request.json").read_text())["data"]})

    def told(self, answer):
        """The predictions of an answer."""
        return answer["progression"]

    def answer(self):
        request = urllib.request.Request(self.uri, data=self.body().encode(), headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return self.told(json.loads(answer.read()))

    def close(self):
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        except ProcessLookupError:
            pass  # it has ended
        shutil.rmtree(self.folder, ignore_errors=True)


class Azmlinfsrv(Peer):
    name = "azmlinfsrv"
    requirements = ["azureml-inference-server-http==1.5.1"]

    def command(self, python):
        return [python.parent / "azmlinfsrv", "--entry_script", "score.py", "--port", self.port, "--worker_count", self.workers]


class Mlserver(Peer):
    """Its own protocol, and uvloop before 0.22: with it or later its workers die."""

    name = "mlserver"
    requirements = ["mlserver==1.7.1", "uvloop<0.22"]
    path = "/v2/models/diabetes/infer"

    def files(self):
        (self.folder / "settings.json").write_text(json.dumps({
            "host": "127.0.0.1", "http_port": self.port, "grpc_port": free_port(), "metrics_port": free_port(),
            "parallel_workers": self.workers, "debug": False}))
        (self.folder / "model-settings.json").write_text(json.dumps({"name": "diabetes", "implementation": "served.Diabetes"}))
        (self.folder / "served.py").write_text('''
import json
import score
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceResponse
import numpy


class Diabetes(MLModel):
    async def load(self):
        score.init()
        return True

    async def predict(self, payload):
        rows = NumpyCodec.decode_input(payload.inputs[0])
        told = score.run(json.dumps({"data": rows.tolist()}))
        return InferenceResponse(
            model_name=self.name, outputs=[NumpyCodec.encode_output("progression", numpy.array(told["progression"]))])
''')

    def command(self, python):
        return [python.parent / "mlserver", "start", "."]

    def body(self):
        rows = json.loads((EXAMPLE / "request.json").read_text())["data"]
        return json.dumps({"inputs": [{"name": "data", "datatype": "FP64", "shape": [len(rows), len(rows[0])], "data": rows}]})

    def told(self, answer):
        return answer["outputs"][0]["data"]


class Bentoml(Peer):
    name = "bentoml"
    requirements = ["bentoml"]

    def files(self):
        (self.folder / "served.py").write_text(f'''
import json
import bentoml
import score


@bentoml.service(workers={self.workers}, traffic={{"timeout": 30, "max_concurrency": 256}})
class Diabetes:
    def __init__(self):
        score.init()

    @bentoml.api(route="/score")
    def run(self, data: list) -> dict:
        return score.run(json.dumps({{"data": data}}))
''')

    def environment(self):
        return {"BENTOML_DO_NOT_TRACK": "True", "BENTOML_HOME": str(self.folder / "home")}

    def command(self, python):
        return [python.parent / "bentoml", "serve", "served:Diabetes", "--host", "127.0.0.1", "--port", self.port]


class Ray(Peer):
    name = "ray"
    requirements = ["ray[serve]"]

    def files(self):
        (self.folder / "served.py").write_text(f'''
import signal
import sys
import ray
import score
from ray import serve


@serve.deployment(num_replicas={self.workers}, max_ongoing_requests=64, ray_actor_options={{"num_cpus": 0}})
class Diabetes:
    def __init__(self):
        score.init()

    async def __call__(self, request):
        return score.run(await request.body())


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ray.init(include_dashboard=False, log_to_driver=False, configure_logging=False)
serve.start(http_options={{"host": "127.0.0.1", "port": {self.port}}})
serve.run(Diabetes.bind(), route_prefix="/score", blocking=True)
''')

    def environment(self):
        return {"RAY_USAGE_STATS_ENABLED": "0", "RAY_TMPDIR": "/tmp", "PYTHONPATH": str(self.folder)}

    def command(self, python):
        return [python, "served.py"]


PEERS = {peer.name: peer for peer in (Azmlinfsrv, Mlserver, Bentoml, Ray)}
