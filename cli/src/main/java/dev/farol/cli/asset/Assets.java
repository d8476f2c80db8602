package dev.farol.cli.asset;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.ArmFailed;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.doc.Tree;
import dev.farol.cli.yaml.Reference;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Turns what a deployment refers to into ids of versions, making them where they do not exist. */
public final class Assets {
    private static final int HASH_VERSION = 202208;

    private final Arm arm;

    public Assets(Arm arm) {
        this.arm = arm;
    }

    /**
     * @param value a folder, or a reference as text
     * @return the id of a code version
     */
    public String code(Object value) {
        if (!(value instanceof Path folder)) {
            return reference("codes", Versions.CODE, value.toString());
        }
        LocalFiles local = LocalFiles.of(folder);
        String hash = local.hash();
        String container = "/codes/" + UUID.randomUUID();
        Object known =
                arm.get(
                                container + "/versions",
                                Versions.CODE,
                                "hash=" + hash,
                                "hashVersion=" + HASH_VERSION)
                        .body();
        List<?> same = Tree.list(known, "value");
        String id = same.isEmpty() ? null : Tree.text(same.getFirst(), "id");
        return id == null ? newCode(local, hash, container + "/versions/1") : id;
    }

    private String newCode(LocalFiles local, String hash, String version) {
        Object pending =
                arm.post(
                                version + "/startPendingUpload",
                                Versions.CODE,
                                Tree.of("pendingUploadType", "TemporaryBlobReference"))
                        .body();
        BlobContainer container = BlobContainer.pending(arm, pending);
        container.upload(local, local.name(), hash, "1");
        Map<String, @Nullable Object> properties =
                Tree.of(
                        "codeUri",
                        container.url() + "/" + local.name(),
                        "isAnonymous",
                        true,
                        "properties",
                        Tree.of("hash_sha256", hash, "hash_version", HASH_VERSION));
        return put(version, Versions.CODE, properties);
    }

    /**
     * @param value a reference as text, or a definition in place
     * @return the id of a model version, or a registry URI
     */
    public String model(Object value) {
        return value instanceof Map<?, ?>
                ? id(new ModelVersion(arm, Scope.WORKSPACE).create(value).body())
                : reference("models", Versions.MODEL, value.toString());
    }

    /** The same for an environment. */
    public String environment(Object value) {
        return value instanceof Map<?, ?>
                ? id(new EnvironmentVersion(arm, Scope.WORKSPACE).create(value).body())
                : reference("environments", Versions.ENVIRONMENT, value.toString());
    }

    private static String id(@Nullable Object resource) {
        String id = Tree.text(resource, "id");
        if (id == null) {
            throw CommandFailed.failed("The service answered a version without an id.");
        }
        return id;
    }

    private String put(String path, String version, Map<String, @Nullable Object> properties) {
        Object made = arm.put(path, version, Tree.of("properties", properties)).body();
        String id = Tree.text(made, "id");
        return id == null ? arm.connection().workspacePath() + path : id;
    }

    private String reference(String noun, String api, String text) {
        return switch (Reference.parse(text)) {
            case Reference.Verbatim verbatim -> verbatim.id();
            case Reference.Version version ->
                    arm.connection().workspacePath()
                            + "/"
                            + noun
                            + "/"
                            + version.name()
                            + "/versions/"
                            + version.version();
            case Reference.Label label -> labelled(noun, api, label);
            case null -> throw CommandFailed.failed("'" + text + "' is not a reference");
        };
    }

    private String labelled(String noun, String api, Reference.Label label) {
        if (!label.label().equals("latest")) {
            throw CommandFailed.failed(
                    "The label '" + label.label() + "' is not known (expected: latest)");
        }
        String path = "/" + noun + "/" + label.name();
        String newest = newest(arm, path, api);
        if (newest == null) {
            throw new CommandFailed(3, "There is no version of " + path.substring(1));
        }
        return arm.connection().workspacePath() + path + "/versions/" + newest;
    }

    /** The version that was made last; null when there is none. */
    public static @Nullable String newest(Arm arm, String path, String api) {
        try {
            Object page =
                    arm.get(path + "/versions", api, "$orderBy=createdtime%20desc", "$top=1")
                            .body();
            List<?> versions = Tree.list(page, "value");
            return versions.isEmpty() ? null : Tree.text(versions.getFirst(), "name");
        } catch (ArmFailed failed) {
            if (failed.status() == 404) {
                return null;
            }
            throw failed;
        }
    }

    /** The version that a definition asks for, or the next of its container. */
    static String version(Arm arm, Object definition, String container, String api) {
        String wanted = Tree.text(definition, "version");
        return wanted == null ? nextVersion(arm, container, api) : wanted;
    }

    /** What the container says comes next; 1 when there is no such container. */
    static String nextVersion(Arm arm, String container, String api) {
        try {
            String next = Tree.text(arm.get(container, api).body(), "properties", "nextVersion");
            return next == null ? "1" : next;
        } catch (ArmFailed failed) {
            if (failed.status() == 404) {
                return "1";
            }
            throw failed;
        }
    }

    /** The number after the newest one. */
    static String next(@Nullable String newest) {
        return newest != null && newest.matches("[0-9]{1,9}")
                ? String.valueOf(Integer.parseInt(newest) + 1)
                : "1";
    }
}
