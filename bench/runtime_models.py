"""Makes the models that `runtimes` serves, with one request each, and says what ONNX Runtime takes for them by itself.

    runtime_models.py make FOLDER      NAME.onnx and NAME.json (a request of the Open Inference Protocol); forest.joblib; an MLflow model and a Triton repository of iris
    runtime_models.py alone FOLDER     a line of JSON: microseconds of one call in this process, one thread, by NAME
"""

import json
import shutil
import sys
import time
from pathlib import Path

import numpy

SEED = 7


def mlp(path):
    """Three layers of 512."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    random = numpy.random.default_rng(SEED)
    nodes, weights, at = [], [], "x"
    for layer in range(3):
        weights.append(numpy_helper.from_array((random.standard_normal((512, 512)) / 22).astype("f4"), f"w{layer}"))
        nodes.append(helper.make_node("MatMul", [at, f"w{layer}"], [f"m{layer}"]))
        at = "y" if layer == 2 else f"a{layer}"
        nodes.append(helper.make_node("Relu", [f"m{layer}"], [at]))
    tensor = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", 512])
    graph = helper.make_graph(nodes, "mlp", [tensor("x")], [tensor("y")], weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
    return random.standard_normal((1, 512))


def of_sklearn(estimator, features, path):
    from skl2onnx import to_onnx

    onnx_model = to_onnx(estimator, features[:1].astype("f4"), options={id(estimator): {"zipmap": False}}, target_opset=17)
    Path(path).write_bytes(onnx_model.SerializeToString())
    return features[:1]


def of_mlflow(estimator, features, folder):
    """The model as MLflow saves it, and a request for it."""
    import mlflow
    import pandas

    frame = pandas.DataFrame(features, columns=["a", "b", "c", "d"])
    mlflow.sklearn.save_model(
        estimator, folder, signature=mlflow.models.infer_signature(frame, estimator.predict(frame)), input_example=frame.head(3),
        serialization_format="cloudpickle", pip_requirements=["mlflow==3.17.2", "scikit-learn==1.7.2", "cloudpickle"])
    sent = {"columns": list(frame.columns), "data": features[:1].tolist()}
    folder.with_suffix(".json").write_text(json.dumps({"input_data": sent}))


def make(folder):
    import joblib
    import rapidocr_onnxruntime
    from sklearn.datasets import load_breast_cancer, load_iris
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression

    iris, cancer = load_iris(), load_breast_cancer()
    forest = RandomForestClassifier(500, random_state=SEED, n_jobs=1).fit(cancer.data, cancer.target)
    joblib.dump(forest, folder / "forest.joblib")
    # Which way up a line of text is: a MobileNet of today, with the weights that the package ships.
    image = next(Path(rapidocr_onnxruntime.__file__).parent.glob("models/*cls*.onnx"))
    shutil.copy(image, folder / "image.onnx")
    inputs = {
        "iris": of_sklearn(LogisticRegression(max_iter=500).fit(iris.data, iris.target), iris.data, folder / "iris.onnx"),
        "mlp": mlp(folder / "mlp.onnx"),
        "forest": of_sklearn(forest, cancer.data, folder / "forest.onnx"),
        "image": numpy.random.default_rng(SEED).random((1, 3, 48, 192)),
    }
    repository = folder / "triton" / "iris" / "1"
    repository.mkdir(parents=True)
    shutil.copy(folder / "iris.onnx", repository / "model.onnx")
    of_mlflow(LogisticRegression(max_iter=500).fit(iris.data, iris.target), iris.data, folder / "mlflow")
    for name, rows in inputs.items():
        session = opened(folder / f"{name}.onnx")
        rows = numpy.round(rows, 4)
        (folder / f"{name}.json").write_text(json.dumps({"inputs": [{
            "name": session.get_inputs()[0].name, "datatype": "FP32", "shape": rows.shape, "data": rows.ravel().tolist()}]}))


def opened(path):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def call_of(folder, name):
    """(a function that calls the model once with its request, what it answers)."""
    session = opened(folder / f"{name}.onnx")
    sent = json.loads((folder / f"{name}.json").read_text())["inputs"][0]
    given = {sent["name"]: numpy.array(sent["data"], "f4").reshape(sent["shape"])}
    return lambda: session.run(None, given)


def alone(folder):
    told = {}
    for path in sorted(folder.glob("*.onnx")):
        call = call_of(folder, path.stem)
        until = time.perf_counter() + 1
        while time.perf_counter() < until:
            call()
        best = []
        for _ in range(5):
            start, count = time.perf_counter(), 0
            while time.perf_counter() - start < 0.4:
                call()
                count += 1
            best.append((time.perf_counter() - start) / count)
        told[path.stem] = {"micros": sorted(best)[2] * 1e6,
                           "answers": [output.astype(float).ravel().tolist()[:4] for output in call()]}
    print(json.dumps(told))


if __name__ == "__main__":
    {"make": make, "alone": alone}[sys.argv[1]](Path(sys.argv[2]))
