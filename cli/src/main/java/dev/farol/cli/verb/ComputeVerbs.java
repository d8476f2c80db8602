package dev.farol.cli.verb;

import dev.farol.cli.arm.Versions;
import dev.farol.cli.doc.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The verbs of compute: what there is, as the service tells it. */
final class ComputeVerbs {
    private static final Flag NAME = Flag.text("NAME", "The compute.", "--name", "-n");
    private static final Flag TYPE = Flag.text("TYPE", "Only this type.", "--type", "-t");

    private ComputeVerbs() {}

    static List<Verb> all() {
        var all = new ArrayList<Verb>();
        all.add(
                new Verb(
                        "show",
                        "Show a compute.",
                        "farol compute show -n local",
                        List.of(NAME.mandatory()),
                        in ->
                                in.print(
                                        view(
                                                in.arm()
                                                        .get(
                                                                "/computes/" + in.given("--name"),
                                                                Versions.COMPUTE)
                                                        .body()))));
        all.add(
                new Verb(
                        "list",
                        "List the computes.",
                        "farol compute list -o table",
                        List.of(TYPE, Flag.MAX_RESULTS),
                        ComputeVerbs::list));
        all.add(
                new Verb(
                        "list-sizes",
                        "List the sizes of instances.",
                        "farol compute list-sizes -o table",
                        List.of(TYPE, Flag.text("NAME", "The location.", "--location", "-l")),
                        ComputeVerbs::sizes));
        String later =
                "compute is this machine, and clusters come with batch, which is not offered yet";
        for (String verb :
                List.of(
                        "create",
                        "update",
                        "delete",
                        "attach",
                        "detach",
                        "start",
                        "stop",
                        "restart",
                        "list-nodes",
                        "list-usage",
                        "connect-ssh",
                        "enable-sso")) {
            all.add(Later.verb("compute", verb, later));
        }
        return all;
    }

    private static void list(Invocation in) {
        String type = in.text("--type");
        var views = new ArrayList<Map<String, @Nullable Object>>();
        for (Object compute : in.arm().list("/computes", Versions.COMPUTE)) {
            Map<String, @Nullable Object> view = view(compute);
            if (type == null || type.equalsIgnoreCase(Tree.text(view, "type"))) {
                views.add(view);
            }
        }
        int most = in.whole("--max-results", Integer.MAX_VALUE);
        in.print(views.subList(0, Math.min(most, views.size())));
    }

    private static void sizes(Invocation in) {
        String given = in.text("--location");
        String location = given == null ? in.location() : given;
        String path =
                "/subscriptions/"
                        + in.arm().connection().subscription()
                        + "/providers/Microsoft.MachineLearningServices/locations/"
                        + location
                        + "/vmSizes";
        String type = in.text("--type");
        var views = new ArrayList<Object>();
        for (Object size : in.arm().list(path, Versions.COMPUTE)) {
            List<String> types =
                    Tree.list(size, "supportedComputeTypes").stream().map(String::valueOf).toList();
            if (type == null || types.stream().anyMatch(type::equalsIgnoreCase)) {
                Map<String, @Nullable Object> view = Tree.of();
                Tree.map(size).forEach((key, value) -> view.put(sizeKey(key), value));
                views.add(view);
            }
        }
        in.print(views);
    }

    private static String sizeKey(String wire) {
        return switch (wire) {
            case "vCPUs" -> "v_cpus";
            case "osVhdSizeMB" -> "os_vhd_size_mb";
            case "maxResourceVolumeMB" -> "max_resource_volume_mb";
            case "memoryGB" -> "memory_gb";
            case "premiumIO" -> "premium_io";
            default -> String.valueOf(Words.snake(wire));
        };
    }

    private static Map<String, @Nullable Object> view(@Nullable Object resource) {
        Object properties = Tree.at(resource, "properties");
        Object inner = Tree.at(properties, "properties");
        var view = new View(resource);
        view.put("type", Tree.textOr(properties, "computeType", "").toLowerCase(Locale.ROOT));
        view.put("location", Tree.text(resource, "location"));
        view.put("tags", Tree.map(resource, "tags"));
        view.put("description", Tree.text(properties, "description"));
        view.put("created_on", Tree.text(properties, "createdOn"));
        view.put("provisioning_state", Tree.text(properties, "provisioningState"));
        view.put("size", Tree.text(inner, "vmSize"));
        view.put("tier", Words.snake(Tree.text(inner, "vmPriority")));
        Object scale = Tree.at(inner, "scaleSettings");
        view.put("min_instances", Tree.at(scale, "minNodeCount"));
        view.put("max_instances", Tree.at(scale, "maxNodeCount"));
        view.put(
                "idle_time_before_scale_down",
                Words.seconds(Tree.text(scale, "nodeIdleTimeBeforeScaleDown")));
        view.put("namespace", Tree.text(inner, "namespace"));
        view.put("default_instance_type", Tree.text(inner, "defaultInstanceType"));
        return view.fields();
    }
}
