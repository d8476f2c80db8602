package dev.farol.control.reconcile;

import dev.farol.backend.InstanceSpec;
import dev.farol.control.model.OnlineDeployment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A deployment with all that its instances need on this machine.
 *
 * @param revision eight characters that change with everything that needs other processes
 */
record Prepared(
        OnlineDeployment deployment,
        String revision,
        String environmentKey,
        Path python,
        Path appRoot,
        String scoringScript,
        @Nullable Path modelDir) {
    InstanceSpec instance(String id) {
        return new InstanceSpec(
                id,
                deployment.id(),
                python,
                environmentKey,
                appRoot,
                scoringScript,
                modelDir,
                deployment.environmentVariables(),
                deployment.instanceType(),
                deployment.requestSettings(),
                deployment.liveness(),
                deployment.readiness());
    }

    Serving.Revision serving() {
        return new Serving.Revision(revision, deployment.requestSettings(), deployment.protocol());
    }
}
