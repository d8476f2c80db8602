package dev.farol.backend.verdict;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Programs that a script starts and that are not there: Python raises what it does for files. */
final class ProgramRules {
    /** Where Python raises it, also for what asyncio and packages start. */
    private static final Pattern INSIDE = Pattern.compile("(?:.*[/\\\\])?subprocess\\.py");

    private static final Pattern CALL =
            Pattern.compile(
                    "\\b(?:subprocess\\.(?:run|call|check_call|check_output)|Popen|posix_spawnp?"
                            + "|create_subprocess_exec)\\(");

    static final List<Rule> TABLE =
            List.of(
                    Rule.error(
                                    "program-missing",
                                    FileRules.MISSING,
                                    null,
                                    ProgramRules::message,
                                    ProgramRules::fix)
                            .and(ProgramRules::starts));

    private ProgramRules() {}

    /** Without a traceback the line of the script tells it. */
    private static boolean starts(Evidence evidence) {
        List<Traceback.Frame> frames = evidence.frames();
        if (!frames.isEmpty() && INSIDE.matcher(frames.getLast().file()).matches()) {
            return true;
        }
        String called = frames.isEmpty() ? evidence.location() : frames.getLast().source();
        return called != null && CALL.matcher(called).find();
    }

    private static String message(Rule.Hit hit) {
        String name = hit.group(1);
        if (isFolderToStartIn(hit)) {
            return "There is no folder " + name + " to start a program in.";
        }
        if (isSearchedFor(name)) {
            return "The script starts the program " + name + ", which is in no folder of PATH.";
        }
        return Files.isRegularFile(place(hit))
                ? "The program " + name + " has a first line that names no program that is here."
                : "There is no program " + name + ".";
    }

    private static String fix(Rule.Hit hit) {
        String name = hit.group(1);
        if (isFolderToStartIn(hit)) {
            return "Make the folder first, or correct cwd.";
        }
        if (isSearchedFor(name)) {
            return "Install "
                    + name
                    + " on this machine, add a Python package that brings it along to the"
                    + " environment (system packages of a conda file are left out), or set PATH in"
                    + " environment_variables to where it is.";
        }
        if (Files.isRegularFile(place(hit))) {
            return "Correct its first line, or start it through the interpreter by name.";
        }
        return FileRules.inTheCode(
                hit,
                "Ship the program in the code folder and build its path from"
                        + " os.path.dirname(__file__)");
    }

    private static boolean isSearchedFor(String name) {
        return !name.contains("/") && !name.contains("\\");
    }

    /** Python names it in the place of the program; only the call tells them apart. */
    private static boolean isFolderToStartIn(Rule.Hit hit) {
        String name = hit.group(1);
        String call = String.valueOf(hit.evidence().location());
        return Pattern.compile("\\bcwd\\s*=\\s*['\"]" + Pattern.quote(name) + "['\"]")
                .matcher(call)
                .find();
    }

    private static Path place(Rule.Hit hit) {
        return hit.evidence().appRoot().resolve(hit.group(1));
    }
}
