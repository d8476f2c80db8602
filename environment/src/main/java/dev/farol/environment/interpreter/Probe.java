package dev.farol.environment.interpreter;

import dev.farol.environment.Host;
import dev.farol.environment.definition.PythonVersion;
import dev.farol.environment.process.Command;
import dev.farol.environment.process.Commands;
import dev.farol.environment.process.Outcome;
import dev.farol.kit.AtomicFile;
import dev.farol.kit.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Asks an executable what it is, by running it; remembers the answer as long as the file is the
 * same.
 */
final class Probe {
    private static final Logger log = LoggerFactory.getLogger(Probe.class);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String QUESTION =
            """
            import sys, os
            try: libc = os.confstr('CS_GNU_LIBC_VERSION').split()[0]
            except Exception: libc = 'musl' if sys.platform == 'linux' else 'system'
            v = sys.version_info
            print('\\t'.join(['farol', sys.implementation.name, '%d.%d.%d' % v[:3], v[3],
                'base' if sys.prefix == sys.base_prefix else 'venv',
                '%s-%s-%s' % (sys.platform, os.uname().machine, libc)]))
            """;

    private final Commands commands;
    private final Host host;
    private final Path memory;

    Probe(Commands commands, Host host, Path memory) {
        this.commands = commands;
        this.host = host;
        this.memory = memory;
    }

    /**
     * What was once learned.
     *
     * @param version null where it is no interpreter to use
     */
    record Answer(long modified, long size, @Nullable String version, @Nullable String platform) {}

    /** The usable ones among executables, in their order. */
    synchronized Map<Path, Interpreter> ask(Iterable<Path> executables)
            throws InterruptedException {
        Map<String, Answer> known = remembered();
        int before = known.hashCode();
        Map<Path, Interpreter> found = new LinkedHashMap<>();
        for (Path executable : executables) {
            ask(executable, known).ifPresent(interpreter -> found.put(executable, interpreter));
        }
        if (known.hashCode() != before) {
            remember(known);
        }
        return found;
    }

    private Optional<Interpreter> ask(Path executable, Map<String, Answer> known)
            throws InterruptedException {
        try {
            long modified = Files.getLastModifiedTime(executable).toMillis();
            long size = Files.size(executable);
            Answer answer = known.get(executable.toString());
            if (answer == null || answer.modified() != modified || answer.size() != size) {
                answer = run(executable, modified, size);
                known.put(executable.toString(), answer);
            }
            if (answer.version() == null || answer.platform() == null) {
                return Optional.empty();
            }
            return Optional.of(
                    new Interpreter(
                            executable, PythonVersion.parse(answer.version()), answer.platform()));
        } catch (IOException unusable) {
            log.debug("Not an interpreter: {}", executable, unusable);
            return Optional.empty();
        }
    }

    private Answer run(Path executable, long modified, long size)
            throws IOException, InterruptedException {
        Outcome outcome =
                commands.run(
                        new Command(
                                java.util.List.of(
                                        executable.toString(), "-I", "-S", "-c", QUESTION),
                                clean(host.variables()),
                                Path.of("/"),
                                LIMIT));
        String[] words = outcome.output().strip().split("\t");
        boolean usable =
                words.length == 6
                        && words[0].equals("farol")
                        && words[1].equals("cpython")
                        && words[3].equals("final")
                        && words[4].equals("base");
        if (!usable) {
            log.debug("Not an interpreter to use: {}: {}", executable, outcome);
            return new Answer(modified, size, null, null);
        }
        return new Answer(modified, size, words[2], words[5]);
    }

    /** Settings of another Python must not leak into this one. */
    private static Map<String, String> clean(Map<String, String> variables) {
        var clean = new LinkedHashMap<>(variables);
        clean.keySet().removeIf(name -> name.startsWith("PYTHON") || name.startsWith("__PYVENV"));
        return clean;
    }

    private Map<String, Answer> remembered() {
        var known = new TreeMap<String, Answer>();
        if (Files.isRegularFile(memory)) {
            try {
                var type =
                        Json.STRICT
                                .getTypeFactory()
                                .constructMapType(TreeMap.class, String.class, Answer.class);
                known.putAll(
                        Json.STRICT.<Map<String, Answer>>readValue(Files.readString(memory), type));
            } catch (IOException | JacksonException unreadable) {
                log.debug("Asking all interpreters again: {} is unreadable", memory, unreadable);
            }
        }
        return known;
    }

    private void remember(Map<String, Answer> known) {
        try {
            AtomicFile.write(memory, Json.STRICT.writeValueAsString(known));
        } catch (IOException unwritable) {
            log.warn("Interpreters will be asked again: cannot write {}", memory, unwritable);
        }
    }
}
