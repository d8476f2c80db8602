/**
 * MLflow models that come without code: what a model's folder says of itself, the environment that
 * its own files ask for, and the scoring script that serves it.
 */
@NullMarked
package dev.farol.mlflow;

import org.jspecify.annotations.NullMarked;
