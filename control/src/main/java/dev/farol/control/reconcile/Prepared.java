package dev.farol.control.reconcile;

import dev.farol.backend.InstanceSpec;
import dev.farol.backend.Program;
import dev.farol.control.model.OnlineDeployment;
import dev.farol.control.model.StatusDocument;
import dev.farol.spec.RoutingSnapshot.Instance.Protocol;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A deployment with all that its instances need on this machine.
 *
 * @param revision eight characters that change with everything that needs other processes
 * @param variables those of the deployment, and what its server needs beside them
 * @param server what serves it, and why
 */
record Prepared(
        OnlineDeployment deployment,
        String revision,
        Program program,
        @Nullable Path modelDir,
        Map<String, String> variables,
        StatusDocument.Server server) {
    InstanceSpec instance(String id) {
        return new InstanceSpec(
                id,
                deployment.id(),
                program,
                modelDir,
                variables,
                deployment.instanceType(),
                deployment.requestSettings(),
                deployment.liveness(),
                deployment.readiness());
    }

    Serving.Revision serving() {
        Protocol protocol =
                program instanceof Program.Native
                        ? Protocol.HTTP_1_AND_GRPC
                        : deployment.protocol();
        return new Serving.Revision(revision, deployment.requestSettings(), protocol);
    }
}
