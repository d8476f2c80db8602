"""Makes the model repository that the clients ask: `python models.py FOLDER`."""

import pathlib
import sys

import onnx
from onnx import TensorProto as T
from onnx import helper as h

# The protocol's name of a type, Triton's, and ONNX's.
TYPES = {
    "BOOL": ("TYPE_BOOL", T.BOOL), "UINT8": ("TYPE_UINT8", T.UINT8), "UINT16": ("TYPE_UINT16", T.UINT16),
    "UINT32": ("TYPE_UINT32", T.UINT32), "UINT64": ("TYPE_UINT64", T.UINT64), "INT8": ("TYPE_INT8", T.INT8),
    "INT16": ("TYPE_INT16", T.INT16), "INT32": ("TYPE_INT32", T.INT32), "INT64": ("TYPE_INT64", T.INT64),
    "FP16": ("TYPE_FP16", T.FLOAT16), "BF16": ("TYPE_BF16", T.BFLOAT16), "FP32": ("TYPE_FP32", T.FLOAT),
    "FP64": ("TYPE_FP64", T.DOUBLE), "BYTES": ("TYPE_STRING", T.STRING),
}


def save(folder, name, version, nodes, inputs, outputs, config=None, initializers=(), labels=None):
    graph = h.make_graph(nodes, name, [h.make_tensor_value_info(*each) for each in inputs],
                         [h.make_tensor_value_info(*each) for each in outputs], list(initializers))
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    place = folder / name / str(version)
    place.mkdir(parents=True, exist_ok=True)
    onnx.save(model, place / "model.onnx")
    if config is not None:
        (folder / name / "config.pbtxt").write_text(config)
    if labels is not None:
        (folder / name / "labels.txt").write_text("\n".join(labels) + "\n")


def io(kind, *tensors):
    return "".join(f'{kind} [\n  {{ name: "{name}" data_type: {of} dims: [ {dims} ] {rest} }}\n]\n' for name, of, dims, rest in tensors)


def add_sub(folder, name, version=1, config=None, batch=True):
    shape = [None, 16] if batch else [16]
    save(folder, name, version,
         [h.make_node("Add", ["INPUT0", "INPUT1"], ["OUTPUT0"]), h.make_node("Sub", ["INPUT0", "INPUT1"], ["OUTPUT1"])],
         [("INPUT0", T.INT32, shape), ("INPUT1", T.INT32, shape)], [("OUTPUT0", T.INT32, shape), ("OUTPUT1", T.INT32, shape)], config)


def four(of, dims="16", more=""):
    return (io("input", ("INPUT0", of, dims, ""), ("INPUT1", of, dims, "")) + io("output", ("OUTPUT0", of, dims, ""), ("OUTPUT1", of, dims, ""))
            + more)


def repository(folder):
    add_sub(folder, "simple", config='name: "simple"\nplatform: "onnxruntime_onnx"\nmax_batch_size: 8\n' + four("TYPE_INT32"))
    # Nobody says anything of this one, nor of how many rows it takes.
    add_sub(folder, "unsaid")
    add_sub(folder, "whole", config='backend: "onnxruntime"\nmax_batch_size: 0\n', batch=False)
    dynamic = ('name: "batched"\nmax_batch_size: 64\ninstance_group [ { count: 2 kind: KIND_CPU } ]\n'
               'dynamic_batching { preferred_batch_size: [ 4, 8 ] max_queue_delay_microseconds: 500 }\n'
               'parameters { key: "of" value: { string_value: "the test" } }\n'
               'model_warmup [ { name: "rows" batch_size: 4 count: 2\n'
               '  inputs { key: "INPUT0" value: { data_type: TYPE_INT32 dims: [ 16 ] zero_data: true } }\n'
               '  inputs { key: "INPUT1" value: { data_type: TYPE_INT32 dims: [ 16 ] random_data: true } } } ]\n')
    add_sub(folder, "batched", config=dynamic + four("TYPE_INT32"))
    strings = [("INPUT0", T.STRING, [None, 16]), ("INPUT1", T.STRING, [None, 16])]
    save(folder, "simple_string", 1,
         [h.make_node("Cast", ["INPUT0"], ["a"], to=T.INT32), h.make_node("Cast", ["INPUT1"], ["b"], to=T.INT32),
          h.make_node("Add", ["a", "b"], ["sum"]), h.make_node("Sub", ["a", "b"], ["difference"]),
          h.make_node("Cast", ["sum"], ["OUTPUT0"], to=T.STRING), h.make_node("Cast", ["difference"], ["OUTPUT1"], to=T.STRING)],
         strings, [("OUTPUT0", T.STRING, [None, 16]), ("OUTPUT1", T.STRING, [None, 16])],
         'platform: "onnxruntime_onnx"\nmax_batch_size: 8\n' + four("TYPE_STRING"))
    for name, (config, of) in TYPES.items():
        save(folder, f"identity_{name.lower()}", 1, [h.make_node("Identity", ["IN"], ["OUT"])], [("IN", of, [None, None])],
             [("OUT", of, [None, None])], "max_batch_size: 0\n" + io("input", ("IN", config, "-1, -1", "")) + io("output", ("OUT", config, "-1, -1", "")))
    save(folder, "scores", 1, [h.make_node("Identity", ["IN"], ["OUT"])], [("IN", T.FLOAT, [None, 4])], [("OUT", T.FLOAT, [None, 4])],
         "max_batch_size: 8\n" + io("input", ("IN", "TYPE_FP32", "4", "")) + io("output", ("OUT", "TYPE_FP32", "4", 'label_filename: "labels.txt"')),
         labels=["ant", "bee", "cat", "dog"])
    # The caller's shape is another than the model's.
    save(folder, "reshaped", 1, [h.make_node("Identity", ["IN"], ["OUT"])], [("IN", T.FLOAT, [None, 2, 3])], [("OUT", T.FLOAT, [None, 2, 3])],
         "max_batch_size: 8\n" + io("input", ("IN", "TYPE_FP32", "6", "reshape { shape: [ 2, 3 ] }"))
         + io("output", ("OUT", "TYPE_FP32", "6", "reshape { shape: [ 2, 3 ] }")))
    for version, factor in ((1, 1.0), (2, 2.0), (3, 3.0)):
        save(folder, "versioned", version, [h.make_node("Mul", ["IN", "factor"], ["OUT"])], [("IN", T.FLOAT, [None])], [("OUT", T.FLOAT, [None])],
             "version_policy: { specific { versions: [ 1, 3 ] } }\n", [h.make_tensor("factor", T.FLOAT, [1], [factor])])
    (folder / "ensemble").mkdir()
    (folder / "ensemble" / "config.pbtxt").write_text('''name: "ensemble"
platform: "ensemble"
max_batch_size: 8
input [ { name: "A" data_type: TYPE_INT32 dims: [ 16 ] }, { name: "B" data_type: TYPE_INT32 dims: [ 16 ] } ]
output [ { name: "TWICE_A" data_type: TYPE_INT32 dims: [ 16 ] }, { name: "TWICE_B" data_type: TYPE_INT32 dims: [ 16 ] } ]
ensemble_scheduling {
  step [
    {  # (a + b) and (a - b) of the first are added and subtracted by the second
      model_name: "batched" model_version: -1
      input_map { key: "INPUT0" value: "sum" } input_map { key: "INPUT1" value: "difference" }
      output_map { key: "OUTPUT0" value: "TWICE_A" } output_map { key: "OUTPUT1" value: "TWICE_B" }
    },
    {
      model_name: "simple" model_version: -1
      input_map { key: "INPUT0" value: "A" } input_map { key: "INPUT1" value: "B" }
      output_map { key: "OUTPUT0" value: "sum" } output_map { key: "OUTPUT1" value: "difference" }
    }
  ]
}
''')


if __name__ == "__main__":
    repository(pathlib.Path(sys.argv[1]))
