package dev.farol.control.reconcile;

import dev.farol.backend.Backend;
import dev.farol.control.InstanceLogs;
import dev.farol.control.reconcile.DeploymentRecord.Failure;
import dev.farol.control.reconcile.Instances.Observed;
import dev.farol.spec.ResourceId;
import java.util.List;
import java.util.Optional;

/**
 * The logs of a deployment: the consoles of its instances, with that of the instance whose failure
 * ended the last change, and the lines of its preparation.
 */
final class DeploymentLogs implements InstanceLogs {
    private final Backend backend;
    private final Instances instances;
    private final DeploymentRecord records;

    DeploymentLogs(Backend backend, Instances instances, DeploymentRecord records) {
        this.backend = backend;
        this.instances = instances;
        this.records = records;
    }

    @Override
    public String tail(ResourceId deployment, String containerType, int lines) {
        if (containerType.equalsIgnoreCase("StorageInitializer")) {
            List<String> tail = records.preparation(deployment, lines);
            return tail.isEmpty() ? "" : String.join("\n", tail) + "\n";
        }
        return containerType.equalsIgnoreCase("InferenceServer") ? consoles(deployment, lines) : "";
    }

    private String consoles(ResourceId deployment, int lines) {
        List<Observed> present = instances.of(deployment);
        Optional<Failure> failure =
                records.failure(deployment)
                        .filter(
                                failed ->
                                        present.stream()
                                                .noneMatch(
                                                        each ->
                                                                each.id()
                                                                        .equals(
                                                                                failed
                                                                                        .instance())));
        var merge = new ConsoleMerge(present.size() + (failure.isPresent() ? 1 : 0) > 1);
        failure.ifPresent(failed -> merge.add(failed.instance(), failed.console()));
        for (Observed each : present) {
            merge.add(each.id(), backend.logs(each.id(), lines));
        }
        return merge.tail(lines);
    }
}
