"""Converts an MLflow model of scikit-learn, XGBoost or LightGBM to ONNX, and compares the two before anybody relies on it.

    convert_to_onnx.py MODEL OUT      writes OUT/model.onnx and OUT/MLmodel when the answers agree

The last line of the output is JSON: {"converted": true or false, "reason": one sentence}. The answers are compared on the
stored input example and on rows made from it and from the thresholds of the model's trees. Exit code 0 in both cases.
"""

import json
import logging
import os
import shutil
import sys
import warnings

ROWS = 4000
TOLERANCE = 1e-5
SEED = 20250101
NUMBERS = {"integer": "int64", "long": "int64", "float": "float32", "double": "float64"}


class NotConverted(Exception):
    """Why the model stays what it is; one sentence."""


def flavor_of(about):
    for name in ("sklearn", "xgboost", "lightgbm"):
        if name in about.flavors:
            return name
    raise NotConverted("Its flavours are %s (expected: sklearn, xgboost or lightgbm)." % ", ".join(sorted(about.flavors)))


def columns_of(about):
    """[(name, type)] of the signature."""
    inputs = about.signature.inputs if about.signature is not None else None
    if inputs is None or inputs.is_tensor_spec() or not inputs.has_input_names():
        raise NotConverted("It has no signature with named columns.")
    columns = []
    for each in inputs.inputs:
        kind = getattr(each.type, "name", str(each.type))
        if kind not in NUMBERS and kind not in ("string", "boolean"):
            raise NotConverted("The column '%s' is of type %s." % (each.name, kind))
        columns.append((each.name, kind))
    return columns


def native_model(flavor, path):
    import mlflow

    return getattr(mlflow, flavor).load_model(path)


def by_columns(model, columns):
    """Whether the model looks at its columns by name, or at others than numbers."""
    from sklearn.compose import ColumnTransformer

    if any(kind not in NUMBERS for _, kind in columns):
        return True
    return any(isinstance(step, ColumnTransformer) for _, step in getattr(model, "steps", [("", model)]))


def typed(columns, single, wide):
    """initial_types for skl2onnx: floating-point numbers as doubles, or as floats."""
    from skl2onnx.common import data_types as types

    number = types.DoubleTensorType if wide else types.FloatTensorType
    if single:
        return [("input", number([None, len(columns)]))]
    kinds = {"string": types.StringTensorType, "boolean": types.BooleanTensorType,
             "integer": types.Int64TensorType, "long": types.Int64TensorType}
    return [(name, kinds.get(kind, number)([None, 1])) for name, kind in columns]


def graphs(flavor, model, columns):
    """(ONNX model, whether all columns are one input), the most exact first."""
    single = flavor != "sklearn" or not by_columns(model, columns)
    for wide in (True, False):
        try:
            if flavor == "sklearn":
                import skl2onnx

                register()
                options = {"zipmap": False} if hasattr(model, "predict_proba") else None
                yield skl2onnx.convert_sklearn(
                    model, initial_types=typed(columns, single, wide), options={id(model): options} if options else None,
                    target_opset={"": 17, "ai.onnx.ml": 3}), single
            elif not wide:
                yield of_boosting(flavor, model, columns), single
        except Exception as ex:
            sys.stderr.write("%s: %s\n" % ("double" if wide else "float", ex))


def register():
    """So that a pipeline may end in a booster of XGBoost or LightGBM."""
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import (calculate_linear_classifier_output_shapes,
                                                  calculate_linear_regressor_output_shapes)

    if "xgboost" in sys.modules:
        import xgboost
        from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost

        update_registered_converter(xgboost.XGBClassifier, "XGBoostXGBClassifier", calculate_linear_classifier_output_shapes,
                                    convert_xgboost, options={"nocl": [True, False], "zipmap": [True, False, "columns"]})
        update_registered_converter(xgboost.XGBRegressor, "XGBoostXGBRegressor", calculate_linear_regressor_output_shapes,
                                    convert_xgboost)
    if "lightgbm" in sys.modules:
        import lightgbm
        from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm

        update_registered_converter(lightgbm.LGBMClassifier, "LightGbmLGBMClassifier", calculate_linear_classifier_output_shapes,
                                    convert_lightgbm, options={"nocl": [True, False], "zipmap": [True, False, "columns"]})
        update_registered_converter(lightgbm.LGBMRegressor, "LightGbmLGBMRegressor", calculate_linear_regressor_output_shapes,
                                    convert_lightgbm)


def of_boosting(flavor, model, columns):
    import onnxmltools
    from onnxmltools.convert.common.data_types import FloatTensorType

    initial = [("input", FloatTensorType([None, len(columns)]))]
    if flavor == "xgboost":
        booster = model.get_booster() if hasattr(model, "get_booster") else model
        # The converter knows features by their place only.
        booster.feature_names = None
        return onnxmltools.convert_xgboost(model, initial_types=initial, target_opset=15)
    return onnxmltools.convert_lightgbm(model, initial_types=initial, zipmap=False, target_opset=15)


def example_of(about, path, columns):
    import pandas

    try:
        example = about.load_input_example(path)
    except Exception as ex:
        raise NotConverted("Its input example cannot be read: %s." % ex) from None
    names = [name for name, _ in columns]
    if not isinstance(example, pandas.DataFrame) or not set(names) <= set(example.columns) or not len(example):
        raise NotConverted("It has no input example with its columns, so that nothing can be compared.")
    return example[names].reset_index(drop=True)


def thresholds(graph, single):
    """{place of the column: values that trees ask for}; only where all columns are one input."""
    found = {}
    if single:
        for node in graph.graph.node:
            values = {each.name: each for each in node.attribute}
            if node.op_type.startswith("TreeEnsemble") and "nodes_values" in values:
                for place, value in zip(values["nodes_featureids"].ints, values["nodes_values"].floats):
                    found.setdefault(place, set()).add(float(value))
    return found


def rows_of(example, columns, asked):
    """Rows like the example's, and rows in the range of what the trees ask for; some on round numbers, as data has them."""
    import numpy
    import pandas

    random = numpy.random.default_rng(SEED)
    made = {}
    for place, (name, kind) in enumerate(columns):
        given = example[name].dropna().to_numpy()
        if kind not in NUMBERS:
            made[name] = random.choice(given, ROWS) if len(given) else numpy.full(ROWS, None)
            continue
        base = given.astype("float64") if len(given) else numpy.zeros(1)
        spread = max(float(base.std()), abs(float(base.mean())) * 0.5, 1e-3)
        values = random.choice(base, ROWS) + random.standard_normal(ROWS) * spread
        edges = sorted(asked.get(place, ()))
        if edges:
            low, high = edges[0], edges[-1]
            margin = (high - low) * 0.1 + 1e-3
            part = slice(ROWS // 2, None)
            values[part] = random.uniform(low - margin, high + margin, ROWS - ROWS // 2)
        for decimals in range(4):
            part = slice(decimals, None, 8)
            values[part] = numpy.round(values[part], decimals)
        made[name] = numpy.round(values).astype("int64") if NUMBERS[kind] == "int64" else values.astype(NUMBERS[kind])
        if kind == "integer":
            made[name] = made[name].astype("int32")
    return pandas.concat([example, pandas.DataFrame(made)], ignore_index=True)


def odd_rows(predict, rows, columns):
    """Rows with a missing value or infinity in one column each, as far as the model answers them; and the columns in which it
    refuses them: ({"missing": [...], "infinite": [...]}, rows)."""
    import numpy
    import pandas

    refused, kept = {"missing": [], "infinite": []}, []
    for name, kind in columns:
        if kind not in ("float", "double"):
            continue
        for what, value in (("missing", numpy.nan), ("infinite", numpy.inf)):
            odd = rows.iloc[:20].copy()
            odd[name] = numpy.array([value] * len(odd), dtype=NUMBERS[kind])
            try:
                predict(odd)
                kept.append(odd)
            except Exception as ex:
                sys.stderr.write("%s, %s: %s\n" % (name, what, ex))
                refused[what].append(name)
    return refused, pandas.concat([rows, *kept], ignore_index=True)


def answers(predict, rows):
    import numpy

    told = predict(rows)
    told = told.to_numpy() if hasattr(told, "to_numpy") else numpy.asarray(told)
    if told.ndim > 2 or len(told) != len(rows) or told.dtype.kind not in "iufbUSO":
        raise NotConverted("It answers what is no array with a row for each row.")
    return told


def difference(one, other):
    """The largest relative difference of numbers; whether all are equal of others, as 0 or infinity."""
    import numpy

    if one.shape != other.shape:
        return numpy.inf
    if one.dtype.kind not in "f" and other.dtype.kind not in "f":
        return 0.0 if (one.astype(str) == other.astype(str)).all() else numpy.inf
    if one.dtype.kind not in "iufb" or other.dtype.kind not in "iufb":
        return numpy.inf
    one, other = one.astype("float64"), other.astype("float64")
    if not (numpy.isnan(one) == numpy.isnan(other)).all():
        return numpy.inf
    gap = numpy.abs(one - other) / numpy.maximum(1.0, numpy.abs(other))
    return float(numpy.nanmax(gap)) if gap.size else 0.0


def variants(graph):
    """The graph with each of its outputs alone, as it is, as a list, and the second column of two."""
    import copy

    from onnx import TensorProto, helper, numpy_helper
    import numpy

    for output in graph.graph.output:
        for shape in ("as it is", "list", "second"):
            one = copy.deepcopy(graph)
            del one.graph.output[:]
            if shape == "as it is":
                one.graph.output.append(copy.deepcopy(output))
                yield one
                continue
            kind = output.type.tensor_type.elem_type
            if not kind:
                continue
            source = output.name
            if shape == "second":
                one.graph.initializer.append(numpy_helper.from_array(numpy.array([1], "i8"), "farol_second"))
                one.graph.node.append(helper.make_node("Gather", [source, "farol_second"], ["farol_column"], axis=1))
                source = "farol_column"
            one.graph.initializer.append(numpy_helper.from_array(numpy.array([-1], "i8"), "farol_list"))
            one.graph.node.append(helper.make_node("Reshape", [source, "farol_list"], ["prediction"]))
            one.graph.output.append(helper.make_tensor_value_info("prediction", kind or TensorProto.FLOAT, [None]))
            yield one


def run(graph, rows, columns, single):
    import numpy
    import onnxruntime

    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    kinds = {"tensor(double)": "float64", "tensor(float)": "float32", "tensor(int64)": "int64", "tensor(bool)": "bool"}
    given = {}
    for place, each in enumerate(session.get_inputs()):
        if single:
            given[each.name] = rows.to_numpy(dtype=kinds[each.type])
        else:
            values = rows[[columns[place][0]]].to_numpy()
            given[each.name] = values.astype(str).astype(object) if each.type == "tensor(string)" else values.astype(kinds[each.type])
    return numpy.asarray(session.run(None, given)[0])


def convert(path, out):
    from mlflow.models import Model
    from mlflow.pyfunc import load_model

    about = Model.load(os.path.join(path, "MLmodel"))
    flavor, columns = flavor_of(about), columns_of(about)
    example = example_of(about, path, columns)
    predict = load_model(path).predict
    model = native_model(flavor, path)
    worst, tried = None, False
    for graph, single in graphs(flavor, model, columns):
        tried = True
        refused, rows = odd_rows(predict, rows_of(example, columns, thresholds(graph, single)), columns)
        expected = answers(predict, rows)
        for one in variants(graph):
            try:
                gap = difference(run(one, rows, columns, single), expected)
            except NotConverted:
                raise
            except Exception as ex:
                sys.stderr.write("ONNX Runtime: %s\n" % ex)
                continue
            if gap <= TOLERANCE:
                write(one, path, out, refused)
                return "Converted to ONNX: the answers to %d rows differ by %.1e at most (allowed: %.0e)." % (len(rows), gap, TOLERANCE)
            worst = gap if worst is None else min(worst, gap)
    if not tried or worst is None:
        raise NotConverted("There is no conversion to ONNX for %s." % type(model).__name__)
    how = "its labels differ" if worst == float("inf") else "they differ by %.1e (allowed: %.0e)" % (worst, TOLERANCE)
    raise NotConverted("In ONNX its answers are others: %s." % how)


def write(graph, path, out, refused):
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "model.onnx"), "wb") as file:
        file.write(graph.SerializeToString())
    shutil.copy(os.path.join(path, "MLmodel"), os.path.join(out, "MLmodel"))
    if refused["missing"] or refused["infinite"]:
        with open(os.path.join(out, "MLmodel"), "a", encoding="utf-8") as file:
            file.write("\nfarol_refused: %s\n" % json.dumps(refused))


def main(path, out):
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    try:
        converted, reason = True, convert(path, out)
    except NotConverted as ex:
        converted, reason = False, str(ex)
    except ImportError as ex:
        converted, reason = False, "A package for the conversion is missing: %s." % ex
    except Exception as ex:
        converted, reason = False, "%s: %s" % (type(ex).__name__, str(ex).splitlines()[0] if str(ex) else "")
    print(json.dumps({"converted": converted, "reason": reason}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
