package dev.farol.environment.interpreter;

import dev.farol.environment.EnvironmentConfig;
import dev.farol.environment.Host;
import dev.farol.environment.definition.PythonSpec;
import dev.farol.environment.definition.PythonVersion;
import dev.farol.environment.process.Commands;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds interpreters: configured, then on the machine, then fetched by name. */
public final class Interpreters {
    private final EnvironmentConfig config;
    private final Candidates candidates;
    private final Probe probe;
    private final ShippedPython shipped;
    private final Path downloads;
    private final Download download;

    /** Puts an interpreter into a folder, when nothing else has one. */
    @FunctionalInterface
    public interface Download {
        /**
         * @return whether it is there now
         */
        boolean into(Path folder, Consumer<String> progress)
                throws IOException, InterruptedException;
    }

    public Interpreters(
            EnvironmentConfig config, Host host, Path home, Commands commands, Download download) {
        this.config = config;
        this.download = download;
        this.downloads = home.resolve("tools/pythons");
        this.candidates = new Candidates(host);
        this.probe = new Probe(commands, host, home.resolve("cache/interpreters.json"));
        this.shipped = new ShippedPython(host, home.resolve("tools"));
    }

    /**
     * The interpreter for what a definition wants.
     *
     * @throws FarolException when there is none on this machine and none can be fetched
     */
    public Choice choose(@Nullable PythonSpec wanted, Consumer<String> progress)
            throws IOException, InterruptedException {
        return Chooser.choose(any(progress), wanted, PythonSpec.of(config.defaultPython()));
    }

    /**
     * The interpreter that a lock was made with, or where it is gone one of the same version, or
     * one of the same minor version: compiled packages fit all of these.
     */
    public Optional<Interpreter> like(Path path, PythonVersion version, Consumer<String> progress)
            throws IOException, InterruptedException {
        List<Interpreter> all = any(progress);
        for (Interpreter one : all) {
            if (one.path().equals(path) && one.version().equals(version)) {
                return Optional.of(one);
            }
        }
        List<Interpreter> minor =
                all.stream().filter(one -> one.version().sameMinor(version)).toList();
        if (minor.isEmpty()) {
            return Optional.empty();
        }
        PythonSpec exactly = PythonSpec.of(version.toString());
        return Optional.of(Chooser.choose(minor, exactly, exactly).interpreter());
    }

    /** All there are, at least one; fetches one where there is none. */
    public List<Interpreter> any(Consumer<String> progress)
            throws IOException, InterruptedException {
        List<Interpreter> found = found();
        return found.isEmpty() ? List.of(fetched(progress)) : found;
    }

    /** All that are on the machine now. */
    public List<Interpreter> found() throws InterruptedException {
        List<Path> paths = new ArrayList<>(Candidates.configured(config.interpreters()));
        if (config.discover()) {
            paths.addAll(candidates.discovered());
        }
        Path unpacked = shipped.present();
        if (unpacked != null) {
            paths.add(unpacked);
        }
        paths.addAll(Candidates.versionsIn(downloads));
        return usable(paths);
    }

    /**
     * The one that Maven repositories carry, or the one that uv downloads where that is allowed.
     */
    public Interpreter fetched(Consumer<String> progress) throws IOException, InterruptedException {
        String reason = "nothing is configured to fetch one";
        try {
            Path executable = shipped.obtain(progress);
            if (executable != null) {
                List<Interpreter> usable = usable(List.of(executable));
                if (!usable.isEmpty()) {
                    return usable.getFirst();
                }
                reason = "the one in " + executable + " does not run on this machine";
            }
        } catch (IOException failed) {
            reason = String.valueOf(failed.getMessage());
        }
        if (config.pythonDownload() && download.into(downloads, progress)) {
            List<Interpreter> downloaded = usable(Candidates.versionsIn(downloads));
            if (!downloaded.isEmpty()) {
                return downloaded.getFirst();
            }
        }
        throw new FarolException(
                ErrorCode.ENVIRONMENT_UNRESOLVABLE,
                "There is no Python from 3.8 on this machine, and none could be fetched ("
                        + reason
                        + "). Install Python 3, or name one in the setting"
                        + " environment.interpreters.");
    }

    private List<Interpreter> usable(List<Path> paths) throws InterruptedException {
        Set<Path> distinct = new java.util.LinkedHashSet<>(paths);
        return probe.ask(distinct).values().stream()
                .filter(one -> one.version().compareTo(Chooser.OLDEST) >= 0)
                .toList();
    }
}
