package dev.farol.environment.local;

import dev.farol.kit.Spelling;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What somebody may have meant who wrote a package name that no index has. */
final class FamiliarNames {
    /** Names of modules whose package is called otherwise. */
    private static final Map<String, String> MODULES =
            Map.of(
                    "sklearn", "scikit-learn",
                    "skimage", "scikit-image",
                    "cv2", "opencv-python-headless",
                    "pil", "pillow",
                    "yaml", "pyyaml",
                    "bs4", "beautifulsoup4",
                    "dateutil", "python-dateutil",
                    "dotenv", "python-dotenv");

    private static final List<String> COMMON =
            List.of(
                    "numpy",
                    "scipy",
                    "pandas",
                    "polars",
                    "scikit-learn",
                    "scikit-image",
                    "matplotlib",
                    "seaborn",
                    "plotly",
                    "joblib",
                    "cloudpickle",
                    "dill",
                    "mlflow",
                    "mlflow-skinny",
                    "torch",
                    "torchvision",
                    "torchaudio",
                    "tensorflow",
                    "tensorflow-cpu",
                    "keras",
                    "xgboost",
                    "lightgbm",
                    "catboost",
                    "onnx",
                    "onnxruntime",
                    "skops",
                    "statsmodels",
                    "prophet",
                    "transformers",
                    "tokenizers",
                    "sentence-transformers",
                    "huggingface-hub",
                    "datasets",
                    "accelerate",
                    "safetensors",
                    "spacy",
                    "nltk",
                    "gensim",
                    "pillow",
                    "opencv-python-headless",
                    "requests",
                    "httpx",
                    "aiohttp",
                    "fastapi",
                    "flask",
                    "uvicorn",
                    "gunicorn",
                    "pydantic",
                    "pyarrow",
                    "protobuf",
                    "grpcio",
                    "psutil",
                    "pyyaml",
                    "tqdm",
                    "azureml-defaults",
                    "azureml-core",
                    "azureml-inference-server-http",
                    "azureml-ai-monitoring",
                    "azure-identity",
                    "azure-ai-ml",
                    "inference-schema",
                    "azure-storage-blob",
                    "applicationinsights",
                    "boto3",
                    "sqlalchemy",
                    "numba",
                    "shap",
                    "optuna",
                    "dask",
                    "networkx",
                    "sympy",
                    "python-dateutil");

    private FamiliarNames() {}

    static Optional<String> near(String name) {
        String module = MODULES.get(name);
        if (module != null) {
            return Optional.of(module);
        }
        int most = name.length() < 5 ? 1 : 2;
        return COMMON.stream()
                .filter(common -> Spelling.distance(name, common) <= most)
                .findFirst();
    }
}
