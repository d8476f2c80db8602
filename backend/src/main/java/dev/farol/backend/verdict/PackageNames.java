package dev.farol.backend.verdict;

import dev.farol.kit.Spelling;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Which package brings a module, where the two names differ. */
final class PackageNames {
    private static final Map<String, String> DIFFERENT =
            Map.ofEntries(
                    Map.entry("sklearn", "scikit-learn"),
                    Map.entry("skimage", "scikit-image"),
                    Map.entry("cv2", "opencv-python-headless"),
                    Map.entry("PIL", "pillow"),
                    Map.entry("yaml", "pyyaml"),
                    Map.entry("bs4", "beautifulsoup4"),
                    Map.entry("dateutil", "python-dateutil"),
                    Map.entry("dotenv", "python-dotenv"),
                    Map.entry("jwt", "pyjwt"),
                    Map.entry("Crypto", "pycryptodome"),
                    Map.entry("OpenSSL", "pyopenssl"),
                    Map.entry("serial", "pyserial"),
                    Map.entry("git", "gitpython"),
                    Map.entry("magic", "python-magic"),
                    Map.entry("docx", "python-docx"),
                    Map.entry("pptx", "python-pptx"),
                    Map.entry("fitz", "pymupdf"),
                    Map.entry("faiss", "faiss-cpu"),
                    Map.entry("imblearn", "imbalanced-learn"),
                    Map.entry("umap", "umap-learn"),
                    Map.entry("hdbscan", "hdbscan"),
                    Map.entry("ruamel", "ruamel.yaml"),
                    Map.entry("attr", "attrs"),
                    Map.entry("zmq", "pyzmq"),
                    Map.entry("MySQLdb", "mysqlclient"),
                    Map.entry("psycopg2", "psycopg2-binary"),
                    Map.entry("pkg_resources", "setuptools"),
                    Map.entry("distutils", "setuptools"),
                    Map.entry("google.protobuf", "protobuf"),
                    Map.entry("google.cloud.storage", "google-cloud-storage"),
                    Map.entry("grpc", "grpcio"),
                    Map.entry("sentence_transformers", "sentence-transformers"),
                    Map.entry("pytorch_lightning", "pytorch-lightning"),
                    Map.entry("azure.identity", "azure-identity"),
                    Map.entry("azure.storage.blob", "azure-storage-blob"),
                    Map.entry("azure.ai.ml", "azure-ai-ml"),
                    Map.entry("azure.keyvault.secrets", "azure-keyvault-secrets"),
                    Map.entry("azureml.core", "azureml-core"),
                    Map.entry("azureml.ai.monitoring", "azureml-ai-monitoring"),
                    Map.entry("azureml.contrib.services", "azureml-inference-server-http"),
                    Map.entry("azureml_inference_server_http", "azureml-inference-server-http"),
                    Map.entry("azureml.automl", "azureml-automl-runtime"),
                    Map.entry("azureml.train.automl", "azureml-train-automl-runtime"),
                    Map.entry("azureml.studio", "azureml-designer-core"),
                    Map.entry("azureml.monitoring", "azureml-monitoring"),
                    Map.entry("azureml", "azureml-core"),
                    Map.entry("inference_schema", "inference-schema"));

    private static final Set<String> SAME =
            Set.of(
                    "joblib",
                    "numpy",
                    "pandas",
                    "scipy",
                    "torch",
                    "torchvision",
                    "tensorflow",
                    "keras",
                    "xgboost",
                    "lightgbm",
                    "catboost",
                    "mlflow",
                    "onnx",
                    "onnxruntime",
                    "transformers",
                    "tokenizers",
                    "datasets",
                    "requests",
                    "flask",
                    "fastapi",
                    "pydantic",
                    "matplotlib",
                    "seaborn",
                    "nltk",
                    "spacy",
                    "gensim",
                    "statsmodels",
                    "prophet",
                    "polars",
                    "pyarrow",
                    "cloudpickle",
                    "dill",
                    "shap",
                    "optuna",
                    "httpx",
                    "aiohttp",
                    "tqdm",
                    "jsonschema");

    private PackageNames() {}

    /** The package for the longest known beginning of a dotted module name. */
    static String packageOf(String module) {
        String prefix = module;
        while (true) {
            String known = DIFFERENT.get(prefix);
            if (known != null) {
                return known;
            }
            int dot = prefix.lastIndexOf('.');
            if (dot < 0) {
                return prefix;
            }
            prefix = prefix.substring(0, dot);
        }
    }

    /** The well-known module that a misspelt one is most likely meant to be. */
    static Optional<String> meant(String module) {
        if (module.length() < 4 || SAME.contains(module) || DIFFERENT.containsKey(module)) {
            return Optional.empty();
        }
        int allowed = module.length() < 6 ? 1 : 2;
        return Stream.concat(SAME.stream(), DIFFERENT.keySet().stream())
                .filter(known -> known.length() >= 4 && Spelling.distance(module, known) <= allowed)
                .min(
                        Comparator.<String>comparingInt(known -> Spelling.distance(module, known))
                                .thenComparing(Comparator.naturalOrder()));
    }
}
