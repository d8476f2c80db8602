package dev.farol.backend.verdict;

import static dev.farol.spec.ErrorCode.INIT_FAILED;
import static dev.farol.spec.ErrorCode.MODEL_UNAVAILABLE;

import java.util.List;
import java.util.Optional;

/** Models that are not there, and pickles that this environment cannot read. */
final class ModelRules {
    private static final String PIN = "Pin in the conda file the version that wrote the model: ";

    static final List<Rule> TABLE =
            List.of(
                    Rule.error(
                                    "no-model-dir",
                                    "KeyError: 'AZUREML_MODEL_DIR'"
                                            + "|TypeError: .*(?:not NoneType|NoneType.* and 'str')",
                                    MODEL_UNAVAILABLE,
                                    hit ->
                                            "The script asks for AZUREML_MODEL_DIR, and the"
                                                    + " deployment has no model.",
                                    hit ->
                                            "Add 'model:' to the deployment's YAML (a path or"
                                                    + " azureml:NAME:VERSION).")
                            .and(evidence -> evidence.modelDir() == null),
                    Rule.error(
                            "pickle-protocol",
                            "ValueError: unsupported pickle protocol: (\\d+)",
                            INIT_FAILED,
                            hit ->
                                    "The model is a pickle of protocol "
                                            + hit.group(1)
                                            + ", written by a newer Python than the environment's.",
                            hit ->
                                    PIN
                                            + (hit.group(1).equals("5")
                                                    ? "python=3.8 or newer."
                                                    : "the Python it was trained with.")),
                    Rule.log(
                                    "sklearn-version",
                                    "Trying to unpickle estimator (\\w+) from version (\\S+) when"
                                            + " using version (\\S+?)\\.? ",
                                    INIT_FAILED,
                                    hit ->
                                            "The model ("
                                                    + hit.group(1)
                                                    + ") was written with scikit-learn "
                                                    + hit.group(2)
                                                    + "; the environment has "
                                                    + hit.group(3)
                                                    + ".",
                                    hit -> PIN + "scikit-learn==" + hit.group(2) + ".")
                            .and(ModelRules::aboutTheModel),
                    Rule.error(
                            "numpy-version",
                            "No module named 'numpy\\._core|is not a known BitGenerator",
                            INIT_FAILED,
                            hit ->
                                    "The model was written with NumPy 2; the environment has NumPy"
                                            + " 1.",
                            hit -> PIN + "numpy>=2."),
                    Rule.error(
                            "numpy-version-old",
                            "No module named 'numpy\\.core",
                            INIT_FAILED,
                            hit ->
                                    "The model was written with NumPy 1; the environment has a"
                                            + " later one.",
                            hit -> PIN + "numpy<2."),
                    Rule.error(
                            "pickle-internals",
                            "__pyx_unpickle_\\w+|No module named 'sklearn\\.|No module named '_loss'"
                                    + "|incompatible dtype|_RemainderColsList",
                            INIT_FAILED,
                            hit ->
                                    "The model was written with another version of scikit-learn than"
                                            + " the environment has.",
                            hit -> PIN + "scikit-learn==VERSION."),
                    Rule.error(
                            "pickle-main",
                            "Can't get attribute '(\\w+)' on <module '__main__'",
                            INIT_FAILED,
                            hit ->
                                    "The model holds an object of "
                                            + hit.group(1)
                                            + ", which the training script itself defined"
                                            + " (__main__).",
                            hit ->
                                    "Put "
                                            + hit.group(1)
                                            + " into a module of the code folder, import it from"
                                            + " there when training, and write the model again."),
                    Rule.error(
                            "pickle-class-moved",
                            "Can't get attribute '(\\w+)' on <module '([\\w]+)",
                            INIT_FAILED,
                            hit ->
                                    "The model holds an object of "
                                            + hit.group(1)
                                            + ", which "
                                            + hit.group(2)
                                            + " of this environment does not have.",
                            hit -> PIN + PackageNames.packageOf(hit.group(2)) + "==VERSION."),
                    Rule.error(
                                    "pickle-needs-module",
                                    "ModuleNotFoundError: No module named '([\\w.]+)'",
                                    INIT_FAILED,
                                    hit ->
                                            "The pickled model needs the module "
                                                    + hit.group(1)
                                                    + ", which the environment does not have.",
                                    hit ->
                                            ImportRules.addLine(
                                                    PackageNames.packageOf(hit.group(1))))
                            .and(evidence -> evidence.unpickling() && !evidence.importing()),
                    Rule.error(
                            "git-lfs-pointer",
                            "invalid load key, 'v'",
                            MODEL_UNAVAILABLE,
                            hit -> "The model's file is a pointer of Git LFS, not the model.",
                            hit ->
                                    "Run 'git lfs pull' in the model's repository, and deploy again."),
                    Rule.error(
                            "not-a-pickle",
                            "invalid load key|pickle data was truncated|EOFError: Ran out of input"
                                    + "|UnpicklingError",
                            MODEL_UNAVAILABLE,
                            hit -> "The model's file is no whole pickle.",
                            hit ->
                                    "Upload the file again, and read it with what wrote it (joblib"
                                            + " and pickle are not the same)."),
                    Rule.error(
                            "cuda-model-on-cpu",
                            "deserialize object on a CUDA device|Torch not compiled with CUDA",
                            INIT_FAILED,
                            hit -> "The model was saved on a GPU; the instance has none.",
                            hit ->
                                    "Load it with torch.load(path, map_location=\"cpu\"), or choose"
                                            + " an instance_type with a GPU."),
                    Rule.error(
                                    "pickle-other",
                                    "^(AttributeError|TypeError|ValueError|ImportError)\\b",
                                    INIT_FAILED,
                                    hit -> "The pickled model cannot be read in this environment.",
                                    hit ->
                                            "Pin in the conda file the Python and the package"
                                                    + " versions that the model was trained with.")
                            .and(ModelRules::raisedByLoad));

    private ModelRules() {}

    /** The warning alone breaks nothing; with an error of this kind it explains it. */
    private static boolean aboutTheModel(Evidence evidence) {
        return evidence.unpickling()
                || evidence.error().matches("(?s)(Attribute|Type|Value|ModuleNotFound)Error\\b.*");
    }

    /** Raised below load(), not by a line of the user's after it. */
    private static boolean raisedByLoad(Evidence evidence) {
        String where = Optional.ofNullable(evidence.location()).orElse("");
        return evidence.unpickling() && where.matches(".*\\bloads?\\(.*");
    }
}
