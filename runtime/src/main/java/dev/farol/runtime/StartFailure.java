package dev.farol.runtime;

import dev.farol.spec.Phase;
import org.jspecify.annotations.Nullable;

/**
 * Why a first start failed.
 *
 * @param exception the last line as Python prints it; null when there was none
 * @param location where in the user's own files; null when unknown
 * @param exitCode of the process, 128 + signal; null when none ended by itself
 * @param message one sentence
 */
public record StartFailure(
        Phase phase,
        @Nullable String exception,
        @Nullable String location,
        @Nullable Integer exitCode,
        String message) {}
