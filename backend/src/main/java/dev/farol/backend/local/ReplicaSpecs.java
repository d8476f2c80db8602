package dev.farol.backend.local;

import dev.farol.backend.InstanceSpec;
import dev.farol.backend.InstanceTypes;
import dev.farol.backend.Program;
import dev.farol.spec.ProbeSettings;
import dev.farol.spec.ReplicaSpec;
import dev.farol.spec.ResourceId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From what control wants to what a replica has to know. */
final class ReplicaSpecs {
    private ReplicaSpecs() {}

    static ReplicaSpec of(
            InstanceSpec spec,
            Optional<Path> zygoteSocket,
            Duration startTimeout,
            InstanceFolder folder,
            String mark,
            InstanceTypes types) {
        var variables = new HashMap<>(spec.environmentVariables());
        variables.put(ProcessTree.MARK, mark);
        return new ReplicaSpec(
                spec.id(),
                spec.deployment().parent().map(ResourceId::name).orElse(""),
                spec.deployment().name(),
                spec.program() instanceof Program.Script script
                        ? new ReplicaSpec.Script(
                                script.python().toString(),
                                script.environmentKey(),
                                zygoteSocket.map(Path::toString).orElse(null),
                                script.appRoot().toString(),
                                script.scoringScript(),
                                workers(spec))
                        : null,
                spec.program() instanceof Program.Native model
                        ? new ReplicaSpec.NativeModel(
                                model.kind(),
                                model.name(),
                                model.path().toString(),
                                threads(spec, types))
                        : null,
                text(spec.modelDir()),
                variables,
                spec.requestSettings(),
                startTimeout,
                folder.run().toString(),
                folder.logs().toString());
    }

    /** As long as the liveness probe is patient, and no longer than {@code cap}. */
    static Duration startTimeout(ProbeSettings liveness, @Nullable Duration cap) {
        Duration patience =
                liveness.initialDelay()
                        .plus(liveness.period().multipliedBy(liveness.failureThreshold()));
        return cap == null || patience.compareTo(cap) < 0 ? patience : cap;
    }

    /** As many as the instance type has cores, and no more than the machine. */
    private static int threads(InstanceSpec spec, InstanceTypes types) {
        int machine = Runtime.getRuntime().availableProcessors();
        return types.find(spec.instanceType())
                .map(type -> (int) Math.clamp(Math.ceil(type.cpu()), 1, machine))
                .orElse(machine);
    }

    private static int workers(InstanceSpec spec) {
        String count = spec.environmentVariables().getOrDefault("WORKER_COUNT", "1").strip();
        return count.matches("[1-9]\\d{0,2}") ? Integer.parseInt(count) : 1;
    }

    private static @Nullable String text(@Nullable Path path) {
        return path == null ? null : path.toString();
    }
}
