"""Serves an MLflow model without code of the user's, as Azure Machine Learning does it.

The request is a JSON object with `input_data` and, if the model takes them, `params`. The answer is
what predict() gave, as JSON, without a wrapper. The model lies at AZUREML_MODEL_DIR/MLFLOW_MODEL_FOLDER.

It asks of the model's environment only what MLflow itself brings.
"""

import base64
import datetime
import decimal
import inspect
import json
import logging
import os

# A server tells nobody of its models, unless its deployment asks for it.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

import numpy as np
from mlflow.models import Model
from mlflow.pyfunc import load_model

try:
    import pandas as pd
except ImportError:  # mlflow-skinny, and a model that takes tensors
    pd = None

try:
    from mlflow.telemetry import set_telemetry_client
except ImportError:  # before 3.2
    pass
else:
    # MLflow may have been imported before the variable was set.
    set_telemetry_client()

log = logging.getLogger("mlflow_score_script")
# These flavours take texts, messages and dictionaries as they are.
LANGUAGE = frozenset(["transformers", "hftransformersv2", "langchain", "openai", "llama_index", "dspy"])
PLAIN = frozenset([str, int, float, bool, type(None)])
SPLIT = frozenset(["columns", "index", "data"])


class Unfit(ValueError):
    """The input is not what the model takes."""


def model_path():
    # The real one: MLflow refuses to follow a link out of a model's folder.
    return os.path.realpath(os.path.join(os.environ["AZUREML_MODEL_DIR"], os.environ.get("MLFLOW_MODEL_FOLDER", "")))


def init():
    """Loads the model and finds out what it takes."""
    global model, takes, with_params, language
    path = model_path()
    about = Model.load(path)
    model = load_model(path)
    with_params = "params" in inspect.signature(model.predict).parameters
    language = bool(LANGUAGE.intersection(about.flavors or {}))
    signature = about.signature
    takes = taken(about, signature, path)
    log.info("The model takes %s", takes)
    run.service_input = service_input(takes, signature)
    run.service_output = service_output(signature)


def run(input_data, params=None, parameters=None):
    """One request."""
    if params is None:
        params = parameters
    if params is None and language and isinstance(input_data, dict) and "parameters" in input_data:
        # As the flavour hftransformersv2 had it.
        params = input_data.pop("parameters")
        if list(input_data) == ["input_string"]:
            input_data = input_data["input_string"]
    data = takes.read(input_data)
    if params is not None and not with_params:
        log.warning("params are not passed on: predict() of this version of MLflow does not take them")
    result = model.predict(data, params=params) if with_params else model.predict(data)
    return jsonable(result)


# Farol passes the keys of the request as arguments and describes the service with these.
run.service_input = {"type": "object"}
run.service_output = {"type": "object"}


# --- what comes in


class Frame:
    """A table in the orient `split`, with the types of the signature or of the example."""

    def __init__(self, columns, types, sample):
        self.columns = columns
        self.types = types
        self.sample = sample

    def __str__(self):
        return "a table of %d columns" % len(self.columns)

    def read(self, value):
        if not isinstance(value, dict):
            raise Unfit('input_data is %s (expected: {"columns": [...], "data": [[...]]})' % kind(value))
        frame = split_frame(value)
        for name, wanted in self.types.items():
            if name in frame.columns:
                frame[name] = converted(frame[name], wanted, name)
        return frame

    def described(self):
        if self.sample is None:
            columns, index, data = [str(name) for name in self.columns], [], []
        else:
            shown = json.loads(self.sample.to_json(orient="split", date_format="iso"))
            columns, index, data = shown["columns"], shown["index"], shown["data"]
        return {
            "type": "object",
            "required": ["columns", "index", "data"],
            "properties": {
                "columns": list_of(columns, {"type": "string"}),
                "index": list_of(index, {"type": "object"}),
                "data": list_of(data, {"type": "object"}),
            },
            "format": "pandas.DataFrame:split",
        }, {"columns": columns, "index": index, "data": data}


class Tensor:
    """An array of the signature's type."""

    def __init__(self, dtype, shape, example):
        self.dtype = dtype
        self.shape = shape
        self.example = example

    def __str__(self):
        return "a tensor of %s" % self.dtype

    def read(self, value):
        if not isinstance(value, list):
            raise Unfit("input_data is %s (expected: an array)" % kind(value))
        return np.array(value, dtype=self.dtype)

    def described(self):
        return tensor_schema(self.dtype, self.shape), self.example_value()

    def example_value(self):
        if self.example is not None:
            return self.example
        return np.zeros([1 if size < 0 else size for size in self.shape], dtype=self.dtype).tolist()


class Tensors:
    """Named arrays."""

    def __init__(self, tensors):
        self.tensors = tensors

    def __str__(self):
        return "the tensors " + ", ".join(self.tensors)

    def read(self, value):
        if not isinstance(value, dict):
            raise Unfit("input_data is %s (expected: an object of arrays)" % kind(value))
        given = {}
        for name, each in value.items():
            wanted = self.tensors.get(name)
            given[name] = wanted.read(each) if wanted is not None else np.asarray(each)
        return given

    def described(self):
        schemas = {name: each.described()[0] for name, each in self.tensors.items()}
        example = {name: each.example_value() for name, each in self.tensors.items()}
        return {"type": "object", "required": list(schemas), "properties": schemas}, example


class Free:
    """Texts, lists of texts, dictionaries, and whatever a model without names for its inputs takes."""

    def __init__(self, example=None):
        self.example = example

    def __str__(self):
        return "any input"

    def read(self, value):
        if isinstance(value, list):
            if value and not all(isinstance(each, (str, dict)) for each in value) and not language:
                return np.asarray(value)
            return value
        if isinstance(value, dict) and "columns" in value and "data" in value and SPLIT.issuperset(value):
            return split_frame(value)
        if isinstance(value, dict) and value and not language and all(is_numeric(each) for each in value.values()):
            return {name: np.asarray(each) for name, each in value.items()}
        return value

    def described(self):
        return {"type": "object"}, {} if self.example is None else self.example


def taken(about, signature, path):
    """What the model takes: the signature says it, else the example, else anything is tried."""
    example = stored_example(about, path)
    inputs = getattr(signature, "inputs", None)
    if inputs is None or not len(inputs.inputs):
        return of_example(example)
    if inputs.is_tensor_spec():
        tensors = [Tensor(each.type, each.shape, None) for each in inputs.inputs]
        if not inputs.has_input_names():
            if isinstance(example, np.ndarray):
                tensors[0].example = example.tolist()
            return tensors[0]
        named = {each.name: tensor for each, tensor in zip(inputs.inputs, tensors)}
        if isinstance(example, dict):
            for name in named.keys() & example.keys():
                named[name].example = np.asarray(example[name]).tolist()
        return Tensors(named)
    if language or not inputs.has_input_names() or pd is None or not all(map(is_simple, inputs.inputs)):
        return Free(example if is_json(example) else None)
    types = {each.name: each.type.to_pandas() for each in inputs.inputs}
    binary = [each.name for each in inputs.inputs if each.type.name == "binary"]
    types.update({name: bytes for name in binary})
    sample = example if isinstance(example, pd.DataFrame) and not binary else None
    return Frame(inputs.input_names(), types, sample)


def of_example(example):
    if pd is not None and isinstance(example, pd.DataFrame) and not language:
        return Frame(list(example.columns), example.dtypes.to_dict(), example)
    if isinstance(example, np.ndarray):
        return Tensor(example.dtype, (-1,) + example.shape[1:], example.tolist())
    if isinstance(example, dict) and example and all(isinstance(each, np.ndarray) for each in example.values()):
        return Tensors({name: Tensor(each.dtype, each.shape, each.tolist()) for name, each in example.items()})
    return Free(example if is_json(example) else None)


def stored_example(about, path):
    """The input example that was saved with the model, or None."""
    info = about.saved_input_example_info
    if not info:
        return None
    try:
        with open(os.path.join(path, info["artifact_path"]), encoding="utf-8") as file:
            stored = json.load(file)
        if info["type"] == "dataframe":
            if isinstance(stored, dict) and "columns" in stored:
                return split_frame({key: stored[key] for key in SPLIT.intersection(stored)})
            return pd.DataFrame(stored)
        if info["type"] == "ndarray":
            inputs = stored["inputs"]
            if isinstance(inputs, dict):
                return {name: np.asarray(each) for name, each in inputs.items()}
            return np.asarray(inputs)
        return stored
    except Exception as ex:
        log.warning("The input example of the model cannot be used: %s", ex)
        return None


def split_frame(value):
    unknown = sorted(set(value) - SPLIT)
    if unknown or "data" not in value:
        what = "has the key '%s'" % unknown[0] if unknown else "has no data"
        raise Unfit("input_data %s (expected: columns, index, data)" % what)
    return pd.DataFrame(value["data"], columns=value.get("columns"), index=value.get("index"))


def converted(column, wanted, name):
    """The column in the wanted type, where nothing of it is lost; else as it is, for MLflow to judge."""
    if wanted is bytes:
        return column.map(lambda each: base64.b64decode(each, validate=True) if isinstance(each, str) else each)
    wanted = np.dtype(wanted) if not hasattr(wanted, "kind") else wanted
    if column.dtype == wanted or wanted.kind not in "iufMm":
        return column
    if wanted.kind == "M":
        unit = "ms" if pd.api.types.is_numeric_dtype(column.dtype) else None
        moments = pd.to_datetime(column, unit=unit)
        if getattr(moments.dtype, "tz", None) is not None:
            moments = moments.dt.tz_convert(None)
        return moments.astype(wanted)
    if wanted.kind == "m":
        return pd.to_timedelta(column).astype(wanted)
    numbers = column.astype(wanted)
    if wanted.kind in "iu" and pd.api.types.is_numeric_dtype(column.dtype) and (numbers != column).any():
        raise Unfit("column '%s' has values that are no %s" % (name, wanted))
    return numbers


def is_simple(column):
    return hasattr(column.type, "to_pandas")


def is_numeric(value):
    """Whether it is numbers, or nested lists of numbers."""
    while isinstance(value, list) and value:
        value = value[0]
    return isinstance(value, (int, float))


def is_json(value):
    return isinstance(value, (str, list, dict)) and all(
        type(each) in PLAIN or isinstance(each, (list, dict))
        for each in (value.values() if isinstance(value, dict) else value)
    )


def kind(value):
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    return "null" if value is None else "a text" if isinstance(value, str) else "one value"


# --- what goes out


def jsonable(value):
    """What predict() gave as what json.dumps takes: tables as records, arrays and series as lists."""
    if isinstance(value, np.ndarray):
        return value.tolist() if value.dtype.kind in "iufbU" else [jsonable(each) for each in value.tolist()]
    if pd is not None and isinstance(value, pd.DataFrame):
        records = value.to_dict(orient="records")
        if all(isinstance(dtype, np.dtype) and dtype.kind in "iufb" for dtype in value.dtypes):
            return records
        return [{key: jsonable(each) for key, each in record.items()} for record in records]
    if pd is not None and isinstance(value, (pd.Series, pd.Index)):
        return jsonable(value.to_numpy()) if value.dtype.kind in "iufb" else [jsonable(each) for each in value.tolist()]
    if isinstance(value, dict):
        return {key_of(key): jsonable(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(each) for each in value]
    if type(value) in PLAIN:
        return value
    return scalar(value)


def key_of(key):
    return key if type(key) in PLAIN else jsonable(key) if isinstance(key, np.generic) else str(key)


def scalar(value):
    if pd is not None and (value is pd.NaT or value is pd.NA):
        return None
    if isinstance(value, np.generic) and not isinstance(value, (np.bytes_, np.datetime64, np.timedelta64)):
        return value.item()
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, np.datetime64):
        return str(np.datetime_as_string(value))
    if isinstance(value, (datetime.date, datetime.datetime, datetime.time)):
        return value.isoformat()
    if isinstance(value, (datetime.timedelta, np.timedelta64)):
        return str(value)
    if isinstance(value, decimal.Decimal):
        return float(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    if hasattr(value, "toarray"):
        return jsonable(value.toarray())
    if hasattr(value, "numpy"):
        return jsonable(np.asarray(value.numpy()))
    return value


# --- the description of the service


def service_input(takes, signature):
    schema, example = takes.described()
    params, some = params_schema(signature)
    return {
        "type": "object",
        "properties": {"input_data": schema, "params": params},
        "example": {"input_data": example, "params": some},
    }


def params_schema(signature):
    known = getattr(signature, "params", None)
    if not known:
        return {"type": "object"}, {}
    properties, example = {}, {}
    for each in known.params:
        try:
            plain = jsonable(each.default)
            json.dumps(plain)
        except (TypeError, ValueError):
            plain = None
        properties[each.name] = schema_of(plain)
        if plain is not None:
            example[each.name] = plain
    return {"type": "object", "properties": properties}, example


def service_output(signature):
    outputs = getattr(signature, "outputs", None)
    if outputs is None or not len(outputs.inputs):
        return {"type": "object", "example": {}}
    if outputs.is_tensor_spec():
        tensors = [Tensor(each.type, each.shape, None) for each in outputs.inputs]
        if outputs.has_input_names():
            schema, example = Tensors({each.name: tensor for each, tensor in zip(outputs.inputs, tensors)}).described()
        else:
            schema, example = tensors[0].described()
        return dict(schema, example=example)
    if not outputs.has_input_names() or not all(map(is_simple, outputs.inputs)):
        return {"type": "array", "items": {"type": "object"}, "example": []}
    return {
        "type": "array",
        "items": {"type": "object"},
        "example": [],
        "format": "pandas.DataFrame:records",
    }


def tensor_schema(dtype, shape):
    schema = number_schema(np.dtype(dtype))
    for _ in shape:
        schema = {"type": "array", "items": schema}
    return dict(schema, format="numpy.ndarray")


def number_schema(dtype):
    if dtype.kind == "b":
        return {"type": "boolean"}
    if dtype.kind in "iu":
        return {"type": "integer", "format": "int64" if dtype.itemsize > 4 else "int32"}
    if dtype.kind == "f":
        return {"type": "number", "format": "double" if dtype.itemsize > 4 else "float"}
    return {"type": "string"}


def list_of(values, otherwise):
    return {"type": "array", "items": schema_of(values[0]) if values else otherwise}


def schema_of(value):
    if isinstance(value, bool):
        return {"type": "boolean"}
    if isinstance(value, int):
        return {"type": "integer", "format": "int64"}
    if isinstance(value, float):
        return {"type": "number", "format": "double"}
    if isinstance(value, str):
        return {"type": "string"}
    if isinstance(value, list):
        return list_of(value, {"type": "object"})
    return {"type": "object"}
