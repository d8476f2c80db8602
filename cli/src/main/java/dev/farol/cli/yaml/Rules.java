package dev.farol.cli.yaml;

import dev.farol.cli.doc.Tree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one key asks of another. */
final class Rules {
    private final List<Violation> violations;

    Rules(List<Violation> violations) {
        this.violations = violations;
    }

    void check(Node.Fields document, Map<String, @Nullable Object> values, Schema schema) {
        switch (schema.kind()) {
            case "managedOnlineEndpoint" -> {
                traffic(document, values);
                mirror(document, values);
            }
            case "managedOnlineDeployment" -> {
                script(document, values);
                scale(document, values);
                environment(find(document, "environment"), "environment");
            }
            case "environment" -> environment(document, "");
            case "data" -> data(document, values);
            case "datastore" -> datastore(document, values);
            case "batchDeployment" -> batch(document, values);
            default -> {}
        }
    }

    private void add(@Nullable Node node, String key, String problem, String expected) {
        At at = node == null ? At.flag("the definition") : node.at();
        violations.add(new Violation(at, key, problem, expected));
    }

    private static @Nullable Node find(@Nullable Node node, String... path) {
        Node here = node;
        for (String step : path) {
            here = here instanceof Node.Fields fields ? fields.value(step) : null;
        }
        return here;
    }

    private void traffic(Node.Fields document, Map<String, @Nullable Object> values) {
        Map<String, @Nullable Object> traffic = Tree.map(values, "traffic");
        if (!complete(document, "traffic", traffic)) {
            return;
        }
        long sum = traffic.values().stream().mapToLong(Rules::number).sum();
        if (sum != 0 && sum != 100) {
            add(find(document, "traffic"), "traffic", "adds up to " + sum, "0 or 100");
        }
    }

    private void mirror(Node.Fields document, Map<String, @Nullable Object> values) {
        Map<String, @Nullable Object> mirror = Tree.map(values, "mirror_traffic");
        if (mirror.size() > 1) {
            add(
                    find(document, "mirror_traffic"),
                    "mirror_traffic",
                    "names " + mirror.size() + " deployments",
                    "one deployment with 0 to 50");
        }
        mirror.forEach(
                (name, share) -> {
                    if (number(share) > 0 && number(Tree.at(values, "traffic", name)) > 0) {
                        add(
                                find(document, "mirror_traffic", name),
                                "mirror_traffic." + name,
                                "the deployment takes live traffic",
                                "live or mirrored traffic, not both");
                    }
                });
    }

    /** Whether every share was readable; a sum over the rest would only mislead. */
    private static boolean complete(
            Node.Fields document, String key, Map<String, @Nullable Object> shares) {
        return find(document, key) instanceof Node.Fields fields
                && fields.entries().size() == shares.size();
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    private void script(Node.Fields document, Map<String, @Nullable Object> values) {
        Object code = Tree.at(values, "code_configuration", "code");
        String script = Tree.text(values, "code_configuration", "scoring_script");
        if (code instanceof Path folder
                && script != null
                && !Files.isRegularFile(folder.resolve(script))) {
            add(
                    find(document, "code_configuration", "scoring_script"),
                    "code_configuration.scoring_script",
                    "'" + script + "' is not there",
                    "a file in " + folder);
        }
    }

    private void scale(Node.Fields document, Map<String, @Nullable Object> values) {
        Map<String, @Nullable Object> scale = Tree.map(values, "scale_settings");
        long min = scale.containsKey("min_instances") ? number(scale.get("min_instances")) : 1;
        long max = scale.containsKey("max_instances") ? number(scale.get("max_instances")) : min;
        if (min > max) {
            add(
                    find(document, "scale_settings", "min_instances"),
                    "scale_settings.min_instances",
                    min + " is more than max_instances",
                    "at most " + max);
        }
        boolean target = Objects.equals(scale.get("type"), "TargetUtilization");
        for (String key : scale.keySet()) {
            if (!target && !key.equals("type")) {
                add(
                        find(document, "scale_settings", key),
                        "scale_settings." + key,
                        "has no meaning with scale type default",
                        "type: target_utilization");
            }
        }
    }

    /** An environment in place must say what it is made of; one that is refused says so itself. */
    private void environment(@Nullable Node node, String key) {
        if (node instanceof Node.Fields fields
                && fields.value("image") == null
                && fields.value("conda_file") == null
                && fields.value("build") == null) {
            add(
                    node,
                    key,
                    "says none of conda_file, image and build",
                    "conda_file, image, or both; or build");
        }
        if (node instanceof Node.Fields fields
                && fields.value("build") != null
                && !node.at().equals(At.SERVICE)) {
            for (String other : List.of("image", "conda_file")) {
                if (fields.value(other) != null) {
                    add(
                            fields.value(other),
                            key.isEmpty() ? other : key + "." + other,
                            "has no meaning beside build",
                            "build, or image and conda_file");
                }
            }
        }
    }

    private void data(Node.Fields document, Map<String, @Nullable Object> values) {
        String type = Tree.textOr(values, "type", "uri_folder");
        if (!(values.get("path") instanceof Path path)) {
            return;
        }
        boolean file = Files.isRegularFile(path);
        if (file != type.equals("uri_file")) {
            add(
                    find(document, "path"),
                    "path",
                    "is " + (file ? "a file" : "a folder") + ", and the type is " + type,
                    file ? "type: uri_file" : "type: uri_folder");
        } else if (type.equals("mltable") && !Files.isRegularFile(path.resolve("MLTable"))) {
            add(find(document, "path"), "path", "holds no MLTable file", "a file named MLTable");
        }
    }

    private void datastore(Node.Fields document, Map<String, @Nullable Object> values) {
        Map<String, List<String>> needed =
                Map.of(
                        "AzureBlob", List.of("account_name", "container_name"),
                        "AzureFile", List.of("account_name", "file_share_name"),
                        "AzureDataLakeGen2", List.of("account_name", "filesystem"),
                        "AzureDataLakeGen1", List.of("store_name"));
        for (String key : needed.getOrDefault(Tree.textOr(values, "type", ""), List.of())) {
            if (document.value(key) == null && !document.at().equals(At.SERVICE)) {
                add(document, key, "is missing", "text");
            }
        }
        Set<String> kinds = new LinkedHashSet<>();
        for (String key : Tree.map(values, "credentials").keySet()) {
            switch (key) {
                case "account_key" -> kinds.add("account_key");
                case "sas_token" -> kinds.add("sas_token");
                case "client_secret" -> kinds.add("client_secret");
                case "certificate", "thumbprint" -> kinds.add("certificate");
                default -> {}
            }
        }
        if (kinds.size() > 1) {
            add(
                    find(document, "credentials"),
                    "credentials",
                    "holds " + String.join(" and ", kinds),
                    "one kind of credential");
        }
    }

    private void batch(Node.Fields document, Map<String, @Nullable Object> values) {
        boolean pipeline = Objects.equals(values.get("type"), "pipeline");
        if (!pipeline && document.value("model") == null) {
            add(document, "model", "is missing", "a model, or type: pipeline");
        }
        if (pipeline
                && document.value("component") == null
                && find(document, "job_definition") == null) {
            add(document, "component", "is missing", "component or job_definition");
        }
    }
}
