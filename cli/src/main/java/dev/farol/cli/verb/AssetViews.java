package dev.farol.cli.verb;

import dev.farol.cli.doc.Tree;
import dev.farol.cli.yaml.Node;
import dev.farol.cli.yaml.YamlFile;
import java.util.ArrayList;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The versions of assets as {@code az ml} prints them. */
final class AssetViews {
    private AssetViews() {}

    private static View version(@Nullable Object resource, String name) {
        Object properties = Tree.at(resource, "properties");
        var view = new View(resource);
        view.put("version", Tree.text(resource, "name"));
        view.put("name", name);
        view.put("description", Tree.text(properties, "description"));
        view.put("tags", Tree.map(properties, "tags"));
        view.put("properties", Tree.map(properties, "properties"));
        view.put("stage", Tree.text(properties, "stage"));
        view.context(resource);
        return view;
    }

    static Map<String, @Nullable Object> model(@Nullable Object resource, String name) {
        Object properties = Tree.at(resource, "properties");
        View view = version(resource, name);
        view.put("type", Tree.text(properties, "modelType"));
        view.put("path", Tree.text(properties, "modelUri"));
        view.put("job_name", Tree.text(properties, "jobName"));
        Map<String, @Nullable Object> flavors = Tree.of();
        Tree.map(properties, "flavors")
                .forEach((key, flavor) -> flavors.put(key, Tree.map(flavor, "data")));
        view.put("flavors", flavors.isEmpty() ? null : flavors);
        return view.fields();
    }

    static Map<String, @Nullable Object> environment(@Nullable Object resource, String name) {
        Object properties = Tree.at(resource, "properties");
        View view = version(resource, name);
        view.put("image", Tree.text(properties, "image"));
        view.put("conda_file", conda(Tree.text(properties, "condaFile")));
        view.put("os_type", Words.snake(Tree.text(properties, "osType")));
        String context = Tree.text(properties, "build", "contextUri");
        if (context != null) {
            view.put(
                    "build",
                    Tree.of(
                            "path",
                            context,
                            "dockerfile_path",
                            Tree.text(properties, "build", "dockerfilePath")));
        }
        Object routes = Tree.at(properties, "inferenceConfig");
        if (routes instanceof Map<?, ?>) {
            view.put(
                    "inference_config",
                    Tree.of(
                            "liveness_route", Tree.at(routes, "livenessRoute"),
                            "readiness_route", Tree.at(routes, "readinessRoute"),
                            "scoring_route", Tree.at(routes, "scoringRoute")));
        }
        return view.fields();
    }

    private static @Nullable Object conda(@Nullable String text) {
        Node.Fields parsed =
                text == null ? null : YamlFile.parse(text, "condaFile", new ArrayList<>());
        return parsed == null ? text : parsed.content();
    }

    /** A container, which stands for all versions of a name in lists. */
    static Map<String, @Nullable Object> container(@Nullable Object resource) {
        Object properties = Tree.at(resource, "properties");
        var view = new View(resource);
        view.put("description", Tree.text(properties, "description"));
        view.put("tags", Tree.map(properties, "tags"));
        view.put("properties", Tree.map(properties, "properties"));
        view.put("latest_version", Tree.text(properties, "latestVersion"));
        view.context(resource);
        return view.fields();
    }

    static Map<String, @Nullable Object> data(@Nullable Object resource, String name) {
        Object properties = Tree.at(resource, "properties");
        View view = version(resource, name);
        view.put("type", Tree.text(properties, "dataType"));
        view.put("path", Tree.text(properties, "dataUri"));
        return view.fields();
    }

    static Map<String, @Nullable Object> code(@Nullable Object resource, String name) {
        View view = version(resource, name);
        view.put("path", Tree.text(resource, "properties", "codeUri"));
        return view.fields();
    }

    /** The definition as it was given, below what the service says of the version. */
    static Map<String, @Nullable Object> component(@Nullable Object resource, String name) {
        View view = version(resource, name);
        Tree.map(resource, "properties", "componentSpec")
                .forEach(
                        (key, value) -> {
                            if (!key.startsWith("_") && !view.fields().containsKey(key)) {
                                view.put(key, value);
                            }
                        });
        return view.fields();
    }
}
