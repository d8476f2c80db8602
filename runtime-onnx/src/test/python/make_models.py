"""Makes the small models of these tests, and what ONNX Runtime in Python answers: make_models.py OUT

Needs onnx, onnxruntime, skl2onnx, scikit-learn, ml_dtypes. What it wrote is in src/test/resources.
Beside NAME.onnx stands NAME.json: {"inputs": [tensor...], "outputs": [tensor...]}, a tensor being
{"name", "datatype", "shape", "data"} with flat data; floats of 16 bits as their bits.
"""
import json
import pathlib
import sys

import ml_dtypes
import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto as T
from onnx import helper as h

OUT = pathlib.Path(sys.argv[1])
OUT.mkdir(parents=True, exist_ok=True)
TYPES = {
    "FP32": (T.FLOAT, "float32"), "FP64": (T.DOUBLE, "float64"), "FP16": (T.FLOAT16, "float16"), "BOOL": (T.BOOL, "bool"),
    "INT8": (T.INT8, "int8"), "INT16": (T.INT16, "int16"), "INT32": (T.INT32, "int32"), "INT64": (T.INT64, "int64"),
    "UINT8": (T.UINT8, "uint8"), "UINT16": (T.UINT16, "uint16"), "UINT32": (T.UINT32, "uint32"), "UINT64": (T.UINT64, "uint64"),
}
rng = np.random.default_rng(7)


def told(name, array):
    array = np.asarray(array)
    kind = {np.dtype(n): k for k, (_, n) in TYPES.items()}.get(array.dtype, "BYTES")
    flat = array.reshape(-1)
    if kind in ("FP32", "FP64") and not np.isfinite(flat).all():
        return {"name": name, "datatype": kind, "shape": list(array.shape), "data": [str(x).replace("inf", "Infinity").replace("nan", "NaN") for x in flat.tolist()]}
    data = flat.view("uint16").tolist() if kind == "FP16" else [str(x) for x in flat] if kind == "BYTES" else flat.tolist()
    return {"name": name, "datatype": kind, "shape": list(array.shape), "data": data}


def keep(name, model, feed):
    blob = model.SerializeToString()
    (OUT / f"{name}.onnx").write_bytes(blob)
    session = ort.InferenceSession(blob, providers=["CPUExecutionProvider"])
    answer = session.run(None, feed)
    outputs = []
    for info, value in zip(session.get_outputs(), answer):
        if isinstance(value, list):  # a map for every row, or a tensor of strings for every element
            plain = [row.tolist() if isinstance(row, np.ndarray) else {str(k): float(v) for k, v in row.items()} for row in value]
            value = np.array([json.dumps(row, ensure_ascii=False) for row in plain], dtype=object)
        outputs.append(told(info.name, value))
    inputs = [told(k, v) for k, v in feed.items()]
    (OUT / f"{name}.json").write_text(json.dumps({"inputs": inputs, "outputs": outputs}))


def model(nodes, inputs, outputs, initializers=(), opset=17):
    graph = h.make_graph(nodes, "g", inputs, outputs, list(initializers))
    return h.make_model(graph, opset_imports=[h.make_opsetid("", opset), h.make_opsetid("ai.onnx.ml", 3)], ir_version=9)


def value(name, kind, shape):
    return h.make_tensor_value_info(name, kind, shape)


# Every type through the engine and back.
for kind, (proto, dtype) in TYPES.items():
    x = (rng.random((2, 3)) * 100).astype(dtype) if kind != "BOOL" else rng.random((2, 3)) > 0.5
    keep(f"same_{kind.lower()}", model([h.make_node("Identity", ["x"], ["y"])], [value("x", proto, ["n", 3])], [value("y", proto, ["n", 3])]), {"x": x})
keep("same_bytes", model([h.make_node("Identity", ["x"], ["y"])], [value("x", T.STRING, [None])], [value("y", T.STRING, [None])]),
     {"x": np.array(["a", "", "Grüße", "日本"], dtype=object)})
bf = model([h.make_node("Cast", ["x"], ["y"], to=T.FLOAT)], [value("x", T.BFLOAT16, ["n"])], [value("y", T.FLOAT, ["n"])])
(OUT / "from_bf16.onnx").write_bytes(bf.SerializeToString())
bits = np.array([1.5, -2.0, 1e10], dtype=ml_dtypes.bfloat16)
(OUT / "from_bf16.json").write_text(json.dumps({
    "inputs": [{"name": "x", "datatype": "BF16", "shape": [3], "data": bits.view("uint16").tolist()}],
    "outputs": [{"name": "y", "datatype": "FP32", "shape": [3], "data": bits.astype("float32").tolist()}]}))

# A network in halves, shapes that move, a scalar, nothing at all.
w = h.make_tensor("w", T.FLOAT16, [4, 2], rng.random(8).astype("float16").view("uint16").tolist())
keep("half", model([h.make_node("MatMul", ["x", "w"], ["z"]), h.make_node("Relu", ["z"], ["y"])],
                   [value("x", T.FLOAT16, ["n", 4])], [value("y", T.FLOAT16, ["n", 2])], [w]), {"x": rng.random((3, 4)).astype("float16")})
keep("moving", model([h.make_node("Transpose", ["x"], ["t"], perm=[1, 0]), h.make_node("ReduceSum", ["x"], ["s"], keepdims=0)],
                     [value("x", T.FLOAT, ["a", "b"])], [value("t", T.FLOAT, ["b", "a"]), value("s", T.FLOAT, [])]),
     {"x": rng.random((2, 5)).astype("float32")})
keep("scalar", model([h.make_node("Add", ["x", "x"], ["y"])], [value("x", T.FLOAT, [])], [value("y", T.FLOAT, [])]), {"x": np.array(1.25, "float32")})
keep("empty", model([h.make_node("Add", ["x", "x"], ["y"])], [value("x", T.FLOAT, ["n", 2])], [value("y", T.FLOAT, ["n", 2])]), {"x": np.zeros((0, 2), "float32")})
keep("nonzero", model([h.make_node("NonZero", ["x"], ["y"])], [value("x", T.FLOAT, ["n"])], [value("y", T.INT64, [1, None])]), {"x": np.array([0, 1, 0, 2], "float32")})
keep("wrong_axes", model([h.make_node("Concat", ["x", "x"], ["y"], axis=0)], [value("x", T.FLOAT, ["n", 2])], [value("y", T.FLOAT, ["n", 2])]),
     {"x": rng.random((2, 2)).astype("float32")})
keep("log", model([h.make_node("Log", ["x"], ["y"])], [value("x", T.FLOAT, ["n", 1])], [value("y", T.FLOAT, ["n", 1])]), {"x": np.array([[-1.0], [1.0], [0.0]], "float32")})
keep("add_sub", model([h.make_node("Add", ["INPUT0", "INPUT1"], ["OUTPUT0"]), h.make_node("Sub", ["INPUT0", "INPUT1"], ["OUTPUT1"])],
                      [value("INPUT0", T.INT32, [-1, 16]), value("INPUT1", T.INT32, [-1, 16])], [value("OUTPUT0", T.INT32, [-1, 16]), value("OUTPUT1", T.INT32, [-1, 16])]),
     {"INPUT0": np.arange(16, dtype="int32").reshape(1, 16), "INPUT1": np.ones((1, 16), "int32")})
# Rows are not apart from each other here: computed together they would change each other.
keep("centred", model([h.make_node("ReduceMean", ["x"], ["m"], axes=[0], keepdims=1), h.make_node("Sub", ["x", "m"], ["y"])],
                      [value("x", T.FLOAT, ["n", 2])], [value("y", T.FLOAT, ["n", 2])]), {"x": np.array([[1, 2], [3, 6]], "float32")})
# A row that fails: an index that is not in the table.
table = h.make_tensor("t", T.FLOAT, [3, 2], [0, 1, 2, 3, 4, 5])
keep("table", model([h.make_node("Gather", ["t", "x"], ["y"], axis=0)], [value("x", T.INT64, ["n"])], [value("y", T.FLOAT, ["n", 2])], [table]), {"x": np.array([2, 0], "int64")})
keep("picture", model([h.make_node("Identity", ["x"], ["y"])], [value("x", T.FLOAT, ["n", 3, "h", "w"])], [value("y", T.FLOAT, ["n", 3, "h", "w"])]),
     {"x": rng.random((1, 3, 2, 2)).astype("float32")})
# Strings in and out whose characters take one to four bytes in UTF-8.
texts = ["plain", "Grüße", "日本", "😀"]
keep("labels", model([h.make_node("LabelEncoder", ["x"], ["n"], domain="ai.onnx.ml", keys_strings=texts, values_int64s=[1, 2, 3, 4], default_int64=-1),
                      h.make_node("LabelEncoder", ["n"], ["y"], domain="ai.onnx.ml", keys_int64s=[1, 2, 3, 4], values_strings=texts, default_string="none")],
                     [value("x", T.STRING, [None])], [value("n", T.INT64, [None]), value("y", T.STRING, [None])]),
     {"x": np.array(["日本", "plain", "Grüße", "other", "😀"], dtype=object)})
# Maps and sequences whose strings hold a byte 0, or characters of four bytes.
odd = ["a", "a\0b", "a\0c", "😀", ""]
maps = h.make_tensor_sequence_value_info("y", T.FLOAT, None)
maps.type.CopyFrom(h.make_sequence_type_proto(h.make_map_type_proto(T.STRING, h.make_tensor_type_proto(T.FLOAT, []))))
keep("odd_labels", model([h.make_node("ZipMap", ["x"], ["y"], domain="ai.onnx.ml", classlabels_strings=odd)], [value("x", T.FLOAT, ["n", 5])], [maps]),
     {"x": rng.random((2, 5)).astype("float32")})
keep("odd_texts", model([h.make_node("SplitToSequence", ["x"], ["y"], axis=0)], [value("x", T.STRING, ["n"])], [h.make_tensor_sequence_value_info("y", T.STRING, None)]),
     {"x": np.array(odd, dtype=object)})
# One that fails within the engine, when the number of values is none of its own.
threes = h.make_tensor("s", T.INT64, [2], [-1, 3])
keep("threes", model([h.make_node("Reshape", ["x", "s"], ["y"])], [value("x", T.FLOAT, ["n"])], [value("y", T.FLOAT, [None, 3])], [threes]),
     {"x": np.arange(6, dtype="float32")})

# scikit-learn: with a map for every row, and with a matrix.
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
X, y = load_iris(return_X_y=True)
X = X.astype("float32")
lr = LogisticRegression(max_iter=500).fit(X, y)
keep("iris_zipmap", to_onnx(lr, X[:1]), {"X": X[::40]})
keep("iris", to_onnx(lr, X[:1], options={"zipmap": False}), {"X": X[::40]})

# What is not to be served.
good = model([h.make_node("Relu", ["x"], ["y"])], [value("x", T.FLOAT, ["n", 2])], [value("y", T.FLOAT, ["n", 2])])
blob = (OUT / "iris.onnx").read_bytes()
(OUT / "bad_truncated.onnx").write_bytes(blob[: len(blob) // 2])
(OUT / "bad_text.onnx").write_bytes(b"this is no model\n" * 20)
good.opset_import[0].version = 99
(OUT / "bad_opset.onnx").write_bytes(good.SerializeToString())
custom = h.make_model(h.make_graph([h.make_node("Whirl", ["x"], ["y"], domain="com.example")], "g", [value("x", T.FLOAT, ["n"])], [value("y", T.FLOAT, ["n"])]),
                      opset_imports=[h.make_opsetid("", 17), h.make_opsetid("com.example", 1)], ir_version=9)
(OUT / "bad_operator.onnx").write_bytes(custom.SerializeToString())
ext = h.make_tensor("w", T.FLOAT, [2, 2], [1, 2, 3, 4])
ext.ClearField("float_data")
ext.data_location = T.EXTERNAL
for key, text in (("location", "weights.bin"), ("offset", "0"), ("length", "16")):
    entry = ext.external_data.add()
    entry.key, entry.value = key, text
outside = model([h.make_node("MatMul", ["x", "w"], ["y"])], [value("x", T.FLOAT, ["n", 2])], [value("y", T.FLOAT, ["n", 2])], [ext])
(OUT / "bad_external.onnx").write_bytes(outside.SerializeToString())
future = model([h.make_node("Relu", ["x"], ["y"])], [value("x", T.FLOAT, ["n", 2])], [value("y", T.FLOAT, ["n", 2])])
future.ir_version = 99
(OUT / "bad_ir.onnx").write_bytes(future.SerializeToString())
print(*sorted(p.name for p in OUT.iterdir()))
