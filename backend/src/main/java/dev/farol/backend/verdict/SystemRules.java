package dev.farol.backend.verdict;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the machine refused, and processes that it ended. */
final class SystemRules {
    private static final List<Pattern> PORTS =
            List.of(
                    Pattern.compile("address \\('[^']*', (\\d{1,5})"),
                    Pattern.compile("[Pp]ort (\\d{1,5}) is in use"),
                    Pattern.compile("bind to (?:address )?\\S*:(\\d{1,5})"),
                    Pattern.compile(
                            "(?:bind|listen|serve|[Ss]erver|port)\\D+(?:\\d+\\.){3}\\d+\\D+"
                                    + "(\\d{2,5})\\b"),
                    Pattern.compile(
                            "(?:bind|listen|serve|[Ss]erver|port|PORT)\\b.*?\\b(\\d{2,5})\\b"));

    static final List<Rule> TABLE =
            List.of(
                    Rule.error(
                            "disk-full",
                            "\\[Errno 28\\]|No space left on device|\\[Errno 122\\]",
                            null,
                            hit -> "The disk is full." + path(hit),
                            hit ->
                                    "Free space on it (df shows how full it is), then deploy again."),
                    Rule.error(
                            "address-in-use",
                            "(?i)\\[Errno (?:98|48|10048)\\]|address already in use|port \\d+ is in"
                                    + " use",
                            null,
                            SystemRules::portTaken,
                            SystemRules::otherPort),
                    Rule.error(
                            "permission-denied",
                            "PermissionError: \\[Errno 13\\] [^:]+: '([^']+)'|PermissionError",
                            null,
                            hit ->
                                    hit.group(1).isEmpty()
                                            ? "The script did something that it may not do here."
                                            : "The script may not open " + hit.group(1) + ".",
                            hit ->
                                    "Write only below a temporary folder (tempfile.gettempdir()),"
                                            + " or let the user who runs Farol read and write the"
                                            + " path."),
                    Rule.error(
                            "too-many-open-files",
                            "\\[Errno 24\\]|Too many open files",
                            null,
                            hit -> "The process has too many open files.",
                            hit ->
                                    "Close files in the script (with open(...) as file), or raise"
                                            + " the limit (ulimit -n) before Farol starts."),
                    Rule.error(
                            "system-library-missing",
                            "(?:ImportError|OSError): (lib[\\w+.-]+): cannot open shared object file",
                            null,
                            hit -> "The system library " + hit.group(1) + " is not installed.",
                            SystemRules::systemLibrary),
                    Rule.error(
                            "unreachable",
                            "gaierror|Name or service not known|Temporary failure in name resolution"
                                    + "|ConnectionRefusedError|Max retries exceeded|URLError|ConnectTimeout",
                            null,
                            hit -> "The script could not reach a host on the network.",
                            hit ->
                                    "Ship what it loads with the model instead of fetching it in"
                                            + " init(), or let this machine reach the host."),
                    signal(139, "segfault", "crashed with a segmentation fault (signal 11)"),
                    signal(134, "abort", "was aborted by native code (signal 6)"),
                    signal(135, "bus-error", "crashed with a bus error (signal 7)"),
                    Rule.when(
                            "illegal-instruction",
                            evidence -> evidence.exit(132),
                            null,
                            hit ->
                                    "The process used an instruction that this CPU lacks (signal 4).",
                            hit ->
                                    "Choose a build of the native package for this CPU (for"
                                            + " example an older version, or one without AVX)."));

    private SystemRules() {}

    private static Rule signal(int exitCode, String name, String did) {
        return Rule.when(
                name,
                evidence -> evidence.exit(exitCode),
                null,
                hit -> "The process " + did + ".",
                hit ->
                        "A native package failed: pin the versions that the model was made with; the"
                                + " lines after 'Fatal Python error' in the log show where it was.");
    }

    private static String path(Rule.Hit hit) {
        Matcher path = Pattern.compile(": '([^']+)'").matcher(hit.evidence().error());
        return path.find() ? " It was writing " + path.group(1) + "." : "";
    }

    private static String portTaken(Rule.Hit hit) {
        Optional<Integer> port = port(hit.evidence());
        String holder =
                port.flatMap(hit.evidence()::portHolder)
                        .map(process -> ": " + process + " listens there")
                        .orElse("");
        return port.map(number -> "Port " + number).orElse("The port that the script opens")
                + " is already in use"
                + holder
                + ".";
    }

    private static String otherPort(Rule.Hit hit) {
        return "Let the script open no port of its own, or port 0 (any free one): every instance and"
                + " worker runs the same script on the same machine.";
    }

    /** The port in question, from what was said or from the line of the script. */
    private static Optional<Integer> port(Evidence evidence) {
        String sources =
                evidence.frames().reversed().stream()
                        .map(Traceback.Frame::source)
                        .collect(Collectors.joining("\n"));
        String text = evidence.error() + "\n" + evidence.location() + "\n" + sources;
        return PORTS.stream()
                .map(pattern -> pattern.matcher(text))
                .filter(Matcher::find)
                .map(found -> Integer.parseInt(found.group(1)))
                .filter(port -> port > 0 && port < 65536)
                .findFirst();
    }

    private static String systemLibrary(Rule.Hit hit) {
        return switch (hit.group(1).replaceAll("\\.so.*", "")) {
            case "libGL", "libgthread-2.0" ->
                    "Replace opencv-python by opencv-python-headless in the conda file.";
            case "libgomp" -> "Install it on this machine (Debian: libgomp1).";
            default ->
                    "Install the system package that has it on this machine, or use a Python package"
                            + " that brings it along.";
        };
    }
}
