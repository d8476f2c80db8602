package dev.farol.cli.yaml;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a definition refers to a registered model, environment or code. */
public sealed interface Reference {
    String EXPECTED = "azureml:name:version, azureml:name@latest or azureml://registries/…";

    /** A version of this workspace: {@code azureml:name:version}. */
    record Version(String name, String version) implements Reference {}

    /** A label of this workspace: {@code azureml:name@latest}. */
    record Label(String name, String label) implements Reference {}

    /** An ARM id or a registry URI, passed on as it is. */
    record Verbatim(String id) implements Reference {}

    Pattern LONG =
            Pattern.compile(
                    "azureml://(registries/[^/]+"
                            + "|locations/[^/]+/workspaces/[^/]+"
                            + "|subscriptions/[^/]+/resourcegroups/[^/]+/workspaces/[^/]+)"
                            + "/(models|environments|codes|data|components)/[^/]+"
                            + "(/(versions|labels)/[^/]+)?",
                    Pattern.CASE_INSENSITIVE);

    Pattern VERSION = Pattern.compile("azureml:([^:@/]+):([^:@/]+)");
    Pattern LABEL = Pattern.compile("azureml:([^:@/]+)@([^:@/]+)");

    static boolean looksLike(String text) {
        return text.startsWith("azureml:") || text.startsWith("/subscriptions/");
    }

    /** Nothing when the text is none of the forms. */
    static @Nullable Reference parse(String text) {
        if (text.startsWith("azureml://")) {
            return LONG.matcher(text).matches() ? new Verbatim(text) : null;
        }
        if (text.startsWith("/subscriptions/")) {
            return new Verbatim(text);
        }
        if (text.startsWith("azureml:/subscriptions/")) {
            return new Verbatim(text.substring("azureml:".length()));
        }
        Matcher version = VERSION.matcher(text);
        if (version.matches()) {
            return new Version(version.group(1), version.group(2));
        }
        Matcher label = LABEL.matcher(text);
        return label.matches() ? new Label(label.group(1), label.group(2)) : null;
    }
}
