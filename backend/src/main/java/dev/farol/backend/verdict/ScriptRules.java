package dev.farol.backend.verdict;

import static dev.farol.spec.ErrorCode.INIT_FAILED;
import static dev.farol.spec.ErrorCode.SCRIPT_FUNCTION_MISSING;
import static dev.farol.spec.ErrorCode.SCRIPT_INVALID;

import dev.farol.spec.Phase;
import java.util.List;
import java.util.Optional;

/** Faults of the scoring script itself. */
final class ScriptRules {
    /** In the words of the replica, and in those of a person who checks by hand. */
    private static final String LACKS =
            "(?:does not have an?|has no attribute|has no function|must define|lacks) '?";

    static final List<Rule> TABLE =
            List.of(
                    Rule.error(
                            "syntax-error",
                            "\\b(?:SyntaxError|IndentationError|TabError): (.*?)(?: \\(.*)?(?:\\n|$)",
                            SCRIPT_INVALID,
                            hit ->
                                    place(hit.evidence())
                                            + " is no valid Python: "
                                            + hit.group(1)
                                            + ".",
                            hit -> "Correct that line; the command below shows it again."),
                    Rule.error(
                                    "no-run",
                                    LACKS + "run\\b",
                                    SCRIPT_FUNCTION_MISSING,
                                    hit -> script(hit) + " has no function run.",
                                    hit ->
                                            "Define 'def run(data):' at the top level of "
                                                    + script(hit)
                                                    + "; it answers each request.")
                            .and(ScriptRules::aboutTheScript),
                    Rule.error(
                                    "no-init",
                                    LACKS + "init\\b",
                                    SCRIPT_FUNCTION_MISSING,
                                    hit -> script(hit) + " has no function init.",
                                    hit ->
                                            "Define 'def init():' at the top level of "
                                                    + script(hit)
                                                    + "; it runs once and loads the model.")
                            .and(ScriptRules::aboutTheScript),
                    Rule.error(
                            "script-missing",
                            "There is no scoring script",
                            SCRIPT_INVALID,
                            hit ->
                                    "The scoring script "
                                            + script(hit)
                                            + " is not in the code folder.",
                            hit ->
                                    "Correct code_configuration.scoring_script; the code"
                                            + " folder has: "
                                            + FolderListing.of(hit.evidence().appRoot())
                                            + "."),
                    Rule.error(
                            "run-signature",
                            "run\\(\\) (?:needs to accept|cannot accept) .*",
                            SCRIPT_INVALID,
                            hit -> hit.match().group(),
                            hit ->
                                    "Define it as 'def run(data):', or 'def run(data,"
                                            + " request_headers):'."),
                    Rule.error(
                                    "variable-missing",
                                    "KeyError: '(?!AZUREML_MODEL_DIR)([A-Z][A-Z0-9_]+)'",
                                    null,
                                    hit ->
                                            "The environment variable "
                                                    + hit.group(1)
                                                    + " is not set.",
                                    hit ->
                                            "Add "
                                                    + hit.group(1)
                                                    + " to environment_variables in the"
                                                    + " deployment's YAML.")
                            .and(
                                    evidence ->
                                            String.valueOf(evidence.location())
                                                    .contains("environ")),
                    Rule.error(
                            "sys-exit",
                            "^SystemExit(?:: (.*))?",
                            null,
                            hit ->
                                    "The script ended its own process with sys.exit("
                                            + hit.group(1)
                                            + ").",
                            hit ->
                                    "Raise an exception instead of calling sys.exit(), quit() or"
                                            + " exit(): an instance has to keep running."),
                    Rule.error(
                            "init-never-ends",
                            "init\\(\\) did not end within ([^;\\n]+?)\\.?(?:\\n|$)",
                            INIT_FAILED,
                            hit -> "init() did not end within " + hit.group(1) + ".",
                            hit -> slowFix()),
                    Rule.error(
                            "import-never-ends",
                            "import of (\\S+) did not end within ([^;\\n]+?)\\.?(?:\\n|$)",
                            SCRIPT_INVALID,
                            hit ->
                                    "Importing "
                                            + hit.group(1)
                                            + " did not end within "
                                            + hit.group(2)
                                            + ".",
                            hit -> slowImportFix()));

    private ScriptRules() {}

    static String slowImportFix() {
        return "Move what waits or computes from the script's top level into init() or run().";
    }

    static String slowFix() {
        return "Find the line that waits (a download, a lock, an endless loop), or raise"
                + " liveness_probe.initial_delay in the deployment's YAML if init() needs longer.";
    }

    private static String script(Rule.Hit hit) {
        return hit.evidence().script();
    }

    /** An AttributeError inside init() that happens to name "run" is not about the script. */
    private static boolean aboutTheScript(Evidence evidence) {
        return evidence.phase() == Phase.CODE
                || (evidence.exception() == null && evidence.phase() == Phase.INIT);
    }

    private static String place(Evidence evidence) {
        return Optional.ofNullable(evidence.location())
                .map(location -> location.replaceAll("^(.*?):(\\d+).*", "$1, line $2,"))
                .orElse(evidence.script());
    }
}
