package dev.farol.runtime.python.pool;

import dev.farol.runtime.StartFailure;
import dev.farol.spec.Phase;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Why a worker did not become ready, in the words of a verdict. */
final class StartReport {
    private StartReport() {}

    /**
     * @param exitCode of the worker, 128 + signal
     */
    static StartFailure of(Worker worker, int exitCode, Duration startTimeout) {
        var told = worker.failure;
        if (told != null) {
            return new StartFailure(
                    phase(told),
                    textOrNull(told, "exception"),
                    textOrNull(told, "location"),
                    exitCode,
                    told.path("message").asString());
        }
        Phase phase = worker.phase;
        if (worker.timedOut) {
            String message = "The worker was not ready within " + seconds(startTimeout) + " s.";
            return new StartFailure(phase, null, null, null, message);
        }
        String how =
                exitCode > 128
                        ? "was killed by signal " + (exitCode - 128)
                        : "ended with exit code " + exitCode;
        String where = phase == Phase.INIT ? "in init()" : "while its script was imported";
        return new StartFailure(
                phase, null, null, exitCode, "The worker " + how + " " + where + ".");
    }

    static Phase phase(JsonNode notice) {
        return Phase.valueOf(notice.path("phase").asString().toUpperCase(Locale.ROOT));
    }

    private static String seconds(Duration duration) {
        String text = Double.toString(duration.toMillis() / 1000.0);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static @Nullable String textOrNull(JsonNode notice, String name) {
        JsonNode value = notice.path(name);
        return value.isString() ? value.asString() : null;
    }
}
