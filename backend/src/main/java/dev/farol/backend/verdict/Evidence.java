package dev.farol.backend.verdict;

import dev.farol.backend.InstanceTypes;
import dev.farol.spec.Phase;
import dev.farol.spec.ReplicaSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A failure as the rules look at it. */
final class Evidence {
    private final Failure failure;
    private final InstanceTypes types;
    private final IntFunction<Optional<String>> portHolder;
    private final @Nullable Traceback traceback;

    /**
     * @param portHolder names the process that listens on a port
     */
    Evidence(Failure failure, InstanceTypes types, IntFunction<Optional<String>> portHolder) {
        this.failure = failure;
        this.types = types;
        this.portHolder = portHolder;
        boolean ended =
                failure.cause() instanceof Cause.Reported
                        || failure.cause() instanceof Cause.Exited
                        || failure.cause() instanceof Cause.WorkerEnded;
        this.traceback = ended ? Traceback.lastOf(failure.log()).orElse(null) : null;
    }

    Failure failure() {
        return failure;
    }

    InstanceTypes types() {
        return types;
    }

    Cause cause() {
        return failure.cause();
    }

    Phase phase() {
        return failure.phase();
    }

    boolean exit(int code) {
        return failure.exitCode() != null && failure.exitCode() == code;
    }

    Optional<String> portHolder(int port) {
        return portHolder.apply(port);
    }

    /** The code folder; of a native model, which has no code, the folder that the model is in. */
    Path appRoot() {
        ReplicaSpec replica = failure.replica();
        return replica.script() == null
                ? Path.of(replica.requireNativeModel().path()).resolveSibling("")
                : Path.of(replica.script().appRoot());
    }

    /** What to call what is served: the scoring script, or the model's file. */
    String script() {
        ReplicaSpec replica = failure.replica();
        return replica.script() == null
                ? String.valueOf(Path.of(replica.requireNativeModel().path()).getFileName())
                : replica.script().scoringScript();
    }

    @Nullable String modelDir() {
        return failure.replica().modelDir();
    }

    /** The exception as reported, or as the log shows it. */
    @Nullable String exception() {
        if (failure.exception() != null) {
            return failure.exception().lines().findFirst().orElse("");
        }
        return traceback == null ? null : traceback.exception();
    }

    /** Where it happened in the user's code, as reported, or as the log shows it. */
    @Nullable String location() {
        if (failure.location() != null) {
            return failure.location();
        }
        Traceback.Frame frame = traceback == null ? null : traceback.lastBelow(appRoot());
        return frame == null ? null : frame.text(appRoot());
    }

    List<Traceback.Frame> frames() {
        return traceback == null ? List.of() : traceback.frames();
    }

    /** What was reported or raised, a line each. */
    String error() {
        return Stream.of(exception(), failure.message())
                .filter(Objects::nonNull)
                .collect(Collectors.joining("\n"));
    }

    /** Everything that was said at all, a line each. */
    String everything() {
        return Stream.of(Stream.of(error()), failure.log().stream(), failure.faults().stream())
                .flatMap(lines -> lines)
                .collect(Collectors.joining("\n"));
    }

    /** Whether the exception came out of reading a pickled object. */
    boolean unpickling() {
        String where = location() == null ? "" : location();
        boolean called =
                Stream.concat(Stream.of(where), frames().stream().map(Traceback.Frame::source))
                        .anyMatch(
                                line ->
                                        line.matches(
                                                ".*\\b(joblib|pickle|cloudpickle|dill|torch|np"
                                                        + "|numpy)\\.loads?\\(.*"));
        boolean inside =
                frames().stream()
                        .anyMatch(
                                frame ->
                                        frame.file()
                                                .matches(
                                                        ".*[/\\\\](joblib|cloudpickle|dill)[/\\\\].*"
                                                                + "|.*[/\\\\]_?pickle\\.py"));
        return called || inside;
    }

    /** Whether the last thing that Python did was an import statement. */
    boolean importing() {
        String last =
                frames().isEmpty()
                        ? Optional.ofNullable(location()).orElse("").replaceAll("^.*?: ", "")
                        : frames().getLast().source();
        return last.startsWith("import ") || last.startsWith("from ");
    }
}
