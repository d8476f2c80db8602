package dev.farol.backend.verdict;

import static dev.farol.spec.ErrorCode.INIT_FAILED;
import static dev.farol.spec.ErrorCode.MODEL_UNAVAILABLE;

import java.util.List;

/** MLflow models without code: what is wrong lies in the model's folder, not in a script. */
final class MlflowRules {
    private static final String SCRIPT = "mlflow_score_script.py";
    private static final String AGAIN =
            "Register the whole folder as MLflow saved it, or save the model again.";

    static final List<Rule> TABLE =
            List.of(
                    Rule.error(
                                    "mlflow-module-missing",
                                    "ModuleNotFoundError: No module named '([\\w.]+)'",
                                    INIT_FAILED,
                                    hit ->
                                            "The model needs the module "
                                                    + hit.group(1)
                                                    + ", which no package of its environment"
                                                    + " brings.",
                                    hit ->
                                            "Save the model with "
                                                    + PackageNames.packageOf(hit.group(1))
                                                    + " among its pip_requirements (or with the"
                                                    + " module in code_paths), or add the package"
                                                    + " to the model's conda.yaml.")
                            .and(MlflowRules::served),
                    Rule.error(
                                    "mlflow-flavor-missing",
                                    "Model does not have the \"(\\w+)\" flavor",
                                    MODEL_UNAVAILABLE,
                                    hit ->
                                            "MLmodel names the loader of the flavour "
                                                    + hit.group(1)
                                                    + ", and the model has no such flavour.",
                                    hit -> AGAIN)
                            .and(MlflowRules::served),
                    Rule.error(
                                    "mlflow-untrusted-types",
                                    "UntrustedTypesFoundException:"
                                            + " Untrusted types found in the file: \\[([^\\]]*)]",
                                    INIT_FAILED,
                                    hit ->
                                            "The model's file model.skops has types that skops does"
                                                    + " not trust by itself: "
                                                    + hit.group(1)
                                                    + ".",
                                    hit ->
                                            "If you trust who made the model, save it with"
                                                    + " skops_trusted_types=["
                                                    + hit.group(1)
                                                    + "].")
                            .and(MlflowRules::served),
                    Rule.error(
                                    "mlflow-model-damaged",
                                    "pickle data was truncated|invalid load key|EOFError"
                                            + "|BadZipFile|XGBoostError|LightGBMError"
                                            + "|InvalidProtobuf|INVALID_PROTOBUF"
                                            + "|PytorchStreamReader|not a zip archive",
                                    MODEL_UNAVAILABLE,
                                    hit -> "The model's file is damaged or not whole.",
                                    hit -> AGAIN)
                            .and(MlflowRules::served));

    private MlflowRules() {}

    private static boolean served(Evidence evidence) {
        return evidence.script().equals(SCRIPT);
    }
}
