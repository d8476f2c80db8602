package dev.farol.runtime.onnx.canary;

import dev.farol.wire.Headers;

/** Breaks a rule of the rooms on purpose; RoomsTest must catch it. */
final class OnnxImportsWire {
    final Class<?> forbidden = Headers.class;
}
