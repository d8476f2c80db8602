package dev.farol.control.arm;

import dev.farol.kit.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Environments that Azure offers ready-made, as Farol renders them: under Azure's name, with a
 * conda file of Farol's own whose first comment says what it is and what it leaves out.
 */
final class Curated {
    /** The registry that holds them. */
    static final String REGISTRY = "azureml";

    /** That of all of them; to be raised when one of the files changes. */
    static final String VERSION = "1";

    static final List<String> NAMES =
            List.of(
                    "AzureML-minimal-ubuntu20.04-py38-cpu-inference",
                    "AzureML-mlflow-ubuntu20.04-py38-cpu-inference",
                    "AzureML-sklearn-1.0-ubuntu20.04-py38-cpu",
                    "minimal-py311-inference",
                    "minimal-py312-inference",
                    "mlflow-py312-inference",
                    "sklearn-1.5");

    private static final int NEAREST = 3;

    private Curated() {}

    /** The name as Azure spells it, if there is such an environment. */
    static Optional<String> spelled(String name) {
        return NAMES.stream().filter(name::equalsIgnoreCase).findFirst();
    }

    /** Whether a name that Farol does not have looks like one of Azure's. */
    static boolean plausible(String name) {
        return name.regionMatches(true, 0, "AzureML-", 0, 8);
    }

    /** The names that share most words with another. */
    static List<String> nearest(String name) {
        Set<String> words = words(name);
        return NAMES.stream()
                .sorted(
                        Comparator.comparingLong(
                                known -> -words(known).stream().filter(words::contains).count()))
                .limit(NEAREST)
                .toList();
    }

    private static Set<String> words(String name) {
        return new HashSet<>(Arrays.asList(name.toLowerCase(Locale.ROOT).split("[-.]")));
    }

    /** The document of an environment version. */
    static ObjectNode version(String name) {
        String conda = read(name);
        ObjectNode properties = Json.object();
        properties.put("description", description(conda));
        properties.put("condaFile", conda);
        properties.putObject("tags").put("rendition", "Farol");
        ObjectNode document = Json.object();
        document.set("properties", properties);
        return Shapes.ENVIRONMENT.read(document, "", new Violations());
    }

    private static String description(String conda) {
        return conda.lines().findFirst().orElse("").substring(1).strip();
    }

    private static String read(String name) {
        try (InputStream file = Curated.class.getResourceAsStream("curated/" + name + ".yaml")) {
            if (file == null) {
                throw new IllegalArgumentException("No rendition of " + name);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
