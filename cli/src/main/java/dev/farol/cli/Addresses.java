package dev.farol.cli;

import dev.farol.cli.doc.JsonText;
import dev.farol.cli.doc.Tree;
import dev.farol.kit.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a running Farol is: written by {@code farol up} when it is ready, to {@code
 * <home>/run/addresses.json}.
 *
 * @param arm the base URL of the ARM plane, without a slash at its end
 * @param gateway the base URL of the gateway, without a slash at its end
 * @param tls the folder of the certificate authority that signed the server's certificate
 */
public record Addresses(
        long pid,
        String arm,
        String gateway,
        String subscription,
        String resourceGroup,
        String workspace,
        Path tls) {
    public static Path file(Path home) {
        return home.resolve("run").resolve("addresses.json");
    }

    /** Nothing when no Farol has written there, or what is there cannot be read. */
    public static Optional<Addresses> read(Path home) {
        Object found;
        try {
            found = JsonText.parse(Files.readAllBytes(file(home)));
        } catch (IOException | IllegalArgumentException absent) {
            return Optional.empty();
        }
        String arm = Tree.text(found, "arm");
        if (arm == null || !(Tree.at(found, "pid") instanceof Number pid)) {
            return Optional.empty();
        }
        return Optional.of(
                new Addresses(
                        pid.longValue(),
                        arm,
                        Tree.textOr(found, "gateway", ""),
                        Tree.textOr(found, "subscription", ""),
                        Tree.textOr(found, "resourceGroup", ""),
                        Tree.textOr(found, "workspace", ""),
                        Path.of(Tree.textOr(found, "tls", home.resolve("tls").toString()))));
    }

    public void write(Path home) throws IOException {
        Map<String, @Nullable Object> content =
                Tree.of(
                        "pid",
                        pid,
                        "arm",
                        arm,
                        "gateway",
                        gateway,
                        "subscription",
                        subscription,
                        "resourceGroup",
                        resourceGroup,
                        "workspace",
                        workspace,
                        "tls",
                        tls.toString());
        AtomicFile.write(file(home), JsonText.pretty(content) + "\n");
    }
}
