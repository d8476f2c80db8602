package dev.farol.control.arm;

import com.sun.management.OperatingSystemMXBean;
import dev.farol.backend.InstanceTypes;
import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.store.Resource;
import dev.farol.wire.ApiResponse;
import java.lang.management.ManagementFactory;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Computes: the machine that Farol runs on, as the attached compute {@code local}. Clusters come
 * with batch endpoints.
 */
final class Computes {
    static final String TYPE = "computes";
    static final String LOCAL = "local";

    private static final double GIB = 1L << 30;

    private final Workspaces workspaces;
    private final InstanceTypes types;

    Computes(Workspaces workspaces, InstanceTypes types) {
        this.workspaces = workspaces;
        this.types = types;
    }

    /** What an {@code instance_type} may be, by name, in the shape of Azure's sizes of machines. */
    ApiResponse sizes(ArmCall call) {
        ObjectNode body = Json.object();
        ArrayNode value = body.putArray("value");
        types.all()
                .forEach(
                        (name, type) ->
                                value.addObject()
                                        .put("name", name)
                                        .put("vCPUs", type.cpu())
                                        .put("memoryGB", type.memory().bytes() / GIB)
                                        .putArray("supportedComputeTypes")
                                        .add("ManagedOnlineDeployment"));
        return ApiResponse.json(200, body.toString());
    }

    ApiResponse list(ArmCall call) {
        return Paging.all(List.of(view(workspaces.of(call))));
    }

    ApiResponse get(ArmCall call) {
        Resource workspace = workspaces.of(call);
        if (!call.name("compute").equalsIgnoreCase(LOCAL)) {
            throw new FarolException(
                    ErrorCode.RESOURCE_NOT_FOUND,
                    "There is no compute '"
                            + call.name("compute")
                            + "' (there is: "
                            + LOCAL
                            + ", the machine that Farol runs on)");
        }
        return ApiResponse.json(200, view(workspace).toString());
    }

    private static ObjectNode view(Resource workspace) {
        int cores = Runtime.getRuntime().availableProcessors();
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        ObjectNode body = Json.object();
        body.put("id", workspace.id().child(TYPE, LOCAL).toString());
        body.put("name", LOCAL);
        body.put("type", workspace.id().child(TYPE, LOCAL).armType());
        body.put("location", Workspaces.location(workspace));
        body.putObject("tags");
        ObjectNode properties = body.putObject("properties");
        properties.put("computeType", "VirtualMachine");
        properties.put("computeLocation", Workspaces.location(workspace));
        properties.put(
                "description",
                "The machine that Farol runs on: "
                        + cores
                        + (cores == 1 ? " core, " : " cores, ")
                        + memory() / (1024 * 1024)
                        + " MiB of memory, "
                        + system);
        properties.put("createdOn", workspace.createdAt().toString());
        properties.put("modifiedOn", workspace.createdAt().toString());
        properties.putNull("resourceId");
        properties.putArray("provisioningErrors");
        properties.put("isAttachedCompute", true);
        properties.put("disableLocalAuth", true);
        properties.put("provisioningState", "Succeeded");
        properties
                .putObject("properties")
                .put("virtualMachineSize", LOCAL)
                .put("address", "localhost")
                .put("isNotebookInstanceCompute", false)
                .put("cores", cores)
                .put("memoryInBytes", memory())
                .put("operatingSystem", system);
        return body;
    }

    private static long memory() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                .getTotalMemorySize();
    }
}
