package dev.farol.backend.verdict;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What is left when nothing closer fits; the last rule always does. */
final class OtherRules {
    private static final int INIT_FAILED_EXIT = 3;

    static final List<Rule> TABLE =
            List.of(
                    Rule.when(
                            "interpreter-missing",
                            evidence ->
                                    evidence.cause() instanceof Cause.NotStarted
                                            && evidence.failure().replica().script() != null
                                            && !Files.isExecutable(Path.of(python(evidence))),
                            ErrorCode.ENVIRONMENT_UNRESOLVABLE,
                            hit ->
                                    "The environment's interpreter "
                                            + python(hit.evidence())
                                            + " is not there.",
                            hit ->
                                    "Deploy again: the environment is built anew when its folder is"
                                            + " gone."),
                    Rule.when(
                            "not-started",
                            evidence -> evidence.cause() instanceof Cause.NotStarted,
                            ErrorCode.INTERNAL,
                            hit ->
                                    "The instance's process could not be started: "
                                            + ((Cause.NotStarted) hit.evidence().cause()).reason()
                                            + ".",
                            hit ->
                                    "Look at the reason: most often the machine has no memory, no"
                                            + " processes or no disk space left."),
                    Rule.when(
                            "replica-never-listened",
                            evidence ->
                                    evidence.cause() instanceof Cause.Overdue overdue
                                            && !overdue.listened(),
                            ErrorCode.NOT_READY,
                            hit ->
                                    "The instance did not listen within "
                                            + limit(hit.evidence())
                                            + ".",
                            hit ->
                                    "The machine may be overloaded; deploy again, and look at the"
                                            + " log if it happens again."),
                    Rule.when(
                            "import-overdue",
                            evidence ->
                                    evidence.cause() instanceof Cause.Overdue
                                            && evidence.phase() == Phase.CODE,
                            ErrorCode.SCRIPT_INVALID,
                            hit ->
                                    "Importing "
                                            + hit.evidence().script()
                                            + " did not end within "
                                            + limit(hit.evidence())
                                            + ".",
                            hit -> ScriptRules.slowImportFix()),
                    Rule.when(
                            "init-overdue",
                            evidence -> evidence.cause() instanceof Cause.Overdue,
                            ErrorCode.INIT_FAILED,
                            hit -> "init() did not end within " + limit(hit.evidence()) + ".",
                            hit -> ScriptRules.slowFix()),
                    Rule.error(
                                    "init-raised",
                                    "^([\\w.]+)",
                                    ErrorCode.INIT_FAILED,
                                    hit ->
                                            "init() raised "
                                                    + hit.group(1)
                                                    + at(hit.evidence())
                                                    + ".",
                                    hit ->
                                            "Correct the line that is shown; the command below runs"
                                                    + " init() alone.")
                            .and(evidence -> raised(evidence, Phase.INIT)),
                    Rule.error(
                                    "import-raised",
                                    "^([\\w.]+)",
                                    ErrorCode.SCRIPT_INVALID,
                                    hit ->
                                            "Importing "
                                                    + hit.evidence().script()
                                                    + " raised "
                                                    + hit.group(1)
                                                    + at(hit.evidence())
                                                    + ".",
                                    hit ->
                                            "Correct the line that is shown; the command below"
                                                    + " imports the script alone.")
                            .and(evidence -> raised(evidence, Phase.CODE)),
                    Rule.when(
                            "liveness-lost",
                            evidence -> evidence.cause() instanceof Cause.LivenessLost,
                            ErrorCode.NOT_READY,
                            hit -> livenessLost((Cause.LivenessLost) hit.evidence().cause()),
                            hit ->
                                    "Let run() end sooner, raise liveness_probe.timeout or"
                                            + " failure_threshold, or start more workers"
                                            + " (WORKER_COUNT)."),
                    Rule.when(
                            "worker-ended",
                            evidence -> evidence.cause() instanceof Cause.WorkerEnded,
                            ErrorCode.WORKER_LOST,
                            hit ->
                                    "A worker ended with exit code "
                                            + hit.evidence().failure().exitCode()
                                            + "; another takes its place.",
                            hit -> "Look at the last lines of the log for what run() did."),
                    Rule.when(
                            "exit-code-3",
                            evidence -> evidence.exit(INIT_FAILED_EXIT),
                            ErrorCode.INIT_FAILED,
                            hit -> said(hit, "The scoring script could not be started."),
                            hit ->
                                    "Look at the last lines of the log; the command below runs"
                                            + " init() alone."),
                    Rule.when(
                            "ended",
                            evidence -> true,
                            null,
                            hit -> said(hit, ended(hit.evidence())),
                            hit ->
                                    "Look at the last lines of the log; the command below repeats"
                                            + " the start."));

    private OtherRules() {}

    private static String python(Evidence evidence) {
        return evidence.failure().replica().requireScript().python();
    }

    private static boolean raised(Evidence evidence, Phase phase) {
        return evidence.exception() != null && evidence.phase() == phase;
    }

    private static String at(Evidence evidence) {
        return Optional.ofNullable(evidence.location())
                .map(location -> " at " + location.replaceAll("^(.*?:\\d+).*", "$1"))
                .orElse("");
    }

    private static String said(Rule.Hit hit, String otherwise) {
        String message = hit.evidence().failure().message();
        return message == null || message.isBlank() ? otherwise : message;
    }

    private static String ended(Evidence evidence) {
        Integer code = evidence.failure().exitCode();
        if (code == null) {
            return "The instance ended.";
        }
        return code > 128
                ? "The instance was ended by signal " + (code - 128) + "."
                : "The instance ended with exit code " + code + ".";
    }

    private static String livenessLost(Cause.LivenessLost lost) {
        return "The liveness probe failed "
                + lost.times()
                + " times in a row; the last time: "
                + lost.lastAnswer()
                + ".";
    }

    private static String limit(Evidence evidence) {
        Duration limit = ((Cause.Overdue) evidence.cause()).limit();
        return limit.toMillis() % 1000 == 0
                ? limit.toSeconds() + " s"
                : limit.toMillis() / 1000.0 + " s";
    }
}
