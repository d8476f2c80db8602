"""Real ONNX models, and whether Farol answers for them as ONNX Runtime and MLflow do in Python.

    onnx_models.py make FOLDER                a folder for each model: what is registered, and type.txt
    onnx_models.py check FOLDER NAME URI KEY  sends requests to the deployment NAME and compares; prints what was compared

Needs onnx, onnxruntime, skl2onnx, scikit-learn, mlflow-skinny, pandas; magika's model where it is installed.
"""

import importlib.util
import json
import pathlib
import shutil
import sys
import urllib.request

import numpy as np

TYPES = {"tensor(float)": "FP32", "tensor(double)": "FP64", "tensor(int64)": "INT64", "tensor(int32)": "INT32", "tensor(float16)": "FP16"}
rng = np.random.default_rng(3)


def folder_of(out, name, kind):
    folder = out / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "m").mkdir(parents=True)
    (folder / "type.txt").write_text(kind)
    return folder / "m"


def make(out):
    import mlflow
    import onnx
    from mlflow.models import infer_signature
    from onnx import TensorProto as T
    from onnx import helper as h
    from onnx import numpy_helper
    from skl2onnx import to_onnx
    from sklearn.datasets import load_diabetes, load_iris
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LinearRegression

    iris = load_iris(as_frame=True)
    forest = RandomForestClassifier(20, random_state=0).fit(iris.data, iris.target)
    blob = to_onnx(forest, iris.data.to_numpy("float32")[:1], options={"zipmap": False}, target_opset=17).SerializeToString()
    (folder_of(out, "forest", "custom_model") / "model.onnx").write_bytes(blob)

    nodes, weights, last = [], [], "x"
    for i in range(3):
        weights.append(numpy_helper.from_array((rng.standard_normal((512, 512)) / 22).astype("float32"), f"w{i}"))
        nodes += [h.make_node("MatMul", [last, f"w{i}"], [f"m{i}"]), h.make_node("Relu", [f"m{i}"], [f"r{i}"])]
        last = f"r{i}"
    value = lambda n: h.make_tensor_value_info(n, T.FLOAT, ["n", 512])
    mlp = h.make_model(h.make_graph(nodes, "mlp", [value("x")], [value(last)], weights), opset_imports=[h.make_opsetid("", 17)], ir_version=9)
    (folder_of(out, "mlp", "custom_model") / "model.onnx").write_bytes(mlp.SerializeToString())

    light = pathlib.Path(onnx.__file__).parent / "backend/test/data/light"
    for name in ("squeezenet", "densenet121", "resnet50", "shufflenet"):
        source = light / f"light_{name}.onnx"
        if source.exists():
            shutil.copy(source, folder_of(out, f"light-{name}", "custom_model") / "model.onnx")
    magika = importlib.util.find_spec("magika")
    if magika:
        found = next(pathlib.Path(magika.submodule_search_locations[0]).rglob("model.onnx"))
        shutil.copy(found, folder_of(out, "magika", "custom_model") / "model.onnx")

    diabetes = load_diabetes(as_frame=True)
    linear = LinearRegression().fit(diabetes.data, diabetes.target)
    model = to_onnx(linear, diabetes.data.to_numpy("float32")[:1], target_opset=17)
    place = folder_of(out, "flow", "mlflow_model")
    place.rmdir()
    mlflow.onnx.save_model(model, str(place), signature=infer_signature(diabetes.data.astype("float32"), linear.predict(diabetes.data)))
    print(*sorted(p.name for p in out.iterdir()))


def post(uri, key, name, body):
    request = urllib.request.Request(uri, json.dumps(body).encode(), {
        "Authorization": f"Bearer {key}", "Content-Type": "application/json", "azureml-model-deployment": name})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def same(got, wanted, what):
    got, wanted = np.asarray(got, dtype="float64").reshape(-1), np.asarray(wanted, dtype="float64").reshape(-1)
    assert got.shape == wanted.shape, (what, got.shape, wanted.shape)
    scale = np.maximum(np.abs(wanted), 1e-3 * max(1e-30, np.abs(wanted).max()))
    worst = float((np.abs(got - wanted) / scale).max()) if got.size else 0.0
    assert worst < 1e-5, (what, worst)
    return worst


def check(out, name, uri, key):
    import onnxruntime as ort

    folder = out / name / "m"
    session = ort.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    worst = 0.0
    for rows in (1, 3):
        feed = {}
        for info in session.get_inputs():
            shape = [d if isinstance(d, int) and d > 0 else rows if i == 0 else 5 for i, d in enumerate(info.shape)]
            if info.type in ("tensor(float)", "tensor(double)"):
                feed[info.name] = rng.random(shape).astype("float32" if info.type == "tensor(float)" else "float64")
            else:
                feed[info.name] = rng.integers(0, 256, shape).astype("int32" if "32" in info.type else "int64")
        wanted = session.run(None, feed)
        body = {"inputs": [{"name": i.name, "datatype": TYPES[i.type], "shape": list(feed[i.name].shape), "data": feed[i.name].reshape(-1).tolist()}
                           for i in session.get_inputs()]}
        answer = {o["name"]: o for o in post(uri, key, name, body)["outputs"]}
        arrays = post(uri, key, name, {"input_data": {k: v.tolist() for k, v in feed.items()}})
        for info, value in zip(session.get_outputs(), wanted):
            assert answer[info.name]["shape"] == list(value.shape), (info.name, answer[info.name]["shape"], value.shape)
            worst = max(worst, same(answer[info.name]["data"], value, info.name), same(arrays[info.name], value, info.name))
    if (folder / "MLmodel").exists():
        worst = max(worst, check_mlflow(folder, name, uri, key))
    print(f"{name}: as Python within {worst:.1e}")


def check_mlflow(folder, name, uri, key):
    import mlflow
    import pandas as pd
    from sklearn.datasets import load_diabetes

    loaded = mlflow.pyfunc.load_model(str(folder))
    frame = load_diabetes(as_frame=True).data.astype("float32").head(7)
    shuffled = frame[list(frame.columns[::-1])].assign(more=1.0)
    worst = 0.0
    for sent in (frame, shuffled):
        wanted = loaded.predict(sent[frame.columns])
        split = json.loads(sent.to_json(orient="split", double_precision=15))
        got = post(uri, key, name, {"input_data": split})
        assert [list(row) for row in got] == [list(wanted.columns)] * len(wanted), got[:2]
        worst = max(worst, same(pd.DataFrame(got).to_numpy(), wanted.to_numpy(), "table"))
    return worst


if __name__ == "__main__":
    place = pathlib.Path(sys.argv[2])
    make(place) if sys.argv[1] == "make" else check(place, *sys.argv[3:])
