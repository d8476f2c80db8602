/**
 * ONNX Runtime behind the port of tensor models. The only room that knows its library; nothing of
 * it is loaded before the first model is.
 */
@NullMarked
package dev.farol.runtime.onnx;

import org.jspecify.annotations.NullMarked;
