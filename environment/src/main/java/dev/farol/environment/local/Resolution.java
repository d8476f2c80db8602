package dev.farol.environment.local;

import dev.farol.environment.Lock;
import dev.farol.environment.definition.InvalidDefinition;
import dev.farol.environment.definition.Requirement;
import dev.farol.environment.definition.Violation;
import dev.farol.environment.definition.Wanted;
import dev.farol.environment.interpreter.Choice;
import dev.farol.environment.interpreter.Interpreter;
import dev.farol.environment.process.Outcome;
import dev.farol.environment.uv.Reason;
import dev.farol.environment.uv.Uv;
import dev.farol.kit.Trees;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Pins what one definition wants, asking the index. */
final class Resolution {
    private static final int MOST_ROUNDS = 5;
    private static final int MOST_UNKNOWN = 10;

    private final Uv uv;
    private final Overrides overrides;
    private final Path scratch;
    private final Wanted wanted;
    private final Choice choice;
    private final Consumer<String> progress;
    private final List<String> notes = new ArrayList<>();

    /**
     * @param scratch a folder for the files of this resolution
     */
    Resolution(
            Uv uv,
            Overrides overrides,
            Path scratch,
            Wanted wanted,
            Choice choice,
            Consumer<String> progress) {
        this.uv = uv;
        this.overrides = overrides;
        this.scratch = scratch;
        this.wanted = wanted;
        this.choice = choice;
        this.progress = progress;
        notes.addAll(wanted.notes());
        String interpreter = choice.note();
        if (interpreter != null) {
            notes.add(interpreter);
        }
    }

    Lock lock() throws IOException, InterruptedException {
        List<Requirement> requirements = overrides.direct(wanted.requirements(), notes);
        var lines = new ArrayList<>(wanted.sources());
        if (!requirements.isEmpty()) {
            lines.addAll(pinned(requirements));
        }
        List<String> direct =
                requirements.stream()
                        .map(Requirement::name)
                        .filter(name -> !name.isEmpty())
                        .distinct()
                        .toList();
        notes.forEach(progress);
        Interpreter python = choice.interpreter();
        return new Lock(
                key(python, lines),
                python.version().toString(),
                python.path().toString(),
                lines,
                direct,
                notes);
    }

    private List<String> pinned(List<Requirement> requirements)
            throws IOException, InterruptedException {
        int count = requirements.size();
        progress.accept(
                "resolving "
                        + count
                        + (count == 1 ? " package" : " packages")
                        + " with Python "
                        + choice.interpreter().version());
        long start = System.nanoTime();
        Set<String> excluded = overrides.excluded();
        List<String> added = new ArrayList<>();
        for (int round = 1; round <= MOST_ROUNDS; round++) {
            Outcome outcome = compile(requirements, excluded, added);
            if (!outcome.succeeded() && withoutVersions(added)) {
                outcome = compile(requirements, excluded, added);
            }
            if (!outcome.succeeded()) {
                throw failure(requirements, excluded, added, outcome);
            }
            Uv.Pins pins = Uv.pins(outcome.output());
            Map<String, String> changes = overrides.transitive(pins.requirements());
            if (changes.isEmpty()) {
                outcome.messages().lines().filter(Resolution::isWarning).forEach(notes::add);
                tellResolved(pins, start);
                return pins.requirements();
            }
            changes.forEach(
                    (name, instead) -> {
                        excluded.add(name);
                        if (!instead.isEmpty()) {
                            added.add(instead);
                        }
                        notes.add(
                                "'"
                                        + name
                                        + "', which another package asks for, is "
                                        + (instead.isEmpty()
                                                ? "left out"
                                                : "replaced by '" + instead + "'")
                                        + " (requirement override)");
                    });
        }
        throw new FarolException(
                ErrorCode.ENVIRONMENT_UNRESOLVABLE,
                wanted.source()
                        + ": the requirement overrides of this server contradict each other");
    }

    /** A replacement is tried in the version of what it replaces; not every one has the same. */
    private static boolean withoutVersions(List<String> added) {
        List<String> before = List.copyOf(added);
        added.replaceAll(line -> line.replaceFirst("==.*", ""));
        return !added.equals(before);
    }

    private static boolean isWarning(String line) {
        return line.startsWith("warning:");
    }

    private void tellResolved(Uv.Pins pins, long start) {
        progress.accept(
                String.format(
                        java.util.Locale.ROOT,
                        "resolved %d packages, %d MiB, in %.1f s",
                        pins.requirements().size(),
                        Math.max(1, pins.bytes() >> 20),
                        (System.nanoTime() - start) / 1e9));
    }

    private Outcome compile(
            List<Requirement> requirements, Set<String> excluded, List<String> added)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(scratch, "resolve-");
        try {
            var lines = new ArrayList<String>();
            List<String> arguments = new ArrayList<>();
            for (String source : wanted.sources()) {
                if (source.startsWith("--trusted-host ")) {
                    arguments.addAll(List.of("--allow-insecure-host", source.substring(15)));
                } else {
                    lines.add(source);
                }
            }
            if (wanted.sources().stream().anyMatch(line -> line.startsWith("--extra-index-url"))) {
                arguments.addAll(List.of("--index-strategy", "unsafe-best-match"));
            }
            if (wanted.prereleases()) {
                arguments.addAll(List.of("--prerelease", "allow"));
            }
            requirements.forEach(requirement -> lines.add(requirement.text()));
            lines.addAll(added);
            Files.write(folder.resolve("requirements.in"), lines);
            arguments.add("requirements.in");
            if (!overrides.versions().isEmpty()) {
                Files.write(folder.resolve("overrides.txt"), overrides.versions());
                arguments.addAll(List.of("--overrides", "overrides.txt"));
            }
            if (!wanted.constraints().isEmpty()) {
                Files.write(folder.resolve("constraints.txt"), wanted.constraints());
                arguments.addAll(List.of("--constraints", "constraints.txt"));
            }
            if (!excluded.isEmpty()) {
                Files.write(folder.resolve("excludes.txt"), excluded);
                arguments.addAll(List.of("--excludes", "excludes.txt"));
            }
            return uv.compile(choice.interpreter(), folder, arguments, message -> {});
        } finally {
            Trees.delete(folder);
        }
    }

    /**
     * Everything that is wrong: uv stops at the first name that it cannot find, so it is asked
     * again without that one.
     */
    private FarolException failure(
            List<Requirement> requirements, Set<String> excluded, List<String> added, Outcome first)
            throws IOException, InterruptedException {
        var violations = new ArrayList<Violation>();
        var rest = new ArrayList<>(requirements);
        Outcome outcome = first;
        while (!outcome.succeeded()) {
            if (outcome.timeOver()) {
                return new FarolException(
                        ErrorCode.ENVIRONMENT_UNRESOLVABLE,
                        wanted.source() + ": the package index took too long");
            }
            Reason reason = Reason.of(outcome.messages());
            if (reason.unreachable()) {
                return Blame.unreachable(reason);
            }
            List<Requirement> unknown = Blame.unknown(rest, reason);
            if (unknown.isEmpty()) {
                violations.add(Blame.violation(rest, reason, differentPython()));
                break;
            }
            unknown.forEach(requirement -> violations.add(Blame.unknown(requirement)));
            rest.removeAll(unknown);
            if (rest.isEmpty() || violations.size() >= MOST_UNKNOWN) {
                break;
            }
            outcome = compile(rest, excluded, added);
        }
        return InvalidDefinition.of(wanted.source(), violations);
    }

    private @Nullable String differentPython() {
        return wanted.python() == null ? null : choice.note();
    }

    private String key(Interpreter python, List<String> lines) {
        var text = new StringBuilder("farol environment 1\n");
        text.append(python.path()).append('\n').append(python.version()).append('\n');
        text.append(python.platform()).append('\n');
        overrides
                .rules()
                .forEach((name, rule) -> text.append(name).append('>').append(rule).append('\n'));
        lines.forEach(line -> text.append(line).append('\n'));
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256", impossible);
        }
    }
}
