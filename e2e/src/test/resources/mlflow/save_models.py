"""Saves small real models as MLflow saves them today, and what each answers by itself.

save_models.py OUT FLAVOR...    makes OUT/FLAVOR/model and OUT/FLAVOR/cases.json: [{"name", "request", "answer"}],
                                where the answer is that of mlflow.pyfunc.load_model(...).predict here;
                                "refused" in place of "answer" where that fails, or the request is none
"""

import importlib.metadata
import json
import os
import pathlib
import shutil
import sys
import warnings

warnings.filterwarnings("ignore")
os.environ["MLFLOW_ENABLE_INFERRED_REQUIREMENTS"] = "false"
import mlflow
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature, infer_signature
from mlflow.types import ParamSchema, ParamSpec, Schema, TensorSpec

out = pathlib.Path(sys.argv[1]).resolve()


def requirements(*names):
    return [f"{name}=={importlib.metadata.version(name)}" for name in ("mlflow", *names)]


def iris():
    from sklearn.datasets import load_iris

    data = load_iris(as_frame=True)
    frame = data.data
    frame.columns = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    return frame, data.target


def houses():
    """Numbers, words, a flag and gaps."""
    rng = np.random.default_rng(7)
    rows = 200
    frame = pd.DataFrame(
        {
            "rooms": rng.integers(1, 8, rows),
            "area": rng.normal(90, 25, rows).round(1),
            "city": rng.choice(["Porto", "Lisboa", "Faro"], rows),
            "garden": rng.random(rows) < 0.3,
        }
    )
    price = frame.rooms * 20 + frame.area * 2 + frame.city.map({"Porto": 40, "Lisboa": 90, "Faro": 10}) + frame.garden * 15
    frame.loc[::17, "area"] = np.nan
    return frame, price


def split(frame):
    return json.loads(frame.to_json(orient="split", date_format="iso", double_precision=15))


def plain(answer):
    if isinstance(answer, pd.DataFrame):
        return answer.to_dict(orient="records")
    if isinstance(answer, (pd.Series, np.ndarray)):
        return answer.tolist()
    if isinstance(answer, dict):
        return {key: plain(value) for key, value in answer.items()}
    if isinstance(answer, np.generic):
        return answer.item()
    return answer


def matrix(model, rows):
    """The ways of writing a table, good and bad, for a model that takes one."""
    cases = []

    def case(name, request, frame):
        try:
            told = {"answer": plain(model.predict(frame))}
        except Exception as failure:
            told = {"refused": type(failure).__name__}
        # NaN is no JSON: the test would not read it.
        if "NaN" not in json.dumps(told, default=str):
            cases.append({"name": name, "request": request, **told})

    columns, data = list(rows.columns), split(rows)["data"]
    numbers = [name for name in columns if rows[name].dtype.kind in "if"]
    table = {"columns": columns, "data": data}
    case("without index", {"input_data": table}, rows)
    case("another index", {"input_data": {**table, "index": [7, "x"]}}, rows)
    case("shuffled", {"input_data": {"columns": columns[::-1], "data": [each[::-1] for each in data]}}, rows)
    case("another column", {"input_data": {"columns": ["z", *columns], "data": [[1, *each] for each in data]}}, rows)
    texts = [[str(value) if name in numbers else value for name, value in zip(columns, each)] for each in data]
    case("numbers as texts", {"input_data": {"columns": columns, "data": texts}}, rows)
    case("another key", {"input_data": table, "params": {}, "x": 1}, rows)
    lacking = rows.drop(columns=numbers[:1])
    case("a column missing", {"input_data": {key: split(lacking)[key] for key in ("columns", "data")}}, lacking)
    gap = rows.copy()
    gap[numbers[0]] = gap[numbers[0]].astype(object)
    gap.loc[gap.index[0], numbers[0]] = None
    gapped = [[None if i == 0 and name == numbers[0] else value for name, value in zip(columns, each)] for i, each in enumerate(data)]
    case("null", {"input_data": {"columns": columns, "data": gapped}}, gap.astype({numbers[0]: rows[numbers[0]].dtype if rows[numbers[0]].dtype.kind == "f" else "float64"}))
    # Of these Azure's server makes no table, whatever MLflow would.
    for name, request in {
        "no columns": {"input_data": {"data": data}},
        "bare rows": {"input_data": data},
        "records": {"input_data": rows.to_dict(orient="records")},
        "dataframe_split": {"dataframe_split": table},
        "inputs": {"inputs": data},
        "data": {"data": data},
        "nothing": {},
    }.items():
        cases.append({"name": name, "request": request, "refused": "by the server"})
    return json.loads(json.dumps(cases, default=lambda value: value.item()))


def save(flavor, save_model, data, wire, params=None, more=()):
    """Saves with `save_model(path)`; `data` is what predict() takes here, `wire` the same as a request has it."""
    path = out / flavor / "model"
    shutil.rmtree(out / flavor, ignore_errors=True)
    path.parent.mkdir(parents=True)
    save_model(str(path))
    model = mlflow.pyfunc.load_model(str(path))
    cases = []
    for name, given, sent, some in [("example", data, wire, params), *more]:
        answer = model.predict(given, params=some) if some is not None else model.predict(given)
        request = {"input_data": sent} if some is None else {"input_data": sent, "params": some}
        cases.append({"name": name, "request": request, "answer": plain(answer)})
    if isinstance(data, pd.DataFrame):
        cases += matrix(model, data.dropna().head(2))
    (out / flavor / "cases.json").write_text(json.dumps(cases))
    print(flavor, sorted(str(each.relative_to(path)) for each in path.rglob("*") if each.is_file()))


def pipeline():
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import GradientBoostingRegressor
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    X, y = houses()
    columns = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), ["rooms", "area"]),
            ("words", OneHotEncoder(handle_unknown="ignore"), ["city"]),
        ],
        remainder="passthrough",
    )
    model = make_pipeline(columns, GradientBoostingRegressor(n_estimators=20, random_state=0)).fit(X, y)
    save(
        "pipeline",
        lambda path: mlflow.sklearn.save_model(
            model,
            path,
            signature=infer_signature(X, model.predict(X)),
            input_example=X.head(20),
            serialization_format="cloudpickle",
            pip_requirements=requirements("scikit-learn", "cloudpickle"),
        ),
        X.head(20),
        split(X.head(20)),
    )


def classifier():
    from sklearn.linear_model import LogisticRegression

    X, y = iris()
    model = LogisticRegression(max_iter=500).fit(X, y)
    save(
        "classifier",
        lambda path: mlflow.sklearn.save_model(
            model,
            path,
            signature=infer_signature(X, model.predict(X)),
            input_example=X.head(2),
            pip_requirements=requirements("scikit-learn", "skops"),
        ),
        X,
        split(X),
    )


def regressor():
    from sklearn.datasets import load_diabetes
    from sklearn.ensemble import RandomForestRegressor

    data = load_diabetes(as_frame=True, scaled=True)
    model = RandomForestRegressor(20, random_state=0, max_depth=6).fit(data.data, data.target)
    save(
        "regressor",
        lambda path: mlflow.sklearn.save_model(
            model,
            path,
            signature=infer_signature(data.data, model.predict(data.data)),
            skops_trusted_types=["sklearn.tree._tree.Tree"],
            pip_requirements=requirements("scikit-learn", "skops"),
        ),
        data.data.head(50),
        split(data.data.head(50)),
    )


def pyfunc():
    class Ranges(mlflow.pyfunc.PythonModel):
        """A table out of a table, with dates."""

        def predict(self, context, model_input, params=None):
            return pd.DataFrame(
                {"mean": model_input.mean(axis=1), "widest": model_input.idxmax(axis=1), "rank": np.arange(len(model_input))}
            )

    X, _ = iris()
    model = Ranges()
    save(
        "pyfunc",
        lambda path: mlflow.pyfunc.save_model(
            path,
            python_model=model,
            signature=infer_signature(X, model.predict(None, X)),
            pip_requirements=requirements("cloudpickle", "pandas"),
        ),
        X.head(10),
        split(X.head(10)),
    )


def tensors():
    class Sum(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return {"sum": model_input["a"] + model_input["b"], "shape": np.array(model_input["a"].shape)}

    signature = ModelSignature(
        Schema([TensorSpec(np.dtype("float32"), (-1, 3), "a"), TensorSpec(np.dtype("float32"), (-1, 3), "b")])
    )
    a = np.arange(6, dtype="float32").reshape(2, 3)
    save(
        "tensors",
        lambda path: mlflow.pyfunc.save_model(
            path, python_model=Sum(), signature=signature, pip_requirements=requirements("cloudpickle")
        ),
        {"a": a, "b": a * 10},
        {"a": a.tolist(), "b": (a * 10).tolist()},
    )


def texts():
    class Shout(mlflow.pyfunc.PythonModel):
        """Takes texts and parameters, as models of language do."""

        def predict(self, context, model_input, params=None):
            texts = model_input.iloc[:, 0] if isinstance(model_input, pd.DataFrame) else model_input
            return [text.upper() + params["mark"] * params["times"] for text in texts]

    params = ParamSchema([ParamSpec("mark", "string", "!"), ParamSpec("times", "long", 1)])
    signature = infer_signature(["a text"], ["A TEXT!"])
    save(
        "texts",
        lambda path: mlflow.pyfunc.save_model(
            path,
            python_model=Shout(),
            signature=ModelSignature(signature.inputs, signature.outputs, params),
            pip_requirements=requirements("cloudpickle"),
        ),
        ["good morning", "água"],
        ["good morning", "água"],
        more=[
            ("params", ["one"], ["one"], {"mark": "?", "times": 3}),
            ("one text", "only", "only", None),
        ],
    )


def hints():
    class Reverse(mlflow.pyfunc.PythonModel):
        """Says with a type what it takes."""

        def predict(self, model_input: list[str]) -> list[str]:
            return [text[::-1] for text in model_input]

    save(
        "hints",
        lambda path: mlflow.pyfunc.save_model(
            path, python_model=Reverse(), pip_requirements=requirements("cloudpickle")
        ),
        ["abc", "água"],
        ["abc", "água"],
    )


def xgboost():
    import xgboost

    X, y = iris()
    model = xgboost.XGBClassifier(n_estimators=20, max_depth=3).fit(X, y)
    save(
        "xgboost",
        lambda path: mlflow.xgboost.save_model(
            model,
            path,
            signature=infer_signature(X, model.predict(X)),
            input_example=X.head(2),
            pip_requirements=requirements("xgboost", "scikit-learn"),
        ),
        X,
        split(X),
    )


def lightgbm():
    import lightgbm

    X, y = houses()
    X = X.drop(columns=["city"])
    X["rooms"] = X["rooms"].astype("float64")
    X["garden"] = X["garden"].astype("float64")
    model = lightgbm.LGBMRegressor(n_estimators=20, verbose=-1).fit(X, y)
    save(
        "lightgbm",
        lambda path: mlflow.lightgbm.save_model(
            model.booster_,
            path,
            signature=infer_signature(X, model.predict(X)),
            pip_requirements=requirements("lightgbm", "scikit-learn"),
        ),
        X.head(30),
        split(X.head(30)),
    )


def onnx():
    from skl2onnx import to_onnx
    from sklearn.linear_model import Ridge

    X, y = iris()
    X = X.astype("float32")
    model = to_onnx(Ridge().fit(X, y), X.to_numpy()[:1])
    save(
        "onnx",
        lambda path: mlflow.onnx.save_model(
            model, path, signature=infer_signature(X), pip_requirements=requirements("onnx", "onnxruntime")
        ),
        X,
        split(X),
    )


def pytorch():
    import torch

    torch.manual_seed(0)
    X = iris()[0].to_numpy("float32")
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3)).eval()
    save(
        "pytorch",
        lambda path: mlflow.pytorch.save_model(
            model,
            path,
            signature=infer_signature(X, model(torch.from_numpy(X)).detach().numpy()),
            input_example=X[:2],
            pip_requirements=requirements("torch", "numpy"),
        ),
        X,
        X.tolist(),
    )


def keras():
    import keras

    keras.utils.set_random_seed(0)
    X = iris()[0].to_numpy("float32")
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(3, "softmax")])
    save(
        "keras",
        lambda path: mlflow.tensorflow.save_model(
            model,
            path,
            signature=infer_signature(X, model.predict(X, verbose=0)),
            pip_requirements=requirements("keras", "tensorflow"),
        ),
        X,
        X.tolist(),
    )


for flavor in sys.argv[2:]:
    globals()[flavor]()
