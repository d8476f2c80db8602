package dev.farol.cli.arm;

import dev.farol.wire.Headers;
import org.jspecify.annotations.Nullable;

/**
 * @param url what was called
 * @param body the parsed JSON; null when there was none
 */
public record ArmAnswer(String url, int status, Headers headers, @Nullable Object body) {}
