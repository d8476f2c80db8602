package dev.farol.runtime.serve;

import org.jspecify.annotations.Nullable;

/** How the answers of a model look as JSON, beside what the request asks for. */
enum AnswerStyle {
    /** Every output by its name: of a table, a row at a time. */
    NAMED,
    /** The same as MLflow makes it of an ONNX model: every output of a table in one column. */
    MLFLOW,
    /** The one output without its name, as scikit-learn and its like answer. */
    BARE;

    static AnswerStyle of(@Nullable MlflowModel mlflow) {
        return mlflow == null ? NAMED : mlflow.onnx() ? MLFLOW : BARE;
    }
}
