package dev.farol.backend.verdict;

import static dev.farol.spec.ErrorCode.INIT_FAILED;
import static dev.farol.spec.ErrorCode.MODEL_UNAVAILABLE;

import dev.farol.spec.ReplicaSpec.NativeModel;
import java.util.List;

/** Models that the replica computes itself, and that its engine cannot load. */
final class NativeRules {
    static final List<Rule> TABLE =
            List.of(
                    Rule.error(
                            "onnx-empty",
                            "(\\S+\\.onnx) is empty \\(0 bytes\\)",
                            MODEL_UNAVAILABLE,
                            hit -> "The model's file " + hit.group(1) + " is empty.",
                            hit ->
                                    "Write the model again (the export was cut off, or the disk was"
                                            + " full), then register a new version."),
                    Rule.error(
                            "onnx-not-a-model",
                            "ORT_INVALID_PROTOBUF|ORT_NO_MODEL",
                            MODEL_UNAVAILABLE,
                            hit ->
                                    hit.evidence().script()
                                            + " is no ONNX model, or not a whole one.",
                            hit ->
                                    "Register the file as it was exported: onnx.load() in Python"
                                            + " shows whether it is whole (a file of Git LFS must be"
                                            + " pulled first)."),
                    Rule.error(
                            "onnx-opset",
                            "Opset (\\d+) is under development.* is till opset (\\d+)",
                            INIT_FAILED,
                            hit ->
                                    "The model needs the operators of opset "
                                            + hit.group(1)
                                            + "; this ONNX Runtime knows those up to "
                                            + hit.group(2)
                                            + ".",
                            hit ->
                                    "Export the model with opset "
                                            + hit.group(2)
                                            + " or older (opset_version, target_opset), or use a"
                                            + " scoring script with a newer onnxruntime."),
                    Rule.error(
                            "onnx-ir-version",
                            "Unsupported model IR version: (\\d+), max supported IR version: (\\d+)",
                            INIT_FAILED,
                            hit ->
                                    "The model is written in version "
                                            + hit.group(1)
                                            + " of the ONNX format; this ONNX Runtime reads up to "
                                            + hit.group(2)
                                            + ".",
                            hit ->
                                    "Export it with an older onnx package, or set"
                                            + " model.ir_version = "
                                            + hit.group(2)
                                            + " and save it again."),
                    Rule.error(
                            "onnx-operator",
                            "([\\w.]+:\\w+)\\(-?\\d+\\) is not a registered function/op"
                                    + "|No Op registered for (\\w+)"
                                    + "|Could not find an implementation for (\\w+)",
                            INIT_FAILED,
                            hit ->
                                    "The model uses the operator "
                                            + hit.group(1)
                                            + hit.group(2)
                                            + hit.group(3)
                                            + ", which ONNX Runtime does not have.",
                            hit ->
                                    "Export the model with the operators of ONNX itself; one that"
                                            + " needs a library of its own needs a scoring script"
                                            + " that loads it."),
                    Rule.error(
                            "onnx-external-data",
                            "(?:cannot get file size|External data|external data|external"
                                    + " initializer)[^\\[]*(?:\\[([^\\]]+)\\])?",
                            INIT_FAILED,
                            hit ->
                                    "The model keeps weights in a file of their own, which is not"
                                            + " beside it"
                                            + (hit.group(1).isEmpty() ? "." : ": " + hit.group(1)),
                            hit ->
                                    "Register the folder that holds both files, under the names that"
                                            + " they were saved with, or save the model as one file"
                                            + " (save_as_external_data=False)."),
                    Rule.error(
                            "onnx-other",
                            "OrtException: (?:Error code - \\w+ - message: )?(.{1,300})",
                            INIT_FAILED,
                            hit -> "ONNX Runtime cannot load the model: " + hit.group(1),
                            hit ->
                                    "Load the file with onnxruntime.InferenceSession in Python,"
                                            + " which says the same, and export the model again."),
                    Rule.when(
                            "triton-repository",
                            NativeRules::refusedRepository,
                            INIT_FAILED,
                            hit ->
                                    "The model repository cannot be served: "
                                            + hit.evidence().failure().message(),
                            hit ->
                                    "Correct what is named, in config.pbtxt or in the layout"
                                            + " (MODEL/VERSION/model.onnx), and register the"
                                            + " repository again."));

    private static boolean refusedRepository(Evidence evidence) {
        NativeModel model = evidence.failure().replica().nativeModel();
        return evidence.cause() instanceof Cause.Reported
                && evidence.failure().message() != null
                && model != null
                && model.kind() == NativeModel.Kind.TRITON;
    }

    private NativeRules() {}
}
